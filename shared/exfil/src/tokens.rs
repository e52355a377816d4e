//! Tokens of services by their published formats: a table of prefixes, and of forms around a fixed middle.
use crate::checksum;
use crate::leak::{Kind, Leak};
use crate::value::{entropy, is_placeholder, is_sequence};
use std::ops::Range;

#[rustfmt::skip]
mod table;

pub(crate) use table::{FORMS, PREFIXES};

/// Which bytes a token's body is made of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Class {
    /// `0-9a-f`
    LowHex,
    /// `0-9a-fA-F`
    Hex,
    /// `0-9a-z`
    Low,
    /// `0-9A-Z`
    Up,
    /// `0-9a-zA-Z`
    Alnum,
    /// `0-9a-zA-Z_`
    Word,
    /// The URL alphabet of base64: `0-9a-zA-Z_-`, and `=`
    Url,
    /// `0-9a-zA-Z_.-` and `=`, `~`
    Dotted,
    /// `0-9a-zA-Z+/=` and `_-`
    Base64,
}

impl Class {
    pub(crate) fn has(self, b: u8) -> bool {
        match self {
            Self::LowHex => b.is_ascii_digit() || (b'a'..=b'f').contains(&b),
            Self::Hex => b.is_ascii_hexdigit(),
            Self::Low => b.is_ascii_digit() || b.is_ascii_lowercase(),
            Self::Up => b.is_ascii_digit() || b.is_ascii_uppercase(),
            Self::Alnum => b.is_ascii_alphanumeric(),
            Self::Word => b.is_ascii_alphanumeric() || b == b'_',
            Self::Url => b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'='),
            Self::Dotted => b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'=' | b'~'),
            Self::Base64 => b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+' | b'/' | b'='),
        }
    }
}

/// A token that begins with a literal. `min..=max` counts the body's bytes.
#[derive(Debug)]
pub(crate) struct Prefix {
    pub(crate) id: &'static str,
    pub(crate) literal: &'static str,
    pub(crate) class: Class,
    pub(crate) min: usize,
    pub(crate) max: usize,
    pub(crate) kind: Kind,
}

/// A token known by a fixed middle: the pattern is looked for from `before` bytes ahead of `literal`.
#[derive(Debug)]
pub(crate) struct Form {
    pub(crate) id: &'static str,
    pub(crate) literal: &'static str,
    pub(crate) before: usize,
    pub(crate) pattern: &'static str,
    pub(crate) kind: Kind,
}

/// Bytes after a literal that a form may reach.
const FORM_REACH: usize = 600;

/// Entropy below which a body was not drawn at random, in bits per byte, by the body's length.
fn too_even(body: &[u8], class: Class) -> bool {
    let least = match (class, body.len()) {
        (_, ..=7) => return false,
        (_, 8..=15) => 2.0,
        (Class::LowHex | Class::Hex, _) => 2.5,
        _ => 2.8,
    };
    entropy(body) < least
}

/// Whether a token may begin at `at`: not inside a word, but an escape (`\n`) before it is no word.
pub(crate) fn begins(bytes: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|i| bytes[i]) else { return true };
    let escape = matches!(before, b'n' | b't' | b'r') && at >= 2 && bytes[at - 2] == b'\\';
    let file = before == b'.' && at >= 2 && bytes[at - 2].is_ascii_alphanumeric();
    !(before.is_ascii_alphanumeric() || before == b'_' || file) || escape
}

/// The end of the run of `class` from `from`, at most `most` bytes on.
pub(crate) fn run(bytes: &[u8], from: usize, most: usize, holds: impl Fn(u8) -> bool) -> usize {
    let end = bytes.len().min(from.saturating_add(most));
    bytes[from.min(end)..end].iter().position(|b| !holds(*b)).map_or(end, |n| from + n)
}

/// The token of rule `rule` whose literal was seen at `at`.
pub(crate) fn by_prefix(text: &str, rule: &'static Prefix, at: usize) -> Option<Leak> {
    let bytes = text.as_bytes();
    let body = at + rule.literal.len();
    if !bytes[at..].starts_with(rule.literal.as_bytes()) || !begins(bytes, at) {
        return None;
    }
    let mut end = run(bytes, body, rule.max + 1, |b| rule.class.has(b));
    while end > body && matches!(bytes[end - 1], b'.' | b'-' | b'_') && end - body > rule.min {
        end -= 1;
    }
    let length = end - body;
    if length < rule.min || length > rule.max {
        return None;
    }
    let value = text.get(body..end)?;
    let goes_on =
        bytes.get(end).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_') && end - body <= rule.max;
    let digitless = rule.max > 2 * rule.min
        && matches!(rule.class, Class::Url)
        && !value.bytes().any(|b| b.is_ascii_digit());
    let gap = matches!(rule.class, Class::Dotted) && value.starts_with("..") || value.contains("...");
    if goes_on
        || in_block(bytes, at, rule.class)
        || digitless
        || gap
        || masked(text, end)
        || is_sequence(value.as_bytes())
        || is_placeholder(value)
        || too_even(value.as_bytes(), rule.class)
    {
        return None;
    }
    let (score, reason) = certainty(rule, text.get(at..end)?);
    Some(Leak::new(rule.kind, rule.id, at..end, score, reason))
}

/// Whether what begins at `at` is a line of a block of base64, as certificates have: the line before it is one.
fn in_block(bytes: &[u8], at: usize, class: Class) -> bool {
    const LINE: usize = 60;
    let before = &bytes[at.saturating_sub(LINE + 2)..at];
    let line = before.strip_suffix(b"\n").or_else(|| before.strip_suffix(b"\\n"));
    matches!(class, Class::Base64)
        && line.is_some_and(|line| line.len() >= LINE && line.iter().rev().take(LINE).all(|b| class.has(*b)))
}

/// A right checksum makes a token certain. A wrong one does not clear it: part of a token, or an older form without one,
/// is a secret too.
fn certainty(rule: &Prefix, token: &str) -> (f32, &'static str) {
    let checked = match rule.id {
        "npm.token" => checksum::github(token),
        "grafana.service" => checksum::grafana(token),
        "pypi.token" | "testpypi.token" => checksum::macaroon(token),
        "age.key" | "nostr.key" => checksum::bech32(token),
        "bitcoin.extended" => checksum::base58check(token),
        id if id.starts_with("github.") && rule.literal.len() == 4 => checksum::github(token),
        _ => false,
    };
    let short = rule.literal.len() < 3;
    match (checked, short) {
        (true, _) => (1.0, "format and checksum of a token"),
        (_, false) => (0.9, "format of a token"),
        (_, true) => (0.7, "format of a token with a short prefix"),
    }
}

/// Whether a value goes on as dots or signs: it was cut or covered by whoever wrote it down.
pub(crate) fn masked(text: &str, end: usize) -> bool {
    let rest = text.get(end..).unwrap_or_default().trim_start_matches(['-', '_', '"', '\'']);
    ["...", "…", "***", "###", "[", "<"].iter().any(|mask| rest.starts_with(mask))
        && !rest.starts_with("</")
        && !rest.starts_with("<br")
}

/// The token of form `form`, whose literal was seen at `at`.
pub(crate) fn by_form(text: &str, form: &'static Form, pattern: &regex::Regex, at: usize) -> Option<Leak> {
    // A point or bar is everywhere: what stands before it says more cheaply than the pattern that this is none.
    let ahead = form.literal.len() == 1
        && !text.as_bytes()[at.saturating_sub(13)..at].iter().all(|b| Class::Url.has(*b));
    let inside = form.before == 0
        && form.literal.as_bytes()[0].is_ascii_alphanumeric()
        && !begins(text.as_bytes(), at);
    if inside || ahead || at < form.before.min(13) && form.literal.len() == 1 {
        return None;
    }
    let from = floor(text, at.saturating_sub(form.before));
    let to = floor(text, (at + FORM_REACH).min(text.len()));
    let window = text.get(from..to)?;
    let found = pattern.captures_iter(window).find_map(|found| {
        let whole = found.get(0)?;
        let token = found.get(1).unwrap_or(whole);
        let span = from + token.start()..from + token.end();
        (from + whole.start() <= at && at < from + whole.end()).then_some(span)
    })?;
    let value = text.get(found.clone())?;
    if is_placeholder(value) || too_even(value.as_bytes(), Class::Alnum) || !valid(form, value) {
        return None;
    }
    Some(Leak::new(form.kind, form.id, found, 0.9, "format of a token"))
}

/// What a pattern cannot say.
fn valid(form: &Form, value: &str) -> bool {
    match form.id {
        "jwt" => jwt(value),
        "bitcoin.wif" => checksum::base58check(value),
        _ => true,
    }
}

/// Whether the first part of `token` is a JSON object with `alg` (RFC 7515, 4.1.1). A second part that is none, or is
/// cut, does not matter.
pub(crate) fn jwt(token: &str) -> bool {
    use base64::Engine;
    let head = token.split('.').next().unwrap_or_default();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(head.trim_end_matches('='));
    let json = bytes.ok().and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok());
    json.is_some_and(|json| {
        json.get("alg").is_some_and(serde_json::Value::is_string) || json.get("enc").is_some()
    })
}

/// The last character boundary at or before `at`.
pub(crate) fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0)
}

/// The part of `text` around `span`, `before` and `after` bytes of it.
pub(crate) fn around(text: &str, span: &Range<usize>, before: usize, after: usize) -> (usize, usize) {
    (floor(text, span.start.saturating_sub(before)), floor(text, (span.end + after).min(text.len())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triggers::TRIGGERS;

    #[test]
    fn a_token_drawn_by_any_rule_of_the_table_is_found() {
        let mut random = fastrand::Rng::with_seed(3);
        for rule in PREFIXES.iter().filter(|rule| rule.min > 0) {
            let alphabet: Vec<u8> =
                (b'!'..=b'z').filter(|b| rule.class.has(*b) && b.is_ascii_alphanumeric()).collect();
            let body: String =
                (0..rule.min).map(|_| char::from(alphabet[random.usize(..alphabet.len())])).collect();
            let text = format!("key = {}{body}\n", rule.literal);
            assert!(by_prefix(&text, rule, 6).is_some(), "{}: {text}", rule.id);
            let covered = format!("key = {}{}\n", rule.literal, "x".repeat(rule.min));
            assert!(by_prefix(&covered, rule, 6).is_none() || rule.min < 6, "{}: {covered}", rule.id);
        }
    }

    #[test]
    fn forms_with_a_middle_are_found_at_their_middle() {
        // Bodies drawn at random; what is fixed is the vendor's.
        for (id, token) in [
            ("maxmind.licence", "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"),
            ("clickup.token", "pk_21629542_HFX40PC01NMHDW7DX0Q6KFXTBWV46EPE"),
            ("voiceflow.key", "VF.DM.b580ec0c07e0d61b4ff67c91.MoRhW7ArrvywnFwk"),
            ("zoho.token", "1000.3948c08bc515463816a780f8d1aa3524.234d5e0de241a38a7451fde45743c8a3"),
            ("azure.search", "a8Kx2mQ7pZ3vR9tB4nW6yH1cD5fG0jL8sUeXiOqTrMAzSeBkP4w1"),
            ("wireguard.key", "PrivateKey  =  yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk="),
        ] {
            let text = format!("value \"{token}\" end");
            let index = FORMS.iter().position(|form| form.id == id).unwrap();
            let at = text.to_ascii_lowercase().find(&FORMS[index].literal.to_ascii_lowercase()).unwrap();
            let pattern = TRIGGERS.forms[index].as_ref().unwrap();
            assert!(by_form(&text, &FORMS[index], pattern, at).is_some(), "{id}");
        }
    }
}
