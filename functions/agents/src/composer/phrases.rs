//! Noun phrases by heuristics: which words stand together, which one is the head.
//!
//! Rule `phrase/noun`: after determiners, numbers and plain adjectives, words up to the next function word,
//! mark or finite verb; the last one is the head. English only; wrong guesses cost a name, never a number.

use super::inflection::{is_plural, singular, verb};
use super::lexicon as lex;
use super::span::Span;
use super::words::{Token, TokenKind};

/// Most words of a noun phrase.
const WORDS_MAX: usize = 3;

/// A noun phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// Where it stands, without determiners.
    pub span: Span,
    /// Its words as written, lower case.
    pub words: Vec<String>,
    /// Its head, singular.
    pub head: String,
    /// Whether the head is a plural.
    pub plural: bool,
    /// Index of its first token.
    pub at: usize,
    /// Index after its last token.
    pub end: usize,
    /// In a list: what stands after "of".
    pub of: Option<Of>,
}

/// What stands after "of".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Of {
    /// Its words as written, lower case.
    pub words: Vec<String>,
    /// Its head, singular.
    pub head: String,
    /// Whether a determiner precedes it: "of the damage", not "of people".
    pub determined: bool,
}

impl Phrase {
    /// The words with a singular head.
    pub fn singular(&self) -> Vec<String> {
        let mut words = self.words.clone();
        if let Some(last) = words.last_mut() {
            last.clone_from(&self.head);
        }
        words
    }
}

/// Determiners and pronouns: a verb stands before them, a noun does not.
pub const DETERMINERS: &[&str] = &[
    "a", "an", "the", "this", "that", "these", "those", "my", "our", "your", "his", "her", "its", "their",
    "some", "any", "each", "every", "all", "both", "no", "it", "them", "him", "us", "me", "one",
];

fn skipped(tokens: &[Token], at: usize) -> bool {
    let Some(token) = tokens.get(at) else { return false };
    let next_is_noun = tokens.get(at + 1).is_some_and(is_noun_like);
    let participle =
        (token.lower.ends_with("ed") || token.lower.ends_with("ing")) && verb(&token.lower).is_some();
    token.any(DETERMINERS)
        || token.kind == TokenKind::Number
        || lex::has(lex::ADJECTIVES, token.lower.trim_end_matches("'s"))
        || lex::has(lex::NUMBER_WORDS, &token.lower)
        || token.is_word() && token.lower.ends_with("ly") && next_is_noun
        || participle && next_is_noun
}

fn is_noun_like(token: &Token) -> bool {
    token.is_word() && !lex::has(lex::FUNCTION_WORDS, &token.lower) && !is_adverb(&token.lower)
}

/// Words in -ly, but for the few that are nouns.
fn is_adverb(word: &str) -> bool {
    const NOUNS: &[&str] =
        &["assembly", "butterfly", "family", "jelly", "july", "reply", "supply", "monopoly", "anomaly"];
    word.len() > 4 && word.ends_with("ly") && !NOUNS.contains(&word)
}

/// The noun phrase that begins at token `at` or after its determiners.
pub fn phrase(tokens: &[Token], mut at: usize) -> Option<Phrase> {
    let limit = at + 5;
    while at < limit && skipped(tokens, at) {
        at += 1;
    }
    let mut end = at;
    while end < tokens.len()
        && end - at < WORDS_MAX
        && is_noun_like(&tokens[end])
        && !is_finite(tokens, at, end)
    {
        end += 1;
        if tokens[end - 1].lower.ends_with("'s") {
            break;
        }
    }
    if at >= end {
        return None;
    }
    let words: Vec<String> =
        tokens[at..end].iter().map(|t| t.lower.trim_end_matches("'s").to_owned()).collect();
    let last = words.last()?.clone();
    let span = Span::new(tokens[at].span.start, tokens[end - 1].span.end);
    Some(Phrase { span, head: singular(&last), plural: is_plural(&last), words, at, end, of: None })
}

/// Whether the word at `end` is the verb of the phrase before it, rather than a part of it.
fn is_finite(tokens: &[Token], at: usize, end: usize) -> bool {
    if end == at || verb(&tokens[end].lower).is_none() {
        return false;
    }
    let word = &tokens[end].lower;
    let plural = is_plural(&tokens[end - 1].lower);
    let next = tokens.get(end + 1);
    let number = |t: &Token| t.kind == TokenKind::Number || lex::has(lex::NUMBER_WORDS, &t.lower);
    let object = next.is_some_and(|t| t.any(DETERMINERS) || number(t));
    let particle = next.is_some_and(|t| {
        t.any(&["to", "up", "out", "in", "back", "off", "when", "if", "by", "from", "into", "on", "at"])
    });
    // "the receiver vibrates within a second", "the theatre accepts or declines"
    let opens = at == 0 || tokens[at - 1].any(DETERMINERS);
    let also = next.is_some_and(|t| t.any(&["and", "or"]))
        && tokens.get(end + 2).is_some_and(|t| t.lower.ends_with('s') && verb(&t.lower).is_some());
    let third = opens && !plural && word.ends_with('s') && (next.is_some_and(|t| t.any(GOES_ON)) || also);
    // "bicycle repair in town" is a noun, "the pump starts in a minute" is not.
    let particle = particle && !plural && word.ends_with('s');
    object || plural && !word.ends_with('s') || particle || third || word.ends_with("ed")
}

/// Words that follow a verb and hardly ever a noun that looks like one.
const GOES_ON: &[&str] = &[
    "within",
    "for",
    "with",
    "after",
    "before",
    "until",
    "without",
    "like",
    "as",
    "again",
    "over",
    "under",
    "above",
    "below",
    "between",
    "what",
    "how",
    "whether",
    "which",
    "who",
    "that",
    "once",
    "twice",
    "automatically",
    "through",
    "than",
    "only",
    "every",
];

/// The base verb at token `at`, when it is what someone does there and no noun: "members book rooms", not
/// "the book", "a price list", "scanned receipts".
pub fn deed(tokens: &[Token], at: usize) -> Option<&'static str> {
    const BEFORE_NOUNS: &[&str] =
        &["of", "for", "with", "by", "per", "from", "in", "on", "at", "without", "about", "into"];
    let base = verb(&tokens[at].lower).filter(|_| tokens[at].is_word())?;
    let next_is_noun = tokens.get(at + 1).is_some_and(is_noun_like);
    const BEFORE_VERBS: &[&str] = &[
        "it", "they", "we", "i", "he", "she", "you", "nobody", "who", "is", "are", "be", "been", "was",
        "were",
    ];
    let spoken = at > 0 && tokens[at - 1].any(BEFORE_VERBS);
    if tokens[at].lower.ends_with("ed") && next_is_noun && !spoken {
        return None;
    }
    // "voices and number of copies": a noun, unless something makes a verb of it.
    let verbal = at > 0
        && tokens[at - 1].any(&["to", "can", "must", "should", "will", "may", "i", "we", "they", "you"]);
    if tokens[at].is(base) && tokens.get(at + 1).is_some_and(|t| t.is("of")) && !verbal {
        return None;
    }
    // "6 repairs a day" counts.
    if at > 0 && tokens[at - 1].kind == TokenKind::Number {
        return None;
    }
    let before = at.checked_sub(1).map(|i| &tokens[i]).filter(|t| t.is_word() || t.kind == TokenKind::Number);
    let Some(before) = before else {
        return (!begins_with_noun(&tokens[at..])).then_some(base);
    };
    // "it lets a bakery post": the base form after what makes someone able.
    let able = (at.saturating_sub(4)..at).any(|i| tokens[i].any(&["lets", "let", "helps", "help", "makes"]));
    if able && tokens[at].is(base) && is_noun_like(before) {
        return Some(base);
    }
    let pronoun = before.any(&["it", "them", "us", "me", "that", "this", "one"]);
    let noun_place = before.any(BEFORE_NOUNS) && !tokens[at].lower.ends_with("ing");
    let determined = before.any(DETERMINERS) && !pronoun || lex::has(lex::ADJECTIVES, &before.lower);
    // "a price list" and "members books" are nouns; "a member books" and "members book" are not.
    let agrees =
        tokens[at].lower.ends_with('s') != is_plural(&before.lower) || tokens[at].lower.ends_with("ed");
    let compound = is_noun_like(before) && verb(&before.lower).is_none() && !agrees;
    // "we get supplier lists with errors": a singular noun that is a subject has something before it.
    let bare = is_noun_like(before)
        && tokens[at].lower.ends_with('s')
        && !is_plural(&before.lower)
        && !is_subject(tokens, at);
    // "two log files": the number belongs to the plural, so that this is the noun.
    let many = |t: &Token| {
        let numeral = t.kind == TokenKind::Number || lex::has(lex::NUMBER_WORDS, &t.lower) && !t.is("one");
        numeral || t.any(&["these", "those", "all", "both", "several", "many", "few"])
    };
    let counted = at >= 2 && many(&tokens[at - 2]) && is_noun_like(before) && !is_plural(&before.lower);
    if counted && is_plural(&tokens[at].lower) {
        return None;
    }
    // "for each animal store the name": what follows a verb is its object.
    let object = tokens.get(at + 1).is_some_and(|t| t.any(DETERMINERS));
    (!noun_place && !determined && (object || !compound && !bare)).then_some(base)
}

/// "Nurses fill in the form", "orders are sent": the first word looks like a verb and is none.
fn begins_with_noun(tokens: &[Token]) -> bool {
    #[rustfmt::skip]
    const AFTER_NOUN: &[&str] = &[
        "is", "are", "was", "were", "can", "must", "should", "may", "will", "have", "has", "per", "for", "of", "that",
        "which", "who", "without", "with",
    ];
    let person = lex::has(lex::PERSONS, &singular(&tokens[0].lower));
    let next = tokens.get(1);
    let verbal = next.is_some_and(|t| t.any(AFTER_NOUN));
    is_plural(&tokens[0].lower) && (person || verbal)
}

/// Whether the noun before token `at` can be a subject: it begins the clause or a part of it, has a determiner or
/// is a name.
fn is_subject(tokens: &[Token], at: usize) -> bool {
    const BEGINS: &[&str] =
        &[",", ":", "(", "—", "–", "and", "or", "but", "then", "that", "which", "who", "also", "when", "if"];
    let first = (0..at).rev().take_while(|i| is_noun_like(&tokens[*i])).last().unwrap_or(at);
    let before = first.checked_sub(1).map(|i| &tokens[i]);
    let begins = |t: &Token| t.any(DETERMINERS) || t.kind == TokenKind::Number || t.any(BEGINS);
    tokens[first].capital || before.is_none_or(begins)
}

/// All deeds of a clause, in order.
pub fn deeds(tokens: &[Token]) -> Vec<&'static str> {
    (0..tokens.len()).filter_map(|at| deed(tokens, at)).collect()
}

/// Noun phrases of a list: `a name, the price and photos of the damage` gives name, price, photos.
pub fn list(tokens: &[Token], mut at: usize) -> Vec<Phrase> {
    const ITEMS_MAX: usize = 12;
    let mut found = Vec::new();
    while found.len() < ITEMS_MAX {
        while tokens.get(at).is_some_and(|t| {
            t.any(&["and", "or", "also", "plus", "optionally", "its", "their", ",", ":", "(", "as", "well"])
        }) {
            at += 1;
        }
        let Some(mut item) = phrase(tokens, at) else { break };
        at = item.end;
        if tokens.get(at).is_some_and(|t| t.is("of")) {
            let of = phrase(tokens, at + 1);
            let determined = tokens.get(at + 1).is_some_and(|t| t.any(DETERMINERS));
            at = of.as_ref().map_or(at + 1, |p| p.end);
            item.of = of.map(|p| Of { words: p.words, head: p.head, determined });
        }
        // "quantity in kg", "price per kg": a unit says nothing about which property it is.
        if tokens.get(at).is_some_and(|t| t.any(&["in", "per"]))
            && tokens.get(at + 1).is_some_and(Token::is_word)
        {
            at += 2;
        }
        found.push(item);
        if tokens.get(at).is_some_and(|t| t.is("(")) {
            at = tokens.iter().skip(at).position(|t| t.is(")")).map_or(tokens.len(), |n| at + n + 1);
        }
        if !tokens.get(at).is_some_and(|t| t.any(&[",", "and", "or", "plus", "as"])) {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::words::tokens;
    use super::*;

    fn heads(text: &str) -> Vec<String> {
        let all = tokens(text, Span::new(0, text.len()));
        list(&all, 0).iter().map(|p| p.singular().join(" ")).collect()
    }

    #[test]
    fn a_deed_is_what_someone_does() {
        let check = |text: &str, expected: &[&str]| {
            assert_eq!(deeds(&tokens(text, Span::new(0, text.len()))), expected, "{text}");
        };
        check("members book a room", &["book"]);
        check("a member books a room", &["book"]);
        check("import the patient list", &["import"]);
        check("the book and the record", &[]);
        check("for each animal store the name", &["store"]);
        check("approve or reject it", &["approve", "reject"]);
        check("send the scanned receipts", &["send"]);
        check("we keep getting supplier lists with errors", &["keep", "get"]);
        check("nurses fill in the form", &["fill"]);
        check("reads the sensors", &["read"]);
        check("compares two log files", &["compare"]);
        check("the theatre accepts or declines within a week", &["accept", "decline"]);
    }

    #[test]
    fn phrases_end_at_verbs_and_function_words() {
        let check = |text: &str, expected: &[&str]| assert_eq!(heads(text), expected, "{text}");
        check("the workshop manager books a slot", &["workshop manager"]);
        check("three spare parts", &["spare part"]);
        check("a name, the price and photos of the damage", &["name", "price", "photo"]);
        check("vegetables directly", &["vegetable"]);
        check("a quantity in kg, the price per kg", &["quantity", "price"]);
        check("repair orders", &["repair order"]);
        check("customers pay later", &["customer"]);
        check("of it", &[]);
        check("the member's phone number", &["member"]);
        check("the receiver vibrates within a second", &["receiver"]);
    }
}
