//! A disk that takes no more: everybody is told, nothing half-written counts, and the next start goes on.
//!
//! The limit is the system's own (`ulimit -f`), so the write fails as on a full disk; the test runs itself
//! once more under it.

use std::path::Path;
use std::process::Command;

use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Condition, Item, Key, Records, Write};
use ideamine_core::{Digest, Failure};
use ideamine_embedded::Store;
use serde_json::json;

use crate::support::open;

const DIR: &str = "IDEAMINE_TEST_FULL_DISK";
const NAME: &str = "full_disk::a_full_disk_stops_the_store_cleanly";

/// Half of the rows are written over, so that journal and projection grow apart.
async fn put(store: &Store, number: u64) -> Result<(), Failure> {
    let key = Key {
        pk: "local#rows".into(),
        sk: format!("{:05}", if number.is_multiple_of(2) { 0 } else { number }),
    };
    // Text that takes room: one digest after another does not compress.
    let text: String =
        (0..300).map(|part| Digest::of(format!("{number} {part}").as_bytes()).to_string()).collect();
    let value = json!({ "number": number, "text": text });
    store.write(vec![Write::Put { key, value, when: Condition::Any }]).await
}

async fn rows(store: &Store) -> Vec<Item> {
    store.query("local#rows", "", None, usize::MAX).await.unwrap()
}

/// Writes until it fails, as the process under the limit.
async fn fill(dir: &Path) {
    let store = open(dir).unwrap();
    let mut acknowledged = 0;
    let failure = loop {
        match put(&store, acknowledged).await {
            Ok(()) => acknowledged += 1,
            Err(failure) => break failure,
        }
        assert!(acknowledged < 100_000, "the limit never shows");
    };
    std::fs::write(dir.join("acknowledged"), acknowledged.to_string()).unwrap();
    assert_eq!(failure.kind, FailureKind::StoreUnavailable);
    let names_the_file = ["journal/0", "projection.redb"].iter().any(|file| failure.message.contains(file));
    assert!(names_the_file, "says where: {failure}");
    assert!(failure.message.contains("File too large"), "says what: {failure}");
    assert_eq!(put(&store, 1).await.unwrap_err(), failure, "refuses until it is opened again");
}

#[tokio::test]
async fn a_full_disk_stops_the_store_cleanly() {
    if let Some(dir) = std::env::var_os(DIR) {
        return fill(Path::new(&dir)).await;
    }
    // Blocks of 512 bytes. The least is about what a new projection takes.
    for blocks in [4_096, 10_000] {
        let dir = tempfile::tempdir().unwrap();
        let limited = Command::new("sh")
            .args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"")])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", NAME, "--nocapture"])
            .env(DIR, dir.path())
            .status()
            .unwrap();
        assert!(limited.success(), "under {blocks} blocks");
        let acknowledged = std::fs::read_to_string(dir.path().join("acknowledged")).unwrap();
        let acknowledged: u64 = acknowledged.parse().unwrap();
        assert!(acknowledged > 10, "{acknowledged} under {blocks} blocks");

        let expected = tempfile::tempdir().unwrap();
        let reference = open(expected.path()).unwrap();
        for number in 0..acknowledged {
            put(&reference, number).await.unwrap();
        }
        let store = open(dir.path()).unwrap();
        let found = rows(&store).await;
        if found != rows(&reference).await {
            // The one in flight may have reached the journal before the projection was full.
            put(&reference, acknowledged).await.unwrap();
        }
        assert!(found == rows(&reference).await, "all that was acknowledged, and no more");
        put(&store, acknowledged).await.unwrap();
    }
}
