//! Time per text of 6,000 characters, made of the texts of labelled files: `cargo run --release -p ideamine-exfil --example
//! timing -- FILE.jsonl..`. Each text is scanned nine times and its median taken, so that a busy machine shows less.
#![allow(clippy::print_stdout, reason = "its output is what it is for")]
use ideamine_exfil::{Context, Guard, Registry};
use std::time::Instant;

const CHARACTERS: usize = 6000;
const TIMES: usize = 9;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut texts = Vec::new();
    let mut text = String::new();
    for file in std::env::args().skip(1) {
        for row in std::fs::read_to_string(file)?.lines() {
            let row: serde_json::Value = serde_json::from_str(row)?;
            text.push_str(row["text"].as_str().unwrap_or_default());
            text.push('\n');
            if text.chars().count() >= CHARACTERS {
                texts.push(text.chars().take(CHARACTERS).collect::<String>());
                text.clear();
            }
        }
    }
    let secrets: Vec<String> =
        (0..20).map(|i| format!("sEcr3t-{i}-{:x}", 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(i + 1))).collect();
    for (name, guard) in [
        ("no registered secret", Guard::new(Registry::new())),
        ("twenty registered secrets", Guard::new(secrets.into_iter().collect())),
    ] {
        guard.scan(texts.first().map_or("", String::as_str), &Context::default());
        let mut medians: Vec<f64> = texts
            .iter()
            .map(|text| {
                let mut times: Vec<f64> = (0..TIMES)
                    .map(|_| {
                        let start = Instant::now();
                        std::hint::black_box(guard.scan(text, &Context::default()));
                        start.elapsed().as_nanos() as f64 / 1000.0
                    })
                    .collect();
                times.sort_by(f64::total_cmp);
                times[TIMES / 2]
            })
            .collect();
        medians.sort_by(f64::total_cmp);
        let at = |q: f64| medians.get(((medians.len() as f64 - 1.0) * q) as usize).copied().unwrap_or(0.0);
        println!(
            "{name}: {} texts, p50 {:.0} µs, p90 {:.0} µs, p99 {:.0} µs, most {:.0} µs",
            medians.len(),
            at(0.5),
            at(0.9),
            at(0.99),
            at(1.0)
        );
    }
    Ok(())
}
