//! `security`: threats named and answered, and source without constructs that are known to be dangerous.

use std::collections::BTreeSet;

use ideamine_core::artifacts::{Architecture, Brief, GateOutcome, SecurityReview, Severity, Stride};

use crate::critique::answered;
use crate::gate::{Gate, Judgement};
use crate::gate::{Hit, at};
use crate::scan;
use crate::view::{GateView, Need};
use crate::wording::{plain, said};

/// Of the six kinds of STRIDE; a threat model with one or two looked from one side.
const STRIDE_KINDS_MIN: i64 = 3;
const FILE: &str = "security.json";

/// The gate of the security phase.
pub(crate) struct Security;

impl Gate for Security {
    fn id(&self) -> &'static str {
        "security"
    }
    fn needs(&self) -> &'static [Need] {
        &[
            Need::Artifact("brief.json"),
            Need::Artifact("architecture.json"),
            Need::Artifact(FILE),
            Need::Artifact("app.json"),
            Need::Source,
        ]
    }

    fn judge(&self, view: &GateView) -> Judgement {
        let mut j = Judgement::of("security");
        source(&mut j, view);
        failed_checks(&mut j, view);
        let (Some(brief), Some(architecture), Some(review)) = (
            j.read::<Brief>(view, "brief.json"),
            j.read::<Architecture>(view, "architecture.json"),
            j.read::<SecurityReview>(view, FILE),
        ) else {
            return j;
        };
        exposure(&mut j, &architecture, &review);
        threats(&mut j, &brief, &review);
        answered(&mut j, FILE, &review.findings);
        j.substance(view, FILE);
        j
    }
}

/// What the source holds that it should not: looked at after the build, and again when all stories are coded.
pub(crate) fn source(j: &mut Judgement, view: &GateView) {
    let message = "there is no source tree to look at: the build phase must write app.json";
    j.at_least(
        ("source-files", Severity::Critical, GateOutcome::Fail),
        view.source.len(),
        1,
        ("app.json".to_owned(), message.to_owned()),
    );
    let found = scan::scan(&view.source);
    let mut hits = |measure: &'static str, grave: bool, otherwise: GateOutcome| {
        let those = found.iter().filter(|hit| (hit.severity >= Severity::High) == grave);
        let mut count = 0;
        for hit in those {
            count += 1;
            j.find(hit.rule, hit.severity, &hit.place, &hit.message);
        }
        j.measures.push(ideamine_core::artifacts::Measure::at_most(measure, count, 0, otherwise));
    };
    hits("dangerous-constructs", true, GateOutcome::Fail);
    hits("doubtful-constructs", false, GateOutcome::Concerns);
}

/// Whatever checks were planned in this phase must have run and passed.
pub(crate) fn failed_checks(j: &mut Judgement, view: &GateView) {
    let failed = view.checks.iter().filter(|evidence| evidence.outcome == GateOutcome::Fail);
    let first = |evidence: &ideamine_core::artifacts::Evidence| {
        let finding = evidence.findings.first();
        let why = finding.map(|f| format!(": {} ({})", f.message, f.place)).unwrap_or_default();
        (evidence.what.clone(), format!("{} failed{why}", evidence.what))
    };
    j.none(("failed-checks", Severity::Critical, GateOutcome::Fail), failed.map(first).collect::<Vec<_>>());
    let lost = view.inputs.unchecked.iter().map(|lost| {
        (format!("check:{}", lost.check), format!("the check {} has no result: {}", lost.check, lost.reason))
    });
    j.none(("checks-without-result", Severity::Critical, GateOutcome::Fail), lost.collect::<Vec<_>>());
}

/// Each component and each entity has a threat that names it, or one of its endpoints.
fn exposure(j: &mut Judgement, a: &Architecture, review: &SecurityReview) {
    let named: BTreeSet<String> =
        review.threats.iter().filter(|t| said(&t.statement)).map(|t| plain(&t.element)).collect();
    let is_named = |name: &str, kind: &str| {
        let name = plain(name);
        named.contains(&name)
            || named.contains(&format!("{kind} {name}"))
            || named.contains(&format!("{name} {kind}"))
    };
    let by_endpoint = |entity: &str| {
        let own = a.endpoints.iter().filter(|e| e.entity.as_deref() == Some(entity));
        own.map(|e| plain(&e.path))
            .any(|path| named.iter().any(|element| element.ends_with(&path) && !path.is_empty()))
    };
    let components =
        a.components.iter().filter(|c| !is_named(&c.name, "component")).map(|c| ("component", &c.name));
    let entities = a.entities.iter().filter(|e| !is_named(&e.name, "entity") && !by_endpoint(&e.name));
    let open = components.chain(entities.map(|e| ("entity", &e.name)));
    let message = |kind: &str, name: &str| {
        format!("no threat names {kind} `{name}`: say what could be done to it, or to its endpoints")
    };
    let open: Vec<Hit> =
        open.map(|(kind, name)| (format!("{FILE}#/body/threats"), message(kind, name))).collect();
    let total = a.components.len() + a.entities.len();
    j.share(("elements-with-threats-percent", Severity::High, GateOutcome::Fail), total, 100, open);
}

fn threats(j: &mut Judgement, brief: &Brief, review: &SecurityReview) {
    let bare = review.threats.iter().enumerate().filter(|(_, t)| !said(&t.mitigation));
    let bare = bare.map(|(i, t)| {
        (
            at(FILE, "threats", i),
            format!("{} against `{}` has no mitigation: {}", t.id, t.element, t.statement),
        )
    });
    j.none(("unmitigated-threats", Severity::High, GateOutcome::Fail), bare.collect::<Vec<_>>());
    let kinds: Vec<Stride> = review.threats.iter().map(|t| t.stride).collect();
    let all = [
        Stride::Spoofing,
        Stride::Tampering,
        Stride::Repudiation,
        Stride::InformationDisclosure,
        Stride::DenialOfService,
        Stride::ElevationOfPrivilege,
    ];
    let covered = all.iter().filter(|kind| kinds.contains(kind)).count();
    let place = format!("{FILE}#/body/threats");
    let message =
        format!("{covered} of the six STRIDE kinds are looked at: expected at least {STRIDE_KINDS_MIN}");
    j.at_least(
        ("stride-kinds", Severity::Medium, GateOutcome::Concerns),
        covered,
        STRIDE_KINDS_MIN,
        (place.clone(), message),
    );
    let sensitive = brief.sensitive_data.iter().any(said);
    let seen = kinds.contains(&Stride::InformationDisclosure);
    let message = "the brief names sensitive data, and no threat is about its disclosure".to_owned();
    j.must(("disclosure-looked-at", Severity::High, GateOutcome::Fail), !sensitive || seen, (place, message));
}
