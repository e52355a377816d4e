//! Concepts: words and phrases that mean one kind of thing, from `data/concepts.txt`.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A shorter stem would take in half the dictionary.
const SHORTEST_STEM: usize = 3;
const LONGEST_STEM: usize = 16;
/// Words of the longest phrase.
const LONGEST_PHRASE: usize = 4;

/// The concepts by name and their words.
#[derive(Debug)]
pub struct Lexicon {
    /// Names, in file order.
    pub names: Vec<&'static str>,
    words: HashMap<String, Vec<u8>>,
    stems: HashMap<String, Vec<u8>>,
}

/// A concept at a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sighting {
    /// Index into [`Lexicon::names`].
    pub concept: u8,
    /// First word.
    pub at: usize,
}

/// The lexicon that is checked in.
pub static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(include_str!("../data/concepts.txt")));

impl Lexicon {
    fn read(text: &'static str) -> Self {
        let mut lexicon = Self { names: Vec::new(), words: HashMap::new(), stems: HashMap::new() };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let Some((name, entries)) = line.split_once(':') else { continue };
            let concept = lexicon.names.len() as u8;
            lexicon.names.push(name);
            for (i, quoted) in entries.split('"').enumerate() {
                let entries: Vec<&str> =
                    if i % 2 == 1 { vec![quoted] } else { quoted.split_whitespace().collect() };
                entries.into_iter().for_each(|entry| lexicon.add(entry, concept));
            }
        }
        lexicon
    }

    fn add(&mut self, entry: &str, concept: u8) {
        let entry =
            words(entry.trim_end_matches('*')).iter().map(|w| w.text.clone()).collect::<Vec<_>>().join(" ")
                + if entry.ends_with('*') { "*" } else { "" };
        match entry.strip_suffix('*') {
            Some(stem) => self.stems.entry(stem.to_owned()).or_default().push(concept),
            None => self.words.entry(entry).or_default().push(concept),
        }
    }

    /// Every concept in `words`, in order.
    pub fn sightings(&self, words: &[Word]) -> Vec<Sighting> {
        let mut found = Vec::new();
        for at in 0..words.len() {
            let mut phrase = String::new();
            for word in words[at..].iter().take(LONGEST_PHRASE) {
                if !phrase.is_empty() {
                    phrase.push(' ');
                }
                phrase.push_str(&word.text);
                found.extend(
                    self.words
                        .get(&phrase)
                        .into_iter()
                        .flatten()
                        .map(|concept| Sighting { concept: *concept, at }),
                );
                let from = phrase.rfind(' ').map_or(0, |i| i + 1);
                for len in
                    from + SHORTEST_STEM.min(phrase.len() - from)..=phrase.len().min(from + LONGEST_STEM)
                {
                    let stem = phrase.get(..len).and_then(|stem| self.stems.get(stem));
                    found
                        .extend(stem.into_iter().flatten().map(|concept| Sighting { concept: *concept, at }));
                }
            }
        }
        found.dedup();
        found
    }
}

/// A word in lower case and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// In lower case.
    pub text: String,
    /// First byte in the text.
    pub from: usize,
    /// One past the last byte.
    pub to: usize,
}

/// Cuts a text into words of letters and digits. Longer words than any real one are cut short.
pub fn words(text: &str) -> Vec<Word> {
    const LONGEST_WORD: usize = 40;
    let mut found = Vec::new();
    let mut from = None;
    for (i, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (c.is_alphanumeric(), from) {
            (true, None) => from = Some(i),
            (false, Some(start)) => {
                let word: String =
                    text[start..i].chars().take(LONGEST_WORD).flat_map(char::to_lowercase).collect();
                found.push(Word { text: word, from: start, to: i });
                from = None;
            }
            _ => {}
        }
    }
    found
}
