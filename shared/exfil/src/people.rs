//! Personal data found by the word before it: numbers of states, dates of birth, telephone numbers, addresses.
use crate::leak::{Kind, Leak};
use crate::national;
use crate::personal::after;
use crate::value::{is_placeholder, is_uuid};
use regex::Regex;
use std::sync::LazyLock;

const PII: Kind = Kind::PersonalData;
/// How far after its word a value may begin, and how long an address may be.
const REACH: usize = 96;
const HOME: usize = 200;

static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^[^0-9a-z\n]{0,12}(?:is|was|:|on|le|am|il|el)?[^0-9a-z\n]{0,4}((?:19|20)[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/. ][0-9]{1,2}[-/. ](?:19|20)?[0-9]{2}|[0-9]{1,2}(?:st|nd|rd|th|\.)? \pL{3,10},? (?:19|20)[0-9]{2}|\pL{3,10} [0-9]{1,2}(?:st|nd|rd|th)?,? (?:19|20)[0-9]{2})").ok()
});
static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:[^0-9A-Za-z\n]|(?i:is|was|no|nr|number|num|card|code|of|for|the|their|his|her|my)\b){0,16}([A-Za-z]{0,6}[ -]?[0-9][0-9A-Za-z./ -]{4,20}[0-9A-Za-z])").ok()
});
/// As `NUMBER`, with the signs that any state writes.
static CHECKED_NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:[^0-9A-Za-z\n]|(?i:is|was|no|nr|n|number|num|nummer|id|code|of|for|the|their|his|her|my|er|ist|es|est|je|to)\b){0,16}([A-Za-z]{0,4}[0-9][0-9A-Za-z./() +-]{4,24})").ok()
});
static PHONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"^(?:[^0-9+(\n]{0,40}?)((?:\+|00)?\(?\+?[0-9][0-9 ()./\\x-]{5,24}[0-9](?:\s?(?:x|ext\.?)\s?[0-9]{1,6})?)"#).ok()
});
static INTERNATIONAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(\+[1-9][0-9]{0,2}[ .-]?(?:\(0?[0-9]{0,4}\)[ .-]?)?[0-9](?:[ .()-]{0,2}[0-9]){5,12}(?:\s?(?:x|ext\.?)\s?[0-9]{1,6})?)").ok()
});
/// A postal code with what stands by it: the United States, Britain, Canada, five digits and a town before or after, others.
static POSTCODE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:\b[A-Z]{2},? +[0-9]{5}(?:-[0-9]{4})?\b|\b[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}\b|\b[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]\b|\b[0-9]{5},? +\p{Lu}|\b[0-9]{2}-[0-9]{3} +\p{Lu}|\p{Ll},? +[0-9]{5}\b|\b[0-9]{4} ?[A-Z]{2}\b|\b[0-9]{4},? +\p{Lu}\p{Ll}|\b[0-9]{3} [0-9]{2} +\p{Lu}|\b[0-9]{5}-[0-9]{3}\b|〒?[0-9]{3}-[0-9]{4}\b)").ok()
});
/// Words for streets, in the languages with the most addresses.
static STREET: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:street|st\.|avenue|ave\b|road|rd\b|lane|drive|boulevard|blvd|court|square|terrace|way|crescent|close|apt\.?|suite|flat|unit|p\.?o\.? box|rue|allée|chemin|impasse|place|quai|calle|avenida|paseo|plaza|via|viale|piazza|corso|vicolo|strada|contrada|borgo|rua|travessa|praça|ulica|ul\.|al\.|plac|aleja)\b|(?:straße|strasse|str\.|gasse|weg|platz|allee|ring|damm|ufer|straat|laan|gatan|vägen|gata|veien|katu|tie)\b").ok()
});

#[cfg(test)]
pub(crate) fn patterns() -> impl Iterator<Item = bool> {
    [&DATE, &NUMBER, &CHECKED_NUMBER, &PHONE, &INTERNATIONAL, &POSTCODE, &STREET]
        .into_iter()
        .map(|pattern| pattern.is_some())
}

/// What follows a word of sort `sort` that ends at `end`.
pub(crate) fn word(text: &str, start: usize, end: usize, sort: char) -> Option<Leak> {
    let bytes = text.as_bytes();
    let letter = |b: u8| b.is_ascii_alphabetic() || b >= 0x80;
    let joined =
        start > 0 && letter(bytes[start - 1]) || sort != 't' && bytes.get(end).is_some_and(|b| letter(*b));
    // Whatever follows has a digit.
    let reach = if sort == 'a' { HOME } else { REACH };
    if joined || !after(text, end, reach).bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    match sort {
        'd' => {
            let found = DATE.as_ref()?.captures(after(text, end, REACH))?.get(1)?;
            Some(Leak::new(
                PII,
                "date-of-birth",
                end + found.start()..end + found.end(),
                0.7,
                "a date of birth",
            ))
        }
        'n' => number(text, end),
        't' => phone(text, end),
        _ => home(text, end),
    }
}

/// The number that follows a word ending at `end` which means other things too: only if it holds `check`.
pub(crate) fn checked(text: &str, start: usize, end: usize, check: fn(&str) -> bool) -> Option<Leak> {
    let bytes = text.as_bytes();
    let before = start.checked_sub(1).map(|at| bytes[at]);
    // Scripts without blanks between words run on.
    let runs_on = text[start..end].chars().any(|c| c >= '\u{e00}');
    let letter = |b: &u8| b.is_ascii_alphabetic() || !b.is_ascii();
    let joined = before.as_ref().is_some_and(letter) || bytes.get(end).is_some_and(letter);
    let rest = after(text, end, REACH);
    if joined && !runs_on || !rest.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let found = CHECKED_NUMBER.as_ref()?.captures(rest)?.get(1)?;
    // The longest part that holds: other numbers and words may follow.
    let raw = found.as_str();
    let ends = raw.char_indices().map(|(at, c)| at + c.len_utf8()).rev();
    let value = ends.filter_map(|to| raw.get(..to)).find(|part| {
        part.ends_with(|c: char| c.is_ascii_alphanumeric() || c == ')') && {
            let plain: String = part.chars().filter(char::is_ascii_alphanumeric).collect();
            let signed: String = part.chars().filter(|c| !c.is_whitespace()).collect();
            (check(&plain) || check(&signed)) && !crate::value::is_sequence(plain.as_bytes())
        }
    })?;
    let span = end + found.start()..end + found.start() + value.len();
    let goes_on = bytes.get(span.end).is_some_and(u8::is_ascii_alphanumeric);
    (!goes_on)
        .then(|| Leak::new(PII, "national-id.named", span, 0.9, "a person's number with its check digits"))
}

fn number(text: &str, end: usize) -> Option<Leak> {
    let found = NUMBER.as_ref()?.captures(after(text, end, REACH))?.get(1)?;
    let raw = found.as_str();
    // Words after the number are no part of it.
    let take = raw.split(' ').scan(0, |at, part| {
        let from = *at;
        *at += part.len() + 1;
        Some((from, part))
    });
    let stop = take
        .filter(|(_, part)| part.bytes().any(|b| b.is_ascii_digit()) || part.len() == 1)
        .map(|(from, part)| from + part.len())
        .last()?;
    let value = raw.get(..stop)?.trim_end_matches(['.', '/', '-']);
    let plain: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
    let digits = plain.bytes().filter(u8::is_ascii_digit).count();
    let checked = national::any(&plain);
    let date = value.len() == 10 && value.matches(['-', '/', '.']).count() == 2;
    let fits = digits >= 5
        && ((6..=16).contains(&plain.len()) || checked)
        && !date
        && !is_uuid(value.as_bytes())
        && !crate::value::is_sequence(plain.as_bytes());
    let span = end + found.start()..end + found.start() + value.len();
    (fits && !is_placeholder(value) && !national::US_KNOWN.contains(&value)).then(|| {
        Leak::new(
            PII,
            "national-id.named",
            span,
            if checked { 0.9 } else { 0.65 },
            "a number said to be a person's",
        )
    })
}

fn phone(text: &str, end: usize) -> Option<Leak> {
    let found = PHONE.as_ref()?.captures(after(text, end, REACH))?.get(1)?;
    let (value, at) = (found.as_str(), end + found.start());
    let between = text.get(end..at)?;
    let digits: Vec<u8> = value.split(['x', 'e']).next()?.bytes().filter(u8::is_ascii_digit).collect();
    let date = value.len() == 10 && value.as_bytes()[4] == b'-' && value.as_bytes()[7] == b'-'
        || value.matches('.').count() == 3
            && value.split('.').all(|p| p.len() <= 3 && p.parse::<u8>().is_ok());
    let next = text.as_bytes().get(at + value.len());
    let glued = next.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'%'))
        || at > 0 && text.as_bytes()[at - 1].is_ascii_alphanumeric();
    let link =
        between.contains("http") || between.contains('#') || between.contains("/") && !between.contains(" /");
    let amount = between.ends_with(['$', '€', '£'])
        || text.get(at + value.len()..).is_some_and(|rest| rest.trim_start().starts_with(['%', '€', '$']));
    let fiction = digits.windows(5).any(|w| w == b"55501");
    (((7..=15).contains(&digits.len()))
        && !date
        && !glued
        && !link
        && !amount
        && !fiction
        && !crate::value::is_sequence(&digits))
    .then(|| Leak::new(PII, "phone.named", at..at + value.len(), 0.7, "a telephone number"))
}

/// A number in international form (E.164) whose `+` is at `at`.
pub(crate) fn international(text: &str, at: usize) -> Option<Leak> {
    let bytes = text.as_bytes();
    if at > 0
        && (bytes[at - 1].is_ascii_alphanumeric()
            || matches!(bytes[at - 1], b'+' | b'=' | b'/' | b'_' | b'.' | b'-'))
        || !bytes.get(at + 1)?.is_ascii_digit()
    {
        return None;
    }
    let found = INTERNATIONAL.as_ref()?.captures(after(text, at, 48))?.get(1)?;
    let value = found.as_str();
    let digits: Vec<u8> = value.split(['x', 'e']).next()?.bytes().filter(u8::is_ascii_digit).collect();
    let glued = bytes
        .get(at + value.len())
        .is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'+' | b'='));
    // ISO 6709 writes a place as latitude and longitude: `+4230-07131`, `+513030-0000731`.
    let place = value.split_once('-').is_some_and(|(latitude, longitude)| {
        matches!((latitude.len(), longitude.len()), (5, 5) | (7, 7)) && longitude.starts_with(['0', '1'])
    });
    if place {
        return None;
    }
    let score = if digits.len() >= 9 { 0.65 } else { 0.3 };
    ((8..=15).contains(&digits.len()) && !glued && !crate::value::is_sequence(&digits)).then(|| {
        Leak::new(
            PII,
            "phone.international",
            at..at + value.len(),
            score,
            "a telephone number in international form",
        )
    })
}

/// A number of North America with its area code in parentheses at `at`.
pub(crate) fn national_form(text: &str, at: usize) -> Option<Leak> {
    let b = text.as_bytes().get(at..at + 13)?;
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    let gap = usize::from(b[5] == b' ');
    let shape = b[0] == b'('
        && digits(&b[1..4])
        && b[4] == b')'
        && digits(&b[5 + gap..8 + gap])
        && matches!(b[8 + gap], b'-' | b' ' | b'.')
        && text.as_bytes().get(at + 9 + gap..at + 13 + gap).is_some_and(digits);
    let fiction = &b[5 + gap..8 + gap] == b"555";
    (shape && !fiction && !text.as_bytes().get(at + 13 + gap).is_some_and(u8::is_ascii_digit)).then(|| {
        Leak::new(PII, "phone.national", at..at + 13 + gap, 0.6, "a telephone number of North America")
    })
}

fn home(text: &str, end: usize) -> Option<Leak> {
    let rest = after(text, end, HOME);
    let lead = rest.find(|c: char| c.is_alphanumeric())?;
    if lead > 10 || rest[..lead].contains(['@', '/', '(', '\n']) || rest[..lead].contains("::") {
        return None;
    }
    // To the end of the quoted value, or of the paragraph.
    let body = &rest[lead..];
    let quote = rest[..lead].chars().rev().find(|c| matches!(c, '"' | '\''));
    let stop = quote.and_then(|q| body.find(q)).or_else(|| body.find("\n\n")).unwrap_or(body.len());
    let body = &body[..stop];
    let digit = body.bytes().any(|b| b.is_ascii_digit());
    let code = POSTCODE.as_ref()?.is_match(body);
    let street = STREET.as_ref()?.is_match(body);
    let machine = body.contains("0x")
        || body.contains("://")
        || body.contains("::")
        || body.contains('@') && !code
        || body.contains(['{', '}', '=', '<', '(']) && !code
        || body.split(['.', ':']).filter(|p| p.len() <= 3 && p.parse::<u8>().is_ok()).count() >= 3;
    let capital = body.chars().any(char::is_uppercase);
    let score = match (code, street) {
        (true, true) => 0.8,
        (true, false) => 0.6,
        (false, true)
            if body.bytes().take(48).any(|b| b.is_ascii_digit())
                && body.chars().filter(|c| c.is_uppercase()).count() >= 2 =>
        {
            0.5
        }
        _ => return None,
    };
    (digit && capital && !machine).then(|| {
        Leak::new(PII, "address.postal", end + lead..end + lead + body.len(), score, "a postal address")
    })
}
