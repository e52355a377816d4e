//! What `verify RUN`, and `doctor` for every run, add to the ledger's own check: everything else in the data directory is held against the ledger.
//!
//! | module | what |
//! |---|---|
//! | [`objects`] | every stored document that the run refers to is there, with the bytes of its digest |
//! | [`steps`] | the executions' histories and the task rows say the same |
//! | [`rows`] | run, phases, questions, calls and totals say what was sealed |
//! | [`files`] | the dossier's files are the ones that were written |

mod books;
mod files;
mod levels;
mod objects;
mod rows;
mod steps;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use ideamine_core::failure::FailureKind;
use ideamine_core::{Digest, Failure, RunId};
use ideamine_embedded::Cas;
use ideamine_ledger::{LedgerDocument, Options, Problem, ProblemKind, Verdict};
use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::app::App;
use books::Books;

/// The ledger document and what the data directory has against it: `{ledger, problems, objects, ended, unsealed}`;
/// `unsealed` counts the facts of a run that has not ended which wait for its next seal.
pub(crate) async fn stored(app: &App, run: &RunId) -> Result<Value, Failure> {
    let (mut found, reached) = examined(app, run).await?;
    let there = Cas::open(&app.data_dir)?.documents(&app.runs.tenant)?;
    found["objects"]["unreferenced"] = json!(there.difference(&reached).count());
    Ok(found)
}

/// [`stored`] without a look at the documents that nothing of the run refers to, and those that something does.
async fn examined(app: &App, run: &RunId) -> Result<(Value, BTreeSet<Digest>), Failure> {
    let books = Books::read(app, run).await?;
    let (roots, mut problems) = objects::roots(&books);
    let objects = objects::check(&books.ctx, roots).await;
    problems.extend(objects.problems);
    problems.extend(steps::check(&books));
    problems.extend(rows::check(&books));
    problems.extend(files::check(&app.data_dir, &books.run));
    let found = json!({
        "ledger": books.ledger, "problems": problems,
        "ended": books.ended(), "unsealed": steps::unsealed(&books),
        "objects": { "read": objects.reached.len() },
    });
    Ok((found, objects.reached))
}

/// Every stored document that a run refers to, there or not, and what is wrong with the run, a sentence each.
///
/// # Errors
/// When the run cannot be read.
pub(crate) async fn reached(app: &App, run: &RunId) -> Result<(BTreeSet<Digest>, Vec<String>), Failure> {
    let (found, reached) = examined(app, run).await?;
    let problems = verdict(&found, &Options::default())?.problems;
    Ok((reached, problems.into_iter().map(|problem| problem.what).collect()))
}

/// Everything that is wrong with a run: what the data directory has against it, and what its ledger says itself.
///
/// # Errors
/// When it cannot be read; what is harmed is no error, but a finding.
pub(crate) async fn problems(app: &App, run: &RunId) -> Result<Vec<Problem>, Failure> {
    let found = match examined(app, run).await {
        Ok((found, _)) => found,
        Err(harmed) if harmed.kind == FailureKind::DataCorrupt => {
            return Ok(vec![record(None, harmed.message)]);
        }
        Err(failure) => return Err(failure),
    };
    let verdict = verdict(&found, &Options::default())?;
    Ok(verdict.problems.into_iter().filter(|problem| problem.kind != ProblemKind::NotEnded).collect())
}

/// What [`stored`] comes to.
///
/// # Errors
/// `Data.Corrupt` when it is not what [`stored`] gives.
pub(crate) fn verdict(found: &Value, options: &Options) -> Result<Verdict, Failure> {
    let unreadable = |e: serde_json::Error| Failure::corrupt(format!("ledger: {e}"));
    let ledger = LedgerDocument::deserialize(&found["ledger"]).map_err(unreadable)?;
    let problems = Vec::<Problem>::deserialize(&found["problems"]).map_err(unreadable)?;
    let verdict = ideamine_ledger::verify(&ledger, options).and(problems);
    if found["ended"] != false {
        return Ok(verdict);
    }
    let sealed = ledger.heads.last().map_or(0, |signed| signed.head.size);
    Ok(verdict.of_open_run(format!(
        "the run has not ended yet: {sealed} rows are sealed, {} facts wait for the next seal",
        found["unsealed"]
    )))
}

/// A finding about something in the data directory that does not say what was sealed.
fn record(phase: Option<&str>, what: String) -> Problem {
    Problem { kind: ProblemKind::Record, seq: None, phase: phase.map(str::to_owned), what }
}
