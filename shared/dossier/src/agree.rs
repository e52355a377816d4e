//! Whether the run's rows still say what was sealed: they are mutable, and shown to people long after the run has ended.

use ideamine_core::PhaseId;
use ideamine_core::records::GuardSum;
use serde::Serialize;
use serde_json::Value;

use crate::build::{Sources, phase, plan, questions, run};
use crate::content::Content;
use crate::withheld::fits;

/// Longest value that is shown in a finding, bytes of JSON.
const SHOWN_BYTES_MAX: usize = 120;

/// One thing that a row says and the sealed content does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// The phase whose row it is, if it is one's.
    pub phase: Option<PhaseId>,
    /// Which row, which field, what it says and what was sealed.
    pub what: String,
}

/// What the rows say otherwise than the sealed content. The documents of `now` may be empty: what the content says of
/// them is bound by their digests.
pub fn disagreements(sealed: &Content, now: &Sources<'_>) -> Vec<Disagreement> {
    let mut found = Vec::new();
    let ended_ms = sealed.run.ended_ms;
    compare("the run's row", None, &run(now, ended_ms), Some(&sealed.run), &mut found);
    compare("the plan of the run", None, &plan(now.plan.0, now.plan.1), Some(&sealed.plan), &mut found);
    let phases: Vec<_> = now.phases.iter().map(|row| phase(now, &sealed.papers, row)).collect();
    for entry in &phases {
        let before = sealed.phases.iter().find(|phase| phase.id == entry.id);
        compare(&format!("the row of phase {}", entry.id), Some(&entry.id), entry, before, &mut found);
    }
    for gone in sealed.phases.iter().filter(|entry| !phases.iter().any(|phase| phase.id == entry.id)) {
        let what = format!("the row of phase {} is gone", gone.id);
        found.push(Disagreement { phase: Some(gone.id.clone()), what });
    }
    if GuardSum::of(now.guards) != sealed.guards {
        let what = "the rows of guards state another outcome than was sealed".to_owned();
        found.push(Disagreement { phase: None, what });
    }
    let questions = questions(now.questions);
    for entry in &questions {
        let before = sealed.questions.iter().find(|question| question.id == entry.id);
        compare(&format!("the row of question {}", entry.id), Some(&entry.phase), entry, before, &mut found);
    }
    for gone in sealed.questions.iter().filter(|entry| !questions.iter().any(|q| q.id == entry.id)) {
        let what = format!("the row of question {} is gone", gone.id);
        found.push(Disagreement { phase: Some(gone.phase.clone()), what });
    }
    found
}

/// Field by field.
fn compare<T: Serialize>(
    row: &str,
    phase: Option<&PhaseId>,
    now: &T,
    sealed: Option<&T>,
    found: &mut Vec<Disagreement>,
) {
    let mut add = |what: String| found.push(Disagreement { phase: phase.cloned(), what });
    let Some(sealed) = sealed else { return add(format!("{row} is not in what was sealed")) };
    let fields = |value: &T| serde_json::to_value(value).unwrap_or_default();
    let (Value::Object(now), Value::Object(sealed)) = (fields(now), fields(sealed)) else { return };
    for (name, says) in &now {
        let before = sealed.get(name).unwrap_or(&Value::Null);
        if !fits(before, says) {
            add(match (short(says), short(before)) {
                (Some(says), Some(before)) => format!("{row} states {name} {says}, sealed is {before}"),
                _ => format!("{row} states another {name} than was sealed"),
            });
        }
    }
}

fn short(value: &Value) -> Option<String> {
    Some(value.to_string()).filter(|text| text.len() <= SHOWN_BYTES_MAX)
}
