//! Signatures: Ed25519 and P-256, each in one accepted encoding so that none can be altered and still hold.

use ideamine_core::Digest;
use ideamine_core::records::Signature;
use p256::ecdsa::signature::Verifier as _;

/// Ed25519: 32-byte public key, 64-byte signature, verified strictly (RFC 8032).
pub const ED25519: &str = "ed25519";
/// ECDSA on P-256 with SHA-256: SEC1 point, 64-byte `r || s` with `s` in the lower half.
pub const P256: &str = "p256";

/// Why a signature does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    /// Another algorithm.
    #[error("the algorithm is neither ed25519 nor p256")]
    Algorithm,
    /// The key id is not the key's fingerprint.
    #[error("the key id is not the fingerprint of the public key")]
    KeyId,
    /// The key cannot be read.
    #[error("the public key is not lower-case hex of a key of this algorithm")]
    Key,
    /// The signature cannot be read, or is not in its one accepted form.
    #[error("the signature is not lower-case hex of a signature of this algorithm")]
    Encoding,
    /// It does not fit what was signed.
    #[error("the signature does not fit what it is said to sign")]
    Mismatch,
}

/// Fingerprint of a raw public key given as hex: its SHA-256, hex. `None` when it is not hex.
pub fn fingerprint(public_key: &str) -> Option<String> {
    lower_hex(public_key).map(|bytes| Digest::of(&bytes).hex())
}

/// Whether this is a public key under which a signature could hold: lower-case hex of an Ed25519 key, weak ones
/// left out, or of a SEC1 point on P-256.
pub fn is_public_key(text: &str) -> bool {
    let Some(bytes) = lower_hex(text) else { return false };
    match <[u8; 32]>::try_from(bytes.as_slice()) {
        Ok(bytes) => ed25519_dalek::VerifyingKey::from_bytes(&bytes).is_ok_and(|key| !key.is_weak()),
        Err(_) => p256::ecdsa::VerifyingKey::from_sec1_bytes(&bytes).is_ok(),
    }
}

/// Checks a signature over these bytes under the key that it names; whether that key is trusted is another question.
///
/// # Errors
/// [`BadSignature`].
pub fn verify_signature(signature: &Signature, bytes: &[u8]) -> Result<(), BadSignature> {
    let key = lower_hex(&signature.public_key).ok_or(BadSignature::Key)?;
    if Digest::of(&key).hex() != signature.key_id {
        return Err(BadSignature::KeyId);
    }
    let value = lower_hex(&signature.value).ok_or(BadSignature::Encoding)?;
    match signature.algorithm.as_str() {
        ED25519 => verify_ed25519(&key, &value, bytes),
        P256 => verify_p256(&key, &value, bytes),
        _ => Err(BadSignature::Algorithm),
    }
}

fn verify_ed25519(key: &[u8], value: &[u8], bytes: &[u8]) -> Result<(), BadSignature> {
    let key = <[u8; 32]>::try_from(key).map_err(|_| BadSignature::Key)?;
    let key = ed25519_dalek::VerifyingKey::from_bytes(&key).map_err(|_| BadSignature::Key)?;
    let value = ed25519_dalek::Signature::from_slice(value).map_err(|_| BadSignature::Encoding)?;
    key.verify_strict(bytes, &value).map_err(|_| BadSignature::Mismatch)
}

fn verify_p256(key: &[u8], value: &[u8], bytes: &[u8]) -> Result<(), BadSignature> {
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(key).map_err(|_| BadSignature::Key)?;
    let value = p256::ecdsa::Signature::from_slice(value).map_err(|_| BadSignature::Encoding)?;
    // Both (r, s) and (r, -s) verify; only the lower one is taken.
    if value.normalize_s() != value {
        return Err(BadSignature::Encoding);
    }
    key.verify(bytes, &value).map_err(|_| BadSignature::Mismatch)
}

fn lower_hex(text: &str) -> Option<Vec<u8>> {
    if text.bytes().any(|b| b.is_ascii_uppercase()) {
        return None;
    }
    hex::decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::signature::Signer as _;

    fn ed25519(seed: u8, bytes: &[u8]) -> Signature {
        let key = ed25519_dalek::SigningKey::from_bytes(&[seed; 32]);
        let public = key.verifying_key().to_bytes();
        signature(ED25519, &public, &ed25519_dalek::Signer::sign(&key, bytes).to_bytes())
    }

    #[test]
    fn a_public_key_is_told_from_other_text() {
        let check = |text: &str, expected: bool| assert_eq!(is_public_key(text), expected, "{text}");
        let ed25519 = ed25519(1, b"x").public_key;
        let p256 = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
        check(&ed25519, true);
        check(&hex::encode(p256.verifying_key().to_sec1_point(true)), true);
        check(&ed25519.to_uppercase(), false);
        check(&ed25519[2..], false);
        check(&format!("01{}", "0".repeat(62)), false);
        check(&format!("02{}", "f".repeat(64)), false);
        check("", false);
        check("who", false);
    }

    fn p256_parts(bytes: &[u8]) -> (Vec<u8>, p256::ecdsa::Signature) {
        let key = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
        let value: p256::ecdsa::Signature = key.sign(bytes);
        (key.verifying_key().to_sec1_point(true).as_bytes().to_vec(), value.normalize_s())
    }

    fn signature(algorithm: &str, public: &[u8], value: &[u8]) -> Signature {
        Signature {
            algorithm: algorithm.to_owned(),
            key_id: Digest::of(public).hex(),
            public_key: hex::encode(public),
            value: hex::encode(value),
        }
    }

    #[test]
    fn both_algorithms_sign_and_any_change_is_found() {
        let (public, value) = p256_parts(b"head");
        for good in [ed25519(1, b"head"), signature(P256, &public, &value.to_bytes())] {
            let check = |change: &dyn Fn(&mut Signature), expected| {
                let mut changed = good.clone();
                change(&mut changed);
                assert_eq!(verify_signature(&changed, b"head"), expected, "{}", good.algorithm);
            };
            check(&|_| {}, Ok(()));
            check(&|s| s.algorithm.push('x'), Err(BadSignature::Algorithm));
            check(&|s| s.key_id.replace_range(..2, "zz"), Err(BadSignature::KeyId));
            check(&|s| s.value = s.value.to_uppercase(), Err(BadSignature::Encoding));
            check(&|s| s.value.truncate(10), Err(BadSignature::Encoding));
            check(&|s| s.public_key = s.public_key.to_uppercase(), Err(BadSignature::Key));
            assert_eq!(verify_signature(&good, b"Head"), Err(BadSignature::Mismatch));
        }
        let mut stolen = ed25519(1, b"head");
        stolen.value = ed25519(2, b"head").value;
        assert_eq!(verify_signature(&stolen, b"head"), Err(BadSignature::Mismatch));
    }

    #[test]
    fn the_mirrored_p256_signature_is_refused() {
        let (public, value) = p256_parts(b"head");
        let (r, s) = value.split_scalars();
        let mirrored = p256::ecdsa::Signature::from_scalars(r, -*s).unwrap();
        let signature = signature(P256, &public, &mirrored.to_bytes());
        assert_eq!(verify_signature(&signature, b"head"), Err(BadSignature::Encoding));
    }
}
