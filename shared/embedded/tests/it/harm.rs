//! A projection that another hand changed: named with its remedy, or as if nothing had happened, never a panic.

use std::fs;
use std::path::Path;

use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use ideamine_embedded::{Owner, Store, StoreOptions};

use crate::support::{Contents, contents, open, quick_dir, segments, write};

const WRITES: u64 = 60;
/// Bytes of the file's header, each of which is flipped.
const HEADER_BYTES: usize = 400;
/// Flipped bytes behind the header, evenly spread over all that is not zero.
const FLIPS: usize = 150;

/// A closed store and what it holds.
async fn filled() -> (tempfile::TempDir, Contents) {
    let dir = quick_dir();
    let store = open(dir.path()).unwrap();
    for number in 0..WRITES {
        write(&store, number).await.unwrap();
    }
    let all = contents(&store).await;
    store.close();
    (dir, all)
}

fn owner(dir: &Path) -> Owner {
    Owner::acquire(dir).unwrap()
}

fn check(dir: &Path) -> Result<u64, Failure> {
    Store::check(&owner(dir), &StoreOptions::default()).map(|sound| sound.keys)
}

/// A directory with this journal and this projection.
fn with_projection(like: &Path, projection: &[u8]) -> tempfile::TempDir {
    let dir = quick_dir();
    fs::create_dir(dir.path().join("journal")).unwrap();
    for segment in segments(like) {
        fs::copy(&segment, dir.path().join("journal").join(segment.file_name().unwrap())).unwrap();
    }
    fs::write(dir.path().join("projection.redb"), projection).unwrap();
    dir
}

#[track_caller]
fn names_the_remedy(failure: &Failure, at: usize) {
    assert_eq!(failure.kind, FailureKind::DataCorrupt, "byte {at}: {failure}");
    assert!(failure.message.contains("doctor --rebuild"), "byte {at}: {failure}");
}

#[tokio::test]
async fn a_flipped_byte_is_harmless_or_named_and_rebuilding_repairs_it() {
    let (dir, all) = filled().await;
    let sound = fs::read(dir.path().join("projection.redb")).unwrap();
    let used: Vec<_> = (HEADER_BYTES..sound.len()).filter(|at| sound[*at] != 0).collect();
    let spread = used.iter().copied().step_by(used.len() / FLIPS);
    let mut named = 0;
    for (number, at) in (0..HEADER_BYTES).chain(spread).enumerate() {
        let mut harmed = sound.clone();
        harmed[at] ^= 1 << (number % 8);
        let dir = with_projection(dir.path(), &harmed);
        match open(dir.path()) {
            Ok(store) => assert_eq!(contents(&store).await, all, "byte {at}"),
            Err(failure) => {
                names_the_remedy(&failure, at);
                names_the_remedy(&check(dir.path()).unwrap_err(), at);
                Store::rebuild(&owner(dir.path()), &StoreOptions::default()).unwrap();
                assert_eq!(contents(&open(dir.path()).unwrap()).await, all, "byte {at}");
                named += 1;
            }
        }
        check(dir.path()).unwrap();
    }
    assert!(named > FLIPS / 3, "{named}");
}

#[tokio::test]
async fn a_file_cut_anywhere_or_of_another_kind_is_made_anew_or_named() {
    let (dir, all) = filled().await;
    let sound = fs::read(dir.path().join("projection.redb")).unwrap();
    let text = b"this is not a database, and longer than any header would have to be".repeat(100);
    let cut = |bytes: usize| sound[..bytes].to_vec();
    let files = [cut(0), cut(1), cut(64), cut(5_000), cut(sound.len() / 2), cut(sound.len() - 1), text];
    for (number, file) in files.iter().enumerate() {
        let dir = with_projection(dir.path(), file);
        match open(dir.path()) {
            Ok(store) => assert_eq!(contents(&store).await, all),
            Err(failure) => names_the_remedy(&failure, number),
        }
        Store::rebuild(&owner(dir.path()), &StoreOptions::default()).unwrap();
        assert_eq!(contents(&open(dir.path()).unwrap()).await, all);
    }
}

#[tokio::test]
async fn a_sound_file_that_says_something_else_than_the_journal_is_found_by_the_check() {
    let (dir, _) = filled().await;
    let keys = check(dir.path()).unwrap();
    assert!(keys > 20, "{keys}");
    let other = quick_dir();
    let store = open(other.path()).unwrap();
    for number in (0..WRITES / 2).rev() {
        let _ = write(&store, number).await;
    }
    store.close();
    fs::copy(other.path().join("projection.redb"), dir.path().join("projection.redb")).unwrap();
    let failure = check(dir.path()).unwrap_err();
    names_the_remedy(&failure, 0);
    assert!(failure.message.contains("rows:") && failure.message.contains("keys"), "{failure}");
    Store::rebuild(&owner(dir.path()), &StoreOptions::default()).unwrap();
    assert_eq!(check(dir.path()).unwrap(), keys);
    let left: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains(".new")), "{left:?}");
}

#[tokio::test]
async fn a_file_that_is_just_as_it_was_left_is_trusted_and_a_copy_of_it_is_read_whole() {
    let (dir, all) = filled().await;
    for _ in 0..2 {
        let store = open(dir.path()).unwrap();
        assert_eq!(contents(&store).await, all);
        store.close();
        assert!(dir.path().join("projection.left").exists());
    }
    let copy = with_projection(dir.path(), &fs::read(dir.path().join("projection.redb")).unwrap());
    fs::copy(dir.path().join("projection.left"), copy.path().join("projection.left")).unwrap();
    assert_eq!(contents(&open(copy.path()).unwrap()).await, all);
}
