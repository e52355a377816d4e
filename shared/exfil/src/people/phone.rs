//! Telephone numbers: after a word, in international form, with an area code in brackets.
use super::{PII, REACH, after};
use crate::leak::Leak;
use regex::Regex;
use std::sync::LazyLock;

pub(super) static PHONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"^(?:[^0-9+(\n]{0,40}?)((?:\+|00)?\(?\+?[0-9][0-9 ()./\\x-]{5,24}[0-9](?:\s?(?:x|ext\.?)\s?[0-9]{1,6})?)"#).ok()
});

pub(super) static INTERNATIONAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(\+[1-9][0-9]{0,2}[ .-]?(?:\(0?[0-9]{0,4}\)[ .-]?)?[0-9](?:[ .()-]{0,2}[0-9]){5,12}(?:\s?(?:x|ext\.?)\s?[0-9]{1,6})?)").ok()
});

pub(super) fn phone(text: &str, end: usize) -> Option<Leak> {
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
