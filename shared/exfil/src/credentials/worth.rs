//! Whether a value is worth hiding: a password or a token, and no code, path or word that stands for one.
use super::Operator;
use crate::value::{entropy, is_hex, is_placeholder, is_random, is_sequence, is_uuid};

/// Values that are code, paths or addresses.
fn is_code(value: &str) -> bool {
    let lower = value.trim_start_matches(['-', '&', '*', '!']).to_ascii_lowercase();
    let starts = [
        "os.",
        "process.",
        "env.",
        "env(",
        "env[",
        "self.",
        "this.",
        "req.",
        "request.",
        "config.",
        "settings.",
        "http://",
        "https://",
        "file:",
        "vault:",
        "ref:",
        "arn:",
        "/",
        "./",
        "../",
        "~/",
        "$",
        "@",
        "secret:",
        "secrets.",
        "ssm:",
        "op://",
        "data.",
        "var.",
        "local.",
        "module.",
        "input.",
        "get_",
        "string",
        "none",
        "null",
        "true",
        "false",
        "undefined",
        "%s",
        "{",
    ];
    // Types of C, constants in hexadecimal, places in a file.
    let constant = lower.strip_prefix("0x").is_some_and(|rest| rest.len() <= 16 && is_hex(rest.as_bytes()));
    let place = value.bytes().all(|b| b.is_ascii_digit() || b == b':');
    lower.starts_with("__")
        || constant
        || place && value.contains(':')
        || starts.iter().any(|start| lower.starts_with(start))
        || value.contains(['(', '[', '{'])
        || value.contains("::")
        || value.starts_with(':')
        || value.contains("->")
        || value.contains("&&")
        || value.contains(" = ")
}

/// Words that a password is said to be where none is given.
const NO_PASSWORDS: &[&str] = &[
    "password",
    "passwd",
    "pass",
    "pwd",
    "secret",
    "string",
    "text",
    "hidden",
    "none",
    "null",
    "nil",
    "true",
    "false",
    "yes",
    "no",
    "required",
    "optional",
    "str",
    "bytes",
    "bool",
    "value",
    "token",
    "user",
    "username",
    "login",
    "prompt",
    "input",
    "plain",
    "field",
    "and",
    "or",
    "the",
    "not",
    "your",
    "object",
    "number",
    "admin:password",
];

pub(super) fn password(value: &str, quoted: bool, operator: Operator, name: &str) -> Option<f32> {
    let lower = value.to_ascii_lowercase();
    let words = value.contains(' ');
    if value.len() < 4
        || value.len() > 128
        || is_placeholder(value)
        || is_code(value)
        || NO_PASSWORDS.contains(&lower.as_str())
    {
        return None;
    }
    let digits = value.bytes().any(|b| b.is_ascii_digit());
    let letters = value.bytes().any(|b| b.is_ascii_alphabetic());
    let signs = value.bytes().any(|b| b.is_ascii_punctuation() && !matches!(b, b'_' | b'-' | b'.' | b'/'));
    let own_name = name.rsplit(['.', '_', '-']).next().is_some_and(|last| lower.contains(last))
        || lower.contains("password")
        || lower.contains("_pass");
    let constant = value.bytes().all(|b| b.is_ascii_uppercase() || matches!(b, b'_' | b'-'))
        || value.bytes().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'.' | b'-'));
    let strong = digits && letters || signs && (letters || digits);
    match (quoted, strong) {
        _ if own_name && !digits => None,
        (true, _) if words => {
            (operator != Operator::Words && value.split(' ').count() <= 6 && strong).then_some(0.5)
        }
        (_, true) if quoted || operator != Operator::Words || value.len() >= 6 => Some(if own_name {
            0.4
        } else if value.len() >= 6 {
            0.75
        } else {
            0.55
        }),
        (true, false) if operator == Operator::Equals || operator == Operator::Colon => {
            Some(if value.len() >= 6 && !value.contains(['_', '.']) { 0.5 } else { 0.3 })
        }
        (false, false) if !constant && value.len() >= 6 => Some(0.3),
        (false, false) if value.len() >= 6 && !value.bytes().all(|b| b.is_ascii_alphabetic()) => Some(0.3),
        _ => None,
    }
}

pub(super) fn token(value: &str, quoted: bool, operator: Operator) -> Option<f32> {
    let value = ["Bearer ", "bearer ", "Token ", "token ", "Basic ", "ApiKey "]
        .iter()
        .find_map(|p| value.strip_prefix(p))
        .unwrap_or(value);
    let bytes = value.as_bytes();
    let plain = bytes.iter().all(|b| b.is_ascii_graphic());
    if !plain
        || value.len() < 8
        || value.len() > 600
        || is_placeholder(value)
        || is_code(value)
        || is_sequence(bytes)
    {
        return None;
    }
    let hash = ["sha1", "sha256", "sha384", "sha512", "md5"].iter().any(|h| {
        value.starts_with(h) && value.as_bytes().get(h.len()).is_some_and(|b| matches!(b, b':' | b'-'))
    });
    if hash || !is_random(value) || looks_named(value) {
        return None;
    }
    let long = value.len() >= 16;
    let sure = quoted || operator != Operator::Words;
    Some(match (long, sure) {
        (true, true) => 0.75,
        (true, false) => 0.6,
        (false, true) if entropy(bytes) >= 2.9 || is_hex(bytes) => 0.5,
        _ => 0.3,
    })
}

/// Whether a value is names and numbers joined by signs (`cmp2-qat-1208358310`), and no UUID.
fn looks_named(value: &str) -> bool {
    let parts: Vec<&str> = value.split(['-', '_', '.', ':', '/']).filter(|part| !part.is_empty()).collect();
    let plain = |part: &&str| part.len() < 12 && crate::value::changes(part.as_bytes()) <= 1;
    parts.len() > 1 && !is_uuid(value.as_bytes()) && parts.iter().all(plain)
}
