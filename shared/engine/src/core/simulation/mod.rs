//! Many small worlds, each made by a seed: crashes between any two entries, full and slow disks, results that come
//! late and twice, clocks that jump, runs that somebody stops. Every run ends as the undisturbed one, or is stopped for
//! good if that was asked for; no completed task runs again and none of what has ended begins, nothing
//! acknowledged is lost, and what the engine holds is at any time what is written.
//!
//! `IDEAMINE_SEEDS=10000` makes more worlds; `IDEAMINE_SEED=N` makes one, and prints what happens in it.

mod disk;
#[allow(dead_code, reason = "the tests around the engine use all of it")]
#[path = "../../../tests/it/machines.rs"]
mod machines;
mod rng;
mod world;

use std::io::Write as _;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;

use ideamine_embedded::{Entry, Found, Owner, Store, StoreOptions};

use disk::executions;
use rng::Rng;
use world::{Ends, NAMES, Nature, World};

/// Worlds, unless the environment says otherwise.
const SEEDS: u64 = 300;
/// One world in so many also goes onto a real disk.
const ONTO_DISK: u64 = 25;

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is `{text}`, expected a number")))
}

fn undisturbed() -> Ends {
    let nature = Nature { runs: NAMES.len(), faults: 0, slow_disk: 1, unruly: false, stops: false };
    World::new(nature, Rng::new(0)).run().0
}

fn world(seed: u64) -> World {
    let mut rng = Rng::new(seed);
    World::new(Nature::of(&mut rng), rng)
}

/// Makes a world and sees it through; what it wrote.
fn see_through(world: &mut World, expected: &Ends) -> Vec<Entry> {
    let (ends, durable) = world.run();
    for (name, (output, steps)) in &ends {
        let (all, every) = &expected[name];
        match output {
            None => assert!(steps.is_subset(every), "run {name} was stopped after {steps:?}"),
            some => assert_eq!((some, steps), (all, every), "run {name} did not end as the undisturbed one"),
        }
    }
    durable
}

#[test]
fn whatever_happens_every_run_ends_as_the_undisturbed_one() {
    let expected = undisturbed();
    assert!(expected.len() == NAMES.len() && expected.values().all(|(_, steps)| steps.len() == 12));
    let one = number("IDEAMINE_SEED");
    let seeds = match one {
        Some(seed) => seed..seed + 1,
        None => 0..number("IDEAMINE_SEEDS").unwrap_or(SEEDS),
    };
    for seed in seeds {
        let mut world = world(seed);
        let seen = catch_unwind(AssertUnwindSafe(|| {
            let durable = see_through(&mut world, &expected);
            if one.is_some() || seed.is_multiple_of(ONTO_DISK) {
                on_a_real_disk(&durable, &mut Rng::new(seed));
            }
        }));
        let mut out = std::io::stderr().lock();
        if one.is_some() {
            writeln!(out, "{}", world.trace).unwrap();
        }
        if let Err(panic) = seen {
            writeln!(out, "seed {seed} failed; IDEAMINE_SEED={seed} replays it and prints what happens")
                .unwrap();
            resume_unwind(panic);
        }
    }
}

#[test]
fn a_seed_makes_the_same_world_every_time() {
    let expected = undisturbed();
    for seed in 0..20 {
        let traces = [(); 2].map(|()| {
            let mut world = world(seed);
            see_through(&mut world, &expected);
            world.digest()
        });
        assert_eq!(traces[0], traces[1], "seed {seed}");
    }
}

/// The same entries in a real store whose last write was torn: a beginning of them is left, and the tables say exactly
/// what that beginning says.
fn on_a_real_disk(durable: &[Entry], rng: &mut Rng) {
    let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let options = StoreOptions::default();
    let store = Store::open(Owner::acquire(dir.path()).unwrap(), options.clone()).unwrap();
    for entries in durable.chunks(7) {
        store.append_entries(entries.to_vec(), |written| written.unwrap());
    }
    store.close();
    tear(dir.path(), rng);

    let store = Store::open(Owner::acquire(dir.path()).unwrap(), options.clone()).unwrap();
    let mut left: Vec<Entry> = vec![];
    let mut begins: Vec<u64> = vec![];
    let mut read = |entry| {
        left.push(entry);
        Ok(ControlFlow::Continue(()))
    };
    store.scan_entries(0, &mut read).unwrap();
    // Definitions are found by digest; a visit passes over them.
    let written = durable.iter().filter(|entry| !matches!(entry, Entry::Definition { .. }));
    assert!(
        left.iter().zip(written).all(|(left, written)| left == written),
        "what is left is not a beginning"
    );
    assert!(left.len() <= durable.len(), "more is left than was written");
    let shown = |found: Found| (found.begun.identity, found.ended);
    let mut running = vec![];
    for found in executions(&left) {
        let there = store.find_now(&found.begun.identity.id).unwrap().unwrap();
        begins.push(there.begun.from);
        running.extend(found.ended.is_none().then_some(found.begun.identity.no));
        assert_eq!(shown(there), shown(found));
    }
    assert!(begins.is_sorted());
    let live: Vec<u64> = store.live().unwrap().into_iter().map(|begun| begun.identity.no).collect();
    assert_eq!(live, running);
    store.close();
    Store::check(&Owner::acquire(dir.path()).unwrap(), &options).unwrap();
}

/// Cuts the journal somewhere in its last bytes, as a write that was torn; the tables are of before.
fn tear(dir: &Path, rng: &mut Rng) {
    let mut segments: Vec<_> =
        std::fs::read_dir(dir.join("journal")).unwrap().map(|entry| entry.unwrap().path()).collect();
    segments.sort();
    let segment = std::fs::File::options().write(true).open(segments.last().unwrap()).unwrap();
    let length = segment.metadata().unwrap().len();
    segment.set_len(length - (rng.below(2_000) as u64).min(length - 64)).unwrap();
    // Tables are behind the journal, never ahead: those of the whole journal are not the torn one's.
    for entry in std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_file()
            && entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with("projection"))
        {
            std::fs::remove_file(entry).unwrap();
        }
    }
}
