//! Learns `data/weights.bin` and writes `data/training-report.md`.
//!
//! ```sh
//! cargo run --release -p ideamine-terms --example train -- ../shared/data/code/terms/prohibited.jsonl CACHE/more.jsonl
//! ```
//! `fetch.py` writes the second file; `data/sources.md` lists every source. Validation leaves out a family of texts at a
//! time: one category of the corpus, one kind of look-alike, one source. The threshold is chosen on those left-out scores and written as the model's offset.

mod generated;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use generated::Row;
use ideamine_terms::Category;
use ideamine_terms::concepts::words;
use ideamine_terms::features::{WIDTH, features};
use ideamine_terms::model::Model;

const SEED: u64 = 7;
const PER_FAMILY: usize = 130;
const EPOCHS: usize = 6;
const RATE: f32 = 0.25;
/// Pulls weights towards zero, so that rare words do not decide.
const SHRINK: f32 = 1e-3;
/// Share of look-alikes of kinds never learned from that may be alarms at the chosen threshold. The model that is kept has
/// learned from all kinds, so this is a bound from above; the second part of the report measures kinds that are known.
const FALSE_ALARMS: f64 = 0.20;
const FOLDS: usize = 5;

struct Example {
    row: Row,
    seen: Vec<u32>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut rows = generated::rows(PER_FAMILY, SEED);
    for file in std::env::args().skip(1) {
        for line in std::fs::read_to_string(file)?.lines() {
            let value: serde_json::Value = serde_json::from_str(line)?;
            let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
            let prohibited = value["prohibited"] == true;
            let family = value["family"].as_str().map_or_else(
                || format!("corpus:{}", if prohibited { text("category") } else { text("orig_label") }),
                str::to_owned,
            );
            rows.push(Row { text: text("text"), prohibited, category: text("category"), family });
        }
    }
    let examples: Vec<Example> =
        rows.into_iter().map(|row| Example { seen: features(&words(&row.text)), row }).collect();
    let folds: BTreeSet<&str> = examples.iter().map(|e| e.row.family.as_str()).collect();
    let mut left_out: Vec<(f32, &Example)> = Vec::new();
    for name in folds {
        let (held, kept): (Vec<&Example>, Vec<&Example>) =
            examples.iter().partition(|e| e.row.family == name);
        let weights = learn(&kept, |row| row.prohibited);
        left_out.extend(held.into_iter().map(|e| (score(&weights, &e.seen), e)));
    }
    let threshold = threshold(&left_out);
    let all: Vec<&Example> = examples.iter().collect();
    let prohibited = learn(&all, |row| row.prohibited);
    let positive: Vec<&Example> = examples.iter().filter(|e| e.row.prohibited).collect();
    let categories = Category::ALL.iter().map(|c| learn(&positive, |row| row.category == c.name()));
    let rows: Vec<Vec<f32>> = std::iter::once(prohibited).chain(categories).collect();
    let mut offset = vec![0.0; rows.len()];
    offset[0] = threshold;
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    std::fs::write(data.join("weights.bin"), Model::of(&rows, &offset).write())?;
    let report = report(&left_out, threshold) + &known_kinds(&examples, threshold);
    eprintln!("{report}");
    std::fs::write(data.join("training-report.md"), report)?;
    Ok(())
}

/// Logistic regression by AdaGrad; both answers weigh the same.
fn learn(examples: &[&Example], truth: impl Fn(&Row) -> bool) -> Vec<f32> {
    let mut weights = vec![0f32; WIDTH];
    let mut squares = vec![1e-3f32; WIDTH];
    let positive = examples.iter().filter(|e| truth(&e.row)).count().max(1) as f32;
    let share = positive / examples.len() as f32;
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut rng = fastrand::Rng::with_seed(SEED);
    for _ in 0..EPOCHS {
        rng.shuffle(&mut order);
        for i in &order {
            let example = examples[*i];
            let hit = truth(&example.row);
            let weight = if hit { 0.5 / share } else { 0.5 / (1.0 - share) };
            let odds = score(&weights, &example.seen);
            let error = (1.0 / (1.0 + (-odds).exp()) - f32::from(u8::from(hit))) * weight.min(4.0)
                / (example.seen.len() as f32).sqrt();
            for k in &example.seen {
                let k = *k as usize;
                let gradient = error + SHRINK * weights[k];
                squares[k] += gradient * gradient;
                weights[k] -= RATE * gradient / squares[k].sqrt();
            }
        }
    }
    weights
}

fn score(weights: &[f32], seen: &[u32]) -> f32 {
    seen.iter().map(|k| weights[*k as usize]).sum::<f32>() / (seen.len().max(1) as f32).sqrt()
}

/// The least threshold at which no more than [`FALSE_ALARMS`] of the left-out look-alikes are alarms.
fn threshold(left_out: &[(f32, &Example)]) -> f32 {
    let mut safe: Vec<f32> =
        left_out.iter().filter(|row| look_alike(&row.1.row.family)).map(|row| row.0).collect();
    safe.sort_by(|a, b| b.total_cmp(a));
    safe.get((safe.len() as f64 * FALSE_ALARMS) as usize).copied().unwrap_or(0.0)
}

/// Whether a family is of safe texts about harm.
fn look_alike(family: &str) -> bool {
    family.starts_with("neg:") || family.starts_with("safe:")
}

/// The same threshold on texts of kinds that are known, one part in [`FOLDS`] left out at a time.
fn known_kinds(examples: &[Example], threshold: f32) -> String {
    let mut sums = [(0usize, 0usize); 4];
    for fold in 0..FOLDS {
        let (held, kept): (Vec<(usize, &Example)>, Vec<_>) =
            examples.iter().enumerate().partition(|(i, _)| i % FOLDS == fold);
        let kept: Vec<&Example> = kept.into_iter().map(|(_, e)| e).collect();
        let weights = learn(&kept, |row| row.prohibited);
        for (_, example) in held {
            let kind = usize::from(example.row.prohibited) * 2
                + usize::from(example.row.family.starts_with("corpus:"));
            sums[kind].0 += 1;
            sums[kind].1 += usize::from(score(&weights, &example.seen) >= threshold);
        }
    }
    let share =
        |i: usize| format!("{}/{} = {:.3}", sums[i].1, sums[i].0, sums[i].1 as f64 / sums[i].0.max(1) as f64);
    format!(
        "\n## Kinds that are known, one row in {FOLDS} left out\n\n- recall: corpus {}, generated {}\n- false alarms: ordinary requests {}, look-alikes {}\n",
        share(3),
        share(2),
        share(1),
        share(0)
    )
}

fn report(left_out: &[(f32, &Example)], threshold: f32) -> String {
    let mut families: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (odds, example) in left_out {
        let entry = families.entry(&example.row.family).or_default();
        entry.0 += 1;
        entry.1 += usize::from(*odds >= threshold);
    }
    let sum = |keep: &dyn Fn(&str) -> bool| {
        families.iter().filter(|f| keep(f.0)).fold((0, 0), |sum, f| (sum.0 + f.1.0, sum.1 + f.1.1))
    };
    let share = |(n, hits): (usize, usize)| format!("{hits}/{n} = {:.3}", hits as f64 / n.max(1) as f64);
    let ordinary = |family: &str| family == "corpus:seed_task" || family == "corpus:user_oriented";
    let mut out = String::from(
        "# Training report\n\nEvery figure is on texts whose family was left out of learning.\n\n",
    );
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "- rows {}, threshold {threshold:.3} (now zero: it is the model's offset)",
        left_out.len()
    );
    let _ = writeln!(
        out,
        "- recall on the corpus, each category unseen: {}",
        share(sum(&|f| f.starts_with("corpus:") && !ordinary(f)))
    );
    let _ = writeln!(
        out,
        "- recall on generated requests, each kind unseen: {}",
        share(sum(&|f| f.starts_with("pos:")))
    );
    let _ = writeln!(out, "- false alarms on look-alikes, each kind unseen: {}", share(sum(&look_alike)));
    let _ =
        writeln!(out, "- false alarms on ordinary requests, each source unseen: {}\n", share(sum(&ordinary)));
    for share in [0.02, 0.05, 0.1, 0.2, 0.3] {
        let mut safe: Vec<f32> = left_out.iter().filter(|r| !r.1.row.prohibited).map(|r| r.0).collect();
        safe.sort_by(|a, b| b.total_cmp(a));
        let at = safe[(safe.len() as f64 * share) as usize];
        let hits = |corpus: bool| {
            let rows: Vec<f32> = left_out
                .iter()
                .filter(|r| r.1.row.prohibited && r.1.row.family.starts_with("corpus:") == corpus)
                .map(|r| r.0)
                .collect();
            rows.iter().filter(|odds| **odds >= at).count() as f64 / rows.len().max(1) as f64
        };
        let _ = writeln!(
            out,
            "- at {share} false alarms on everything safe: recall {:.3} corpus, {:.3} generated",
            hits(true),
            hits(false)
        );
    }
    let _ = writeln!(out, "\n| left out | texts | found |\n|---|---|---|");
    for (name, (n, hits)) in &families {
        let _ = writeln!(out, "| {name} | {n} | {hits} |");
    }
    out
}
