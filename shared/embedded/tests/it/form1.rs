//! Journals of the first form, one uncompressed frame for each record, are read and written on.

use std::fs;
use std::path::Path;

use ideamine_core::ports::Ledger;
use ideamine_core::{RunId, Tenant};
use ideamine_embedded::{Owner, Store, StoreOptions};

use crate::support::{contents, open, segments, with_journal, write};

/// One execution with three facts, as release 0.1 wrote it.
fn sample() -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/compat/v1/journal.log");
    fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[tokio::test]
async fn a_journal_of_the_first_form_is_read_and_goes_on_in_a_segment_of_its_own() {
    let dir = with_journal(&sample());
    let run = RunId::new("bench-0000000").unwrap();
    let mut entries = 0;
    for opened in 0..3 {
        let store = open(dir.path()).unwrap();
        let facts = store.facts(&Tenant::local(), &run).await.unwrap();
        let paths: Vec<_> = facts.iter().map(|fact| fact.path.as_str()).collect();
        assert_eq!(paths, ["0000", "0001", "0002"]);
        assert_eq!(store.live().unwrap().len(), 1);
        entries = 0;
        store
            .scan_entries(0, &mut |_| {
                entries += 1;
                Ok(std::ops::ControlFlow::Continue(()))
            })
            .unwrap();
        // The same again is the same, read from the old segment; another body is refused.
        store.insert(&Tenant::local(), &run, facts.clone()).await.unwrap();
        let mut other = facts[1].clone();
        other.body = facts[0].body.clone();
        other.at_ms += 1;
        let same = other.says_the_same(&facts[1]);
        assert_eq!(store.insert(&Tenant::local(), &run, vec![other]).await.is_ok(), same);
        for number in 0..20 {
            write(&store, opened * 20 + number).await.unwrap();
        }
        let all = contents(&store).await;
        store.close();
        assert_eq!(fs::read(&segments(dir.path())[0]).unwrap(), sample(), "left as it was");
        assert_eq!(segments(dir.path()).len(), 2);
        Store::check(&Owner::acquire(dir.path()).unwrap(), &StoreOptions::default()).unwrap();
        assert_eq!(contents(&open(dir.path()).unwrap()).await, all);
    }
    assert_eq!(entries, 4, "its start and three more");
}
