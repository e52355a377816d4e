//! Runs at a steady rate for a long time, the process killed again and again: nothing may be lost or done twice.
//!
//! The parent starts this program as a process that owns the data directory ([`work`]), kills it (SIGKILL) at every
//! interval and starts the next; it counts only what it was told on the child's standard output. At the end another
//! process holds every run against its ledger, as `ideamine verify RUN` does.

mod parent;
mod work;

use std::path::Path;

use ideamine_core::Failure;
use ideamine_engine::bench::Figure;
use serde::Serialize;

pub(super) use parent::soak;

use crate::cli::{SoakArgs, SoakPart};

/// What was measured.
#[derive(Serialize)]
pub(super) struct Report {
    /// How long runs were started, and how many per second were to be.
    minutes: f64,
    rate: f64,
    /// Function calls of each run, without closing and sealing it.
    steps: usize,
    /// Runs that were acknowledged.
    runs: usize,
    kills: usize,
    /// Runs under way at a kill, over all kills.
    in_flight_at_kills: usize,
    /// Acknowledged runs that are not there and complete at the end, nor were before they were removed.
    lost: Figure,
    /// Steps whose result was stored at a kill and that were called again.
    ran_again: Figure,
    /// Runs that `verify` finds *complete* at the end.
    verified_complete: usize,
    /// Runs that retention removed, each complete when it was; their seals are there.
    removed: usize,
    /// Removals that were killed on their way, and gone on with by the next.
    removals_killed: usize,
    /// The slowest removal, seconds; no runs are started meanwhile.
    removal_s_max: f64,
    /// Runs in which it finds something else, and the first finding.
    not_complete: Figure,
    finding: Option<String>,
    /// From the start of a process until it takes up runs: the slowest, seconds.
    restart_s_max: f64,
    /// From asking for a run to its end, restarts included, milliseconds.
    run_p50_ms: f64,
    run_p99_ms: f64,
    /// Most memory of any process, megabytes of a million bytes.
    peak_rss_mb: f64,
    /// Files of the data directory at the end over the runs in it, and the most that they were in all, bytes.
    disk_bytes_per_run: u64,
    disk_bytes_max: u64,
    fsync_p50_us: f64,
    load_1m: f64,
    holds: bool,
}

/// What a process of this bench does.
///
/// # Errors
/// What the store fails with.
pub(super) async fn part(part: SoakPart, args: &SoakArgs, dir: &Path) -> Result<(), Failure> {
    match part {
        SoakPart::Work => work::work(args, dir).await,
        SoakPart::Retain => work::remove(args, dir).await,
        SoakPart::Verify => work::verify(args, dir).await,
    }
}
