//! Every write and sync of the store's files fails once: everybody is told, and nothing half-written counts.

use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Condition, Item, Key, Records, Write};
use serde_json::json;

use super::change::{Change, Table, key};
use super::projection::{Projection, Sync};
use super::{PROJECTION_FILE, Store, StoreOptions};
use crate::disk::Disk;
use crate::owner::Owner;

/// Write sets of the script; a few of them fill a segment.
const WRITES: u64 = 12;
const OPTIONS: StoreOptions = StoreOptions { segment_bytes: 400, sync_floor: std::time::Duration::ZERO };

fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// Two rows at once, so that half of a write set would show.
async fn put(store: &Store, number: u64) -> Result<(), ideamine_core::Failure> {
    let row = |sk: &str| Write::Put {
        key: Key { pk: "local#rows".into(), sk: sk.into() },
        value: json!({ "number": number }),
        when: Condition::Any,
    };
    store.write(vec![row("last"), row(&format!("{number:03}"))]).await
}

async fn rows(store: &Store) -> Vec<Item> {
    store.query("local#rows", "", None, usize::MAX).await.unwrap()
}

/// Runs the script on a disk that is full after so many writes; how many write sets were acknowledged, and
/// whether the disk lasted.
async fn script(dir: &std::path::Path, writes: usize) -> (u64, bool) {
    let owner = Owner::acquire(dir).unwrap();
    let store = match Store::open_on(Disk::full_after(writes), owner, OPTIONS) {
        Ok(store) => store,
        Err(failure) => {
            assert_eq!(failure.kind, FailureKind::StoreUnavailable, "{failure}");
            assert!(failure.message.contains("No space left"), "{failure}");
            return (0, false);
        }
    };
    for number in 0..WRITES {
        let Err(failure) = put(&store, number).await else { continue };
        assert_eq!(failure.kind, FailureKind::StoreUnavailable);
        assert!(failure.message.contains("No space left"), "says what: {failure}");
        assert!(failure.message.contains(dir.to_str().unwrap()), "says where: {failure}");
        assert_eq!(store.stopped().await, failure);
        assert_eq!(put(&store, number).await.unwrap_err(), failure, "refuses until it is opened again");
        let (told, hears) = std::sync::mpsc::channel();
        store.append_entries(vec![], move |result| told.send(result).unwrap());
        assert_eq!(hears.recv().unwrap(), Err(failure), "nobody waits for what never comes");
        return (number, false);
    }
    (WRITES, true)
}

#[tokio::test]
async fn whichever_write_fails_what_was_acknowledged_is_there_and_no_half_of_anything() {
    let reference = folder();
    let store = Store::open(Owner::acquire(reference.path()).unwrap(), OPTIONS).unwrap();
    let mut states = vec![rows(&store).await];
    for number in 0..WRITES {
        put(&store, number).await.unwrap();
        states.push(rows(&store).await);
    }
    let mut stopped_early = 0;
    for writes in 0.. {
        let dir = folder();
        let (acknowledged, lasted) = script(dir.path(), writes).await;
        stopped_early += usize::from(!lasted);
        let store = Store::open(Owner::acquire(dir.path()).unwrap(), OPTIONS).unwrap();
        let found = rows(&store).await;
        let at = usize::try_from(acknowledged).unwrap();
        // The one in flight may have reached the disk before its sync failed.
        let whole = found == states[at] || states.get(at + 1) == Some(&found);
        assert!(whole, "{acknowledged} acknowledged on a disk of {writes} writes: {found:?}");
        put(&store, 100).await.unwrap();
        store.close();
        Store::check(&Owner::acquire(dir.path()).unwrap(), &OPTIONS).unwrap();
        if lasted {
            break;
        }
    }
    assert!(stopped_early > 2 * usize::try_from(WRITES).unwrap(), "each write set takes a write and a sync");
}

#[test]
fn whichever_write_of_the_projection_fails_it_says_so_and_the_next_opening_finds_it_sound() {
    let change = |number: usize| Change {
        key: key(Table::Row, &[format!("{number:04}").as_bytes()]).into(),
        value: Some(vec![7; 2_000].into()),
        lies_at: None,
    };
    let changes: Vec<_> = (0..30).map(change).collect();
    let mut failures = 0;
    for writes in 0.. {
        let dir = folder();
        Projection::make(&dir.path().join(PROJECTION_FILE), Disk::default()).unwrap().close();
        let path = dir.path().join(PROJECTION_FILE);
        let apply = |disk| {
            let projection = match path.exists() {
                true => Projection::open(&path, disk)?,
                false => Projection::make(&path, disk)?,
            };
            for part in changes.chunks(10) {
                projection.apply(part, Some(1), Sync::Now)?;
            }
            projection.close();
            Ok::<_, ideamine_core::Failure>(())
        };
        let Err(failure) = apply(Disk::full_after(writes)) else { break };
        failures += 1;
        assert_eq!(failure.kind, FailureKind::StoreUnavailable, "{failure}");
        assert!(failure.message.contains("No space left"), "{failure}");
        apply(Disk::default()).unwrap();
    }
    assert!(failures > 10, "{failures}");
}
