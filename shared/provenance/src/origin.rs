//! Origin maps: which author wrote which bytes.

use std::ops::Range;

use ::similar::{ChangeTag, TextDiff};
use ideamine_core::Digest;
use serde::{Deserialize, Serialize};

/// Who wrote some bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Author {
    /// A person: their own words, or their edit.
    Person {
        /// What it was taken from, where that is stored: the idea, an answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<Digest>,
    },
    /// A model.
    Model {
        /// `provider/model`, with its version where the provider tells one.
        model: String,
        /// The request, prompt and all, by digest.
        request: Digest,
    },
    /// A rule of the composer.
    Rule {
        /// Its id.
        rule: String,
    },
    /// A fixed text or form that comes with the program.
    Template {
        /// Its name.
        template: String,
    },
    /// Somebody else's work.
    ThirdParty {
        /// Where from: a package URL, a web address.
        source: String,
        /// SPDX expression.
        licence: String,
    },
}

/// Some bytes in a row by one author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// How many bytes.
    pub bytes: u64,
    /// Index into [`OriginMap::authors`].
    pub author: u32,
}

/// The authors of one text, byte by byte, in its order. Two neighbours are never by the same author, so that one text has one
/// map and one digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OriginMap {
    /// The text.
    pub digest: Digest,
    /// Its authors, in order of first appearance.
    pub authors: Vec<Author>,
    /// Its segments, from the first byte to the last.
    pub segments: Vec<Segment>,
}

/// Why a map is not the map of a text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadMap {
    /// Of another text.
    #[error("the map is of {map}, the text is {text}: it was changed, or the map was moved to another text")]
    OtherText {
        /// What the map names.
        map: Digest,
        /// What is there.
        text: Digest,
    },
    /// Not every byte has an author.
    #[error("the map covers {covered} bytes of {size}: an origin is missing")]
    Uncovered {
        /// Bytes with an author.
        covered: u64,
        /// Bytes of the text.
        size: u64,
    },
    /// A segment without an author, without bytes, or like its neighbour.
    #[error("segment {0} of the map is empty, by nobody, or by the author of the one before")]
    Segment(usize),
}

impl OriginMap {
    /// A text all by one author.
    pub fn whole(text: &[u8], author: Author) -> Self {
        Self::of(text, [(text.len(), author)])
    }

    /// A text whose parts follow each other; the lengths must add up to the text.
    pub fn of(text: &[u8], parts: impl IntoIterator<Item = (usize, Author)>) -> Self {
        let mut map = Self { digest: Digest::of(text), authors: Vec::new(), segments: Vec::new() };
        for (bytes, author) in parts {
            map.push(bytes as u64, &author);
        }
        map
    }

    fn push(&mut self, bytes: u64, author: &Author) {
        if bytes == 0 {
            return;
        }
        let known = self.authors.iter().position(|known| known == author).unwrap_or_else(|| {
            self.authors.push(author.clone());
            self.authors.len() - 1
        });
        let author = u32::try_from(known).unwrap_or(u32::MAX);
        match self.segments.last_mut() {
            Some(last) if last.author == author => last.bytes += bytes,
            _ => self.segments.push(Segment { bytes, author }),
        }
    }

    /// Holds the map against its text.
    ///
    /// # Errors
    /// The first thing that does not fit.
    pub fn verify(&self, text: &[u8]) -> Result<(), BadMap> {
        let digest = Digest::of(text);
        if digest != self.digest {
            return Err(BadMap::OtherText { map: self.digest, text: digest });
        }
        for (at, segment) in self.segments.iter().enumerate() {
            let known = usize::try_from(segment.author).is_ok_and(|author| author < self.authors.len());
            let alone = at == 0 || self.segments[at - 1].author != segment.author;
            if segment.bytes == 0 || !known || !alone {
                return Err(BadMap::Segment(at));
            }
        }
        let covered = self.segments.iter().fold(0u64, |sum, segment| sum.saturating_add(segment.bytes));
        let size = text.len() as u64;
        if covered == size { Ok(()) } else { Err(BadMap::Uncovered { covered, size }) }
    }

    /// The segments with their places in the text, bytes.
    pub fn ranges(&self) -> impl Iterator<Item = (Range<u64>, &Author)> {
        let mut at = 0u64;
        self.segments.iter().filter_map(move |segment| {
            let begin = at;
            at = at.saturating_add(segment.bytes);
            let author = self.authors.get(usize::try_from(segment.author).ok()?)?;
            Some((begin..at, author))
        })
    }

    /// Whose the byte at this place is.
    pub fn at(&self, byte: u64) -> Option<&Author> {
        self.ranges().find(|(range, _)| range.contains(&byte)).map(|(_, author)| author)
    }

    /// The authors of each line of a text, from the first: a line that several wrote has several.
    pub fn lines<'a>(&'a self, text: &str) -> Vec<Vec<&'a Author>> {
        let mut ranges = self.ranges().peekable();
        let mut at = 0u64;
        let mut lines = Vec::new();
        for line in text.split_inclusive('\n') {
            let end = at + line.len() as u64;
            let mut authors: Vec<&Author> = Vec::new();
            while let Some((range, author)) = ranges.peek() {
                if range.start >= end {
                    break;
                }
                if !authors.contains(author) {
                    authors.push(author);
                }
                if range.end > end {
                    break;
                }
                ranges.next();
            }
            lines.push(authors);
            at = end;
        }
        lines
    }

    /// The map after an edit: what stayed keeps its author, what is new is the editor's. A line that was changed in part keeps
    /// the words that stayed.
    ///
    /// # Errors
    /// When this is not the map of `old`.
    pub fn edited(&self, old: &str, new: &str, editor: &Author) -> Result<Self, BadMap> {
        self.verify(old.as_bytes())?;
        let mut map = Self { digest: Digest::of(new.as_bytes()), authors: Vec::new(), segments: Vec::new() };
        let mut from = 0u64;
        let lines = TextDiff::from_lines(old, new);
        let mut removed = String::new();
        let mut added = String::new();
        for change in lines.iter_all_changes() {
            match change.tag() {
                ChangeTag::Delete => removed.push_str(change.value()),
                ChangeTag::Insert => added.push_str(change.value()),
                ChangeTag::Equal => {
                    self.words(&mut map, &mut from, &removed, &added, editor);
                    removed.clear();
                    added.clear();
                    self.keep(&mut map, from, change.value().len() as u64);
                    from += change.value().len() as u64;
                }
            }
        }
        self.words(&mut map, &mut from, &removed, &added, editor);
        Ok(map)
    }

    /// Lines that were replaced, word by word.
    fn words(&self, map: &mut Self, from: &mut u64, removed: &str, added: &str, editor: &Author) {
        if removed.is_empty() || added.is_empty() {
            map.push(added.len() as u64, editor);
            *from += removed.len() as u64;
            return;
        }
        for change in TextDiff::from_words(removed, added).iter_all_changes() {
            let bytes = change.value().len() as u64;
            match change.tag() {
                ChangeTag::Delete => *from += bytes,
                ChangeTag::Insert => map.push(bytes, editor),
                ChangeTag::Equal => {
                    self.keep(map, *from, bytes);
                    *from += bytes;
                }
            }
        }
    }

    /// Takes over the authors of `bytes` bytes from this map.
    fn keep(&self, map: &mut Self, from: u64, bytes: u64) {
        let end = from + bytes;
        for (range, author) in self.ranges() {
            let begin = range.start.max(from);
            let stop = range.end.min(end);
            if begin < stop {
                map.push(stop - begin, author);
            }
        }
    }
}
