//! Runs recorded executions and reports how many come out as recorded.
//!
//! A row holds a definition, an input, what each task answered, and what the service recorded. The
//! rules are the service's own, never the house rules. Status, output and error decide; the wording
//! of causes and the sequence of events are counted apart. Rows whose data flow is trivial JSONPath
//! can be re-expressed in JSONata first ([`translate()`]), and then count apart as well.

mod compare;
mod report;
mod row;
mod subset;
mod translate;

use std::sync::Arc;

use serde_json::Value;

use crate::execution::{Context, Status};
use crate::history::history;
use crate::machine::Machine;
use crate::virtual_run;

pub use report::{Failure, Feature, Report, Score};
pub use row::Row;
pub use translate::translate;

/// When recorded executions start; no row depends on it.
const START_MS: i64 = 1_750_000_000_000;
const ACCOUNT: &str = "us-east-1:111111111111";
/// What the recordings have in place of the role.
const ROLE: &str = "snf_role_arn";

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// As recorded, and whether what does not decide agrees too.
    Passed(Agreement),
    /// Not as recorded, and how.
    Failed(String),
    /// Outside the subset, and why.
    Unsupported(String),
}

/// Whether a passed row agrees in what does not decide. `None`: not recorded, or decided already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after what agrees")]
pub struct Agreement {
    pub cause: Option<bool>,
    pub events: bool,
    pub output: Option<bool>,
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
/// unsupported. Status, error and the order of states decide; outputs are counted apart.
pub fn run_translated(rows: &[Row]) -> Report {
    let mut report = Report { translated: true, ..Report::default() };
    for row in rows {
        let verdict = match translate(row) {
            Ok(row) => check_translated(&row),
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

fn check_translated(row: &Row) -> Verdict {
    let run = match execute(row, false) {
        Ok(run) => run,
        Err(why) => return Verdict::Failed(why),
    };
    let states = compare::state_order(&run.events, row.events_ordered);
    let recorded = compare::recorded_states(row);
    if states != recorded {
        return Verdict::Failed(format!("states were {states:?}, recorded {recorded:?}"));
    }
    verdict(row, &run, false)
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

fn verdict(row: &Row, run: &Outcome, output_decides: bool) -> Verdict {
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
    let output = output.map(|output| {
        let recorded = expected.output.as_ref().unwrap_or(&Value::Null);
        (compare::matches(recorded, output), output, recorded)
    });
    match output {
        Some((false, output, recorded)) if output_decides => {
            return Verdict::Failed(format!("output {output}, recorded {recorded}"));
        }
        None if !compare::same_text(expected.error.as_deref(), error) => {
            return Verdict::Failed(format!("error {error:?}, recorded {:?}", expected.error));
        }
        _ => {}
    }
    let cause = match (&expected.cause, output) {
        (Some(recorded), None) => Some(compare::matches(recorded, &cause.map_or(Value::Null, Value::from))),
        _ => None,
    };
    Verdict::Passed(Agreement {
        cause,
        events: compare::same_events(row, &run.events),
        output: output.map(|(same, ..)| same),
    })
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
