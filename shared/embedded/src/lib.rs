//! The ports on one machine: journal, records, content-addressed store, queue, sandbox.
//!
//! Everything of one data directory lies under it, but the signing key:
//!
//! | path | what |
//! |---|---|
//! | `owner.lock` | held by the one process that works on the directory ([`Owner`]) |
//! | `journal/*.log` | append-only truth for executions, records and facts |
//! | `projection.redb` | what the journal says, as ordered keys; can be made anew ([`Store::rebuild`]) |
//! | `projection.left` | how that file was left, so that only a changed one is checked whole |
//! | `cas/TENANT/ab/cd…` | documents by digest ([`Cas`]) |
//!
//! ```
//! # fn main() -> Result<(), ideamine_core::Failure> {
//! use ideamine_embedded::{Cas, Owner, Store, StoreOptions};
//! # let temp = tempfile::tempdir().map_err(|e| ideamine_core::Failure::bug(e.to_string()))?;
//! # let dir = temp.path();
//! let owner = Owner::acquire(dir)?; // `Store.Unavailable` naming the process that has it
//! let store = Store::open(owner, StoreOptions::default())?;
//! let cas = Cas::open(dir)?;
//! // `store` is the Records and the Ledger port, `cas` the Artifacts port.
//! # drop(cas);
//! store.close();
//! # Ok(())
//! # }
//! ```

mod cas;
mod clock;
mod disk;
mod error;
mod events;
pub mod files;
mod journal;
mod owner;
pub mod private;
mod queue;
mod random;
pub mod sandbox;
mod signer;
mod store;

pub use cas::{ARTIFACT_BYTES_MAX, Cas};
pub use clock::SystemClock;
pub use events::{Broadcast, Published, WATCHER_EVENTS_MAX};
pub use journal::{Ended, Entry, Identity, RECORD_BYTES_MAX, SEGMENT_BYTES};
pub use owner::{Owner, Ownership};
pub use queue::{
    Bound, DELIVERIES_MAX, HEARTBEAT, LEASE, LINE_JOBS_MAX, Limits, LocalQueue, PER_MINUTE_MAX, Shown, Taken,
    Which, age_s, allowance, job_rows, purged, remove_job_row, write_job_row,
};
pub use random::SystemRandom;
pub use signer::FileSigner;
pub use store::{
    Begun, Compacted, FACTS_MAX, Found, OVERLAY_KEYS_MAX, PENDING_BYTES_MAX, Removal, Sound, Store,
    StoreOptions, TaskLedger, Written,
};
