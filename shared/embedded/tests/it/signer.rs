//! The signing key's file.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use ideamine_core::Digest;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::Signer;
use ideamine_embedded::FileSigner;

fn bytes<const N: usize>(hex_: &str) -> [u8; N] {
    hex::decode(hex_).unwrap().try_into().unwrap()
}

#[tokio::test]
async fn a_key_is_made_once_and_its_signatures_verify() {
    let (config, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = config.path().join("new/signing.key");
    let first = FileSigner::open(&path, data.path()).unwrap();
    let again = FileSigner::open(&path, data.path()).unwrap();
    let public = first.public_key().await.unwrap();
    assert_eq!(again.public_key().await.unwrap(), public);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);

    let signed = again.sign(b"head").await.unwrap();
    assert_eq!((signed.algorithm.as_str(), &signed.public_key), ("ed25519", &public));
    assert_eq!(signed.key_id, Digest::of(&bytes::<32>(&public)).hex());
    let key = VerifyingKey::from_bytes(&bytes(&public)).unwrap();
    let signature = Signature::from_bytes(&bytes(&signed.value));
    key.verify(b"head", &signature).unwrap();
    assert!(key.verify(b"heal", &signature).is_err());
}

#[test]
fn many_who_open_it_at_once_get_one_key() {
    let (config, data) = (tempfile::tempdir().unwrap(), Arc::new(tempfile::tempdir().unwrap()));
    let path = config.path().join("signing.key");
    let open = |_| {
        let (path, data) = (path.clone(), data.clone());
        std::thread::spawn(move || FileSigner::open(&path, data.path()).map(|_| fs::read(&path).unwrap()))
    };
    let opened: Vec<_> = (0..8).map(open).collect();
    let keys: Vec<_> = opened.into_iter().map(|thread| thread.join().unwrap().unwrap()).collect();
    assert!(keys.iter().all(|key| *key == keys[0]));
}

#[test]
fn a_key_that_is_not_safe_or_not_a_key_is_refused_with_its_path() {
    let (config, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = config.path().join("signing.key");
    let refused = |text: &str, mode: u32, expected: &str| {
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let failure = FileSigner::open(&path, data.path()).unwrap_err();
        assert_eq!(failure.kind, FailureKind::ConfigInvalid);
        assert!(failure.message.contains(expected), "{failure}");
        assert!(failure.message.contains("signing.key"), "{failure}");
        assert!(!failure.message.contains(text), "the key is not shown");
    };
    let key = "ab".repeat(32);
    refused(&key, 0o640, "640");
    refused(&key, 0o604, "604");
    refused("not a key", 0o600, "64 hex digits");
    refused(&key[..62], 0o600, "64 hex digits");
    let inside = FileSigner::open(&data.path().join("signing.key"), data.path()).unwrap_err();
    assert!(inside.message.contains("outside the data directory"), "{inside}");
    assert!(!data.path().join("signing.key").exists());
}
