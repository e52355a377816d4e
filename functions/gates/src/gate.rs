//! What a gate is, and what it says: figures held against thresholds, and what to mend.

use ideamine_core::Text;
use ideamine_core::artifacts::{
    Document, GateFinding, GateOutcome, Measure, OpenQuestion, QuestionSummary, Severity,
};
use serde::de::DeserializeOwned;

use crate::view::{GateView, Need};
use crate::wording::said;

/// Least share of texts that say something about this idea, percent. Three of five: a document may frame what it says
/// with fixed sentences, but not consist of them.
pub(crate) const SUBSTANCE_PERCENT_MIN: i64 = 60;
/// Most findings of one gate: an author mends a few things at a time, and the figures hold the whole count.
const FINDINGS_MAX: usize = 60;
/// Most characters of a finding's message.
const MESSAGE_CHARS_MAX: usize = 600;

/// A rule: its name (`acceptance-missing`), how much a hit matters, and what it does to the outcome.
pub(crate) type Rule = (&'static str, Severity, GateOutcome);
/// Where, and what is wrong.
pub(crate) type Hit = (String, String);

/// One quality gate: pure, so that the same view gives the same judgement anywhere.
pub trait Gate: Send + Sync + 'static {
    /// Its id, as phases name it; its function is `gate-<id>`.
    fn id(&self) -> &'static str;
    /// What of the run it looks at.
    fn needs(&self) -> &'static [Need];
    /// Judges what the phase made.
    fn judge(&self, view: &GateView) -> Judgement;
}

impl Gate for Box<dyn Gate> {
    fn id(&self) -> &'static str {
        self.as_ref().id()
    }
    fn needs(&self) -> &'static [Need] {
        self.as_ref().needs()
    }
    fn judge(&self, view: &GateView) -> Judgement {
        self.as_ref().judge(view)
    }
}

/// A gate's judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    area: &'static str,
    /// Figures in the order in which they were taken.
    pub measures: Vec<Measure>,
    /// What to mend.
    pub findings: Vec<GateFinding>,
}

impl Judgement {
    /// An empty judgement; its rules are named `area/…`.
    pub(crate) fn of(area: &'static str) -> Self {
        Self { area, measures: Vec::new(), findings: Vec::new() }
    }

    /// Fail if any threshold that fails does not hold, concerns if any that only weakens, else pass.
    pub fn outcome(&self) -> GateOutcome {
        let bad = self.measures.iter().filter(|measure| !measure.holds).map(|measure| measure.otherwise);
        bad.max().unwrap_or(GateOutcome::Pass)
    }

    pub(crate) fn find(&mut self, rule: &str, severity: Severity, place: &str, message: &str) {
        let message = message.chars().take(MESSAGE_CHARS_MAX).collect();
        let (rule, place) = (format!("{}/{rule}", self.area), place.to_owned());
        self.findings.push(GateFinding { rule, severity, place, message });
    }

    /// Worst findings first, cut at [`FINDINGS_MAX`].
    pub(crate) fn sorted(mut self) -> Self {
        // Stable: findings of one severity stay in the order of the document.
        self.findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        self.findings.truncate(FINDINGS_MAX);
        self
    }

    /// Nothing may break the rule: each hit is a finding, their count the figure.
    pub(crate) fn none(&mut self, rule: Rule, hits: impl IntoIterator<Item = Hit>) {
        let (name, severity, otherwise) = rule;
        let mut count = 0;
        for (place, message) in hits {
            count += 1;
            self.find(name, severity, &place, &message);
        }
        self.measures.push(Measure::at_most(name, count, 0, otherwise));
    }

    /// There must be at least so many; otherwise one finding says so.
    pub(crate) fn at_least(&mut self, rule: Rule, value: usize, threshold: i64, otherwise_said: Hit) {
        let (name, severity, otherwise) = rule;
        let value = i64::try_from(value).unwrap_or(i64::MAX);
        self.measures.push(Measure::at_least(name, value, threshold, otherwise));
        if value < threshold {
            self.find(name, severity, &otherwise_said.0, &otherwise_said.1);
        }
    }

    /// One statement must hold.
    pub(crate) fn must(&mut self, rule: Rule, holds: bool, otherwise_said: Hit) {
        self.at_least(rule, usize::from(holds), 1, otherwise_said);
    }

    /// The share of `total` that no hit names must be at least so many percent; of nothing the share is whole.
    pub(crate) fn share(&mut self, rule: Rule, total: usize, percent: i64, hits: Vec<Hit>) {
        let (name, severity, otherwise) = rule;
        let good = total.saturating_sub(hits.len());
        let share = (good * 100).checked_div(total).unwrap_or(100);
        let share = i64::try_from(share).unwrap_or(0);
        self.measures.push(Measure::at_least(name, share, percent, otherwise));
        for (place, message) in hits {
            self.find(name, severity, &place, &message);
        }
    }

    /// A text that must say something about this idea.
    pub(crate) fn text(&mut self, rule: Rule, text: &Text, place: &str, what: &str) {
        let message = format!("{what} is not stated: `{}`; expected a sentence about this idea", text.text);
        self.must(rule, said(text), (place.to_owned(), message));
    }

    /// A document of the run; its absence is a finding and fails.
    pub(crate) fn read<T: DeserializeOwned>(&mut self, view: &GateView, name: &str) -> Option<T> {
        match view.document::<T>(name) {
            Ok(Document { body, .. }) => Some(body),
            Err(reason) => {
                self.measures.push(Measure::at_most("documents-missing", 1, 0, GateOutcome::Fail));
                self.find("document-missing", Severity::Critical, name, &reason);
                None
            }
        }
    }

    /// Enough of the document says something about this idea.
    pub(crate) fn substance(&mut self, view: &GateView, name: &str) {
        self.substance_of(view, name, SUBSTANCE_PERCENT_MIN);
    }

    /// [`Judgement::substance`] with a threshold of its own.
    pub(crate) fn substance_of(&mut self, view: &GateView, name: &str, least: i64) {
        let coverage = view.coverage(name);
        let percent = i64::from(coverage.substance_percent());
        let rule = "substance-percent";
        self.measures.push(Measure::at_least(rule, percent, least, GateOutcome::Fail));
        if percent < least {
            let (template, missing, total) = (coverage.template, coverage.missing, coverage.total());
            let message = format!(
                "{percent} % of {total} texts are about this idea, below {least} %: {template} are fixed sentences, {missing} are missing"
            );
            self.find("substance", Severity::High, name, &message);
        }
    }

    /// No question of this phase may be open without whose answer work cannot be released.
    pub(crate) fn no_blocking_question_of_its_own(&mut self, view: &GateView) {
        let own = view.inputs.phase.clone();
        self.no_blocking_question(view.open_blocking().filter(|question| question.phase == own));
    }

    /// The same, of any phase so far.
    pub(crate) fn no_blocking_question_at_all(&mut self, view: &GateView) {
        self.no_blocking_question(view.open_blocking());
    }

    fn no_blocking_question<'a>(&mut self, open: impl Iterator<Item = &'a QuestionSummary>) {
        let hit = |question: &QuestionSummary| {
            let id = &question.id;
            let message =
                format!("the blocking question {id} is open: answer it (`ideamine answer RUN {id} TEXT`)");
            (format!("question:{id}"), message)
        };
        self.none(("open-blocking-questions", Severity::High, GateOutcome::Fail), open.map(hit));
    }

    /// Open questions are questions.
    pub(crate) fn question_form(&mut self, name: &str, questions: &[OpenQuestion]) {
        let odd = questions.iter().enumerate().filter(|(_, q)| !q.text.trim_end().ends_with('?'));
        let hit = |(i, q): (usize, &OpenQuestion)| {
            (at(name, "questions", i), format!("`{}` does not end as a question", q.text))
        };
        self.none(("question-form", Severity::Low, GateOutcome::Concerns), odd.map(hit));
    }
}

/// `name#/body/list/index`.
pub(crate) fn at(name: &str, list: &str, index: usize) -> String {
    format!("{name}#/body/{list}/{index}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outcome_is_the_worst_of_what_does_not_hold() {
        let check = |measures: &[(i64, GateOutcome)], expected: GateOutcome| {
            let mut judgement = Judgement::of("test");
            let measured =
                measures.iter().map(|(value, otherwise)| Measure::at_least("m", *value, 1, *otherwise));
            judgement.measures.extend(measured);
            assert_eq!(judgement.outcome(), expected);
        };
        check(&[], GateOutcome::Pass);
        check(&[(1, GateOutcome::Fail)], GateOutcome::Pass);
        check(&[(0, GateOutcome::Concerns), (1, GateOutcome::Fail)], GateOutcome::Concerns);
        check(&[(0, GateOutcome::Concerns), (0, GateOutcome::Fail)], GateOutcome::Fail);
    }

    #[test]
    fn the_worst_findings_come_first() {
        let mut judgement = Judgement::of("test");
        for severity in [Severity::Low, Severity::Critical, Severity::Medium] {
            judgement.find("rule", severity, "place", "message");
        }
        let order: Vec<Severity> = judgement.sorted().findings.iter().map(|f| f.severity).collect();
        assert_eq!(order, [Severity::Critical, Severity::Medium, Severity::Low]);
    }
}
