//! Redaction: every leak gets a placeholder that is the same for the same value under one key, and a map back that only
//! the key opens.
use crate::leak::{Kind, Leak};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::ops::Range;

/// The key of a run's redactions: whoever has it can read the map.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// A key of 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// One HMAC-SHA-256 per purpose, so that no output serves two.
    fn derive(&self, purpose: &[u8], value: &[u8]) -> [u8; 32] {
        // A key of any length is one: HMAC pads or hashes it.
        let Ok(mac) = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&self.0) else { return [0; 32] };
        mac.chain_update(purpose).chain_update([0]).chain_update(value).finalize().into_bytes().into()
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

/// From placeholders to sealed values (XChaCha20-Poly1305, nonce and ciphertext in hexadecimal).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SealedMap(pub BTreeMap<String, String>);

/// A text without its leaks, and the way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted {
    /// The text with placeholders.
    pub text: String,
    /// What they stand for.
    pub map: SealedMap,
}

/// A map or a placeholder that the key does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the placeholder's value does not open with this key: use the key of the run that redacted it")]
pub struct NotOpened;

const NONCE: usize = 24;

/// Replaces every leak of `text`. Leaks that overlap become one, of the first one's kind.
pub fn redact(text: &str, leaks: &[Leak], key: &Key) -> Redacted {
    let mut spans: Vec<(Range<usize>, Kind)> = leaks
        .iter()
        .filter(|leak| text.get(leak.span.clone()).is_some_and(|v| !v.is_empty()))
        .map(|leak| (leak.span.clone(), leak.kind))
        .collect();
    spans.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
    let mut joined: Vec<(Range<usize>, Kind)> = Vec::new();
    for (span, kind) in spans {
        match joined.last_mut() {
            Some((last, _)) if span.start < last.end => last.end = last.end.max(span.end),
            _ => joined.push((span, kind)),
        }
    }
    let mut redacted = Redacted { text: String::with_capacity(text.len()), map: SealedMap::default() };
    let mut from = 0;
    for (span, kind) in joined {
        let value = &text[span.clone()];
        let placeholder = placeholder(value, kind, key);
        redacted.text.push_str(&text[from..span.start]);
        redacted.text.push_str(&placeholder);
        from = span.end;
        if let Some(sealed) = seal(&placeholder, value, key) {
            redacted.map.0.insert(placeholder, sealed);
        }
    }
    redacted.text.push_str(&text[from..]);
    redacted
}

/// `[kind:16 digits]`: 64 bits of the keyed digest, so that two values of a run do not share one by chance.
fn placeholder(value: &str, kind: Kind, key: &Key) -> String {
    let name = serde_json::to_string(&kind).unwrap_or_default();
    format!(
        "[{}:{}]",
        name.trim_matches('"'),
        hex::encode(&key.derive(b"placeholder", value.as_bytes())[..8])
    )
}

/// The nonce comes from the value: the same value is sealed the same, and no two values share one.
fn seal(placeholder: &str, value: &str, key: &Key) -> Option<String> {
    let cipher = XChaCha20Poly1305::new_from_slice(&key.derive(b"seal", b"")).ok()?;
    let nonce: [u8; NONCE] = key.derive(b"nonce", value.as_bytes())[..NONCE].try_into().ok()?;
    let sealed = cipher
        .encrypt(&XNonce::from(nonce), Payload { msg: value.as_bytes(), aad: placeholder.as_bytes() })
        .ok()?;
    Some(hex::encode([nonce.as_slice(), &sealed].concat()))
}

impl SealedMap {
    /// The value behind `placeholder`.
    ///
    /// # Errors
    /// If it is not in the map, or `key` is not the one that sealed it.
    pub fn open(&self, placeholder: &str, key: &Key) -> Result<String, NotOpened> {
        let bytes = self.0.get(placeholder).and_then(|sealed| hex::decode(sealed).ok()).ok_or(NotOpened)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE).ok_or(NotOpened)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| NotOpened)?;
        let cipher = XChaCha20Poly1305::new_from_slice(&key.derive(b"seal", b"")).map_err(|_| NotOpened)?;
        let value = cipher
            .decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: placeholder.as_bytes() })
            .map_err(|_| NotOpened)?;
        String::from_utf8(value).map_err(|_| NotOpened)
    }

    /// `text` with every placeholder of the map replaced by its value.
    ///
    /// # Errors
    /// If one does not open with `key`.
    pub fn restore(&self, text: &str, key: &Key) -> Result<String, NotOpened> {
        self.0.keys().try_fold(text.to_owned(), |text, name| {
            Ok(if text.contains(name.as_str()) {
                text.replace(name.as_str(), &self.open(name, key)?)
            } else {
                text
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leak(span: Range<usize>) -> Leak {
        Leak::new(Kind::Credential, "r", span, 1.0, "")
    }

    #[test]
    fn placeholders_are_stable_keyed_and_reversible_by_the_key_alone() {
        let text = "a=hunter2 b=hunter2 c=other33";
        let key = Key::new([1; 32]);
        let redacted = redact(text, &[leak(22..29), leak(2..9), leak(12..19), leak(5..9)], &key);
        assert!(!redacted.text.contains("hunter2") && !redacted.text.contains("other33"));
        assert_eq!(redacted.map.0.len(), 2);
        let names: Vec<&str> = redacted.text.split(' ').map(|part| &part[2..]).collect();
        assert!(names[0] == names[1] && names[0] != names[2]);
        assert_eq!(redact(text, &[leak(2..9)], &key).text.split(' ').next(), redacted.text.split(' ').next());
        assert_ne!(
            redact(text, &[leak(2..9)], &Key::new([2; 32])).text.split(' ').next(),
            redacted.text.split(' ').next()
        );
        assert_eq!(redacted.map.restore(&redacted.text, &key).unwrap(), text);
        assert_eq!(redacted.map.restore(&redacted.text, &Key::new([2; 32])), Err(NotOpened));
        let stored = serde_json::to_string(&redacted.map).unwrap();
        assert!(!stored.contains("hunter2"));
    }
}
