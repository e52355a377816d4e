//! The figures of the guard over labelled files: `cargo run --release -p ideamine-exfil --example eval -- FILE.jsonl..`,
//! with `--strict` for that point, `--by source|type`, `--misses` for the rows that were judged wrongly, `--findings` for
//! everything that was found in every row, to be compared before and after a change.
#![allow(clippy::print_stdout, reason = "its output is what it is for")]
use ideamine_exfil::{Context, Guard, Point, Registry};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Instant;

#[derive(Default)]
struct Figures {
    tp: usize,
    fp: usize,
    tn: usize,
    fn_: usize,
}

impl Figures {
    fn add(&mut self, positive: bool, found: bool) {
        *match (positive, found) {
            (true, true) => &mut self.tp,
            (true, false) => &mut self.fn_,
            (false, true) => &mut self.fp,
            (false, false) => &mut self.tn,
        } += 1;
    }

    fn json(&self) -> Value {
        let share = |part: usize, of: usize| {
            if of == 0 { Value::Null } else { json!((part as f64 / of as f64 * 1e4).round() / 1e4) }
        };
        json!({ "n": self.tp + self.fp + self.tn + self.fn_, "tp": self.tp, "fp": self.fp, "tn": self.tn, "fn": self.fn_,
            "recall": share(self.tp, self.tp + self.fn_), "fpr": share(self.fp, self.fp + self.tn), "precision": share(self.tp, self.tp + self.fp),
            "f1": share(2 * self.tp, 2 * self.tp + self.fp + self.fn_) })
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let flag = |name: &str| arguments.iter().any(|a| a == name);
    let by = arguments
        .iter()
        .position(|a| a == "--by")
        .and_then(|at| arguments.get(at + 1))
        .cloned()
        .unwrap_or_else(|| "source".into());
    let point = if flag("--strict") { Point::Strict } else { Point::Default };
    let context = Context { point, file: None };
    let plain = Guard::new(Registry::new());
    let (mut all, mut groups, mut times) =
        (Figures::default(), BTreeMap::<String, Figures>::new(), Vec::new());
    for file in arguments.iter().filter(|a| a.ends_with(".jsonl")) {
        for (line, row) in std::fs::read_to_string(file)?.lines().enumerate() {
            let row: Value = serde_json::from_str(row)?;
            let text = row["text"].as_str().unwrap_or_default();
            let secrets: Vec<&str> =
                row["secrets"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let own = (!secrets.is_empty()).then(|| Guard::new(secrets.into_iter().collect()));
            let start = Instant::now();
            let leaks = own.as_ref().unwrap_or(&plain).scan(text, &context);
            times.push(start.elapsed().as_nanos() as f64 / 1000.0);
            if flag("--findings") {
                for leak in &leaks {
                    println!(
                        "{file}:{} {:?} {} {:?} {:.2}",
                        line + 1,
                        leak.kind,
                        leak.rule,
                        leak.span,
                        leak.score
                    );
                }
            }
            let positive = row["label"] == "leak";
            all.add(positive, !leaks.is_empty());
            groups
                .entry(row[&by].as_str().unwrap_or("-").to_owned())
                .or_default()
                .add(positive, !leaks.is_empty());
            if flag("--misses") && positive == leaks.is_empty() {
                let rules: Vec<String> = leaks
                    .iter()
                    .map(|l| format!("{}@{:.2} {:?}", l.rule, l.score, text.get(l.span.clone())))
                    .collect();
                println!(
                    "{} {file}:{} {} {} {rules:?} {text:?}",
                    if positive { "MISS" } else { "FALSE" },
                    line + 1,
                    row["source"],
                    row["sub"]
                );
            }
        }
    }
    times.sort_by(f64::total_cmp);
    let quantile = |q: f64| times.get(((times.len() as f64 - 1.0) * q) as usize).copied().unwrap_or(0.0);
    let mut report = all.json();
    report["component"] = json!("exfil");
    report["p50_us"] = json!(quantile(0.5));
    report["p99_us"] = json!(quantile(0.99));
    report["groups"] = groups
        .iter()
        .map(|(name, figures)| (name.clone(), figures.json()))
        .collect::<serde_json::Map<_, _>>()
        .into();
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(())
}
