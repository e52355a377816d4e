//! Runs recorded executions and reports how many come out as recorded.
//!
//! A row holds a definition, an input, what each task answered, and what the service recorded. The
//! rules are the service's own, never the house rules. Status, output and error decide; the wording
//! of causes and the sequence of events are counted apart. Rows whose data flow is trivial JSONPath
//! can be re-expressed in JSONata first ([`Translation`]), and then count apart as well.

mod compare;
mod report;
mod row;
mod subset;
mod translate;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde_json::Value;

use crate::execution::{Context, Status};
use crate::history::history;
use crate::machine::Machine;
use crate::virtual_run;

pub use report::{Failure, Feature, Report, Score};
pub use row::Row;
pub use translate::{Translation, translate};

/// When recorded executions start; no row depends on it.
const START_MS: i64 = 1_750_000_000_000;
const ACCOUNT: &str = "us-east-1:111111111111";
/// What the recordings have in place of the role.
const ROLE: &str = "snf_role_arn";

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// As recorded. `cause` and `events` say whether those agree too.
    #[expect(missing_docs, reason = "said above")]
    Passed { cause: Option<bool>, events: bool },
    /// Not as recorded, and how.
    Failed(String),
    /// Outside the subset, and why.
    Unsupported(String),
}

/// Runs every row, as [`check`] does, and adds them up.
pub fn run_file(rows: &[Row]) -> Report {
    let mut report = Report::default();
    for row in rows {
        report.add(&row.id, &row.tags, &check(row));
    }
    report
}

/// Runs the rows whose data flow is trivial JSONPath, re-expressed in JSONata; the other rows are
/// unsupported. Compared are status, error and the order of states, and the output where the
/// translation keeps it.
pub fn run_translated(rows: &[Row]) -> Report {
    let mut report = Report { translated: true, ..Report::default() };
    for row in rows {
        let verdict = match translate(row) {
            Ok(translation) => check_translated(&translation),
            Err(why) => Verdict::Unsupported(why),
        };
        report.add(&row.id, &row.tags, &verdict);
    }
    report
}

/// Runs one recorded execution and compares.
pub fn check(row: &Row) -> Verdict {
    if let Err(why) = subset::supported(&row.definition) {
        return Verdict::Unsupported(why);
    }
    match execute(row, true) {
        Ok(run) => verdict(row, &run, true),
        Err(why) => Verdict::Failed(why),
    }
}

fn check_translated(translation: &Translation) -> Verdict {
    let row = &translation.row;
    let run = match execute(row, translation.keeps_output) {
        Ok(run) => run,
        Err(why) => return Verdict::Failed(why),
    };
    let states = compare::state_order(&run.events, row.events_ordered);
    let recorded = compare::recorded_states(row);
    if states != recorded {
        return Verdict::Failed(format!("states were {states:?}, recorded {recorded:?}"));
    }
    verdict(row, &run, translation.keeps_output)
}

/// A run to be compared.
struct Outcome {
    status: Status,
    events: Vec<crate::history::HistoryEvent>,
}

fn execute(row: &Row, compare_arguments: bool) -> Result<Outcome, String> {
    let machine = Machine::parse(&row.definition.to_string()).map_err(|why| format!("refused: {why}"))?;
    let context = Context {
        execution_id: format!(
            "arn:aws:states:{ACCOUNT}:execution:{}:{}",
            row.machine_name, row.execution_name
        ),
        execution_name: row.execution_name.clone(),
        machine_id: format!("arn:aws:states:{ACCOUNT}:stateMachine:{}", row.machine_name),
        machine_name: row.machine_name.clone(),
        role_arn: ROLE.into(),
        start_ms: START_MS,
    };
    let mut script = row::Script::new(row, compare_arguments);
    let run =
        virtual_run::run(Arc::new(machine), context, row.input.clone(), &mut |task| script.outcome(task));
    if let Some(problem) = script.problem {
        return Err(problem);
    }
    if run.status == Status::Running {
        return Err(format!("the execution waits for {:?} and never ends", run.waiting));
    }
    Ok(Outcome { status: run.status, events: history(&run.journal) })
}

fn verdict(row: &Row, run: &Outcome, with_output: bool) -> Verdict {
    let (status, output, error, cause) = parts(&run.status);
    let expected = &row.expected;
    if status != expected.status {
        return Verdict::Failed(format!(
            "status {status} ({}: {}), recorded {}",
            error.unwrap_or_default(),
            cause.unwrap_or_default(),
            expected.status
        ));
    }
    if let (Some(output), true) = (output, with_output) {
        let recorded = expected.output.as_ref().unwrap_or(&Value::Null);
        if !compare::matches(recorded, output) {
            return Verdict::Failed(format!("output {output}, recorded {recorded}"));
        }
    } else if output.is_none() && !compare::same_text(expected.error.as_deref(), error) {
        return Verdict::Failed(format!("error {error:?}, recorded {:?}", expected.error));
    }
    let cause = match (&expected.cause, output) {
        (Some(recorded), None) => Some(compare::matches(recorded, &cause.map_or(Value::Null, Value::from))),
        _ => None,
    };
    Verdict::Passed { cause, events: compare::same_events(row, &run.events) }
}

/// Status as the service writes it, output, error and cause.
fn parts(status: &Status) -> (&'static str, Option<&Value>, Option<&str>, Option<&str>) {
    match status {
        Status::Running => ("RUNNING", None, None, None),
        Status::Succeeded { output } => ("SUCCEEDED", Some(output), None, None),
        Status::Failed { error, cause } => ("FAILED", None, error.as_deref(), cause.as_deref()),
        Status::TimedOut { error, cause } => ("TIMED_OUT", None, error.as_deref(), cause.as_deref()),
        Status::Aborted { error, cause } => ("ABORTED", None, error.as_deref(), cause.as_deref()),
    }
}
