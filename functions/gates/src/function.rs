//! A gate as a function: loads the view, judges, stores the evidence and records the gate fact.

use std::collections::BTreeMap;

use async_trait::async_trait;
use ideamine_core::artifacts::{Evidence, GateInputs, GateOutcome};
use ideamine_core::records::FactBody;
use ideamine_core::{Ctx, Digest, Failure, Function};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::gate::{Gate, Judgement};
use crate::gates;
use crate::view::GateView;

/// Name under which the evidence lists the document that fixes what the gate looked at.
const INPUTS: &str = "gate-inputs";

/// A gate as the function `gate-<id>`.
pub struct GateFunction<G>(pub G);

/// Input of every gate.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The [`GateInputs`].
    pub inputs: Digest,
}

/// Output of every gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Judged {
    /// What it says.
    pub outcome: GateOutcome,
    /// The [`Evidence`].
    pub evidence: Digest,
    /// What to mend, a list.
    pub findings: Digest,
    /// How many findings.
    pub count: usize,
}

#[async_trait]
impl<G: Gate> Function for GateFunction<G> {
    const NAME: &'static str = "gate";
    type Input = Input;
    type Output = Judged;

    async fn run(&self, ctx: &Ctx, input: Input) -> Result<Judged, Failure> {
        let view = load(ctx, &input.inputs).await?;
        let artifacts = view.inputs.artifacts.iter().map(|artifact| artifact.digest).collect();
        let evidence = evidence(self.0.id(), &input.inputs, &view, self.0.judge(&view).sorted());
        let findings = ctx.put_json(&evidence.findings).await?;
        let digest = ctx.put_json(&evidence).await?;
        let (gate, outcome) = (self.0.id().to_owned(), evidence.outcome);
        ctx.record(0, FactBody::Gate { gate, outcome, evidence: digest, artifacts }).await?;
        Ok(Judged { outcome, evidence: digest, findings, count: evidence.findings.len() })
    }
}

fn evidence(id: &str, inputs: &Digest, view: &GateView, judgement: Judgement) -> Evidence {
    let mut seen = vec![(INPUTS.to_owned(), *inputs)];
    seen.extend(view.inputs.artifacts.iter().map(|artifact| (artifact.name.clone(), artifact.digest)));
    let named = view.checks.keys().zip(&view.inputs.checks);
    seen.extend(named.map(|(name, digest)| (name.clone(), *digest)));
    Evidence {
        what: format!("gate:{id}"),
        tool: format!("ideamine {}", env!("CARGO_PKG_VERSION")),
        outcome: judgement.outcome(),
        measures: judgement.measures,
        findings: judgement.findings,
        inputs: seen,
        raw: String::new(),
        again: ["ideamine", "gate", id, "--run", "RUN"].map(str::to_owned).to_vec(),
    }
}

async fn load(ctx: &Ctx, inputs: &Digest) -> Result<GateView, Failure> {
    let inputs: GateInputs = ctx.get_json(inputs).await?;
    let mut documents = BTreeMap::new();
    for artifact in &inputs.artifacts {
        documents.insert(artifact.name.clone(), ctx.get(&artifact.digest).await?);
    }
    let mut checks = BTreeMap::new();
    for digest in &inputs.checks {
        let evidence: Evidence = ctx.get_json(digest).await?;
        checks.insert(evidence.what.clone(), evidence);
    }
    Ok(GateView { inputs, documents, checks })
}

/// Judges again what an evidence pack was about; stores nothing.
///
/// # Errors
/// `Input.Invalid` when the pack is not a gate's; the store's failures.
pub async fn rerun(ctx: &Ctx, pack: &Evidence) -> Result<Evidence, Failure> {
    let id = pack.what.strip_prefix("gate:").unwrap_or_default();
    let gate = gates().into_iter().find(|gate| gate.id() == id);
    let gate = gate.ok_or_else(|| {
        Failure::input(format!("`{}` is not the evidence of a gate of this build", pack.what))
    })?;
    let inputs = pack.inputs.iter().find(|(name, _)| name == INPUTS).map(|(_, digest)| *digest);
    let inputs = inputs
        .ok_or_else(|| Failure::input(format!("the evidence of gate {id} does not say what it looked at")))?;
    let view = load(ctx, &inputs).await?;
    Ok(evidence(id, &inputs, &view, gate.judge(&view).sorted()))
}
