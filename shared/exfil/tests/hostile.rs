//! Any bytes, any size, any nesting: no panic, spans that hold, time that grows with the input.
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ideamine_exfil::{Context, Guard, Point, Registry};
use proptest::prelude::*;
use std::time::{Duration, Instant};

fn guard() -> Guard {
    Guard::new(Registry::from_iter(["correct-horse-battery-9", "s3cr3t!Value#77"]))
}

const STRICT: Context<'static> = Context { point: Point::Strict, file: None };

/// Pieces that rules begin at, so that random texts reach them.
const PIECES: &[&str] = &[
    "-----BEGIN PRIVATE KEY-----",
    "://",
    "@",
    "\\\\",
    "ghp_",
    "password=",
    "\"",
    "'",
    "eyJ",
    ".",
    "é",
    "\u{200b}",
    "%41",
    "&#",
    "\\u{",
    "\\x4",
    "4111 1111",
    "+49",
    "(202) 55",
    "GB29",
    "DOB ",
    "address: ",
    "AKIA",
    "H4sI",
    "\n",
    " ",
    "{\"kty\"",
    "phone",
    "ssn ",
    "data:image/",
    "x=",
    "://[",
    "curl -u ",
    "part1: ",
    "192.168.",
    "|",
    "Q~",
    "日本",
    "\u{1d400}",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn any_bytes_are_scanned(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        guard().scan_bytes(&bytes, &STRICT);
    }

    #[test]
    fn any_text_is_scanned_and_spans_hold(pieces in proptest::collection::vec((0..PIECES.len(), "[a-zA-Z0-9+/=._é -]{0,12}"), 0..30)) {
        let text: String = pieces.iter().map(|(i, rest)| format!("{}{rest}", PIECES[*i])).collect();
        for leak in guard().scan(&text, &STRICT) {
            prop_assert!(text.get(leak.span.clone()).is_some(), "{:?} in {text:?}", leak);
            prop_assert!((0.0..=1.0).contains(&leak.score));
        }
    }
}

#[test]
fn ten_megabytes_of_the_worst_take_seconds() {
    const SIZE: usize = 10 << 20;
    let guard = guard();
    for piece in [
        "a",
        "@",
        "://",
        "password=",
        "eyJ",
        "1",
        "%41",
        "\\\\",
        "-----BEGIN PRIVATE KEY-----",
        "QUJD",
        "A.",
        "x@y.",
        "correct-horse-",
        "\"a\" + ",
        "4111 ",
        "part1=a ",
        "address: 1 ",
        "fd:",
        "user:pass@",
        "<",
        "corp.",
    ] {
        // A tenth of the size unoptimised, where all is ten times slower.
        let size = if cfg!(debug_assertions) { SIZE / 40 } else { SIZE };
        let text = piece.repeat(size / piece.len());
        let start = Instant::now();
        guard.scan(&text, &STRICT);
        assert!(start.elapsed() < Duration::from_secs(60), "{piece:?} took {:?}", start.elapsed());
    }
}

#[test]
fn nested_encodings_and_bombs_are_bounded() {
    let guard = guard();
    let mut nested = "password = \"correct-horse-battery-9\"".to_owned();
    for _ in 0..12 {
        nested = STANDARD.encode(nested);
    }
    guard.scan(&nested, &STRICT);
    let bomb = STANDARD.encode(miniz_oxide::deflate::compress_to_vec_zlib(&vec![b'a'; 64 << 20], 9));
    let start = Instant::now();
    guard.scan(&bomb, &STRICT);
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}
