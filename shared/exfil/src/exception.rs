//! Signed exceptions: one rule, one value, for a time, by somebody who may say so.
use crate::leak::Leak;
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What is signed is this, before the fields: a signature for something else is none for an exception.
const DOMAIN: &[u8] = b"ideamine exfil exception v1\0";

/// Permission for one value to leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// The rule that would stop it.
    pub rule: String,
    /// SHA-256 of the value, in hexadecimal. Use a digest of a secret with care: a short one can be guessed from it.
    pub value_sha256: String,
    /// The first second (Unix time) at which it no longer holds.
    pub expires_at: u64,
    /// Who signed, as the public key's digest or name.
    pub signer: String,
}

/// Why an exception does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExceptionError {
    /// The signature is not of this key over these fields.
    #[error("the exception's signature is not by this key: sign it again, or name the right key")]
    Signature,
    /// Its time is over.
    #[error("the exception has expired: sign a new one if the value must still leave")]
    Expired,
}

impl Exception {
    /// The digest of `value` as an exception names it.
    pub fn digest(value: &str) -> String {
        hex::encode(Sha256::digest(value.as_bytes()))
    }

    /// The bytes to sign: each field with its length before it.
    pub fn to_sign(&self) -> Vec<u8> {
        let field = |text: &str| [(text.len() as u64).to_be_bytes().as_slice(), text.as_bytes()].concat();
        [
            DOMAIN,
            &field(&self.rule),
            &field(&self.value_sha256),
            &self.expires_at.to_be_bytes(),
            &field(&self.signer),
        ]
        .concat()
    }

    /// Checks `signature` (Ed25519) by `key`, and the time `now` in Unix seconds.
    pub fn verify(&self, key: &VerifyingKey, signature: &Signature, now: u64) -> Result<(), ExceptionError> {
        key.verify_strict(&self.to_sign(), signature).map_err(|_| ExceptionError::Signature)?;
        if now < self.expires_at { Ok(()) } else { Err(ExceptionError::Expired) }
    }

    /// Whether it lets `leak` of `text` pass.
    pub fn allows(&self, text: &str, leak: &Leak) -> bool {
        self.rule == leak.rule
            && text.get(leak.span.clone()).is_some_and(|value| Self::digest(value) == self.value_sha256)
    }
}

/// What is left of `leaks` once the exceptions, each verified by the caller, have let theirs pass.
pub fn except(text: &str, leaks: Vec<Leak>, verified: &[Exception]) -> Vec<Leak> {
    leaks.into_iter().filter(|leak| !verified.iter().any(|exception| exception.allows(text, leak))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leak::Kind;
    use ed25519_dalek::{Signer, SigningKey};

    #[test]
    fn an_exception_holds_for_its_rule_and_value_until_it_expires_and_by_its_key() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let exception = Exception {
            rule: "email.address".into(),
            value_sha256: Exception::digest("a@b.de"),
            expires_at: 100,
            signer: "qa".into(),
        };
        let signature = key.sign(&exception.to_sign());
        assert_eq!(exception.verify(&key.verifying_key(), &signature, 99), Ok(()));
        assert_eq!(exception.verify(&key.verifying_key(), &signature, 100), Err(ExceptionError::Expired));
        let other = SigningKey::from_bytes(&[8; 32]).verifying_key();
        assert_eq!(exception.verify(&other, &signature, 1), Err(ExceptionError::Signature));
        let longer = Exception { expires_at: 1000, ..exception.clone() };
        assert_eq!(longer.verify(&key.verifying_key(), &signature, 1), Err(ExceptionError::Signature));

        let leak = |rule, span| Leak::new(Kind::PersonalData, rule, span, 0.6, "");
        let left = except(
            "a@b.de c@d.de",
            vec![leak("email.address", 0..6), leak("email.address", 7..13), leak("other", 0..6)],
            &[exception],
        );
        assert_eq!(
            left.iter().map(|leak| (&*leak.rule, leak.span.start)).collect::<Vec<_>>(),
            [("email.address", 7), ("other", 0)]
        );
    }
}
