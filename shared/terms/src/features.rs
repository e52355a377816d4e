//! A text as numbers: words, concepts, and concepts that stand near each other, hashed to a fixed width.

use crate::concepts::{LEXICON, Sighting, Word};

/// Numbers of the vector.
pub const WIDTH: usize = 1 << 14;
/// Concepts this many words apart belong together.
const NEAR: usize = 6;
/// More words than these add nothing but time.
const MAX_WORDS: usize = 400;

/// The features of `words`: distinct indices below [`WIDTH`].
pub fn features(words: &[Word]) -> Vec<u32> {
    let words = &words[..words.len().min(MAX_WORDS)];
    let sightings = LEXICON.sightings(words);
    let mut found = Vec::with_capacity(words.len() * 3);
    for word in words {
        found.push(index(b"w", &[&word.text]));
    }
    for sighting in &sightings {
        found.push(index(b"c", &[name(sighting)]));
    }
    for (i, a) in sightings.iter().enumerate() {
        // Sightings are in order of place, so this ends soon.
        for b in sightings[i + 1..].iter().take_while(|b| b.at - a.at <= NEAR) {
            found.push(index(b"n", &[name(a), name(b)]));
        }
    }
    let mut present: Vec<&str> = sightings.iter().map(name).collect();
    present.sort_unstable();
    present.dedup();
    for (i, a) in present.iter().enumerate() {
        present[i + 1..].iter().for_each(|b| found.push(index(b"p", &[a, b])));
    }
    let roles = roles(&present);
    found.push(index(b"r", &[&roles.iter().map(|there| if *there { '1' } else { '0' }).collect::<String>()]));
    for i in (0..ROLES.len()).filter(|i| roles[*i]) {
        // Roles hold for every category alike, so what is learned of them carries over to kinds never seen.
        (0..ROLES.len()).filter(|k| i != *k).for_each(|k| {
            found.push(index(b"q", &[ROLES[i].0, if roles[k] { "with" } else { "without" }, ROLES[k].0]))
        });
    }
    found.push(index(b"bias", &[]));
    found.sort_unstable();
    found.dedup();
    found
}

/// What part a concept plays in a request, whatever the category.
const ROLES: [(&str, &[&str]); 6] = [
    (
        "harm",
        &[
            "violence", "destroy", "weapon", "crime", "cyber", "hate", "selfharm", "sexual", "private",
            "piracy", "defame",
        ],
    ),
    ("target", &["person", "group", "minor"]),
    ("intent", &["evade", "malice"]),
    ("object", &["tech", "thing", "fiction"]),
    ("context", &["history", "define", "protect"]),
    ("asked", &["howto"]),
];

fn roles(present: &[&str]) -> [bool; ROLES.len()] {
    ROLES.map(|(_, names)| names.iter().any(|name| present.contains(name)))
}

fn name(sighting: &Sighting) -> &'static str {
    LEXICON.names[usize::from(sighting.concept)]
}

/// FNV-1a: what is learned refers to it, so it never changes.
fn index(kind: &[u8], parts: &[&str]) -> u32 {
    let mut hash = 0x811c_9dc5u32;
    let mut add =
        |bytes: &[u8]| bytes.iter().for_each(|b| hash = (hash ^ u32::from(*b)).wrapping_mul(0x0100_0193));
    add(kind);
    for part in parts {
        add(b"\0");
        add(part.as_bytes());
    }
    (hash ^ hash >> 15) & (WIDTH as u32 - 1)
}
