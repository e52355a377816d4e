//! Private keys: PEM and OpenSSH blocks, OpenPGP, PuTTY, JSON web keys, keys cut off or flattened into one line.
use crate::leak::{Kind, Leak};
use crate::tokens::floor;

/// A key's block is looked for this far after its first line; RSA with 16,384 bits takes 12.6 KB.
const BLOCK: usize = 16 << 10;
/// Base64 that a block must have: an Ed25519 key is 48 bytes, and what is shorter is a stand-in.
const LEAST_BODY: usize = 40;

/// The block that begins at `at` with `-----BEGIN` (or `---- BEGIN`).
pub(crate) fn block(text: &str, at: usize) -> Option<Leak> {
    let rest = text.get(at..floor(text, (at + BLOCK).min(text.len())))?;
    // Another block begins where this one can no longer go on.
    let rest = rest.get(6..)?.find("-----BEGIN").map_or(rest, |next| &rest[..next + 6]);
    let head_end = rest
        .char_indices()
        .skip(6)
        .find(|(i, c)| *c == '-' && rest[*i..].starts_with("---"))
        .map(|(i, _)| i)?;
    let head = &rest[..head_end];
    if head.len() > 64 || !head.to_ascii_uppercase().contains("PRIVATE KEY") {
        return None;
    }
    let body = &rest[head_end..].trim_start_matches('-');
    let begin = rest.len() - body.len();
    let close = body.find("-----END").or_else(|| body.find("---- END"));
    let (inner, end) = match close {
        Some(to) => {
            let tail = body[to + 8..].find("---").map_or(to + 8, |n| to + 8 + n);
            (&body[..to], begin + body[tail..].find(|c| c != '-').map_or(body.len(), |n| tail + n))
        }
        // Cut off: as far as it still looks like one.
        None => {
            let to = body.find(|c: char| !(c.is_ascii_alphanumeric() || "+/=\\ \r\n\t\"',:-".contains(c)));
            (&body[..to.unwrap_or(body.len())], begin + to.unwrap_or(body.len()))
        }
    };
    let letters =
        inner.bytes().filter(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=')).count();
    let different = inner.bytes().fold([false; 128], |mut seen, b| {
        seen[usize::from(b & 127)] = true;
        seen
    });
    let varied = different.iter().filter(|s| **s).count() >= 16;
    let stand_in = inner.contains("...") || inner.contains('<') || inner.contains("${");
    (letters >= LEAST_BODY && varied && !stand_in).then(|| {
        Leak::new(
            Kind::PrivateKey,
            "private-key.block",
            at..at + end,
            1.0,
            "a private key's block with a body",
        )
    })
}

/// A PuTTY key: its header at `at`, private lines after it (the.earth.li/~sgtatham/putty, appendix C).
pub(crate) fn putty(text: &str, at: usize) -> Option<Leak> {
    let rest = text.get(at..floor(text, (at + BLOCK).min(text.len())))?;
    let lines = rest.find("Private-Lines:")?;
    let end = rest
        .find("Private-MAC:")
        .map_or(rest.len(), |mac| rest[mac..].find('\n').map_or(rest.len(), |n| mac + n));
    (end > lines + LEAST_BODY).then(|| {
        Leak::new(Kind::PrivateKey, "private-key.putty", at..at + end, 1.0, "a PuTTY key with private lines")
    })
}

/// A JSON web key with its private part: `"kty"` at `at`, `"d"` (or `"k"` of an `oct`) in the same object (RFC 7517).
pub(crate) fn jwk(text: &str, at: usize) -> Option<Leak> {
    let near = floor(text, at.saturating_sub(BLOCK));
    let from = near + text[near..at].rfind('{')?;
    let rest = text.get(from..floor(text, (from + BLOCK).min(text.len())))?;
    let object = &rest[..rest.find('}').map_or(rest.len(), |n| n + 1)];
    let long = |name: &str| {
        object.find(name).is_some_and(|n| {
            let value = object[n + name.len()..]
                .trim_start_matches(|c: char| c.is_whitespace() || c == ':' || c == '"' || c == '\\');
            value.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')).count()
                >= LEAST_BODY
        })
    };
    let symmetric = object.contains("oct") && long("\"k\"");
    (long("\"d\"") || long("\\\"d\\") || symmetric).then(|| {
        Leak::new(
            Kind::PrivateKey,
            "private-key.jwk",
            from..from + object.len(),
            1.0,
            "a JSON web key with its private part",
        )
    })
}

/// The DER of a private key in base64 without its lines: what PKCS#1, PKCS#8 and SEC 1 begin with, and OpenSSH's magic.
pub(crate) const NAKED: &[&str] = &[
    "MIIEpAIBAAKC",
    "MIIEowIBAAKC",
    "MIIEogIBAAKC",
    "MIIEvQIBADAN",
    "MIIEvgIBADAN",
    "MIIEvAIBADAN",
    "MIICXAIBAAKB",
    "MIICXQIBAAKB",
    "MIICXgIBAAKB",
    "MIIJKQIBAAKC",
    "MIIJKAIBAAKC",
    "MIIJKgIBAAKC",
    "MIIJQgIBADAN",
    "MIIJQwIBADAN",
    "MIIJRAIBADAN",
    "MIGHAgEAMBMG",
    "MIGEAgEAMBAG",
    "MC4CAQAwBQYDK2Vw",
    "MHcCAQEEI",
    "b3BlbnNzaC1rZXktdjE",
    "MIICdwIBADAN",
    "MIICdgIBADAN",
    "MIICeAIBADAN",
];

/// A key without its first and last line, at `at`.
pub(crate) fn naked(text: &str, at: usize) -> Option<Leak> {
    let rest = text.get(at..)?;
    let end = rest.bytes().take(BLOCK).position(|b| {
        !(b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'\n' | b'\r' | b'\\'))
    });
    let end = end.unwrap_or_else(|| rest.len().min(BLOCK));
    (end >= 60).then(|| {
        Leak::new(Kind::PrivateKey, "private-key.der", at..at + end, 0.95, "a private key's DER in base64")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_needs_a_body() {
        let body = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";
        let key = format!("x\n-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\ny");
        let leak = block(&key, 2).unwrap();
        assert_eq!(&key[leak.span], &key[2..key.len() - 2]);
        let flat = key.replace('\n', "\\n");
        assert!(block(&flat, 3).is_some());
        assert!(block(&format!("-----BEGIN PRIVATE KEY-----\n{body}"), 0).is_some(), "cut off");
        for none in [
            "-----BEGIN PRIVATE KEY-----\nanything\n-----END PRIVATE KEY-----",
            "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----",
        ] {
            assert!(block(none, 0).is_none(), "{none}");
        }
    }

    #[test]
    fn a_web_key_is_private_by_its_d() {
        let d = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let key = format!(r#"{{"kty":"OKP","crv":"Ed25519","d":"{d}","x":"{x}"}}"#);
        assert!(jwk(&key, 1).is_some());
        assert!(jwk(&key.replace("\"d\"", "\"e\""), 1).is_none());
    }
}
