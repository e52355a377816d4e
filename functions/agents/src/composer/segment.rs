//! Sentences and clauses of the idea, with their places.
//!
//! A sentence ends at a full stop, question or exclamation mark before a new beginning; a clause also at
//! a semicolon, a dash, or a comma before a conjunction with a subject of its own.

use super::block::{Block, BlockKind};
use super::inflection::verb;
use super::lexicon as lex;
use super::phrases::{DETERMINERS, deed, phrase};
use super::source::Source;
use super::span::Span;
use super::words::{Token, TokenKind, tokens};

/// Most clauses that are read.
pub const CLAUSES_MAX: usize = 1_200;
/// Longest clause that is quoted whole, bytes; a longer one is cut at a word.
pub const CLAUSE_BYTES_MAX: usize = 600;

/// A clause: the smallest piece that is read and quoted.
#[derive(Debug, Clone)]
pub struct Clause {
    /// Its number among all clauses.
    pub index: usize,
    /// Where it stands.
    pub span: Span,
    /// Its tokens.
    pub tokens: Vec<Token>,
    /// Its words and numbers in lower case, single blanks, a blank at both ends: ` the member pays `.
    pub norm: String,
    /// Index of its sentence.
    pub sentence: usize,
    /// Heading it stands under, lower case.
    pub section: String,
    /// Whether it is an item of a list.
    pub item: bool,
}

impl Clause {
    /// Whether it holds one of these phrases, at word boundaries.
    pub fn says(&self, phrases: &[&str]) -> bool {
        self.first(phrases).is_some()
    }
    /// The first of these phrases that it holds.
    pub fn first<'p>(&self, phrases: &[&'p str]) -> Option<&'p str> {
        phrases.iter().find(|phrase| self.holds(phrase)).copied()
    }
    fn holds(&self, phrase: &str) -> bool {
        let at = |(at, _): (usize, &str)| {
            self.norm[..at].ends_with(' ')
                && (phrase.ends_with('*') || self.norm[at + phrase.len()..].starts_with(' '))
        };
        let stem = phrase.trim_end_matches('*');
        self.norm
            .match_indices(stem)
            .any(|(i, m)| at((i, m)) || phrase.ends_with('*') && self.norm[..i].ends_with(' '))
    }
    /// Number of words.
    pub fn words(&self) -> usize {
        self.tokens.iter().filter(|t| t.is_word()).count()
    }
}

/// A sentence.
#[derive(Debug, Clone)]
pub struct Sentence {
    /// Where it stands.
    pub span: Span,
    /// Whether it is a heading.
    pub heading: bool,
    /// Block it stands in.
    pub block: usize,
}

/// Sentences and clauses of all blocks that are read.
pub fn segment(idea: &str, source: &Source) -> (Vec<Sentence>, Vec<Clause>) {
    let (mut sentences, mut clauses) = (Vec::new(), Vec::new());
    for (index, block) in source.blocks.iter().enumerate() {
        if block.kind == BlockKind::Code || clauses.len() >= CLAUSES_MAX {
            continue;
        }
        let heading = matches!(block.kind, BlockKind::Heading(_));
        for span in split_sentences(idea, block.span) {
            let number = sentences.len();
            sentences.push(Sentence { span, heading, block: index });
            if heading {
                continue;
            }
            for span in split_clauses(idea, span) {
                let span = shortened(idea, span);
                let tokens = tokens(idea, span);
                let norm = normal(&tokens);
                let (section, item) = (block.section.clone(), block.kind == BlockKind::Item);
                let index = clauses.len();
                clauses.push(Clause { index, span, tokens, norm, sentence: number, section, item });
            }
        }
    }
    clauses.truncate(CLAUSES_MAX);
    (sentences, clauses)
}

/// The first heading as a clause: what it is called often says what it is.
pub fn titles(idea: &str, source: &Source) -> Vec<Clause> {
    let first = source.blocks.first().filter(|b| matches!(b.kind, BlockKind::Heading(1 | 2)));
    let clause = |block: &Block| {
        let span = shortened(idea, block.span);
        let tokens = tokens(idea, span);
        let norm = normal(&tokens);
        Clause { index: usize::MAX, span, tokens, norm, sentence: 0, section: String::new(), item: false }
    };
    first.map(clause).into_iter().collect()
}

fn normal(tokens: &[Token]) -> String {
    let words = tokens.iter().filter(|t| t.kind != TokenKind::Mark).map(|t| t.lower.as_str());
    format!(" {} ", words.collect::<Vec<_>>().join(" "))
}

fn shortened(idea: &str, span: Span) -> Span {
    if span.end - span.start <= CLAUSE_BYTES_MAX {
        return span;
    }
    let text = span.of(idea);
    let limit = (0..=CLAUSE_BYTES_MAX).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let end = text[..limit].rfind(char::is_whitespace).filter(|at| *at > 0).unwrap_or(limit);
    Span::new(span.start, span.start + end).trimmed(idea, &[])
}

/// Words before which a full stop ends nothing.
const ABBREVIATIONS: [&str; 18] = [
    "e.g", "i.e", "etc", "approx", "vs", "mr", "mrs", "ms", "dr", "st", "incl", "max", "min", "ca", "nr",
    "prof", "resp", "z.b",
];

/// The sentences of a span.
pub fn split_sentences(idea: &str, span: Span) -> Vec<Span> {
    let text = span.of(idea);
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        if end > start && ends_sentence(text, start, at, c) {
            // What closes here belongs to what ends: `He said "go."`
            let closed = text[end..].trim_start_matches(CLOSING);
            let end = text.len() - closed.len();
            sentences.push(Span::new(span.start + start, span.start + end));
            start = end;
        }
    }
    sentences.push(Span::new(span.start + start, span.end));
    sentences
        .into_iter()
        .map(|s| s.trimmed(idea, &[]))
        .filter(|s| s.of(idea).chars().any(char::is_alphanumeric))
        .collect()
}

/// Marks that close what a sentence holds.
const CLOSING: [char; 8] = ['"', '”', '’', '\'', ')', '*', '_', '`'];

fn ends_sentence(text: &str, start: usize, at: usize, c: char) -> bool {
    if matches!(c, '。' | '！' | '？') {
        return true;
    }
    if !matches!(c, '.' | '!' | '?') {
        return false;
    }
    let rest = &text[at + 1..];
    let rest = rest.trim_start_matches(CLOSING).trim_start_matches('\\');
    let Some(next) = rest.chars().next() else { return true };
    if !next.is_whitespace() {
        return false;
    }
    if c != '.' {
        return true;
    }
    let mut words = text[start..at].split_whitespace().rev();
    let word = words.next().unwrap_or_default().trim_start_matches(['(', '"', '“']).to_lowercase();
    let initial = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
    // "800 ms." ends with a unit, "Ms. Miller" does not.
    let unit = words.next().is_some_and(|w| w.ends_with(|c: char| c.is_numeric()));
    let abbreviated = ABBREVIATIONS.contains(&word.as_str()) && !unit || initial;
    let opens = rest.trim_start().chars().next().is_none_or(|c| !c.is_lowercase());
    // Who writes everything in small letters ends sentences all the same.
    let small = words.count() + 2 >= SMALL_WORDS_MIN && word.chars().count() >= 2;
    !abbreviated && (opens || small)
}

/// Fewest words of a sentence after which the next one may begin with a small letter.
const SMALL_WORDS_MIN: usize = 4;

/// The clauses of a sentence.
fn split_clauses(idea: &str, span: Span) -> Vec<Span> {
    let all = tokens(idea, span);
    let mut clauses = Vec::new();
    let mut first = 0;
    for (at, token) in all.iter().enumerate() {
        if at > first && token.kind == TokenKind::Mark && splits(&all[first..], at - first) {
            clauses.push(Span::new(all[first].span.start, token.span.start));
            first = at + 1;
            // The conjunction belongs to neither side.
            if all.get(first).is_some_and(|t| t.any(&CONJUNCTIONS)) {
                first += 1;
            }
        }
    }
    if let (Some(token), true) = (all.get(first), first > 0) {
        clauses.push(Span::new(token.span.start, span.end));
    } else {
        clauses.push(span);
    }
    let ends = [',', '.', ';', ':', '–', '—', ' '];
    clauses.into_iter().map(|c| c.trimmed(idea, &ends)).filter(|c| c.start < c.end).collect()
}

const CONJUNCTIONS: [&str; 5] = ["and", "but", "then", "while", "so"];
fn splits(tokens: &[Token], at: usize) -> bool {
    let (left, right) = (&tokens[..at], &tokens[at + 1..]);
    let whole = |side: &[Token]| side.iter().filter(|t| t.is_word()).count() >= 3 && acts(side);
    match tokens[at].lower.as_str() {
        ";" | "—" | "–" => whole(left) && right.iter().filter(|t| t.is_word()).count() >= 3,
        "," => {
            let Some((conjunction, rest)) = right.split_first() else { return false };
            let purpose = conjunction.is("so") && rest.first().is_some_and(|t| t.is("that"));
            let enables = conjunction.is("so")
                && (rest.first().is_some_and(|t| t.any(&["nobody", "no"]))
                    || rest.iter().take(4).any(|t| t.any(&["can", "may", "could"])));
            let joined = conjunction.any(&CONJUNCTIONS) && !purpose && !enables;
            joined && whole(left) && whole(rest) && subject_acts(rest)
        }
        _ => false,
    }
}

/// Whether the first noun phrase or pronoun is followed by what it does.
fn subject_acts(tokens: &[Token]) -> bool {
    const PRONOUNS: &[&str] =
        &["i", "we", "they", "he", "she", "it", "you", "nobody", "everyone", "that", "this", "all", "these"];
    let pronoun = tokens.first().is_some_and(|t| t.any(PRONOUNS));
    let verbal = tokens.first().is_some_and(|t| t.lower.ends_with("ly"))
        || !tokens.is_empty() && deed(tokens, 0).is_some();
    let found = phrase(tokens, 0).filter(|_| !verbal);
    let determined = tokens.first().is_some_and(|t| t.any(DETERMINERS));
    let at = if pronoun { Some(1) } else { found.as_ref().map(|p| p.end) };
    // An adverb or "of …" may stand between; what has no determiner must be followed by its verb at once.
    let near = if pronoun || determined { 4 } else { 1 };
    at.is_some_and(|at| tokens.iter().skip(at).take(near).any(|t| acts(std::slice::from_ref(t))))
}

/// Whether something happens: a known verb, a modal or a form of "to be" or "to have".
fn acts(tokens: &[Token]) -> bool {
    const AUXILIARIES: [&str; 16] = [
        "is", "are", "was", "were", "has", "have", "had", "must", "should", "can", "could", "may", "will",
        "shall", "need", "needs",
    ];
    tokens.iter().any(|t| {
        t.any(&AUXILIARIES)
            || t.is_word() && !lex::has(lex::FUNCTION_WORDS, &t.lower) && verb(&t.lower).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clauses(idea: &str) -> Vec<String> {
        let (_, clauses) = segment(idea, &Source::of(idea));
        clauses.iter().map(|c| c.span.of(idea).to_owned()).collect()
    }

    #[test]
    fn sentences_end_where_a_new_one_begins() {
        let check = |idea: &str, expected: &[&str]| assert_eq!(clauses(idea), expected);
        check(
            "It costs 3.50 EUR. Pay e.g. by card. Why? Because!",
            &["It costs 3.50 EUR", "Pay e.g. by card", "Why?", "Because!"],
        );
        check("One. two", &["One. two"]);
        check(
            "dogs come at seven. she has a list!! it is wrong",
            &["dogs come at seven", "she has a list!!", "it is wrong"],
        );
        check("Answers take 800 ms. Entries are new.", &["Answers take 800 ms", "Entries are new"]);
        check("Ask Dr. Who. He knows.", &["Ask Dr. Who", "He knows"]);
        check("He said \"go.\" Type `tidy <DIR>`. Ends.", &["He said \"go.\"", "Type `tidy <DIR>`", "Ends"]);
        check("これは本です。はい。", &["これは本です。", "はい。"]);
    }

    #[test]
    fn clauses_have_a_subject_of_their_own() {
        let check = |idea: &str, expected: &[&str]| assert_eq!(clauses(idea), expected);
        check(
            "A member reserves a drill, and the warden hands it out; nobody pays.",
            &["A member reserves a drill", "the warden hands it out; nobody pays"],
        );
        check("Tools, bikes, and the rest.", &["Tools, bikes, and the rest"]);
        check(
            "Theatres throw sets away, while schools have no money.",
            &["Theatres throw sets away", "schools have no money"],
        );
        check("A guest says who comes, and what they eat.", &["A guest says who comes, and what they eat"]);
        check("It ends with one, so a script can use it.", &["It ends with one, so a script can use it"]);
        check("The pump starts — it stops after a minute.", &["The pump starts", "it stops after a minute"]);
    }

    #[test]
    fn a_clause_knows_what_it_says() {
        let idea = "The reminders must not be sent twice.";
        let (_, clauses) = segment(idea, &Source::of(idea));
        assert!(clauses[0].says(&["must not"]) && clauses[0].says(&["remind*"]));
        assert!(!clauses[0].says(&["mind*"]) && !clauses[0].says(&["must no"]));
    }
}
