//! What the thing is called, in the person's words.
//!
//! | rule | what |
//! |---|---|
//! | `name/heading` | the first heading, or what stands in bold first |
//! | `name/called` | what the thing is said to be called: "an app called Lendwell", "the tool is named `tidy`" |
//! | `name/command` | the program of a command line that is shown: ``shotname FOLDER`` |
//! | `name/first-words` | the first words of the first sentence, up to its verb |
//! | `name/wanted` | where a sentence begins with its speaker: what the speaker wants, "we need a …" |
//! | `name/subject` | the first noun phrase of some weight, where nothing is named at all |
//! | `name/about` | a word for software alone, with what it keeps records of: "tool for pallets" |
//!
//! Words that cannot end a name are left off, and so is a leading article: a name stands inside sentences.

use ideamine_core::Text;

use super::Reading;
use super::block::{Block, BlockKind};
use super::cues::SYSTEM;
use super::entities::primary;
use super::inflection::{plural, verb};
use super::lexicon as lex;
use super::phrases::{DETERMINERS, phrase};
use super::product::ProductKind;
use super::segment::Clause;
use super::span::Span;
use super::usage;
use super::words::{Token, tokens};

/// Most words of a name that is no heading.
const WORDS_MAX: usize = 8;
/// Clauses in which the wanted thing is looked for.
const CLAUSES_MAX: usize = 12;
/// Longest heading that is a name, bytes.
const HEADING_BYTES_MAX: usize = 200;

/// Words that end a name.
#[rustfmt::skip]
const AFTER_NAME: &[&str] = &[
    "is", "are", "was", "were", "must", "can", "should", "will", "has", "have", "because", "so", "but",
    ",", ";", ":", "(", "—", "–", "-", ".", "!", "?",
];
/// Words before a beginning that say nothing.
#[rustfmt::skip]
const FILLERS: &[&str] = &[
    "ok", "okay", "so", "well", "basically", "hi", "hello", "hey", "um", "right", "like", "actually", "please", "idea",
    "maybe", "and", "but", ",", ":", "!", "…", "just", "also",
];
const SPEAKERS: &[&str] = &[
    "i", "we", "i'd", "we'd", "i'm", "our", "my", "build", "make", "create", "develop", "offer", "replace",
    "let's",
];
/// Words with which a question begins.
#[rustfmt::skip]
const ASKING: &[&str] = &[
    "why", "what", "how", "who", "when", "where", "which", "do", "does", "did", "is", "are", "can", "could", "would",
    "should", "all", "if",
];

/// Where the name stands.
pub fn name(idea: &str, reading: &Reading) -> Option<Span> {
    let named = heading(reading).or_else(|| bold(idea, reading.source.blocks.first()?.span));
    let given = || reading.clauses.iter().find_map(|clause| given(idea, clause));
    let is_command = reading.product.kind == ProductKind::Command;
    let command = || usage::program(idea, &reading.clauses).filter(|_| is_command);
    let first = || first_words(idea, reading.sentences.iter().find(|s| !s.heading)?.span);
    let clauses = || reading.clauses.iter().take(CLAUSES_MAX);
    // A thing that is wanted names more than a deed that is.
    let wanted =
        || clauses().find_map(|c| wanted_thing(idea, c)).or_else(|| clauses().find_map(|c| wanted(idea, c)));
    let named = named.or_else(given).or_else(command);
    let found = named.or_else(first).or_else(wanted).or_else(|| subject(idea, reading));
    found.or_else(|| reading.sentences.first().map(|s| s.span)).filter(|span| span.start < span.end)
}

/// The name as a text: a quote, or, where it is a word for software alone, together with what it is about.
pub fn called(idea: &str, reading: &Reading) -> Option<Text> {
    const WORDS_BARE: usize = 2;
    let span = reading.name?;
    let quote = reading.quote(idea, span);
    let words: Vec<Token> = tokens(idea, span);
    let generic = words.len() <= WORDS_BARE && words.last().is_some_and(|t| t.any(SYSTEM));
    match primary(reading).filter(|_| generic) {
        Some(entity) => {
            let about = plural(&entity.words.join(" "));
            Some(Text::rule(format!("{} for {about}", quote.text), "name/about"))
        }
        None => Some(quote),
    }
}

/// A name as it stands in sentences: "Lendwell: a shelf for our street" is Lendwell, "tool that renames photos by date"
/// is the tool. A word for software alone keeps what follows it.
pub fn short(title: &str) -> &str {
    const ENDS: &[&str] = &[": ", " – ", " — ", " - "];
    const JOINS: &[&str] =
        &[" that ", " which ", " who ", " where ", " for ", " to ", " with ", " in ", " on ", " by ", " of "];
    const WORDS_MAX: usize = 4;
    let mark = ENDS.iter().filter_map(|end| title.find(end)).min().filter(|at| *at > 0);
    let title = mark.map_or(title, |at| &title[..at]);
    if title.split_whitespace().count() <= WORDS_MAX {
        return title;
    }
    let mut cuts: Vec<usize> =
        JOINS.iter().flat_map(|join| title.match_indices(join)).map(|(at, _)| at).collect();
    cuts.sort_unstable();
    let says = |at: &usize| !SYSTEM.contains(&title[..*at].to_lowercase().as_str()) && *at > 0;
    cuts.into_iter().find(says).map_or(title, |at| &title[..at])
}

fn heading(reading: &Reading) -> Option<Span> {
    let is_short = |b: &&Block| b.span.end - b.span.start < HEADING_BYTES_MAX;
    let first = reading.source.blocks.first().filter(|b| matches!(b.kind, BlockKind::Heading(1 | 2)));
    let any = || reading.source.blocks.iter().find(|b| b.kind == BlockKind::Heading(1));
    first.or_else(any).filter(is_short).map(|b| b.span)
}

/// `**Name** and more`.
fn bold(idea: &str, span: Span) -> Option<Span> {
    const BYTES_MAX: usize = 80;
    let text = span.of(idea);
    let rest = text.strip_prefix("**")?;
    let end = rest.find("**").filter(|end| (1..=BYTES_MAX).contains(end))?;
    Some(Span::new(span.start + 2, span.start + 2 + end))
}

/// Words beside a thing that is there already, or is another's.
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "old", "current", "existing", "replace", "replaces", "use", "uses", "used", "other", "another", "instead", "unlike",
    "than", "have", "has", "not", "no",
];

/// "An app called Lendwell", "it is named `tidy`": what the person calls the thing, not its parts or people.
fn given(idea: &str, clause: &Clause) -> Option<Span> {
    let tokens = &clause.tokens;
    let at = tokens.iter().position(|t| t.any(&["called", "named"]))?;
    let other = tokens[..at].iter().any(|t| t.any(OTHERS));
    // "It will be called", "the tool is named".
    let thing =
        tokens[..at].iter().rposition(|t| !t.any(&["is", "be", "will", "should", "must", "shall", "can"]))?;
    let is_it = tokens[thing].is("it") && thing + 1 < at;
    if other || !(is_it || tokens[thing].any(SYSTEM) && !tokens[thing].is("it")) {
        return None;
    }
    let from = tokens.get(at + 1)?;
    quoted(idea, clause, from).or_else(|| bare(&tokens[at + 1..]))
}

/// The words between a pair of quotation marks or backticks that begins here.
fn quoted(idea: &str, clause: &Clause, from: &Token) -> Option<Span> {
    const PAIRS: [(&str, char); 6] =
        [("`", '`'), ("\"", '"'), ("“", '”'), ("„", '“'), ("'", '\''), ("«", '»')];
    let close = PAIRS.iter().find(|(open, _)| from.span.of(idea) == *open)?.1;
    let rest = Span::new(from.span.end, clause.span.end);
    let end = rest.of(idea).find(close)?;
    let name = Span::new(rest.start, rest.start + end).trimmed(idea, &[]);
    let words = name.of(idea).split_whitespace().count();
    ((1..=WORDS_MAX).contains(&words) && name.of(idea).chars().any(char::is_alphanumeric)).then_some(name)
}

/// Words with capitals, or one word after which the name is over.
fn bare(tokens: &[Token]) -> Option<Span> {
    const OVER: &[&str] = &["that", "which", "who", "where", "for", "to", "and", "so", "with", "in", "on"];
    let plain = |t: &Token| t.is_word() && !lex::has(lex::FUNCTION_WORDS, &t.lower) && !t.any(DETERMINERS);
    let first = tokens.first().filter(|t| plain(t))?;
    let capitals = tokens.iter().take(WORDS_MAX).take_while(|t| t.capital && t.is_word()).count();
    let last = match capitals {
        0 => tokens.get(1).is_none_or(|t| !t.is_word() || t.any(OVER)).then_some(first)?,
        count => &tokens[count - 1],
    };
    Some(Span::new(first.span.start, last.span.end))
}

/// The words from `first` up to what ends a name, without those that cannot end it.
fn cut(idea: &str, tokens: &[Token], first: usize) -> Option<Span> {
    let first = first + usize::from(tokens.get(first).is_some_and(|t| t.any(&["a", "an", "the"])));
    let rest = tokens.get(first..)?;
    let end =
        rest.iter().take(WORDS_MAX).skip(1).position(|t| t.any(AFTER_NAME)).map_or(WORDS_MAX, |n| n + 1);
    let mut words = &rest[..end.min(rest.len())];
    while words.len() > 1 && words.last().is_some_and(dangles) {
        words = &words[..words.len() - 1];
    }
    let span = Span::new(words.first()?.span.start, words.last()?.span.end);
    (span.of(idea).chars().any(char::is_alphanumeric)).then_some(span)
}

/// Whether a word cannot be the last of a name.
fn dangles(token: &Token) -> bool {
    let word = token.lower.as_str();
    !token.is_word() && !word.starts_with(char::is_numeric)
        || lex::has(lex::FUNCTION_WORDS, word) && !token.capital
        || lex::has(lex::ADJECTIVES, word)
        || DETERMINERS.contains(&word)
}

fn first_words(idea: &str, span: Span) -> Option<Span> {
    let tokens = tokens(idea, span);
    let first = tokens.iter().position(|t| !t.any(FILLERS))?;
    let asks = tokens.last().is_some_and(|t| t.is("?")) && tokens[first].any(ASKING);
    if tokens[first].any(SPEAKERS) || asks {
        return None;
    }
    // "Theatres throw away costumes" tells what happens; it names nothing.
    let tells = phrase(&tokens, first).is_some_and(|p| p.plural && p.at == first)
        && tokens.get(first + 1).is_some_and(|t| verb(&t.lower).is_some());
    if tells { None } else { cut(idea, &tokens, first) }
}

/// "I'd like a tablet app at the desk", "build me a library", "I want to offer coaching": the thing that is wanted.
fn wanted_thing(idea: &str, clause: &Clause) -> Option<Span> {
    let tokens = &clause.tokens;
    let at = wanting(tokens)?;
    if tokens.get(at + 1).is_some_and(|t| t.is("to")) {
        let makes = tokens.get(at + 2).is_some_and(|t| t.any(DOING));
        return makes.then(|| cut(idea, tokens, at + 3)).flatten();
    }
    let article = (at + 1..tokens.len().min(at + 3)).find(|i| tokens[*i].any(&["a", "an"]))?;
    cut(idea, tokens, article)
}

/// Index of "want", "need", "build" where somebody speaks for themselves.
fn wanting(tokens: &[Token]) -> Option<usize> {
    const LEADS: &[&str] =
        &["want", "need", "like", "build", "make", "create", "develop", "me", "replace", "offer"];
    let speaks = tokens.first().is_some_and(|t| t.any(SPEAKERS));
    tokens.iter().take(6).position(|t| t.any(LEADS)).filter(|_| speaks)
}

const DOING: &[&str] = &[
    "build", "create", "develop", "have", "launch", "make", "offer", "open", "run", "sell", "start", "write",
];

/// "I want to find out …": the deed that is wanted.
fn wanted(idea: &str, clause: &Clause) -> Option<Span> {
    let at = wanting(&clause.tokens)?;
    let to = clause.tokens.get(at + 1).is_some_and(|t| t.is("to"));
    to.then(|| cut(idea, &clause.tokens, at + 2)).flatten()
}

/// The first noun phrase of two words or more that is no person's and no word for software, else the first of one.
fn subject(idea: &str, reading: &Reading) -> Option<Span> {
    let spans =
        reading.sentences.iter().filter(|s| !s.heading).take(CLAUSES_MAX).map(|s| tokens(idea, s.span));
    let mut single = None;
    for tokens in spans {
        let mut at = 0;
        while at < tokens.len() {
            let noun = tokens[at].is_word() && !lex::has(lex::FUNCTION_WORDS, &tokens[at].lower);
            let Some(found) = noun.then(|| phrase(&tokens, at)).flatten() else {
                at += 1;
                continue;
            };
            at = found.end.max(at + 1);
            let weak = |t: &Token| t.any(FILLERS) || lex::has(lex::ADJECTIVES, &t.lower);
            let end =
                (found.at + 1..=found.end).rev().find(|end| !weak(&tokens[end - 1])).unwrap_or(found.end);
            let words = &tokens[found.at..end];
            let plain = !lex::has(lex::PERSONS, &found.head)
                && !SYSTEM.contains(&found.head.as_str())
                && !words.iter().any(|t| t.any(FILLERS) || verb(&t.lower).is_some());
            let span = Span::new(found.span.start, tokens[end - 1].span.end);
            if plain && words.len() >= 2 {
                // "meeting room": what looks like a participle may belong to it.
                let before = found.at.checked_sub(1).map(|i| &tokens[i]).filter(|t| t.lower.ends_with("ing"));
                return Some(Span::new(before.map_or(span.start, |t| t.span.start), span.end));
            }
            single = single.or_else(|| Some(span).filter(|_| plain));
        }
    }
    single
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inside_a_sentence_it_is_short() {
        let check = |title: &str, expected: &str| assert_eq!(short(title), expected);
        check("Lendwell: a lending shelf for our street", "Lendwell");
        check("command-line tool that renames photos by the date", "command-line tool");
        check("app for people who share an allotment garden", "app for people");
        check("website for our wedding", "website for our wedding");
        check("Mobile bicycle repair in our town", "Mobile bicycle repair");
    }

    #[test]
    fn the_name_is_taken_from_the_persons_words() {
        let check = |idea: &str, expected: &str| {
            let span = name(idea, &Reading::of(idea));
            assert_eq!(span.map(|s| s.of(idea)), Some(expected), "{idea}");
        };
        check("# Hivebook\n\nText.", "Hivebook");
        check("**Crumb** lets bakers post bags.", "Crumb");
        check(
            "An app for people who share an allotment garden, on the phone.",
            "app for people who share an allotment garden",
        );
        check(
            "A lamp that complains about the weather so you don't have to.",
            "lamp that complains about the weather",
        );
        check(
            "A tool that renames photos by the date they were taken.",
            "tool that renames photos by the date",
        );
        check("We pile up paper. We need a booking page for the courts.", "booking page for the courts");
        check(
            "I want to offer coaching for first-time managers: six sessions.",
            "coaching for first-time managers",
        );
        check("Why do all meeting room screens show the wrong booking?", "meeting room screens");
        check("ok so basically my sister runs a dog daycare", "dog daycare");
        check("Uber", "Uber");
        check("We need an app called Lendwell for our street.", "Lendwell");
        check("Build me a command-line tool named `tidy-up` that sorts files.", "tidy-up");
        check("I want an app. It is called \"The Long Shelf\", and lends tools.", "The Long Shelf");
        check("We need a booking page called Court Three where members book.", "Court Three");
        check("I would like an app called \u{201c}Shelf\u{201d} for my street.", "Shelf");
        check("We lend tools. The app should be named `shelf-2`.", "shelf-2");
        check("A small tool called shot, for photos.", "shot");
        check("We use a tool called Booker today. We need an app for our courts.", "app for our courts");
        check("An app where a user named Bob borrows.", "app where a user named Bob borrows");
        check("# Hivebook\n\nAn app called Waxwork.", "Hivebook");
        check("A command-line tool that renames photos. `shotname FOLDER` prints them.", "shotname");
        check("A page for our club. Members paste `shotname FOLDER` into it.", "page for our club");
    }
}
