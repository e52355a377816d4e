//! What a gate is, and how measures and findings become an outcome.

use ideamine_core::artifacts::{GateFinding, GateOutcome, Measure, Severity};

use crate::view::GateView;

/// Most findings that a gate reports: the worst first, the rest as a count in the measures.
pub const FINDINGS_MAX: usize = 60;

/// One quality gate: pure, so that the same view gives the same judgement anywhere.
pub trait Gate: Send + Sync + 'static {
    /// Its id, as phases name it.
    fn id(&self) -> &'static str;
    /// Judges what the phase made.
    fn judge(&self, view: &GateView) -> Judgement;
}

impl Gate for Box<dyn Gate> {
    fn id(&self) -> &'static str {
        self.as_ref().id()
    }
    fn judge(&self, view: &GateView) -> Judgement {
        self.as_ref().judge(view)
    }
}

/// Measures, and what to mend.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    /// Figures against their thresholds.
    pub measures: Vec<Measure>,
    /// What to mend, worst first.
    pub findings: Vec<GateFinding>,
}

impl Judgement {
    /// The gate cannot judge without this document.
    pub fn without(document: &str) -> Self {
        let mut judgement = Self::default();
        judgement.find(
            "gate/document-missing",
            Severity::Critical,
            document,
            "the document is missing or not of its form".to_owned(),
        );
        judgement.at_most("documents-missing", 1, 0, GateOutcome::Fail);
        judgement
    }
    /// Adds a finding.
    pub fn find(&mut self, rule: &str, severity: Severity, place: &str, message: String) {
        let (rule, place) = (rule.to_owned(), place.to_owned());
        self.findings.push(GateFinding { rule, severity, place, message });
    }
    /// Adds `value >= threshold`, or else `otherwise`.
    pub fn at_least(&mut self, name: &str, value: usize, threshold: usize, otherwise: GateOutcome) {
        self.measures.push(Measure::at_least(name, whole(value), whole(threshold), otherwise));
    }
    /// Adds `value <= threshold`, or else `otherwise`.
    pub fn at_most(&mut self, name: &str, value: usize, threshold: usize, otherwise: GateOutcome) {
        self.measures.push(Measure::at_most(name, whole(value), whole(threshold), otherwise));
    }
    /// Adds "none of these": the count of findings by this rule must be zero, or else `otherwise`.
    pub fn none(&mut self, rule: &str, otherwise: GateOutcome) {
        let count = self.findings.iter().filter(|finding| finding.rule == rule).count();
        let name = rule.rsplit('/').next().unwrap_or(rule);
        self.at_most(name, count, 0, otherwise);
    }
    /// The worst of what does not hold.
    pub fn outcome(&self) -> GateOutcome {
        self.measures.iter().filter(|m| !m.holds).map(|m| m.otherwise).max().unwrap_or(GateOutcome::Pass)
    }
    /// Worst findings first, cut at [`FINDINGS_MAX`].
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.findings.sort_by(|a, b| (b.severity, &a.place, &a.rule).cmp(&(a.severity, &b.place, &b.rule)));
        self.findings.truncate(FINDINGS_MAX);
        self
    }
}

fn whole(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outcome_is_the_worst_of_what_does_not_hold() {
        let check = |measures: &[(usize, GateOutcome)], expected: GateOutcome| {
            let mut judgement = Judgement::default();
            measures.iter().for_each(|(value, otherwise)| judgement.at_least("m", *value, 1, *otherwise));
            assert_eq!(judgement.outcome(), expected);
        };
        check(&[], GateOutcome::Pass);
        check(&[(1, GateOutcome::Fail)], GateOutcome::Pass);
        check(&[(0, GateOutcome::Concerns), (1, GateOutcome::Fail)], GateOutcome::Concerns);
        check(&[(0, GateOutcome::Concerns), (0, GateOutcome::Fail)], GateOutcome::Fail);
    }
}
