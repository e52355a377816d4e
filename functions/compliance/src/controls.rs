//! What a run has to show for the controls of SOC 2, GDPR and HIPAA: one document, whose digest is in the evidence of
//! `guard-terms`. It says present, missing or not applicable, and never that anything is complied with.

use std::collections::BTreeSet;

use ideamine_authoring::rows;
use ideamine_core::artifacts::{Brief, Document, GateOutcome};
use ideamine_core::records::{FactBody, PhaseRow};
use ideamine_core::{Ctx, Failure};
use ideamine_guarding::Subject;
use ideamine_terms::controls::{self, Framework, Mapped};

/// Words of data about health, in the languages that briefs are written in.
const HEALTH: [&str; 10] = [
    "health",
    "patient",
    "medical",
    "medication",
    "diagnos",
    "symptom",
    "therap",
    "disease",
    "prescription",
    "clinic",
];

/// Every control of the three lists with its state.
pub(crate) async fn mapped(ctx: &Ctx, subject: &Subject) -> Result<Vec<Mapped>, Failure> {
    let (evidence, handles) = (evidence(ctx, subject).await?, handles(subject));
    let lists = [Framework::Soc2, Framework::Gdpr, Framework::Hipaa];
    Ok(lists.into_iter().flat_map(|list| controls::map(list, &evidence, &handles)).collect())
}

/// What is in the run: artifacts, gates that let pass, guards that looked, what the ledger holds.
async fn evidence(ctx: &Ctx, subject: &Subject) -> Result<BTreeSet<String>, Failure> {
    let mut there: BTreeSet<String> =
        subject.documents.iter().map(|document| format!("artifact:{}", document.name)).collect();
    let phases: Vec<PhaseRow> = rows::phases(ctx).await?;
    let gates = phases.iter().flat_map(|phase| &phase.gates);
    let passed = gates.filter(|gate| gate.outcome != GateOutcome::Fail);
    there.extend(passed.map(|gate| format!("gate:{}", gate.id)));
    // Those of the plan have all looked when the run ends well; what they write meanwhile must not change this.
    let guards = subject.plan.before.iter().chain(&subject.plan.after);
    there.extend(guards.map(|guard| format!("guard:{guard}")));
    let facts = ctx.env.ledger.facts(&ctx.tenant, &ctx.run).await?;
    let heads = ctx.env.ledger.heads(&ctx.tenant, &ctx.run).await?;
    there.extend((!heads.is_empty()).then(|| "ledger:head".to_owned()));
    there.extend(facts.iter().filter_map(|fact| match &fact.body {
        FactBody::Signature { purpose, .. } => Some(format!("ledger:{purpose}")),
        FactBody::Gate { .. } => Some("ledger:gate".to_owned()),
        _ => None,
    }));
    Ok(there)
}

/// What the work is stated to handle: the brief's list of sensitive data says it.
fn handles(subject: &Subject) -> BTreeSet<controls::Subject> {
    let brief = subject.documents.iter().find(|document| document.name == "brief.json");
    let brief = brief.and_then(|brief| serde_json::from_str::<Document<Brief>>(&brief.text).ok());
    let stated = brief.map(|brief| brief.body.sensitive_data).unwrap_or_default();
    let mut handles = BTreeSet::from([controls::Subject::Any]);
    if !stated.is_empty() {
        handles.insert(controls::Subject::Personal);
    }
    let health = |text: &str| HEALTH.iter().any(|word| text.to_lowercase().contains(word));
    if stated.iter().any(|text| health(&text.text)) {
        handles.extend([controls::Subject::Health, controls::Subject::Special]);
    }
    handles
}
