//! A thousand seeded mutations of an exported ledger: each is found, and the finding names the row.

use crate::support::{Random, closed, machine};
use ideamine_ledger::{LedgerDocument, Options, Verdict, Verifier, export, row_hash};

const MUTATIONS: usize = 1_000;

/// A mutation: what it did, the file, and the row that a finding must name (`None`: any finding will do).
struct Mutant {
    what: String,
    file: Vec<u8>,
    row: Option<u64>,
}

#[test]
fn every_mutation_of_the_file_is_found_and_the_row_named() {
    let document = closed(&machine());
    let file = export::write(&document).unwrap();
    let (mut random, mut verifier) = (Random(2026), Verifier::default());
    let mut made = 0;
    while made < MUTATIONS {
        let mutant = mutate(&document, &file, made % 6, &mut random);
        if mutant.file == file {
            continue;
        }
        made += 1;
        let verdict = verifier.verify_jsonl(&mutant.file, &Options::default());
        assert!(!verdict.holds(), "{made}: {} was not found", mutant.what);
        assert!(
            names(&verdict, mutant.row),
            "{made}: {} at {:?}: {:?}",
            mutant.what,
            mutant.row,
            verdict.problems
        );
    }
}

fn names(verdict: &Verdict, row: Option<u64>) -> bool {
    row.is_none() || verdict.problems.iter().any(|problem| problem.seq == row)
}

fn mutate(document: &LedgerDocument, file: &[u8], kind: usize, random: &mut Random) -> Mutant {
    let mut lines: Vec<&[u8]> = file.split_inclusive(|b| *b == b'\n').collect();
    let rows = document.rows.len();
    let at = random.below(lines.len());
    let row = |at: usize| (at < rows).then_some(at as u64);
    let (what, row) = match kind {
        0 => return flip(file, rows, random),
        1 => {
            lines.remove(at);
            // Without its last row, the last head is what misses it.
            (format!("line {at} dropped"), row(at))
        }
        2 => {
            let other = random.below(lines.len());
            lines.swap(at, other);
            (format!("lines {at} and {other} swapped"), row(at.min(other)))
        }
        3 => {
            lines.insert(at, lines[at]);
            // The double of the last row stands where the heads begin.
            (format!("line {at} doubled"), (at < rows).then_some(at as u64 + 1))
        }
        4 => {
            let length = random.below(file.len());
            let row = file[..length].iter().filter(|b| **b == b'\n').count();
            let what = format!("cut to {length} bytes");
            return Mutant { what, file: file[..length].to_vec(), row: (row < rows).then_some(row as u64) };
        }
        _ => return edit_figure(document, random),
    };
    Mutant { what, file: lines.concat(), row }
}

fn flip(file: &[u8], rows: usize, random: &mut Random) -> Mutant {
    let (at, bit) = (random.below(file.len()), random.below(8));
    let mut file = file.to_vec();
    let line = file[..at].iter().filter(|b| **b == b'\n').count();
    file[at] ^= 1 << bit;
    Mutant {
        what: format!("bit {bit} of byte {at} flipped"),
        file,
        row: (line < rows).then_some(line as u64),
    }
}

/// Changes one figure somewhere and writes everything canonically again, so that only its meaning differs.
fn edit_figure(document: &LedgerDocument, random: &mut Random) -> Mutant {
    let mut changed = document.clone();
    let by = 1 + random.below(1_000) as i64;
    let at = random.below(changed.rows.len() + changed.heads.len() + 4);
    let (heads, rows) = (changed.heads.len(), changed.rows.len());
    let mut row = Some(at as u64);
    if at < rows {
        changed.rows[at].fact.at_ms += by;
        if random.below(2) == 0 {
            // Hash it again, as a careful forger would: then the next row or the head does not follow.
            changed.rows[at].hash = row_hash(&changed.rows[at]).unwrap();
            row = None;
        }
    } else if at < rows + heads {
        let head = &mut changed.heads[at - rows].head;
        head.size = head.size.saturating_sub(by as u64);
        row = None;
    } else {
        let index = changed.index.as_mut().unwrap();
        match at - rows - heads {
            0 => index.usage.usd_micros.0 += by,
            1 => index.usage.tokens_out += by as u64,
            2 => index.phases[2].artifacts[0].bytes += by as u64,
            _ => index.phases[1].usage.model_calls += by as u64,
        }
        row = document.artifact("steps.json").map(|row| row.seq);
    }
    Mutant { what: format!("figure {at} changed by {by}"), file: export::write(&changed).unwrap(), row }
}

#[test]
fn heads_dropped_swapped_doubled_or_altered_are_found() {
    let document = closed(&machine());
    let mut verifier = Verifier::default();
    let mut check = |what: &str, change: &dyn Fn(&mut LedgerDocument)| {
        let mut changed = document.clone();
        change(&mut changed);
        let verdict = verifier.verify(&changed, &Options::default());
        assert!(!verdict.intact && !verdict.holds(), "{what} was not found");
        assert!(
            verdict.problems.iter().any(|problem| problem.seq.is_some()),
            "{what}: {:?}",
            verdict.problems
        );
    };
    for at in 0..document.heads.len() {
        check("dropped", &|d| drop(d.heads.remove(at)));
        check("doubled", &|d| d.heads.insert(at, d.heads[at].clone()));
        check("another root", &|d| d.heads[at].head.root.replace_range(..4, "0000"));
        check("another signature", &|d| d.heads[at].signature.value = "00".repeat(64));
        if at > 0 {
            check("swapped", &|d| d.heads.swap(at - 1, at));
        }
    }
    check("all dropped", &|d| d.rows.truncate(3));
}
