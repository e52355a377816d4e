//! What may still go wrong: risks and unanswered findings of the documents, open questions, failed measures.

use ideamine_core::Text;
use ideamine_core::artifacts::{
    AestheticReview, BusinessCase, Critique, Finding, GateOutcome, QaPlan, Release, Risk, SecurityReview,
    Severity,
};
use ideamine_core::records::QuestionState;

use super::View;
use crate::content::RiskEntry;

/// Gravest first; in the order of the documents among equals.
pub(super) fn risks(view: &View<'_>) -> Vec<RiskEntry> {
    let mut risks = Vec::new();
    if let Some(Critique { findings, risks: found, .. }) = view.document("critique.json") {
        risks.extend(open("critique.json", findings));
        risks.extend(found.into_iter().map(|risk| entry("critique.json", risk)));
    }
    if let Some(BusinessCase { risks: found, .. }) = view.document("business-case.json") {
        risks.extend(found.into_iter().map(|risk| entry("business-case.json", risk)));
    }
    if let Some(SecurityReview { findings, .. }) = view.document("security.json") {
        risks.extend(open("security.json", findings));
    }
    if let Some(QaPlan { risks: found, .. }) = view.document("qa.json") {
        risks.extend(found.into_iter().map(|risk| entry("qa.json", risk)));
    }
    if let Some(AestheticReview { findings, .. }) = view.document("aesthetic.json") {
        risks.extend(open("aesthetic.json", findings));
    }
    if let Some(Release { known_issues, .. }) = view.document("release.json") {
        let issues = (1..).zip(known_issues);
        risks.extend(
            issues.map(|(n, issue)| plain("release.json", format!("issue {n}"), Severity::Medium, issue)),
        );
    }
    risks.extend(unmended(view));
    risks.extend(unanswered(view));
    risks.sort_by_key(|risk| std::cmp::Reverse(risk.severity));
    risks
}

fn entry(source: &str, risk: Risk) -> RiskEntry {
    let Risk { id, statement, likelihood, impact, mitigation } = risk;
    let severity = weighed(likelihood, impact);
    RiskEntry { source: source.to_owned(), id, severity, statement, mitigation: Some(mitigation) }
}

fn plain(source: &str, id: String, severity: Severity, statement: Text) -> RiskEntry {
    RiskEntry { source: source.to_owned(), id, severity, statement, mitigation: None }
}

/// Findings that nothing answers.
fn open(source: &str, findings: Vec<Finding>) -> impl Iterator<Item = RiskEntry> {
    let open = findings.into_iter().filter(|finding| finding.answer.is_none());
    open.map(move |finding| plain(source, finding.id, finding.severity, finding.statement))
}

/// The middle of both, rounded up.
const fn weighed(likelihood: Severity, impact: Severity) -> Severity {
    match (likelihood as u8 + impact as u8).div_ceil(2) {
        0 => Severity::Low,
        1 => Severity::Medium,
        2 => Severity::High,
        _ => Severity::Critical,
    }
}

/// What gates that did not pass still find.
fn unmended(view: &View<'_>) -> Vec<RiskEntry> {
    let gates = view.phases.iter().flat_map(|phase| &phase.gates);
    let weak = gates.filter(|gate| matches!(gate.outcome, GateOutcome::Fail | GateOutcome::Concerns));
    let entries = weak.flat_map(|gate| {
        gate.findings.iter().map(|finding| {
            let text = Text::rule(finding.message.clone(), finding.rule.clone());
            plain(&format!("gate {}", gate.id), finding.place.clone(), finding.severity, text)
        })
    });
    entries.collect()
}

fn unanswered(view: &View<'_>) -> Vec<RiskEntry> {
    let open = view.questions.iter().filter(|question| {
        question.blocking && matches!(question.state, QuestionState::Open | QuestionState::Asked)
    });
    let entry = |question: &crate::content::QuestionEntry| {
        let text = Text::rule(question.text.clone(), "blocking-question");
        plain("questions", question.id.clone(), Severity::High, text)
    };
    open.map(entry).collect()
}
