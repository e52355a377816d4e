//! Random bytes, random pieces of rules and 10 MB of the worst, with their counts and times: `cargo run --release -p
//! ideamine-exfil --example fuzz -- CASES`. A panic, or a span outside the text, ends it.
#![allow(clippy::print_stdout, reason = "its output is what it is for")]
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::time::Instant;
use worst::{GUARD, PIECES, SIZE, STRICT, WORST};

#[path = "../tests/worst/mod.rs"]
mod worst;

fn main() {
    let cases: usize = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let guard = &*GUARD;
    let mut random = fastrand::Rng::with_seed(1);
    let start = Instant::now();
    let (mut found, mut bytes_read) = (0, 0);
    for case in 0..cases {
        let mut bytes: Vec<u8> = Vec::new();
        for _ in 0..random.usize(0..24) {
            if case % 2 == 0 {
                bytes.extend(std::iter::repeat_with(|| random.u8(..)).take(16));
            } else {
                bytes.extend(PIECES[random.usize(..PIECES.len())].bytes());
                bytes.extend(std::iter::repeat_with(|| random.alphanumeric() as u8).take(case % 13));
            }
        }
        if case % 5 == 0 {
            bytes = STANDARD.encode(&bytes).into_bytes();
        }
        let leaks = guard.scan_bytes(&bytes, &STRICT);
        assert!(leaks.iter().all(|leak| leak.span.end <= bytes.len() && leak.span.start <= leak.span.end));
        found += leaks.len();
        bytes_read += bytes.len();
    }
    println!("{cases} cases, {bytes_read} bytes, {found} leaks, no panic, {:.1?}", start.elapsed());
    let mut nested = "password = \"correct-horse-battery-9\" ".repeat(8000);
    while nested.len() < SIZE / 2 {
        nested = STANDARD.encode(nested);
    }
    let bomb = STANDARD.encode(miniz_oxide::deflate::compress_to_vec_zlib(&vec![b'a'; 256 << 20], 9));
    let bombs =
        format!("{} ", STANDARD.encode(miniz_oxide::deflate::compress_to_vec_zlib(&vec![b'a'; 1 << 20], 9)));
    let mut texts: Vec<(String, String)> =
        WORST.iter().map(|piece| (format!("{piece:?}"), piece.repeat(SIZE / piece.len()))).collect();
    texts.push(("base64 in base64 in base64".into(), nested));
    texts.push(("256 MB deflated".into(), bomb));
    texts.push(("1 MB deflated, many times".into(), bombs.repeat(SIZE / bombs.len())));
    for (name, text) in texts {
        let seconds = |text: &str| {
            let start = Instant::now();
            guard.scan(text, &STRICT);
            start.elapsed().as_secs_f64()
        };
        let mut half = text.len() / 2;
        while !text.is_char_boundary(half) {
            half -= 1;
        }
        let (one, two) = (seconds(&text[..half]), seconds(&text));
        println!(
            "{name}: {:.1} MB {two:.2} s, half of it {one:.2} s",
            text.len() as f64 / f64::from(1 << 20)
        );
    }
}
