//! SHA-256 digests, and the canonical JSON (RFC 8785) that they are taken over.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The SHA-256 of some bytes; written `sha256:` and 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

/// A text that is not a digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a digest: expected `sha256:` and 64 lower-case hex digits")]
pub struct BadDigest(pub String);

/// A value that has no canonical form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotCanonical {
    /// Floats differ between writers, so documents hold integers and strings only.
    #[error("the number {0} is not an integer: write it as a string or in a smaller unit")]
    Float(String),
    /// It could not be turned into JSON at all.
    #[error("not representable as JSON: {0}")]
    Json(String),
}

impl Digest {
    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
    /// From the raw 32 bytes of a SHA-256.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
    /// The raw 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
    /// 64 hex digits without the prefix.
    pub fn hex(&self) -> String {
        hex::encode(self.0)
    }
    /// Of the canonical JSON of a value.
    ///
    /// # Errors
    /// [`NotCanonical`] when the value holds a float or is not JSON.
    pub fn of_json<T: Serialize>(value: &T) -> Result<Self, NotCanonical> {
        canonical(value).map(|bytes| Self::of(&bytes))
    }
}

/// Canonical JSON (RFC 8785): keys sorted, no white space; integers and strings only.
///
/// # Errors
/// [`NotCanonical`] when the value holds a float or is not JSON.
pub fn canonical<T: Serialize>(value: &T) -> Result<Vec<u8>, NotCanonical> {
    let value = serde_json::to_value(value).map_err(|e| NotCanonical::Json(e.to_string()))?;
    refuse_floats(&value)?;
    serde_jcs::to_vec(&value).map_err(|e| NotCanonical::Json(e.to_string()))
}

fn refuse_floats(value: &Value) -> Result<(), NotCanonical> {
    match value {
        Value::Number(n) if n.is_f64() => Err(NotCanonical::Float(n.to_string())),
        Value::Array(items) => items.iter().try_for_each(refuse_floats),
        Value::Object(fields) => fields.values().try_for_each(refuse_floats),
        _ => Ok(()),
    }
}

impl FromStr for Digest {
    type Err = BadDigest;
    fn from_str(text: &str) -> Result<Self, BadDigest> {
        let bad = || BadDigest(text.chars().take(80).collect());
        let digits = text.strip_prefix("sha256:").ok_or_else(bad)?;
        if digits.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(bad());
        }
        let mut bytes = [0; 32];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| bad())?;
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for Digest {
    type Error = BadDigest;
    fn try_from(text: String) -> Result<Self, BadDigest> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> String {
        digest.to_string()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl schemars::JsonSchema for Digest {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Digest".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^sha256:[0-9a-f]{64}$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_digest_reads_back_what_it_wrote() {
        let digest = Digest::of(b"idea");
        assert_eq!(digest.to_string().parse(), Ok(digest));
        let check = |bad: &str| assert!(bad.parse::<Digest>().is_err(), "{bad}");
        check("");
        check(&digest.hex());
        check(&digest.to_string().to_uppercase());
        check(&digest.to_string()[..70]);
    }

    #[test]
    fn canonical_json_sorts_keys_and_refuses_floats() {
        assert_eq!(
            canonical(&json!({"b": 1, "a": [true, "é"]})).unwrap(),
            "{\"a\":[true,\"é\"],\"b\":1}".as_bytes()
        );
        assert!(matches!(canonical(&json!({"a": [1.5]})), Err(NotCanonical::Float(_))));
    }
}
