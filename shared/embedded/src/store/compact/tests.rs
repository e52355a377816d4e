//! Runs that share documents in any way: what goes is what nothing that stays refers to, told by the graph that the
//! test made, not by the walk that is tested; and it is so wherever a compaction is broken off.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use ideamine_core::ports::{Artifacts, Condition, ExecutionStatus, Key, Ledger, Records, Write};
use ideamine_core::records::{Fact, key};
use ideamine_core::{Digest, RunId, Tenant};
use ideamine_testkit::decision;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use serde_json::json;

use super::commit::{INTENT_FILE, Intent, NEW_JOURNAL_DIR, Step, steps};
use super::{Compacted, Removal};
use crate::journal::{Ended, Entry, Identity, SEGMENT_BYTES};
use crate::{Cas, Owner, Store, StoreOptions};

const DOCUMENTS: usize = 10;

/// What each document names, and what each run names; a document names earlier ones only.
#[derive(Debug, Clone)]
struct Graph {
    documents: Vec<BTreeSet<usize>>,
    runs: Vec<BTreeSet<usize>>,
    /// Runs that go.
    go: BTreeSet<usize>,
}

fn graph() -> impl Strategy<Value = Graph> {
    let named = || btree_set(0..DOCUMENTS, 0..3);
    (vec(named(), DOCUMENTS), vec(named(), 1..6), btree_set(0_usize..6, 0..6)).prop_map(
        |(documents, runs, go)| Graph {
            documents: documents
                .into_iter()
                .enumerate()
                .map(|(own, named)| named.into_iter().filter(|other| *other < own).collect())
                .collect(),
            go: go.into_iter().filter(|run| *run < runs.len()).collect(),
            runs,
        },
    )
}

impl Graph {
    /// Documents that a run that stays leads to.
    fn live(&self) -> BTreeSet<usize> {
        let mut live = BTreeSet::new();
        let stay = (0..self.runs.len()).filter(|run| !self.go.contains(run));
        let mut open: Vec<usize> = stay.flat_map(|run| self.runs[run].iter().copied()).collect();
        while let Some(document) = open.pop() {
            if live.insert(document) {
                open.extend(&self.documents[document]);
            }
        }
        live
    }
}

/// The graph in a data directory.
struct World {
    dir: tempfile::TempDir,
    graph: Graph,
    digests: Vec<Digest>,
}

fn run(number: usize) -> RunId {
    RunId::new(&format!("run-{number}")).unwrap()
}

fn open(dir: &Path) -> (Store, Cas) {
    let store = Store::open(Owner::acquire(dir).unwrap(), StoreOptions::default()).unwrap();
    let cas = Cas::beside(&store).unwrap();
    (store, cas)
}

impl World {
    async fn make(graph: Graph) -> Self {
        let (dir, tenant) = (tempfile::tempdir().unwrap(), Tenant::local());
        let (store, cas) = open(dir.path());
        let mut digests: Vec<Digest> = vec![];
        for (number, named) in graph.documents.iter().enumerate() {
            let named: Vec<Digest> = named.iter().map(|other| digests[*other]).collect();
            let text = json!({ "number": number, "named": named }).to_string();
            digests.push(cas.put(&tenant, text.into_bytes()).await.unwrap());
        }
        for (number, named) in graph.runs.iter().enumerate() {
            let row = Key { pk: key::run_pk(&tenant, &run(number)), sk: "run".to_owned() };
            for version in 0..2_usize {
                // What an earlier version of a row named keeps nothing.
                let named: Vec<Digest> =
                    if version == 0 { digests.clone() } else { named.iter().map(|n| digests[*n]).collect() };
                let (key, value) = (row.clone(), json!({ "named": named }));
                store.write(vec![Write::Put { key, value, when: Condition::Any }]).await.unwrap();
            }
            store.insert(&tenant, &run(number), World::facts(number)).await.unwrap();
            World::execute(&store, number).await;
        }
        store.close();
        Self { dir, graph, digests }
    }

    fn facts(number: usize) -> Vec<Fact> {
        vec![decision("01-a", 0, &format!("choice {number}")), decision("01-a", 1, "other")]
    }

    /// An execution with a child; both end.
    async fn execute(store: &Store, number: usize) {
        let end =
            Ended { status: ExecutionStatus::Succeeded, output: None, error: None, cause: None, at_ms: 1 };
        let first = 2 * number as u64 + 1;
        let entries =
            [(first, "run", None), (first + 1, "child", Some((first, 0)))].map(|(no, machine, parent)| {
                let id = format!("{machine}:{}", run(number));
                let identity = Identity {
                    no,
                    id: id.clone(),
                    machine: machine.to_owned(),
                    name: run(number).to_string(),
                    definition: "00".to_owned(),
                    input: "00".to_owned(),
                    at_ms: 1,
                    parent,
                };
                let started = Entry::Started { identity, events: b"[]".into(), end: None };
                [started, Entry::Events { no, id, at_ms: 1, events: b"[]".into(), end: Some(end.clone()) }]
            });
        let (told, heard) = tokio::sync::oneshot::channel();
        store.append_entries(entries.into_iter().flatten().collect(), |done| drop(told.send(done)));
        heard.await.unwrap().unwrap();
    }

    fn removal(&self) -> Removal {
        let (tenant, runs) = (Tenant::local(), self.graph.go.iter().map(|number| run(*number)));
        let runs: BTreeSet<RunId> = runs.collect();
        Removal {
            partitions: runs.iter().map(|run| key::run_pk(&tenant, run)).collect(),
            executions: runs.iter().map(|run| format!("run:{run}")).collect(),
            rows: BTreeSet::new(),
            weak: BTreeSet::new(),
            tenant,
            runs,
        }
    }

    /// What goes, as a caller finds it.
    fn dead(&self, store: &Store, cas: &Cas) -> Vec<PathBuf> {
        let tenant = Tenant::local();
        let live = cas.reachable(&tenant, store.named(&self.removal()).unwrap()).unwrap();
        let later = SystemTime::now() + Duration::from_secs(60);
        let all = cas.older_than(&tenant, later).unwrap();
        let dead = all.into_keys().filter(|digest| !live.contains(digest));
        dead.map(|digest| cas.path(&tenant, &digest).strip_prefix(self.dir.path()).unwrap().to_owned())
            .collect()
    }

    /// The decision alone, as a process leaves it that is killed right after it; what goes.
    fn decide(&self) -> Vec<PathBuf> {
        let (store, cas) = open(self.dir.path());
        let dead = self.dead(&store, &cas);
        store.decide(&self.removal(), tombstones(), &dead, SEGMENT_BYTES).unwrap();
        store.close();
        dead
    }

    fn compact(&self) -> Compacted {
        let (store, cas) = open(self.dir.path());
        let dead = self.dead(&store, &cas);
        store.compact(&self.removal(), tombstones(), &dead, SEGMENT_BYTES).unwrap()
    }

    /// Opens the directory as any process does, and looks at everything.
    async fn holds(&self, removed: bool) {
        let (tenant, dir) = (Tenant::local(), self.dir.path());
        let (store, cas) = open(dir);
        for (number, named) in self.graph.runs.iter().enumerate() {
            let gone = removed && self.graph.go.contains(&number);
            let facts = store.facts(&tenant, &run(number)).await.unwrap();
            assert_eq!(facts, if gone { vec![] } else { World::facts(number) }, "run {number}");
            let found = ["run", "child"].map(|machine| store.find_now(&format!("{machine}:{}", run(number))));
            let newest = number + 1 == self.graph.runs.len();
            assert_eq!(found[0].as_ref().unwrap().is_none(), gone, "run {number}");
            // Of the newest execution its number stays.
            assert_eq!(found[1].as_ref().unwrap().is_none(), gone && !newest, "child of run {number}");
            let row = Key { pk: key::run_pk(&tenant, &run(number)), sk: "run".to_owned() };
            let row = store.get(&row).await.unwrap().map(|item| item.value);
            let named: Vec<Digest> = named.iter().map(|document| self.digests[*document]).collect();
            assert_eq!(row, (!gone).then(|| json!({ "named": named })), "run {number}");
        }
        assert_eq!(store.last_number().unwrap(), 2 * self.graph.runs.len() as u64);
        let tombstone = store.get(tombstones().first_key_value().unwrap().0).await.unwrap();
        assert_eq!(tombstone.is_some(), removed);
        let live = if removed { self.graph.live() } else { (0..DOCUMENTS).collect() };
        let live: BTreeSet<Digest> = live.into_iter().map(|document| self.digests[document]).collect();
        assert_eq!(cas.documents(&tenant).unwrap(), live);
        store.close();
        drop(store);
        Store::check(&Owner::acquire(dir).unwrap(), &StoreOptions::default()).unwrap();
        assert!(![INTENT_FILE, NEW_JOURNAL_DIR, "journal.old"].iter().any(|name| dir.join(name).exists()));
    }
}

fn tombstones() -> BTreeMap<Key, serde_json::Value> {
    [(Key { pk: "local#removed".to_owned(), sk: "x".to_owned() }, json!({ "gone": true }))].into()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Runtime::new().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn exactly_what_nothing_that_stays_leads_to_is_removed(graph in graph()) {
        runtime().block_on(async {
            let world = World::make(graph).await;
            let compacted = world.compact();
            assert!(compacted.bytes_after < compacted.bytes_before);
            world.holds(true).await;
        });
    }
}

/// A run that stays and one that goes share a document that names another; each has one of its own.
fn shared() -> Graph {
    let mut documents = vec![BTreeSet::new(); DOCUMENTS];
    documents[1].insert(0);
    Graph { documents, runs: vec![[1, 2].into(), [1, 3].into()], go: [1].into() }
}

#[tokio::test]
async fn before_the_decision_nothing_has_changed() {
    let world = World::make(shared()).await;
    world.decide();
    fs::remove_file(world.dir.path().join(INTENT_FILE)).unwrap();
    world.holds(false).await;
}

#[tokio::test]
async fn after_the_decision_the_next_opening_goes_on_from_anywhere() {
    let dead = World::make(shared()).await.decide();
    let steps = steps(&Intent::new(&dead).unwrap());
    for done in 0..=steps.len() {
        let world = World::make(shared()).await;
        world.decide();
        for step in &steps[..done] {
            step.go(world.dir.path()).unwrap();
        }
        world.holds(true).await;
    }
}

#[tokio::test]
async fn journals_that_have_not_changed_places_do_so_later() {
    let moves: [&[(&str, &str)]; 2] = [&[], &[("journal", "journal.old")]];
    for moves in moves {
        let world = World::make(shared()).await;
        world.decide();
        let dir = world.dir.path();
        fs::remove_file(dir.join("projection.redb")).unwrap();
        for (from, to) in moves {
            fs::rename(dir.join(from), dir.join(to)).unwrap();
        }
        world.holds(true).await;
    }
    assert_eq!(steps(&Intent::new(&[]).unwrap())[0], Step::Replace);
}

#[tokio::test]
async fn a_document_that_was_removed_can_be_stored_again() {
    let world = World::make(shared()).await;
    world.compact();
    let (store, cas) = open(world.dir.path());
    let (tenant, digest) = (Tenant::local(), world.digests[3]);
    assert!(!cas.has(&tenant, &digest).await.unwrap());
    let text = json!({ "number": 3, "named": Vec::<Digest>::new() }).to_string();
    assert_eq!(cas.put(&tenant, text.clone().into_bytes()).await.unwrap(), digest);
    assert_eq!(cas.get(&tenant, &digest).await.unwrap(), text.into_bytes());
    store.close();
}

#[tokio::test]
async fn what_runs_is_not_removed() {
    let world = World::make(shared()).await;
    let (store, _) = open(world.dir.path());
    let identity = Identity {
        no: 5,
        id: "child:late".to_owned(),
        machine: "child".to_owned(),
        name: "late".to_owned(),
        definition: "00".to_owned(),
        input: "00".to_owned(),
        at_ms: 1,
        parent: Some((3, 1)),
    };
    let (told, heard) = tokio::sync::oneshot::channel();
    store.append_entries(vec![Entry::Started { identity, events: b"[]".into(), end: None }], |done| {
        drop(told.send(done));
    });
    heard.await.unwrap().unwrap();
    let refused = store.named(&world.removal()).unwrap_err();
    assert!(refused.message.contains("child:late"), "{refused}");
    store.close();
}

#[test]
fn a_path_out_of_the_data_directory_is_refused() {
    for path in ["../x", "/etc/x", "cas/../../x", "./x"] {
        assert!(Intent::new(&[PathBuf::from(path)]).is_err(), "{path}");
    }
}
