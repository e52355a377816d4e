//! Whether a value looks like a secret: entropy, mixing, and everything that only looks like one.
use aho_corasick::AhoCorasick;
use std::sync::LazyLock;

/// Shannon entropy of the bytes, in bits per byte.
pub(crate) fn entropy(value: &[u8]) -> f32 {
    let mut counts = [0u32; 256];
    for b in value {
        counts[usize::from(*b)] += 1;
    }
    let total = value.len().max(1) as f32;
    counts.iter().filter(|n| **n > 0).map(|n| *n as f32 / total).map(|p| -p * p.log2()).sum()
}

/// How often the class (digit, capital, small letter) changes inside words, from a capital to a small letter not counted: names have
/// few changes, random strings many.
pub(crate) fn changes(value: &[u8]) -> usize {
    let class = |b: u8| match b {
        b'0'..=b'9' => 1,
        b'A'..=b'Z' => 2,
        b'a'..=b'z' => 3,
        _ => 0,
    };
    value
        .windows(2)
        .filter(|pair| {
            let (from, to) = (class(pair[0]), class(pair[1]));
            from != to && from != 0 && to != 0 && (from, to) != (2, 3)
        })
        .count()
}

/// Parts of values that stand for "put yours here", or mark a value as made up. Five letters or more: shorter ones occur
/// in random strings.
const PLACEHOLDERS: &[&str] = &[
    "example",
    "placeholder",
    "redacted",
    "changeme",
    "change_me",
    "change-me",
    "replace",
    "sample",
    "dummy",
    "insert",
    "your_",
    "your-",
    "yourtoken",
    "yourkey",
    "yoursecret",
    "yourpass",
    "your ",
    "yourapi",
    "foobar",
    "notreal",
    "not_real",
    "not-real",
    "not-a-real",
    "fake-",
    "fake_",
    "_fake",
    "-fake",
    "mytoken",
    "mysecret",
    "my_secret",
    "my-secret",
    "my_token",
    "my-token",
    "my_api",
    "my-api",
    "my_password",
    "mypassword",
    "somesecret",
    "some_secret",
    "some-secret",
    "randomstring",
    "token_here",
    "key_here",
    "-here",
    "_here",
    "tokenhere",
    "keyhere",
    "todo",
    "hidden",
    "masked",
    "censored",
    "secret_key",
    "secretkey",
    "access_token",
    "accesstoken",
    "xxxx",
    "....",
    "****",
    "####",
    "____",
    "----",
];

/// Whether `value` is a stand-in: a variable, a template, asterisks, a sequence, a word for "yours".
pub(crate) fn is_placeholder(value: &str) -> bool {
    let trimmed = value.trim_matches(['"', '\'', '`', ' ']);
    let bytes = trimmed.as_bytes();
    let Some(first) = bytes.first() else { return true };
    let templated = trimmed.contains("${")
        || trimmed.contains("{{")
        || trimmed.contains("<%")
        || trimmed.contains("$(")
        || trimmed.contains("%(")
        || trimmed.contains("#{");
    let wrapped =
        matches!((first, bytes[bytes.len() - 1]), (b'<', b'>') | (b'{', b'}') | (b'[', b']') | (b'%', b'%'));
    let variable = *first == b'$'
        && bytes[1..].iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b':' | b'.'));
    templated || wrapped || variable || *first == b'<' || is_sequence(bytes) || {
        static WORDS: LazyLock<Option<AhoCorasick>> =
            LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(PLACEHOLDERS).ok());
        WORDS.as_ref().is_some_and(|words| words.is_match(trimmed))
    }
}

/// Few different characters for its length, one character six times in a row, or seven neighbours of the alphabet or the
/// digits in order.
pub(crate) fn is_sequence(bytes: &[u8]) -> bool {
    let (mut same, mut rising) = (1, 1);
    for pair in bytes.windows(2) {
        same = if pair[0].eq_ignore_ascii_case(&pair[1]) { same + 1 } else { 1 };
        rising = if pair[1] == pair[0].wrapping_add(1) { rising + 1 } else { 1 };
        if same >= 6 || rising >= 7 {
            return true;
        }
    }
    let mut seen = [false; 256];
    bytes.iter().for_each(|b| seen[usize::from(*b)] = true);
    let different = seen.iter().filter(|s| **s).count();
    bytes.len() >= 12 && different < 5
}

/// Whether every byte is a hexadecimal digit.
pub(crate) fn is_hex(value: &[u8]) -> bool {
    !value.is_empty() && value.iter().all(u8::is_ascii_hexdigit)
}

/// Whether `value` is a UUID in its usual form (RFC 9562).
pub(crate) fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value
            .iter()
            .enumerate()
            .all(|(i, b)| if matches!(i, 8 | 13 | 18 | 23) { *b == b'-' } else { b.is_ascii_hexdigit() })
}

/// Whether `value` looks drawn at random: long enough, much entropy, classes mixed; not words joined by signs.
pub(crate) fn is_random(value: &str) -> bool {
    let bytes = value.as_bytes();
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = bytes.iter().filter(|b| b.is_ascii_alphabetic()).count();
    if bytes.len() < 8 || is_sequence(bytes) {
        return false;
    }
    if is_uuid(bytes) || (is_hex(bytes) && bytes.len() >= 16) {
        return entropy(bytes) >= 2.6;
    }
    let mixed = changes(bytes);
    let enough = 2 + bytes.len() / 10;
    let need: f32 = if bytes.len() < 12 {
        2.5
    } else if bytes.len() < 20 {
        2.9
    } else {
        3.2
    };
    let unbroken = bytes.split(|b| !b.is_ascii_alphanumeric()).map(changes).max().unwrap_or(0);
    entropy(bytes) >= need
        && letters > 0
        && ((digits > 0 && mixed >= enough && unbroken >= 2)
            || (digits == 0 && bytes.len() >= 16 && mixed >= bytes.len() / 5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_are_told_from_values() {
        for stand_in in [
            "<your-key>",
            "xxxxxxxxxxxxxxxx",
            "${API_KEY}",
            "$TOKEN",
            "{{ secret }}",
            "AKIAIOSFODNN7EXAMPLE",
            "sk-1234567890abcdef",
            "************",
            "changeme",
            "%PASSWORD%",
            "[PASSWORD]",
            "aaaaaaaaaaaaaaaa",
            "your_api_key",
        ] {
            assert!(is_placeholder(stand_in), "{stand_in}");
        }
        for value in ["hunter2", "9fK2mQ7xLpZ3vR8t", "c4ed6c21-9dd5-4a05-8e3f-c56d7546ecb8", "Tr0ub4dor&3"] {
            assert!(!is_placeholder(value), "{value}");
        }
    }

    #[test]
    fn random_values_are_told_from_names() {
        for value in [
            "9fK2mQ7xLpZ3vR8t",
            "6fe4476ee5a1832882e326b506d14126",
            "c4ed6c21-9dd5-4a05-8e3f-c56d7546ecb8",
            "QwErTyUiOpAsDfGhJ",
        ] {
            assert!(is_random(value), "{value}");
        }
        for name in [
            "app-decryption-secret",
            "SalesResults-1.2",
            "node_exporter_v2",
            "X25519.secret_length",
            "aws-cli",
            "user_password",
        ] {
            assert!(!is_random(name), "{name}");
        }
    }
}
