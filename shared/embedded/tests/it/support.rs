//! Opening, filling and comparing stores.

use std::fs;
use std::path::{Path, PathBuf};

use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Condition, Item, Key, Ledger, Records, Write};
use ideamine_core::records::{Fact, Row, SignedHead};
use ideamine_core::{Failure, RunId, Tenant};
use ideamine_embedded::{Owner, Store, StoreOptions};
use ideamine_testkit::{decision, sealed};
use serde_json::json;

/// Everything that the script can have written.
pub(crate) type Contents = (Vec<Item>, Vec<Fact>, Vec<Row>, Vec<SignedHead>);

pub(crate) fn open(dir: &Path) -> Result<Store, Failure> {
    Store::open(Owner::acquire(dir)?, StoreOptions::default())
}

pub(crate) fn run() -> RunId {
    RunId::new("r1").unwrap()
}

/// One write of the script: rows that change and go, facts, and now and then a seal.
pub(crate) async fn write(store: &Store, number: u64) -> Result<(), Failure> {
    let key = |n: u64| Key { pk: "local#run#r1".into(), sk: format!("row#{:02}", n % 7) };
    let fact = decision("01-a", u32::try_from(number).unwrap(), &format!("choice {number}"));
    match number % 5 {
        0..2 => {
            let value =
                json!({ "number": number, "text": "é".repeat(usize::try_from(number % 60).unwrap()) });
            store.write(vec![Write::Put { key: key(number), value, when: Condition::Any }]).await
        }
        2 => store.write(vec![Write::Delete { key: key(number - 1), when: Condition::Any }]).await,
        3 => store.insert(&Tenant::local(), &run(), vec![fact]).await,
        _ => {
            let size = store.rows(&Tenant::local(), &run()).await?.len() as u64;
            let (rows, head) = sealed(&Tenant::local(), &run(), size, &[fact.clone(), fact]);
            store.append(&Tenant::local(), &run(), rows, head).await
        }
    }
}

pub(crate) async fn contents(store: &Store) -> Contents {
    let (local, run) = (Tenant::local(), run());
    (
        store.query("local#run#r1", "", None, usize::MAX).await.unwrap(),
        store.facts(&local, &run).await.unwrap(),
        store.rows(&local, &run).await.unwrap(),
        store.heads(&local, &run).await.unwrap(),
    )
}

/// Segments of a data directory, in order.
pub(crate) fn segments(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir.join("journal")).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// A new directory in memory where there is such a place: these tests cut files, not the power.
pub(crate) fn quick_dir() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// A new directory with these bytes as its journal's only segment.
pub(crate) fn with_journal(bytes: &[u8]) -> tempfile::TempDir {
    let dir = quick_dir();
    fs::create_dir(dir.path().join("journal")).unwrap();
    fs::write(dir.path().join("journal/00000000000000000000.log"), bytes).unwrap();
    dir
}

pub(crate) fn kind<T>(result: &Result<T, Failure>) -> Option<FailureKind> {
    result.as_ref().err().map(|failure| failure.kind)
}
