//! Retention: what ended, sealed and complete runs leave is removed once they are old enough, and it is shown that
//! nothing that stays has lost anything.
//!
//! What stays is found by walking every digest in every record and document that stays (`Store::named` of `shared/embedded`,
//! [`Cas::reachable`]). What goes is held against a second walk of another kind before anything is removed: what
//! `verify` reads of each run that stays, by the types of facts, rows and documents. Afterwards every run that stays
//! is verified once more. A run that is removed leaves its seal ([`RemovedRow`]).

mod choice;
mod report;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Clock as _, Key};
use ideamine_core::records::{RemovedRow, key};
use ideamine_core::{Digest, Failure, RunId, Tenant};
use ideamine_embedded::{Cas, Removal, SystemClock, job_rows, private};
use ideamine_runs::Runs;
use serde_json::Value;

use crate::app::{App, Opened};
use crate::{artifacts, check};
use choice::Choice;
use report::Lists;
pub(crate) use report::Report;

/// Folder in the data directory with what each removal came to.
const RETENTION_DIR: &str = "retention";
/// A document that nothing refers to is kept this long: it may belong to a step that was broken off.
pub(crate) const GRACE: Duration = Duration::from_secs(60 * 60);

/// What may be removed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Policy {
    /// Runs that ended so long ago.
    pub older_than: Duration,
    /// Documents that were written so long ago.
    pub grace: Duration,
    /// Only say what would be removed.
    pub dry_run: bool,
    /// Size at which a segment of the new journal is closed, bytes.
    pub segment_bytes: u64,
}

/// Removes what the policy lets go; `open` opens the directory, to read, as its owner.
///
/// # Errors
/// `Store.Unavailable` when another process owns the directory; `Data.Corrupt`; `Internal.Bug` when the two walks
/// disagree: then nothing was removed.
pub(crate) async fn retain(
    open: impl Fn() -> Result<Opened, Failure>,
    policy: Policy,
) -> Result<Report, Failure> {
    let app = own(open()?)?;
    // From here on nobody writes: no function is called, and no timer fires.
    app.engine.shutdown().await;
    let report = remove(&app, policy).await;
    app.shutdown().await;
    let (mut report, said) = report?;
    if report.removed.runs > 0 && !policy.dry_run {
        let app = own(open()?)?;
        for (run, before) in said {
            let (_, now) = check::reached(&app, &run).await?;
            let news = now.iter().find(|problem| !before.contains(problem));
            report.verified(news.map(|problem| format!("run {run}: {problem}")));
        }
        app.shutdown().await;
    }
    Ok(report)
}

fn own(opened: Opened) -> Result<std::sync::Arc<App>, Failure> {
    match opened {
        Opened::Owner(app) => Ok(app),
        Opened::OwnedByAnother { pid } => {
            let who = pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"));
            let message = format!(
                "{who} works in the data directory: nothing is removed under it; end it, remove, start it again"
            );
            Err(Failure::new(FailureKind::StoreUnavailable, message))
        }
    }
}

/// What each run that stays was found to be before.
type Said = BTreeMap<RunId, Vec<String>>;

async fn remove(app: &App, policy: Policy) -> Result<(Report, Said), Failure> {
    let (tenant, at_ms) = (app.runs.tenant.clone(), SystemClock.now_ms());
    let choice = Choice::make(app, policy.older_than, at_ms).await?;
    let removal = removal(&app.runs, &tenant, &choice.seals).await?;
    let cas = Cas::open(&app.data_dir)?;
    let roots = app.store().named(&removal)?;
    let live = cas.reachable(&tenant, roots.iter().copied())?;
    let before = SystemTime::now().checked_sub(policy.grace).unwrap_or(SystemTime::UNIX_EPOCH);
    let mut dead = cas.older_than(&tenant, before)?;
    // Strays alone are no reason to write the journal anew.
    dead.retain(|digest, _| !choice.seals.is_empty() && !live.contains(digest));
    let lists = Lists { at_ms, roots, live, verified: choice.reached, removed: dead };
    let mut report = Report::new(&lists, policy, &choice.seals, choice.kept)?;
    if !report.disjoint() {
        let message =
            "a run that stays refers to a document that was to go: nothing was removed; please report it";
        return Err(Failure::bug(message));
    }
    if policy.dry_run || choice.seals.is_empty() {
        return Ok((report, choice.said));
    }
    let file = Path::new(RETENTION_DIR).join(format!("{at_ms:013}.json"));
    let bytes = lists.to_bytes(&choice.seals)?;
    report.proof = Some((file.display().to_string(), Digest::of(&bytes)));
    private::write(&app.data_dir.join(&file), &bytes)?;
    let mut rows = BTreeMap::from([(key::retention(&tenant, at_ms), value(&report)?)]);
    for seal in &choice.seals {
        rows.insert(key::removed(&tenant, &seal.run_id), value(seal)?);
    }
    let paths = paths(app, &cas, &tenant, &choice.seals, lists.removed.keys());
    let compacted = app.store().compact(&removal, rows, &paths, policy.segment_bytes)?;
    report.compacted(compacted);
    Ok((report, choice.said))
}

fn value(row: &impl serde::Serialize) -> Result<Value, Failure> {
    serde_json::to_value(row).map_err(|e| Failure::bug(e.to_string()))
}

/// Everything that belongs to these runs alone.
async fn removal(runs: &Runs, tenant: &Tenant, seals: &[RemovedRow]) -> Result<Removal, Failure> {
    let ids: BTreeSet<RunId> = seals.iter().map(|seal| seal.run_id.clone()).collect();
    let mut rows: BTreeSet<Key> = ids.iter().map(|run| key::run_index(tenant, run)).collect();
    for job in job_rows(runs.env.records.as_ref(), tenant).await? {
        if RunId::new(&job.run).is_ok_and(|run| ids.contains(&run)) {
            rows.insert(key::queued(tenant, &job.kind, &job.id));
        }
    }
    let mut executions = BTreeSet::new();
    for run in &ids {
        executions.extend(runs.find(run).await?.execution);
    }
    let partitions = ids.iter().flat_map(|run| [key::run_pk(tenant, run), key::events_pk(tenant, run)]);
    // A stored answer is found again by its request only as long as some run keeps it.
    let replay = key::replay(tenant, &Digest::of(b"")).pk;
    let seal = seals.first().map(|seal| key::removed(tenant, &seal.run_id).pk);
    let weak = [replay, key::retention(tenant, 0).pk].into_iter().chain(seal).collect();
    Ok(Removal {
        partitions: partitions.collect(),
        tenant: tenant.clone(),
        runs: ids,
        executions,
        rows,
        weak,
    })
}

/// What goes of the directory's files: documents, and the dossiers that were written out for a person.
fn paths<'a>(
    app: &App,
    cas: &Cas,
    tenant: &Tenant,
    seals: &[RemovedRow],
    dead: impl Iterator<Item = &'a Digest>,
) -> Vec<PathBuf> {
    let within = |path: PathBuf| path.strip_prefix(&app.data_dir).map(Path::to_owned).ok();
    let dossiers = seals.iter().filter_map(|seal| {
        let [file, _] = artifacts::dossier_paths(&app.data_dir, &seal.run_id);
        within(file.parent()?.to_owned())
    });
    dead.filter_map(|digest| within(cas.path(tenant, digest))).chain(dossiers).collect()
}
