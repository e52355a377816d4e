//! The figures of the terms scanner on labelled texts: `cargo run --release -p ideamine-terms --example eval -- FILE.jsonl..`
//!
//! Positive is `prohibited: true`. On the file that the model was learned from the figures say nothing about unseen texts:
//! those are in `data/training-report.md`.

use std::time::Instant;

use ideamine_terms::{Kind, scan};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut hits, mut misses, mut alarms, mut passed, mut category) =
        (0usize, 0usize, 0usize, 0usize, 0usize);
    let mut times = Vec::new();
    for file in std::env::args().skip(1) {
        for line in std::fs::read_to_string(file)?.lines() {
            let row: serde_json::Value = serde_json::from_str(line)?;
            let begin = Instant::now();
            let found = scan(row["text"].as_str().unwrap_or_default(), Kind::Idea);
            times.push(begin.elapsed().as_micros());
            match (row["prohibited"] == true, found.first()) {
                (true, Some(finding)) => {
                    hits += 1;
                    category += usize::from(row["category"] == finding.category.name());
                }
                (true, None) => misses += 1,
                (false, Some(_)) => alarms += 1,
                (false, None) => passed += 1,
            }
        }
    }
    times.sort_unstable();
    let p50 = times.get(times.len() / 2).copied().unwrap_or(0);
    eprintln!(
        "{}",
        serde_json::json!({
            "component": "terms", "n": times.len(), "tp": hits, "fn": misses, "fp": alarms, "tn": passed,
            "recall": hits as f64 / (hits + misses).max(1) as f64, "fpr": alarms as f64 / (alarms + passed).max(1) as f64,
            "category_right": category as f64 / hits.max(1) as f64, "p50_us": p50,
        })
    );
    Ok(())
}
