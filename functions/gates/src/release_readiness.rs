//! `release-readiness`: every gate before let it through, nothing is open, and somebody wrote it for this idea.

use ideamine_core::Text;
use ideamine_core::artifacts::{GateOutcome, Release, Severity, Stories};
use ideamine_core::records::{Generator, PhaseStatus};

use crate::gate::{Gate, Judgement};
use crate::gate::{Hit, Rule, at};
use crate::security::failed_checks;
use crate::view::{GateView, Need};
use crate::wording::said;

const FILE: &str = "release.json";
const FAILS: GateOutcome = GateOutcome::Fail;

/// The gate of the release phase.
pub(crate) struct ReleaseReadiness;

impl Gate for ReleaseReadiness {
    fn id(&self) -> &'static str {
        "release-readiness"
    }
    fn needs(&self) -> &'static [Need] {
        &[Need::Artifact("stories.json"), Need::Artifact(FILE)]
    }

    fn judge(&self, view: &GateView) -> Judgement {
        let mut j = Judgement::of("release");
        author(&mut j, view);
        gates(&mut j, view);
        phases(&mut j, view);
        failed_checks(&mut j, view);
        j.no_blocking_question_at_all(view);
        let Some(release) = j.read::<Release>(view, FILE) else { return j };
        checklist(&mut j, &release);
        let version = semantic(&release.version);
        let message = format!("`{}` is no semantic version: expected MAJOR.MINOR.PATCH", release.version);
        j.must(("version", Severity::Medium, FAILS), version, (format!("{FILE}#/body/version"), message));
        some(&mut j, ("notes", Severity::Medium, FAILS), &release.notes, "what is new for users");
        some(&mut j, ("rollback", Severity::High, FAILS), &release.rollback, "how to go back");
        some(&mut j, ("runbook", Severity::High, FAILS), &release.runbook, "how to run it");
        hidden(&mut j, view, &release);
        j.substance(view, FILE);
        j
    }
}

fn author(j: &mut Judgement, view: &GateView) {
    let by = |generator: Generator| view.inputs.generator == generator;
    let whole = "composed by rules: a skeleton, never released".to_owned();
    j.none(
        ("composed-by-rules", Severity::Critical, FAILS),
        by(Generator::Composer).then(|| (FILE.to_owned(), whole)),
    );
    let part = "some documents were composed by rules: read them as a skeleton".to_owned();
    j.none(
        ("composed-in-part", Severity::Medium, GateOutcome::Concerns),
        by(Generator::Mixed).then(|| (FILE.to_owned(), part)),
    );
}

fn gates(j: &mut Judgement, view: &GateView) {
    let message = "no gate spoke before this one: nothing was judged".to_owned();
    j.at_least(
        ("gates-before", Severity::Critical, FAILS),
        view.gates().len(),
        1,
        ("gates".to_owned(), message),
    );
    let failed = view.gates().iter().filter(|gate| gate.outcome == FAILS);
    let failed = failed.map(|gate| {
        (
            format!("gate:{}", gate.id),
            format!("the gate {} failed: mend what it found, or have a person waive it", gate.id),
        )
    });
    j.none(("failed-gates", Severity::Critical, FAILS), failed.collect::<Vec<Hit>>());
}

fn phases(j: &mut Judgement, view: &GateView) {
    let open = view
        .inputs
        .phases
        .iter()
        .filter(|(_, status)| matches!(status, PhaseStatus::Failed | PhaseStatus::Skipped));
    let open = open.map(|(id, status)| {
        (format!("phase:{id}"), format!("phase {id} ended as {status:?}: a release needs all of them worked"))
    });
    j.none(("phases-not-worked", Severity::High, FAILS), open.collect::<Vec<Hit>>());
}

fn checklist(j: &mut Judgement, release: &Release) {
    let place = format!("{FILE}#/body/checklist");
    let items = release.checklist.iter().filter(|point| said(&point.item)).count();
    let message = "the checklist is empty: say what must be done before and at the release".to_owned();
    j.at_least(("checklist-points", Severity::High, FAILS), items, 1, (place, message));
    let open = release.checklist.iter().enumerate().filter(|(_, point)| !point.done);
    let open = open.map(|(i, point)| (at(FILE, "checklist", i), format!("not done: {}", point.item)));
    j.none(("checklist-open", Severity::High, FAILS), open.collect::<Vec<Hit>>());
}

fn some(j: &mut Judgement, rule: Rule, texts: &[Text], what: &str) {
    let count = texts.iter().filter(|text| said(text)).count();
    let message = format!("{what} is not stated: expected at least one sentence about this product");
    j.at_least(rule, count, 1, (format!("{FILE}#/body/{}", rule.0), message));
}

/// A story that is not coded is something users miss: it belongs among the known issues.
fn hidden(j: &mut Judgement, view: &GateView, release: &Release) {
    let Ok(stories) = view.document::<Stories>("stories.json") else { return };
    let open = stories.body.stories.iter().filter(|story| !story.coded).count();
    let told = release.known_issues.iter().any(said);
    let message = format!("{open} stories are not coded, and no known issue says so");
    j.must(
        ("known-issues", Severity::Medium, GateOutcome::Concerns),
        open == 0 || told,
        (format!("{FILE}#/body/known_issues"), message),
    );
}

fn semantic(version: &str) -> bool {
    let core = version.split(['-', '+']).next().unwrap_or_default();
    let parts: Vec<&str> = core.split('.').collect();
    let number = |part: &&str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_digit())
            && (*part == "0" || !part.starts_with('0'))
    };
    parts.len() == 3 && parts.iter().all(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_has_three_numbers() {
        let check = |version: &str, yes: bool| assert_eq!(semantic(version), yes, "{version}");
        check("0.1.0", true);
        check("1.20.3-rc.1+5", true);
        check("1.0", false);
        check("v1.0.0", false);
        check("1.01.0", false);
        check("", false);
    }
}
