//! A thousand seeded edits of dossier.json: each is found, and the finding names the section, the paper or the row.

use ideamine_core::digest::canonical;
use ideamine_dossier::verify_dossier_with;
use ideamine_ledger::{Options, ProblemKind, Verdict, Verifier};
use serde_json::Value;

use crate::support::small;

const EDITS: usize = 1_000;

/// A small seeded generator (SplitMix64): the same edits in every run of the tests.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

#[test]
fn every_flipped_byte_is_found() {
    let bytes = small().to_bytes().unwrap();
    let (mut random, mut verifier) = (Random(7), Verifier::default());
    for _ in 0..EDITS / 5 {
        let (at, bit) = (random.below(bytes.len()), random.below(8));
        let mut edited = bytes.clone();
        edited[at] ^= 1 << bit;
        let verdict = verify_dossier_with(&mut verifier, &edited, &Options::default());
        assert!(!verdict.holds(), "bit {bit} of byte {at}");
    }
    for cut in [0, 1, bytes.len() / 2, bytes.len() - 1] {
        assert!(
            !verify_dossier_with(&mut verifier, &bytes[..cut], &Options::default()).holds(),
            "cut to {cut}"
        );
    }
    let longer = [&bytes[..], b"\n"].concat();
    assert!(!verify_dossier_with(&mut verifier, &longer, &Options::default()).holds());
}

/// Four tests of two hundred, so that they run side by side.
macro_rules! edits {
    ($($name:ident = $seed:literal;)*) => {
        $(#[test]
        fn $name() {
            every_edited_field_is_found_and_named(Random($seed));
        })*
    };
}

edits! {
    every_edited_field_is_found_and_named_1 = 2026;
    every_edited_field_is_found_and_named_2 = 2027;
    every_edited_field_is_found_and_named_3 = 2028;
    every_edited_field_is_found_and_named_4 = 2029;
}

fn every_edited_field_is_found_and_named(mut random: Random) {
    let original = serde_json::to_value(small()).unwrap();
    let mut verifier = Verifier::default();
    let mut made = 0;
    while made < EDITS / 5 {
        let mut edited = original.clone();
        let mut place = Vec::new();
        edit(&mut edited, &mut random, &mut place);
        if edited == original {
            continue;
        }
        made += 1;
        let bytes = canonical(&edited).unwrap();
        let verdict = verify_dossier_with(&mut verifier, &bytes, &Options::default());
        assert!(!verdict.holds(), "{made}: {place:?} was not found");
        assert!(named(&verdict, &place), "{made}: {place:?} is not named in {:?}", verdict.problems);
    }
}

/// Whether a finding names the section, or the row, in which the edit was made; what no longer parses names itself.
fn named(verdict: &Verdict, place: &[String]) -> bool {
    verdict.problems.iter().any(|problem| match place {
        _ if problem.kind == ProblemKind::Unreadable => true,
        [content, section, ..] if content == "content" => {
            problem.what.contains(&format!("content.{section}"))
        }
        [_, rows, seq, _, ..] if rows == "rows" => problem.seq == seq.parse().ok(),
        [section, ..] if problem.what.starts_with(section) => true,
        _ => problem.seq.is_some() || problem.phase.is_some() || problem.what.starts_with("schema"),
    })
}

/// Walks to a random place, preferring depth, and changes what is there.
fn edit(value: &mut Value, random: &mut Random, place: &mut Vec<String>) {
    let stop = random.below(24) == 0 && place.len() > 1;
    match value {
        Value::Object(fields) if !fields.is_empty() && !stop => {
            let key = fields.keys().nth(random.below(fields.len())).unwrap().clone();
            place.push(key.clone());
            edit(&mut fields[&key], random, place);
        }
        Value::Array(items) if !items.is_empty() && !stop => {
            let at = random.below(items.len());
            place.push(at.to_string());
            edit(&mut items[at], random, place);
        }
        other => change(other, random),
    }
}

fn change(value: &mut Value, random: &mut Random) {
    match value {
        Value::Null => *value = Value::from(1),
        Value::Bool(flag) => *flag = !*flag,
        Value::Number(number) => {
            *value = Value::from(number.as_i64().unwrap_or(0) + 1 + random.below(9) as i64)
        }
        Value::String(text) => change_text(text, random),
        Value::Array(items) if items.is_empty() => items.push(Value::from("x")),
        Value::Array(items) => change_list(items, random),
        Value::Object(fields) => {
            let key = fields.keys().nth(random.below(fields.len())).cloned();
            match key.filter(|_| random.below(2) == 0) {
                Some(key) => drop(fields.remove(&key)),
                None => drop(fields.insert("extra".to_owned(), Value::from(1))),
            }
        }
    }
}

fn change_text(text: &mut String, random: &mut Random) {
    let mut letters: Vec<char> = text.chars().collect();
    match random.below(3) {
        0 if !letters.is_empty() => {
            let at = random.below(letters.len());
            letters[at] = if letters[at] == 'x' { 'y' } else { 'x' };
        }
        1 if !letters.is_empty() => drop(letters.pop()),
        _ => letters.push('0'),
    }
    *text = letters.into_iter().collect();
}

fn change_list(items: &mut Vec<Value>, random: &mut Random) {
    let (at, other) = (random.below(items.len()), random.below(items.len()));
    match random.below(3) {
        0 => drop(items.remove(at)),
        1 => items.swap(at, other),
        _ => items.insert(at, items[at].clone()),
    }
}
