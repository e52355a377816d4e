//! A text as words: what stays of it when layout, markup, comment signs and punctuation are taken away.
//!
//! Two views of the same words exist. All words, joined by one space each, serve phrases. The words that are part of a
//! licence's wording (no copyright lines, list marks, comment words) serve comparison with whole licence texts.

use std::ops::Range;

/// A tag longer than this is not markup: a lone `<` must not swallow a file.
const LONGEST_TAG_BYTES: usize = 2000;
/// Lines from which on a word that begins nearly every line is taken for a comment sign (`dnl`, `REM`).
const FEWEST_COMMENT_LINES: usize = 4;
/// A copyright statement is at most so many words; then wording is compared again.
const LONGEST_COPYRIGHT_WORDS: usize = 60;

/// One word: where it stands in the joined words and in the source, and its hash.
#[derive(Debug, Clone, Copy)]
pub struct Word {
    /// First byte in [`Words::joined`].
    at: u32,
    /// First byte in the source, and the first after it.
    source: u32,
    source_end: u32,
    /// Length in the joined words.
    len: u16,
    /// Whether it counts when texts are compared.
    wording: bool,
    /// Hash of the word.
    pub hash: u32,
}

/// The words of a text.
#[derive(Debug, Default)]
pub struct Words {
    /// All words in lower case, one space between any two.
    pub joined: String,
    /// Every word.
    pub all: Vec<Word>,
    /// Indices into `all` of the words that are compared with licence texts.
    pub wording: Vec<u32>,
}

impl Words {
    /// Cuts `text` into words. Linear in its length.
    pub fn of(text: &str) -> Self {
        let markup = looks_like_markup(text);
        let mut words = Self { joined: String::with_capacity(text.len()), ..Self::default() };
        words.cut(text, markup);
        words.leave_out_comment_words(text);
        words.leave_out_copyright(text);
        words.wording = (0u32..).zip(&words.all).filter(|(_, word)| word.wording).map(|(i, _)| i).collect();
        words
    }

    /// The word at `index`, empty past the end.
    pub fn get(&self, index: usize) -> &str {
        self.all
            .get(index)
            .map_or("", |word| &self.joined[word.at as usize..word.at as usize + word.len as usize])
    }

    /// The index of the word that holds byte `at` of [`Words::joined`].
    pub fn index_at(&self, at: usize) -> usize {
        self.all.partition_point(|word| word.at as usize <= at).saturating_sub(1)
    }

    /// The bytes of the source from word `from` to the end of word `to - 1`.
    pub fn span(&self, from: usize, to: usize) -> Range<usize> {
        let start = self.all.get(from).map_or(0, |word| word.source as usize);
        let end = to
            .checked_sub(1)
            .and_then(|last| self.all.get(last))
            .map_or(start, |word| word.source_end as usize);
        start..end.max(start)
    }

    /// Hashes of the words that are compared.
    pub fn hashes(&self) -> Vec<u32> {
        self.wording.iter().map(|&i| self.all[i as usize].hash).collect()
    }

    fn cut(&mut self, text: &str, markup: bool) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            at = match byte {
                b'<' if markup => end_of_tag(bytes, at),
                b'&' if markup => end_of_entity(bytes, at),
                // An escaped line end of a string literal.
                b'\\' if matches!(bytes.get(at + 1), Some(b'n' | b't' | b'r')) => at + 2,
                b'+' if at > 0 && (bytes[at - 1].is_ascii_alphanumeric()) => {
                    self.push(text, at, at + 1, false);
                    at + 1
                }
                _ if byte.is_ascii_alphanumeric() || byte >= 0x80 => self.word(text, at),
                _ => at + 1,
            };
        }
    }

    /// Takes the word that begins at `start`; where the next may begin.
    fn word(&mut self, text: &str, start: usize) -> usize {
        let bytes = text.as_bytes();
        let mut end = start;
        if bytes[start].is_ascii_alphanumeric() {
            while end < bytes.len() && bytes[end].is_ascii_alphanumeric() {
                end += 1;
            }
            // 2.0 is one word, and so is v2.1.
            let digit_before = bytes[end - 1].is_ascii_digit();
            if digit_before
                && bytes.get(end) == Some(&b'.')
                && bytes.get(end + 1).is_some_and(u8::is_ascii_digit)
            {
                end += 2;
                while end < bytes.len() && bytes[end].is_ascii_digit() {
                    end += 1;
                }
            }
        } else {
            let letters = text[start..].char_indices().find(|(_, c)| c.is_ascii() || !c.is_alphanumeric());
            end = letters.map_or(text.len(), |(i, _)| start + i);
            if end == start {
                return start + text[start..].chars().next().map_or(1, char::len_utf8);
            }
        }
        let marker = is_list_mark(bytes, start, end)
            && !matches!(self.get(self.all.len().wrapping_sub(1)), "version" | "v");
        self.push(text, start, end, !marker);
        end
    }

    fn push(&mut self, text: &str, start: usize, end: usize, wording: bool) {
        if !self.joined.is_empty() {
            self.joined.push(' ');
        }
        let at = self.joined.len();
        let word = &text[start..end];
        if word.is_ascii() {
            self.joined.push_str(word);
            self.joined[at..].make_ascii_lowercase();
        } else {
            self.joined.extend(word.chars().flat_map(char::to_lowercase));
        }
        if let Some(other) = same_word(&self.joined[at..]) {
            self.joined.truncate(at);
            self.joined.push_str(other);
        }
        let len = u16::try_from(self.joined.len() - at).unwrap_or_else(|_| {
            let mut cut = at + usize::from(u16::MAX) - 3;
            while !self.joined.is_char_boundary(cut) {
                cut -= 1;
            }
            self.joined.truncate(cut);
            u16::MAX - 3
        });
        let len = len.min(u16::try_from(self.joined.len() - at).unwrap_or(u16::MAX));
        let hash = hash(&self.joined.as_bytes()[at..]);
        self.all.push(Word {
            at: at as u32,
            source: start as u32,
            source_end: end as u32,
            len,
            wording,
            hash,
        });
    }

    /// A word that begins at least four of five lines is a comment sign.
    fn leave_out_comment_words(&mut self, text: &str) {
        let firsts = self.first_of_lines(text);
        let Some(&candidate) = firsts.get(firsts.len() / 2) else { return };
        let sign = self.all[candidate].hash;
        let begun = firsts.iter().filter(|&&i| self.all[i].hash == sign).count();
        if firsts.len() >= FEWEST_COMMENT_LINES && begun * 5 >= firsts.len() * 4 {
            for i in firsts {
                if self.all[i].hash == sign {
                    self.all[i].wording = false;
                }
            }
        }
    }

    fn first_of_lines(&self, text: &str) -> Vec<usize> {
        let mut firsts = Vec::new();
        let mut last = 0;
        for (i, word) in self.all.iter().enumerate() {
            let here = word.source as usize;
            if i == 0 || text.as_bytes()[last..here].contains(&b'\n') {
                firsts.push(i);
            }
            last = here;
        }
        firsts
    }

    /// Who holds the copyright since when is different in every file.
    fn leave_out_copyright(&mut self, text: &str) {
        let mut i = 0;
        while i < self.all.len() {
            if !self.begins_copyright(text, i) {
                i += 1;
                continue;
            }
            let begin = i;
            let mut last = self.all[i].source as usize;
            while i < self.all.len() && i - begin < LONGEST_COPYRIGHT_WORDS {
                let here = self.all[i].source as usize;
                let new_line = text.as_bytes()[last..here].contains(&b'\n');
                if i > begin && (new_line || ENDS_COPYRIGHT.contains(&self.get(i))) {
                    break;
                }
                self.all[i].wording = false;
                last = here;
                i += 1;
            }
        }
    }

    fn begins_copyright(&self, text: &str, i: usize) -> bool {
        if self.get(i) != "copyright" {
            return false;
        }
        let after = self.all[i].source as usize + "copyright".len();
        let sign = text[after.min(text.len())..]
            .trim_start_matches([' ', ':', '\t'])
            .starts_with(['©', '(', '<', '[']);
        sign || (1..=2).any(|k| {
            let word = self.get(i + k);
            matches!(word, "c" | "year" | "yyyy")
                || (word.len() == 4 && (word.starts_with("19") || word.starts_with("20")))
        })
    }
}

/// Words that begin the licence's own wording when it follows a copyright statement on the same line.
const ENDS_COPYRIGHT: [&str; 9] = [
    "permission",
    "redistribution",
    "licensed",
    "everyone",
    "permitted",
    "this",
    "all",
    "released",
    "distributed",
];

/// Spellings of the same word.
fn same_word(word: &str) -> Option<&'static str> {
    Some(match word {
        "licence" => "license",
        "licences" => "licenses",
        "licenced" => "licensed",
        "sublicence" => "sublicense",
        "https" => "http",
        "favour" => "favor",
        "merchantibility" => "merchantability",
        "noninfringment" => "noninfringement",
        "acknowledgement" => "acknowledgment",
        _ => return None,
    })
}

/// `1.`, `a)`, `iv.` before a space, which every edition of a text numbers in its own way.
fn is_list_mark(bytes: &[u8], start: usize, end: usize) -> bool {
    let short = match &bytes[start..end] {
        [a] => a.is_ascii_alphanumeric(),
        [a, b] => (a.is_ascii_digit() && b.is_ascii_digit()) || (b"ivx".contains(a) && b"ivx".contains(b)),
        [b'i' | b'v', b'i', b'i'] => true,
        _ => false,
    };
    short
        && matches!(bytes.get(end), Some(b'.' | b')'))
        && bytes.get(end + 1).is_none_or(u8::is_ascii_whitespace)
}

fn looks_like_markup(text: &str) -> bool {
    const SIGNS: [&str; 9] = ["<html", "<body", "<p>", "<br", "<div", "<h1", "<!doctype", "<pre", "<p "];
    let bytes = text.as_bytes();
    bytes.iter().enumerate().filter(|(_, b)| **b == b'<').any(|(i, _)| {
        SIGNS.iter().any(|sign| {
            bytes.get(i..i + sign.len()).is_some_and(|there| there.eq_ignore_ascii_case(sign.as_bytes()))
        })
    })
}

fn end_of_tag(bytes: &[u8], at: usize) -> usize {
    let window = &bytes[at..bytes.len().min(at + LONGEST_TAG_BYTES)];
    // Placeholders such as <year> are taken away with the tags.
    window.iter().position(|b| *b == b'>').map_or(at + 1, |end| at + end + 1)
}

fn end_of_entity(bytes: &[u8], at: usize) -> usize {
    let window = &bytes[at..bytes.len().min(at + 10)];
    window.iter().position(|b| *b == b';').map_or(at + 1, |end| at + end + 1)
}

/// FNV-1a, 32 bits: <http://www.isthe.com/chongo/tech/comp/fnv/>. It names words in a checked-in file, so it never changes.
pub fn hash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}
