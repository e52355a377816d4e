//! A gate as a function: loads the view, judges, stores the evidence and records the gate fact.

use async_trait::async_trait;
use ideamine_core::artifacts::{Evidence, GateOutcome};
use ideamine_core::records::FactBody;
use ideamine_core::{Ctx, Digest, Failure, Function};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::gate::{Gate, Judgement};
use crate::gates;
use crate::view::{GateView, INPUTS};

/// A gate as the function `gate-<id>`.
pub struct GateFunction<G>(pub G);

/// Input of every gate.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The [`ideamine_core::artifacts::GateInputs`].
    pub inputs: Digest,
}

/// Output of every gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Judged {
    /// What it says.
    pub outcome: GateOutcome,
    /// The [`Evidence`].
    pub evidence: Digest,
    /// What to mend, a list: the brief for the next attempt.
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
        let view = GateView::load(ctx, &input.inputs, self.0.needs()).await?;
        let evidence = evidence(&self.0, &view);
        let findings = ctx.put_json(&evidence.findings).await?;
        let digest = ctx.put_json(&evidence).await?;
        let (gate, outcome, artifacts) = (self.0.id().to_owned(), evidence.outcome, artifacts(&view));
        ctx.record(0, FactBody::Gate { gate, outcome, evidence: digest, artifacts }).await?;
        Ok(Judged { outcome, evidence: digest, findings, count: evidence.findings.len() })
    }
}

/// The artifacts that were read, in plan order.
fn artifacts(view: &GateView) -> Vec<Digest> {
    let read = |digest: &Digest| view.looked_at.iter().any(|(name, d)| d == digest && name != INPUTS);
    view.inputs.artifacts.iter().map(|artifact| artifact.digest).filter(read).collect()
}

fn evidence(gate: &impl Gate, view: &GateView) -> Evidence {
    let judgement = gate.judge(view).sorted();
    let outcome = judgement.outcome();
    let Judgement { measures, findings, .. } = judgement;
    Evidence {
        what: format!("gate:{}", gate.id()),
        tool: format!("ideamine {}", env!("CARGO_PKG_VERSION")),
        outcome,
        measures,
        findings,
        cases: Vec::new(),
        inputs: view.looked_at.clone(),
        raw: String::new(),
        again: ["ideamine", "gate", gate.id(), "--run", "RUN"].map(str::to_owned).to_vec(),
    }
}

/// Judges again what an evidence pack was about; stores nothing. The same build says the same again.
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
    let view = GateView::load(ctx, &inputs, gate.needs()).await?;
    Ok(evidence(&gate, &view))
}
