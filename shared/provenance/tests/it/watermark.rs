use ideamine_provenance::watermark::{Evidence, Key};

/// A text of tokens from a generator that prefers green ones, as a marking sampler does.
fn text(key: Option<&Key>, tokens: usize, seed: u64) -> Vec<u32> {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut draw = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32 % 50_000
    };
    let mut text = vec![draw()];
    while text.len() < tokens {
        let before = *text.last().expect("a token");
        let choices = [draw(), draw(), draw()];
        let green = key.and_then(|key| choices.into_iter().find(|token| key.is_green(before, *token)));
        text.push(green.unwrap_or(choices[0]));
    }
    text
}

fn key(secret: u8) -> Key {
    Key::new([secret; 32], 250)
}

#[test]
fn marked_texts_are_told_from_others() {
    let marked = (0..100).filter(|seed| key(1).test(&text(Some(&key(1)), 200, *seed)).is_marked()).count();
    assert!(marked >= 99, "{marked} of 100");
    let others = (0..1000).filter(|seed| key(1).test(&text(None, 200, *seed)).is_marked()).count();
    assert!(others <= 1, "{others} of 1000");
    let by_another_key =
        (0..100).filter(|seed| key(1).test(&text(Some(&key(2)), 200, *seed)).is_marked()).count();
    assert_eq!(by_another_key, 0);
}

#[test]
fn repetition_is_no_evidence() {
    let green = (1..).find(|token| key(1).is_green(0, *token) && key(1).is_green(*token, 0)).expect("a pair");
    let text: Vec<u32> = [0, green].repeat(500);
    let evidence = key(1).test(&text);
    assert_eq!(evidence.pairs, 2);
    assert!(!evidence.is_marked(), "{evidence:?}");
    assert_eq!(key(1).test(&[]), Evidence { pairs: 0, green: 0, z: 0.0 });
}
