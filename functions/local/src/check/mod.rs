//! What `verify RUN` adds to the ledger's own check: everything else in the data directory is held against the ledger.
//!
//! | module | what |
//! |---|---|
//! | [`objects`] | every stored document that the run refers to is there, with the bytes of its digest |
//! | [`steps`] | the executions' histories and the task rows say the same |
//! | [`rows`] | run, phases, questions, calls and totals say what was sealed |
//! | [`files`] | the dossier's files are the ones that were written |

mod books;
mod files;
mod objects;
mod rows;
mod steps;
#[cfg(test)]
mod tests;

use ideamine_core::{Failure, RunId};
use ideamine_embedded::Cas;
use ideamine_ledger::{Problem, ProblemKind};
use serde_json::{Value, json};

use crate::app::App;
use books::Books;

/// The ledger document and what the data directory has against it: `{ledger, problems, objects}`.
pub(crate) async fn stored(app: &App, run: &RunId) -> Result<Value, Failure> {
    let books = Books::read(app, run).await?;
    let (roots, mut problems) = objects::roots(&books);
    let objects = objects::check(&books.ctx, roots).await;
    problems.extend(objects.problems);
    problems.extend(steps::check(&books));
    problems.extend(rows::check(&books));
    problems.extend(files::check(&app.data_dir, &books.run));
    let there = Cas::open(&app.data_dir)?.documents(&books.ctx.tenant)?;
    let unreferenced = there.difference(&objects.reached).count();
    Ok(json!({
        "ledger": books.ledger, "problems": problems,
        "objects": { "read": objects.reached.len(), "unreferenced": unreferenced },
    }))
}

/// A finding about something in the data directory that does not say what was sealed.
fn record(phase: Option<&str>, what: String) -> Problem {
    Problem { kind: ProblemKind::Record, seq: None, phase: phase.map(str::to_owned), what }
}
