//! What the content-addressed store does when files are not as it left them.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use ideamine_core::failure::FailureKind;
use ideamine_core::ports::Artifacts;
use ideamine_core::{Digest, Tenant};
use ideamine_embedded::{ARTIFACT_BYTES_MAX, Cas};

use crate::support::{open, write};

#[tokio::test]
async fn a_flipped_byte_is_never_served_and_putting_the_bytes_again_repairs_it() {
    let dir = tempfile::tempdir().unwrap();
    let cas = Cas::open(dir.path()).unwrap();
    let digest = cas.put(&Tenant::local(), b"precious".to_vec()).await.unwrap();
    let path = cas.path(&Tenant::local(), &digest);
    assert_eq!(path.strip_prefix(dir.path().join("cas/local")).unwrap().to_str().unwrap().len(), 65);
    cas.put(&Tenant::new("other").unwrap(), b"unharmed".to_vec()).await.unwrap();
    assert_eq!(cas.check(), Ok(2));
    for harmed in [&b"Precious"[..], b"", b"precious!"] {
        fs::write(&path, harmed).unwrap();
        let named = cas.check().unwrap_err();
        assert!(
            named.message.contains("1 of 2") && named.message.contains(path.to_str().unwrap()),
            "{named}"
        );
        let failure = cas.get(&Tenant::local(), &digest).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::DataCorrupt);
        assert!(failure.message.contains(&digest.to_string()), "{failure}");
        cas.put(&Tenant::local(), b"precious".to_vec()).await.unwrap();
        assert_eq!(cas.get(&Tenant::local(), &digest).await.unwrap(), b"precious");
    }
}

#[tokio::test]
async fn the_same_bytes_put_twice_are_written_once_and_nothing_else_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let cas = Cas::open(dir.path()).unwrap();
    let digest = cas.put(&Tenant::local(), b"once".to_vec()).await.unwrap();
    let path = cas.path(&Tenant::local(), &digest);
    let before = fs::metadata(&path).unwrap();
    cas.put(&Tenant::local(), b"once".to_vec()).await.unwrap();
    let inode = |metadata: &fs::Metadata| std::os::unix::fs::MetadataExt::ino(metadata);
    assert_eq!(inode(&fs::metadata(&path).unwrap()), inode(&before), "the same file");
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file");
    fs::write(path.with_file_name("another"), "file").unwrap();
    assert_eq!(cas.documents(&Tenant::local()).unwrap(), BTreeSet::from([digest]));
    assert_eq!(cas.documents(&Tenant::new("other").unwrap()).unwrap(), BTreeSet::new());
}

#[tokio::test]
async fn a_document_over_the_limit_is_refused_with_the_limit() {
    let dir = tempfile::tempdir().unwrap();
    let cas = Cas::open(dir.path()).unwrap();
    let failure = cas.put(&Tenant::local(), vec![0; ARTIFACT_BYTES_MAX + 1]).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::InputInvalid);
    assert!(failure.message.contains(&ARTIFACT_BYTES_MAX.to_string()), "{failure}");
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let cas = Cas::open(dir.path()).unwrap();
    // A file where a folder should be stops even a privileged user.
    fs::write(dir.path().join("cas/local"), "").unwrap();
    let failure = cas.put(&Tenant::local(), b"x".to_vec()).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::StoreUnavailable);
    assert!(failure.message.contains("cas/local"), "{failure}");
    let other = Tenant::new("other").unwrap();
    let digest = cas.put(&other, b"x".to_vec()).await.unwrap();
    let mode = fs::metadata(cas.path(&other, &digest)).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "documents are the owner's alone");
    assert_eq!(digest, Digest::of(b"x"));
}

#[tokio::test]
async fn a_document_that_cannot_be_written_stops_the_store_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    let cas = Cas::beside(&store).unwrap();
    cas.put(&Tenant::local(), b"kept".to_vec()).await.unwrap();
    // A file where a folder should be stops even a privileged user.
    fs::write(dir.path().join("cas/other"), "").unwrap();
    let failure = cas.put(&Tenant::new("other").unwrap(), b"x".to_vec()).await.unwrap_err();
    assert_eq!(store.stopped().await, failure);
    assert_eq!(write(&store, 0).await.unwrap_err(), failure, "nothing is recorded about what is not there");
}
