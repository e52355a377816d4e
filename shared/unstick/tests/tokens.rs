//! Tokens are counted by each model's own vocabulary where it is public, and never too low elsewhere.

use ideamine_unstick::chunk::{Cut, chunks};
use ideamine_unstick::tokens::{Tokenizer, estimate};

#[test]
fn each_model_has_its_own_tokenizer_or_the_estimate() {
    let check = |model: &str, tokenizer: Tokenizer| assert_eq!(Tokenizer::of(model), tokenizer, "{model}");
    check("openai/gpt-4.1-mini", Tokenizer::O200k);
    check("openai/gpt-5.4-mini", Tokenizer::O200k);
    check("openai/gpt-4", Tokenizer::Cl100k);
    check("openai/gpt-6-luna", Tokenizer::Estimate);
    check("anthropic/claude-sonnet-5-5", Tokenizer::Estimate);
    check("local/gpt-4o", Tokenizer::Estimate);
}

/// Counts that are printed in the vocabulary's own documentation, or follow from single bytes.
#[test]
fn published_vocabularies_count_as_published() {
    let check = |tokenizer: Tokenizer, text: &str, tokens: usize| {
        assert_eq!(tokenizer.count(text), tokens, "{tokenizer:?} {text:?}");
    };
    check(Tokenizer::O200k, "", 0);
    check(Tokenizer::Cl100k, "tiktoken is great!", 6);
    check(Tokenizer::O200k, "hello world", 2);
    check(Tokenizer::Cl100k, "hello world", 2);
}

fn noise(length: usize, alphabet: &[u8]) -> String {
    let mut random = fastrand::Rng::with_seed(7);
    (0..length).map(|_| char::from(alphabet[random.usize(..alphabet.len())])).collect()
}

#[test]
fn the_estimate_is_never_below_a_real_tokenizer_and_not_far_above() {
    let base64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    // Text, its name, and how many hundredths of the real count the estimate may be at most.
    let texts = [
        ("prose", include_str!("../../../README.md").to_owned(), 300),
        ("documentation", include_str!("../../../ARCHITECTURE.md").to_owned(), 300),
        ("code", include_str!("../src/chunk.rs").to_owned(), 300),
        ("json", include_str!("../../../statemachines/story.asl.json").to_owned(), 300),
        ("yaml", include_str!("../../../statemachines/phases/prd.yaml").to_owned(), 300),
        ("chinese", "数据库的设计应当简单，并且易于维护。用户可以上传照片。".repeat(20), 400),
        (
            "german",
            "Die Geschäftsführung prüft Überweisungen über fünftausend Euro täglich. ".repeat(20),
            300,
        ),
        ("russian", "Пользователь загружает фотографию, и мастер видит её сразу. ".repeat(20), 900),
        ("emoji", "\u{1f600}\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} ok ".repeat(50), 400),
        ("digits", noise(2_000, b"0123456789"), 400),
        ("hexadecimal", noise(4_000, b"0123456789abcdef"), 300),
        ("base64", noise(4_000, base64), 300),
        ("letters", noise(4_000, b"abcdefghijklmnopqrstuvwxyz"), 300),
        ("signs", noise(2_000, b"{}[]()<>;:.,!?#$%&*-+=_/|"), 300),
        ("blanks", " ".repeat(3_000), 100_000),
    ];
    let mut too_low = vec![];
    for (name, text, most) in &texts {
        let (o200k, cl100k) = (Tokenizer::O200k.count(text), Tokenizer::Cl100k.count(text));
        let (guess, real) = (estimate(text), o200k.max(cl100k));
        let hundredths = guess * 100 / real.max(1);
        println!(
            "{name:14} {:6} bytes  o200k {o200k:6}  cl100k {cl100k:6}  estimate {guess:6} = {hundredths} %",
            text.len()
        );
        if guess < real || hundredths > *most {
            too_low.push((*name, hundredths));
        }
    }
    assert!(too_low.is_empty(), "{too_low:?}");
}

#[test]
fn a_text_is_cut_by_the_models_own_tokens() {
    let text = include_str!("../../../ARCHITECTURE.md");
    for model in ["openai/gpt-5-mini", "anthropic/claude-haiku-5-5"] {
        let tokenizer = Tokenizer::of(model);
        let cut = Cut { tokens_max: 1_000, overlap_tokens: 100 };
        let found = chunks(text, cut, &|part| tokenizer.count(part)).unwrap();
        let mut covered = 0;
        for chunk in &found {
            let tokens = tokenizer.count(&text[chunk.bytes.clone()]);
            assert!(tokens <= 1_000, "{model}: chunk {} has {tokens} tokens", chunk.index);
            assert!(chunk.bytes.start <= covered && chunk.bytes.end > covered, "{model}: {chunk:?}");
            covered = chunk.bytes.end;
        }
        assert_eq!(covered, text.len(), "{model}");
        // As few as the window allows, give or take the seams and the overlap.
        assert!(found.len() <= tokenizer.count(text).div_ceil(600), "{model}: {} chunks", found.len());
    }
}
