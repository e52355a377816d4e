//! Any bytes, any size, any nesting: no panic, spans that hold, time that grows with the input.
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use std::time::{Duration, Instant};
use worst::{GUARD, PIECES, SIZE, STRICT, WORST};

mod worst;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn any_bytes_are_scanned(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        GUARD.scan_bytes(&bytes, &STRICT);
    }

    #[test]
    fn any_text_is_scanned_and_spans_hold(pieces in proptest::collection::vec((0..PIECES.len(), "[a-zA-Z0-9+/=._é -]{0,12}"), 0..30)) {
        let text: String = pieces.iter().map(|(i, rest)| format!("{}{rest}", PIECES[*i])).collect();
        for leak in GUARD.scan(&text, &STRICT) {
            prop_assert!(text.get(leak.span.clone()).is_some(), "{:?} in {text:?}", leak);
            prop_assert!((0.0..=1.0).contains(&leak.score));
        }
    }
}

#[test]
fn ten_megabytes_of_the_worst_take_seconds() {
    let guard = &*GUARD;
    for piece in WORST {
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
    let guard = &*GUARD;
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
