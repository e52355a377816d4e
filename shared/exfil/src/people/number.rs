//! Numbers that states give, after a word that says so.
use super::{PII, REACH, after};
use crate::leak::Leak;
use crate::national;
use crate::value::{is_placeholder, is_uuid};
use regex::Regex;
use std::sync::LazyLock;

pub(super) static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:[^0-9A-Za-z\n]|(?i:is|was|no|nr|number|num|card|code|of|for|the|their|his|her|my)\b){0,16}([A-Za-z]{0,6}[ -]?[0-9][0-9A-Za-z./ -]{4,20}[0-9A-Za-z])").ok()
});

/// As `NUMBER`, with the signs that any state writes.
pub(super) static CHECKED_NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:[^0-9A-Za-z\n]|(?i:is|was|no|nr|n|number|num|nummer|id|code|of|for|the|their|his|her|my|er|ist|es|est|je|to)\b){0,16}([A-Za-z]{0,4}[0-9][0-9A-Za-z./() +-]{4,24})").ok()
});

/// The number that follows a word ending at `end` which means other things too: only if it holds `check`.
pub(crate) fn checked(text: &str, start: usize, end: usize, check: national::Check) -> Option<Leak> {
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

pub(super) fn number(text: &str, end: usize) -> Option<Leak> {
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
