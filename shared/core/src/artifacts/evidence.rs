//! Gate outcomes and the evidence behind them. Evidence may hold raw tool output; it is no artifact.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Severity;
use crate::records::{ArtifactRef, GateRef, Generator, PhaseStatus, QuestionState};
use crate::{Digest, PhaseId};

/// What a gate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateOutcome {
    /// All thresholds hold.
    Pass,
    /// A person signed that it may go on all the same.
    Waived,
    /// Nothing forbids it, something is weak.
    Concerns,
    /// A threshold does not hold.
    Fail,
}

/// One thing a gate or a check measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// What, `must-requirements-with-acceptance-percent`.
    pub name: String,
    /// Measured value, whole numbers only.
    pub value: i64,
    /// Value it is held against.
    pub threshold: i64,
    /// `at_least`, `at_most` or `exactly`.
    pub relation: String,
    /// Whether the relation holds.
    pub holds: bool,
    /// What it means when it does not: `fail` or `concerns`.
    pub otherwise: GateOutcome,
}

impl Measure {
    /// `value >= threshold`, or else the outcome is `otherwise`.
    pub fn at_least(name: &str, value: i64, threshold: i64, otherwise: GateOutcome) -> Self {
        Self::new(name, value, threshold, ("at_least", value >= threshold), otherwise)
    }
    /// `value <= threshold`, or else the outcome is `otherwise`.
    pub fn at_most(name: &str, value: i64, threshold: i64, otherwise: GateOutcome) -> Self {
        Self::new(name, value, threshold, ("at_most", value <= threshold), otherwise)
    }
    fn new(name: &str, value: i64, threshold: i64, relation: (&str, bool), otherwise: GateOutcome) -> Self {
        let (relation, holds) = (relation.0.to_owned(), relation.1);
        Self { name: name.to_owned(), value, threshold, relation, holds, otherwise }
    }
}

/// Something to mend: goes back to the agent as its auto-fix brief.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GateFinding {
    /// Rule that found it, `prd/acceptance-missing`.
    pub rule: String,
    /// How much it matters.
    pub severity: Severity,
    /// Where: an artifact's name and a JSON pointer or a line, `prd.json#/body/requirements/2`.
    pub place: String,
    /// What is wrong and what would be right.
    pub message: String,
}

/// How one test ended, or one operation that was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaseOutcome {
    /// As it must.
    Passed,
    /// A test that passes whether the application does anything or not: it shows nothing.
    Idle,
    /// It was skipped, never run, or could not be tried.
    NotRun,
    /// It failed.
    Failed,
}

/// One test, or one operation that was tried from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseResult {
    /// A test's full name (`tests.test_items.TestItems.test_create`), or an operation (`POST /items`).
    pub name: String,
    /// How it ended.
    pub outcome: CaseOutcome,
}

/// Begins the name of an input of a guard's evidence that does not leave the run as it is.
pub const WITHHELD: &str = "withheld:";
/// Begins the name of an input of a guard's evidence that leaves the run in the place of the one withheld.
pub const REDACTED: &str = "redacted:";

/// An evidence pack: what a gate, a guard or a sandboxed check saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// `gate:prd-completeness`, `guard:exfil` or `check:own-tests`.
    pub what: String,
    /// Who measured, with version: `ideamine 0.1.0`, `bubblewrap 0.8.0`.
    pub tool: String,
    /// What came out.
    pub outcome: GateOutcome,
    /// The figures behind it.
    pub measures: Vec<Measure>,
    /// What to mend.
    pub findings: Vec<GateFinding>,
    /// Tests or operations one by one, of a check that tries such.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<CaseResult>,
    /// The artifacts it looked at, by name, and other evidence it used.
    pub inputs: Vec<(String, Digest)>,
    /// Raw output of the tool, cut at its limit; empty for a pure rule.
    pub raw: String,
    /// Arguments that run it again; never a shell line. `RUN` stands for the run's id.
    pub again: Vec<String>,
}

impl Evidence {
    /// How a test or an operation ended, if the check tried it. A test may be named from a folder below
    /// (`test_items.TestItems.test_create`) or as pytest does; parameters in a path may have any name.
    pub fn case(&self, name: &str) -> Option<CaseOutcome> {
        let name = plain(name);
        let below = format!(".{name}");
        let is = |case: &&CaseResult| {
            let known = plain(&case.name);
            known == name || known.ends_with(&below)
        };
        self.cases.iter().find(is).map(|case| case.outcome)
    }
}

/// One way to write the name of a test, or of an operation.
fn plain(name: &str) -> String {
    match name.split_once(' ') {
        Some((method, path)) => {
            let part = |part: &str| if part.starts_with('{') { "{}".to_owned() } else { part.to_owned() };
            format!("{method} {}", path.split('/').map(part).collect::<Vec<_>>().join("/"))
        }
        None => name.replace(".py::", ".").replace("::", ".").replace('/', "."),
    }
}

/// A question as a gate sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionSummary {
    /// Its id.
    pub id: String,
    /// The phase that raised it.
    pub phase: PhaseId,
    /// Whether work cannot be released without an answer.
    pub blocking: bool,
    /// How it stands.
    pub state: QuestionState,
}

/// A check that was planned and has no result: it shows nothing, and the phase cannot pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unchecked {
    /// Which check, `own-tests`.
    pub check: String,
    /// Why there is no result.
    pub reason: String,
}

/// Everything that a gate may look at, fixed before it looks: the same document gives the same outcome anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GateInputs {
    /// The phase that is judged.
    pub phase: PhaseId,
    /// Its attempt, from 1.
    pub attempt: u32,
    /// Artifacts of this phase and of all before it; a later one replaces an earlier one of the same name.
    pub artifacts: Vec<ArtifactRef>,
    /// Evidence of this phase's checks.
    pub checks: Vec<Digest>,
    /// Planned checks that left no evidence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unchecked: Vec<Unchecked>,
    /// Gates of earlier phases.
    pub gates: Vec<GateRef>,
    /// How earlier phases ended, in plan order.
    pub phases: Vec<(PhaseId, PhaseStatus)>,
    /// Every question so far.
    pub questions: Vec<QuestionSummary>,
    /// Who wrote the documents so far.
    pub generator: Generator,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_found_however_it_is_called() {
        let case = |name: &str| CaseResult { name: name.to_owned(), outcome: CaseOutcome::Passed };
        let cases = vec![case("tests.test_a.TestA.test_b"), case("GET /things/{thing_id}/parts")];
        let (what, tool, raw) = (String::new(), String::new(), String::new());
        let (measures, findings, inputs, again) = (vec![], vec![], vec![], vec![]);
        let pack = Evidence {
            what,
            tool,
            outcome: GateOutcome::Pass,
            measures,
            findings,
            cases,
            inputs,
            raw,
            again,
        };
        let check = |name: &str, found: bool| assert_eq!(pack.case(name).is_some(), found, "{name}");
        check("tests.test_a.TestA.test_b", true);
        check("test_a.TestA.test_b", true);
        check("tests/test_a.py::TestA::test_b", true);
        check("A.test_b", false);
        check("GET /things/{id}/parts", true);
        check("GET /things/{id}", false);
        check("POST /things/{id}/parts", false);
    }
}
