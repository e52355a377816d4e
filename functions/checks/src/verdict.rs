//! What a check found, on its way to an evidence pack.

use ideamine_core::Digest;
use ideamine_core::artifacts::{CaseResult, Evidence, GateFinding, GateOutcome, Measure, Severity};
use ideamine_core::ports::{JobEnd, JobResult};

use crate::pages::Served;
use crate::steady::steady;

/// Most bytes of raw output kept as evidence.
const RAW_BYTES_MAX: usize = 16 * 1024;
/// Most findings of one check: an author mends a few things at a time.
const FINDINGS_MAX: usize = 40;
/// Most characters of a finding's message.
const MESSAGE_CHARS_MAX: usize = 1_200;

/// Figures and findings of one check.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// Sandbox and version; empty when nothing ran.
    pub(crate) tool: String,
    pub(crate) measures: Vec<Measure>,
    pub(crate) findings: Vec<GateFinding>,
    /// Tests or operations, one by one.
    pub(crate) cases: Vec<CaseResult>,
    pub(crate) raw: String,
    pub(crate) again: Vec<String>,
    /// Pages and style sheets that were seen; stored beside the evidence.
    pub(crate) served: Vec<Served>,
}

impl Verdict {
    /// A check that fails for this one reason.
    pub(crate) fn failed(rule: &str, place: &str, message: &str) -> Self {
        let mut verdict = Self::default();
        verdict.at_most(rule, 1, 0, GateOutcome::Fail);
        verdict.find(rule, Severity::Critical, place, message);
        verdict
    }

    /// `value` must be at least `threshold`.
    pub(crate) fn at_least(&mut self, name: &str, value: i64, threshold: i64, otherwise: GateOutcome) {
        self.measures.push(Measure::at_least(name, value, threshold, otherwise));
    }

    /// `value` must be at most `threshold`.
    pub(crate) fn at_most(&mut self, name: &str, value: i64, threshold: i64, otherwise: GateOutcome) {
        self.measures.push(Measure::at_most(name, value, threshold, otherwise));
    }

    /// Something to mend; `rule` without its `check/`.
    pub(crate) fn find(&mut self, rule: &str, severity: Severity, place: &str, message: &str) {
        let message: String = steady(message).chars().take(MESSAGE_CHARS_MAX).collect();
        let rule = format!("check/{rule}");
        self.findings.push(GateFinding { rule, severity, place: place.to_owned(), message });
    }

    /// Keeps a job's output as evidence.
    pub(crate) fn keep(&mut self, title: &str, job: &JobResult) {
        self.tool.clone_from(&job.tool);
        let part = format!("== {title}: {}\n{}\n{}\n", ended(job.end), job.stdout.trim(), job.stderr.trim());
        self.raw.push_str(&steady(&part));
    }

    /// The evidence pack.
    pub(crate) fn evidence(mut self, check: &str, inputs: Vec<(String, Digest)>) -> Evidence {
        let bad = self.measures.iter().filter(|m| !m.holds).map(|m| m.otherwise);
        let outcome = bad.max().unwrap_or(GateOutcome::Pass);
        self.findings.truncate(FINDINGS_MAX);
        let own = || format!("ideamine {}", env!("CARGO_PKG_VERSION"));
        Evidence {
            what: format!("check:{check}"),
            tool: if self.tool.is_empty() { own() } else { self.tool },
            outcome,
            measures: self.measures,
            findings: self.findings,
            cases: self.cases,
            inputs,
            raw: cut(&self.raw, RAW_BYTES_MAX).to_owned(),
            again: self.again,
        }
    }
}

/// How a job ended, in words.
pub(crate) fn ended(end: JobEnd) -> String {
    match end {
        JobEnd::Exited { code } => format!("exit status {code}"),
        JobEnd::Signalled { signal } => format!("killed by signal {signal} (a limit, or a crash)"),
        JobEnd::TimedOut => "ended by the time limit".to_owned(),
        JobEnd::Stopped => "stopped after the last request".to_owned(),
    }
}

/// The first `limit` bytes, at a character's end.
pub(crate) fn cut(text: &str, limit: usize) -> &str {
    &text[..text.floor_char_boundary(limit)]
}

/// The last `limit` bytes, at a character's start: a traceback ends with what matters.
pub(crate) fn tail(text: &str, limit: usize) -> &str {
    &text[text.ceil_char_boundary(text.len().saturating_sub(limit))..]
}
