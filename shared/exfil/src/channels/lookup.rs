//! Names that are asked for so that their labels carry data.
use super::CHANNEL;
use crate::leak::Leak;
use crate::tokens::run;
use std::ops::Range;

/// Commands that ask for a name.
pub(crate) const LOOKUPS: &[&str] = &[
    "nslookup",
    "dig ",
    "host ",
    "ping ",
    "resolve-dnsname",
    "gethostbyname",
    "getaddrinfo",
    "getent",
    "dns.resolve",
    "lookup(",
    "curl ",
    "wget ",
    "dns query",
    "query:",
    "traceroute ",
];

/// A name after a command at `at` whose labels carry data: long ones of hexadecimal, base32 or base64.
pub(crate) fn lookup(text: &str, at: usize) -> Option<Leak> {
    let bytes = text.as_bytes();
    let line = run(bytes, at, 400, |b| b != b'\n');
    let mut from = at;
    while from < line {
        let end =
            run(bytes, from, 260, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'='));
        if let Some(leak) = labels(text, from..end) {
            return Some(leak);
        }
        from = end + 1;
    }
    None
}

fn labels(text: &str, span: Range<usize>) -> Option<Leak> {
    let name = text.get(span.clone())?.trim_end_matches('.');
    let parts: Vec<&str> = name.split('.').collect();
    if parts.len() < 3 || !parts.last()?.bytes().all(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    let data = &parts[..parts.len() - 2];
    let hex = |l: &&str| {
        l.len() >= 12 && l.bytes().all(|b| b.is_ascii_hexdigit()) && l.bytes().any(|b| b.is_ascii_digit())
    };
    let coded = |l: &&str| {
        l.len() >= 20
            && crate::value::entropy(l.as_bytes()) > 3.0
            && (crate::value::changes(l.as_bytes()) >= 5
                || l.bytes().all(|b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b) || b == b'='))
    };
    let length: usize = data.iter().filter(|l| hex(l) || coded(l)).map(|l| l.len()).sum();
    (length >= 20).then(|| {
        Leak::new(
            CHANNEL,
            "channel.dns",
            span.start..span.start + name.len(),
            0.85,
            "a name whose labels carry encoded data",
        )
    })
}
