//! Postal addresses: a code, a street, or both, after a word that says where somebody lives.
use super::{HOME, PII, after};
use crate::leak::Leak;
use regex::Regex;
use std::sync::LazyLock;

/// A postal code with what stands by it: the United States, Britain, Canada, five digits and a town before or after, others.
pub(super) static POSTCODE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:\b[A-Z]{2},? +[0-9]{5}(?:-[0-9]{4})?\b|\b[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}\b|\b[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]\b|\b[0-9]{5},? +\p{Lu}|\b[0-9]{2}-[0-9]{3} +\p{Lu}|\p{Ll},? +[0-9]{5}\b|\b[0-9]{4} ?[A-Z]{2}\b|\b[0-9]{4},? +\p{Lu}\p{Ll}|\b[0-9]{3} [0-9]{2} +\p{Lu}|\b[0-9]{5}-[0-9]{3}\b|〒?[0-9]{3}-[0-9]{4}\b)").ok()
});

/// Words for streets, in the languages with the most addresses.
pub(super) static STREET: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:street|st\.|avenue|ave\b|road|rd\b|lane|drive|boulevard|blvd|court|square|terrace|way|crescent|close|apt\.?|suite|flat|unit|p\.?o\.? box|rue|allée|chemin|impasse|place|quai|calle|avenida|paseo|plaza|via|viale|piazza|corso|vicolo|strada|contrada|borgo|rua|travessa|praça|ulica|ul\.|al\.|plac|aleja)\b|(?:straße|strasse|str\.|gasse|weg|platz|allee|ring|damm|ufer|straat|laan|gatan|vägen|gata|veien|katu|tie)\b").ok()
});

pub(super) fn home(text: &str, end: usize) -> Option<Leak> {
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
