//! `shield-train CORPUS-FOLDER OUT-FOLDER [ERRORS-FILE]`: learns the weights, measures them on sources left out, writes
//! `weights.bin` and `training-report.md`.
#![allow(clippy::print_stdout, reason = "a program")]
mod corpus;
mod generated;
mod learn;
mod report;

use corpus::{Row, read_rows};
use learn::{Example, learn};
use report::{Outcome, Thresholds, calibrate, errors, thresholds, write_report};
use std::collections::BTreeSet;
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let usage = "usage: shield-train CORPUS-FOLDER OUT-FOLDER [ERRORS-FILE]";
    let (corpus, out) = (args.next().ok_or(usage)?, args.next().ok_or(usage)?);
    let mut rows = read_rows(Path::new(&corpus))?;
    rows.extend(generated::generated());
    let examples: Vec<Example> = rows.iter().map(Example::of).collect();
    let groups: BTreeSet<&str> = rows.iter().map(|row| row.group()).collect();
    let mut outcomes: Vec<Outcome> = Vec::new();
    let mut judged = Vec::new();
    for group in groups.iter().filter(|group| **group != "generated") {
        let (held, kept): (Vec<usize>, Vec<usize>) =
            (0..rows.len()).partition(|at| rows[*at].group() == *group);
        let model = learn(&examples, &taught(&rows, kept));
        outcomes.extend(held.iter().map(|at| Outcome::of(&rows[*at], &examples[*at], &model)));
        judged.extend(held.iter().map(|at| &rows[*at]));
        println!("left out {group}: {} rows", held.len());
    }
    let limits: Thresholds = thresholds(&outcomes);
    if let Some(file) = args.next() {
        std::fs::write(file, errors(&judged, &outcomes, &limits))?;
    }
    let all: Vec<usize> = (0..rows.len()).collect();
    let mut model = learn(&examples, &taught(&rows, all));
    (model.slope, model.intercept) = calibrate(&outcomes);
    model.user = [limits.strict, limits.default];
    model.other = [limits.strict_other, limits.default_other];
    let out = Path::new(&out);
    std::fs::write(out.join("src/weights.bin"), model.to_bytes())?;
    std::fs::write(out.join("training-report.md"), write_report(&rows, &outcomes, &limits, &model))?;
    println!("{}", write_report(&rows, &outcomes, &limits, &model));
    Ok(())
}

/// The rows to learn from: BIPIA's attacks are polite requests, made attacks by the document they stand in alone, which
/// the channel tells; to learn them is to learn that people who ask for something attack.
fn taught(rows: &[Row], of: Vec<usize>) -> Vec<usize> {
    of.into_iter().filter(|at| rows[*at].source != "BIPIA").collect()
}
