//! What is there after the process, the disk or a hand broke in.

use std::fs;

use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Condition, Key, Ledger, Records, Write};
use ideamine_core::{Failure, Tenant};
use ideamine_embedded::{Owner, Store, StoreOptions};
use ideamine_testkit::decision;
use proptest::prelude::*;
use serde_json::json;

use crate::support::{Contents, contents, kind, open, quick_dir, run, segments, with_journal, write};

const WRITES: u64 = 40;
const SEGMENT_HEADER: usize = 16;
const RECORD_HEADER: usize = 12;

/// Runs the script; returns the journal, and what was there after each write.
async fn scripted() -> (Vec<u8>, Vec<Contents>) {
    let dir = quick_dir();
    let store = open(dir.path()).unwrap();
    let mut states = vec![contents(&store).await];
    for number in 0..WRITES {
        write(&store, number).await.unwrap();
        states.push(contents(&store).await);
    }
    store.close();
    (fs::read(&segments(dir.path())[0]).unwrap(), states)
}

/// Where each record of a segment begins, and where the last one ends.
fn boundaries(journal: &[u8]) -> Vec<usize> {
    let mut at = SEGMENT_HEADER;
    let mut found = vec![at];
    while at < journal.len() {
        let length = u32::from_le_bytes(journal[at + 4..at + 8].try_into().unwrap());
        at += RECORD_HEADER + length as usize;
        found.push(at);
    }
    found
}

#[tokio::test]
async fn a_journal_cut_anywhere_holds_exactly_the_whole_writes_before_the_cut() {
    let (journal, states) = scripted().await;
    let boundaries = boundaries(&journal);
    // Deleting an absent row writes nothing, so some states are equal neighbours.
    let mut distinct = states.clone();
    distinct.dedup();
    assert_eq!(boundaries.len(), distinct.len(), "one record for each change");
    let mut cuts: Vec<usize> = boundaries.clone();
    cuts.extend(boundaries.iter().enumerate().map(|(index, at)| at + [1, 2, 7, 11, 13, 40][index % 6]));
    cuts.extend([0, 3, 15]);
    cuts.retain(|cut| *cut <= journal.len());
    for cut in cuts {
        let dir = with_journal(&journal[..cut]);
        let store = open(dir.path()).unwrap();
        let whole = boundaries.iter().filter(|at| **at <= cut).count().max(1) - 1;
        assert_eq!(contents(&store).await, distinct[whole], "cut at {cut}");
        if cut % 8 == 0 {
            write(&store, 1_000).await.unwrap();
            let after = contents(&store).await;
            store.close();
            assert_eq!(
                contents(&open(dir.path()).unwrap()).await,
                after,
                "written on after the cut at {cut}"
            );
        }
    }
}

#[tokio::test]
async fn zeros_and_rubbish_at_the_end_are_forgotten() {
    let (journal, states) = scripted().await;
    for tail in [vec![0; 5_000], vec![0xAB; 40], b"IM\x04\x00".to_vec()] {
        let dir = with_journal(&[journal.as_slice(), &tail].concat());
        assert_eq!(&contents(&open(dir.path()).unwrap()).await, states.last().unwrap());
    }
}

#[tokio::test]
async fn a_harmed_record_with_others_behind_it_is_named_by_segment_and_offset() {
    let (journal, _) = scripted().await;
    let boundaries = boundaries(&journal);
    for record in [0, 1, boundaries.len() / 2, boundaries.len() - 3] {
        for inside in [0, 2, 4, 9, 20] {
            let mut harmed = journal.clone();
            harmed[boundaries[record] + inside] ^= 0x41;
            let dir = with_journal(&harmed);
            let failure = open(dir.path()).err().unwrap_or_else(|| panic!("record {record} byte {inside}"));
            assert_eq!(failure.kind, FailureKind::DataCorrupt);
            let offset = format!("offset {}", boundaries[record]);
            assert!(failure.message.contains(&offset), "{failure}, expected {offset}");
            assert!(failure.message.contains("00000000000000000000.log"), "{failure}");
            let unchanged = fs::read(&segments(dir.path())[0]).unwrap();
            assert_eq!(unchanged, harmed, "nothing was cut off");
        }
    }
}

#[tokio::test]
async fn a_lost_end_is_noticed_when_the_projection_knew_more() {
    let dir = quick_dir();
    let store = open(dir.path()).unwrap();
    for number in 0..10 {
        write(&store, number).await.unwrap();
    }
    store.close();
    drop(store);
    let segment = &segments(dir.path())[0];
    let journal = fs::read(segment).unwrap();
    let cut = boundaries(&journal)[4];
    fs::write(segment, &journal[..cut]).unwrap();
    let failure = open(dir.path()).err().unwrap();
    assert_eq!(failure.kind, FailureKind::DataCorrupt);
    assert!(failure.message.contains("doctor --rebuild"), "{failure}");
    Store::rebuild(&Owner::acquire(dir.path()).unwrap(), &StoreOptions::default()).unwrap();
    let rebuilt = open(dir.path()).unwrap();
    assert_eq!(contents(&rebuilt).await.1.len(), 1, "the loss was accepted");
}

#[tokio::test]
async fn the_projection_made_anew_says_the_same() {
    for segment_bytes in [1, 2_000, u64::MAX] {
        let dir = quick_dir();
        let options = StoreOptions { segment_bytes, ..StoreOptions::default() };
        let store = Store::open(Owner::acquire(dir.path()).unwrap(), options.clone()).unwrap();
        for number in 0..WRITES {
            write(&store, number).await.unwrap();
        }
        let before = contents(&store).await;
        store.close();
        drop(store);
        let kept = Store::open(Owner::acquire(dir.path()).unwrap(), options.clone()).unwrap();
        assert_eq!(contents(&kept).await, before, "projected");
        kept.close();
        Store::rebuild(&Owner::acquire(dir.path()).unwrap(), &options).unwrap();
        let rebuilt = Store::open(Owner::acquire(dir.path()).unwrap(), options).unwrap();
        assert_eq!(contents(&rebuilt).await, before, "rebuilt");
        assert_eq!(segments(dir.path()).len() > 1, segment_bytes < u64::MAX, "{segment_bytes}");
    }
}

#[tokio::test]
async fn a_missing_segment_is_noticed() {
    let dir = quick_dir();
    let options = StoreOptions { segment_bytes: 500, ..StoreOptions::default() };
    let store = Store::open(Owner::acquire(dir.path()).unwrap(), options.clone()).unwrap();
    for number in 0..WRITES {
        write(&store, number).await.unwrap();
    }
    store.close();
    let paths = segments(dir.path());
    fs::remove_file(&paths[paths.len() / 2]).unwrap();
    let failure = Store::rebuild(&Owner::acquire(dir.path()).unwrap(), &options).unwrap_err();
    assert_eq!(failure.kind, FailureKind::DataCorrupt);
    assert!(failure.message.contains("missing"), "{failure}");
}

#[tokio::test]
async fn facts_that_nobody_waited_for_are_there_once_a_later_write_is() {
    let dir = quick_dir();
    let store = open(dir.path()).unwrap();
    let facts: Vec<_> = (0..20).map(|ordinal| decision("01-a", ordinal, "x")).collect();
    for fact in &facts {
        store.task_ledger().insert(&Tenant::local(), &run(), vec![fact.clone()]).await.unwrap();
    }
    let key = Key { pk: "local#done".into(), sk: "1".into() };
    store.write(vec![Write::Put { key, value: json!(1), when: Condition::Absent }]).await.unwrap();
    // What is on disk now, without the store's having been closed.
    let crashed = with_journal(&fs::read(&segments(dir.path())[0]).unwrap());
    assert_eq!(contents(&open(crashed.path()).unwrap()).await.1, facts);
}

#[tokio::test]
async fn a_second_opener_is_refused_until_the_first_is_closed() {
    let dir = quick_dir();
    let store = open(dir.path()).unwrap();
    let other = store.clone();
    assert_eq!(kind(&open(dir.path())), Some(FailureKind::StoreUnavailable));
    store.close();
    let again = open(dir.path()).unwrap();
    let late: Failure = write(&other, 0).await.unwrap_err();
    assert_eq!(late.kind, FailureKind::StoreUnavailable, "the closed one writes no more");
    write(&again, 0).await.unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn no_byte_of_a_journal_can_be_changed_unnoticed(at in any::<prop::sample::Index>(), flip in 1..=255u8) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (mut journal, states) = scripted().await;
            let last = *boundaries(&journal).iter().rev().nth(1).unwrap();
            let at = SEGMENT_HEADER + at.index(journal.len() - SEGMENT_HEADER);
            journal[at] ^= flip;
            match open(with_journal(&journal).path()) {
                Err(failure) => assert_eq!(failure.kind, FailureKind::DataCorrupt),
                // The last write cannot be told from one that was cut off; it is gone as a whole.
                Ok(store) => {
                    assert!(at >= last, "byte {at} of {}", journal.len());
                    assert!(contents(&store).await != *states.last().unwrap());
                }
            }
        });
    }
}
