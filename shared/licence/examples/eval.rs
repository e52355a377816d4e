//! The figures of the licence guard on labelled texts.
//!
//! ```sh
//! cargo run --release -p ideamine-licence --example eval -- FILE.jsonl.. [--show]
//! ```
//! Positive is `gpl_family: true`. `exact` is the share of texts whose ids are right; ids with one text count as the same.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use ideamine_licence::{Expression, identify, ids};
use serde_json::{Value, json};

/// Slower files are shown.
const SLOW_MICROS: u128 = 2000;

#[derive(Default)]
struct Figures {
    n: usize,
    positive: usize,
    hits: usize,
    alarms: usize,
    exact: usize,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let show = std::env::args().any(|arg| arg == "--show");
    let mut groups: BTreeMap<String, Figures> = BTreeMap::new();
    let mut times = Vec::new();
    identify("", "");
    identify("Permission is hereby granted, free of charge, to any person obtaining a copy", "");
    for file in std::env::args().skip(1).filter(|arg| !arg.starts_with("--")) {
        for line in std::fs::read_to_string(file)?.lines() {
            let row: Value = serde_json::from_str(line)?;
            let text = row["text"].as_str().or_else(|| row["expr"].as_str()).unwrap_or_default();
            let expression = row["text"].is_null();
            let path = row["id"].as_str().unwrap_or_default();
            let begin = Instant::now();
            let (gpl, found) = if expression {
                let read = Expression::read(text);
                (
                    read.as_ref().is_some_and(Expression::any_gpl_family),
                    read.map(|e| e.ids().iter().map(|i| (*i).to_owned()).collect()).unwrap_or_default(),
                )
            } else {
                let told = identify(text, path);
                (told.gpl_family, told.ids)
            };
            let micros = begin.elapsed().as_micros();
            if show && micros > SLOW_MICROS {
                eprintln!("{path} took {micros} us for {} bytes", text.len());
            }
            // The least of three: what other work on the machine adds is not the guard's.
            let again = (0..2).map(|_| {
                let begin = Instant::now();
                std::hint::black_box(identify(text, path));
                begin.elapsed().as_micros()
            });
            times.push(again.fold(micros, u128::min));
            let found: BTreeSet<String> = found.iter().map(|id| ids::text_class(bare(id))).collect();
            let wanted: BTreeSet<String> = row["spdx"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .flat_map(classes)
                .collect();
            let truth = row["gpl_family"] == true;
            let exact = expression && !found.is_empty() || found == wanted;
            if show && (truth != gpl || !exact) {
                eprintln!("{path} wanted {wanted:?} found {found:?} gpl {truth} found {gpl}");
            }
            for group in ["all", row["kind"].as_str().unwrap_or("expression")] {
                let figures = groups.entry(group.to_owned()).or_default();
                figures.n += 1;
                figures.positive += usize::from(truth);
                figures.hits += usize::from(truth && gpl);
                figures.alarms += usize::from(!truth && gpl);
                figures.exact += usize::from(exact);
            }
        }
    }
    times.sort_unstable();
    let at = |share: f64| times.get(((times.len() as f64 - 1.0) * share) as usize).copied().unwrap_or(0);
    eprintln!("p50 {} us, p90 {} us, p99 {} us, most {} us", at(0.5), at(0.9), at(0.99), at(1.0));
    for (name, f) in groups {
        eprintln!(
            "{}",
            json!({ "group": name, "n": f.n, "gpl": format!("{}/{}", f.hits, f.positive), "false": format!("{}/{}", f.alarms, f.n - f.positive), "exact": format!("{}/{}", f.exact, f.n) })
        );
    }
    Ok(())
}

fn classes(id: &str) -> Vec<String> {
    Expression::read(id).map_or_else(
        || vec![ids::text_class(id)],
        |e| e.ids().iter().map(|i| ids::text_class(bare(i))).collect(),
    )
}

fn bare(id: &str) -> &str {
    id.split(" WITH ").next().unwrap_or(id)
}
