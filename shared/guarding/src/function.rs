//! A guard as a function: loads the subject, looks, stores the evidence, and puts what it said on the ledger.

use async_trait::async_trait;
use ideamine_core::artifacts::{Evidence, GateFinding, GateOutcome, REDACTED, WITHHELD};
use ideamine_core::records::{GuardAt, GuardOutcome, Said};
use ideamine_core::{Ctx, Digest, Failure, Function, PhaseId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Subject;

/// Most findings that an evidence pack lists; the count of what was said holds all.
const FINDINGS_MAX: usize = 200;
/// Most codes that a person is asked to look at.
const REVIEW_MAX: usize = 20;

/// What a guard found.
#[derive(Debug, Clone)]
pub struct Look {
    /// What it says.
    pub outcome: GuardOutcome,
    /// What it found, without any of its text.
    pub findings: Vec<GateFinding>,
    /// What a person must look at before a release: codes.
    pub review: Vec<String>,
    /// Why it ends the run; without anything of what was found.
    pub why: Option<String>,
    /// Documents that do not leave as they are, by digest, each with the copy that leaves instead, if there is one.
    pub withheld: Vec<(String, Digest, Option<Digest>)>,
    /// Other documents that it made, by name.
    pub beside: Vec<(String, Digest)>,
}

impl Look {
    /// Nothing was found.
    pub const fn pass() -> Self {
        Self {
            outcome: GuardOutcome::Pass,
            findings: vec![],
            review: vec![],
            why: None,
            withheld: vec![],
            beside: vec![],
        }
    }

    /// What the guard `id` says of these documents. A pack is stored where there is something to say; that it looked, and
    /// at nothing else, is on the ledger anyway.
    ///
    /// # Errors
    /// The store's own.
    pub async fn said(self, ctx: &Ctx, id: &str, inputs: Vec<(String, Digest)>) -> Result<Said, Failure> {
        let pack = match self.findings.is_empty() && self.beside.is_empty() {
            true => None,
            false => Some(ctx.put_json(&evidence(id, &self, inputs)).await?),
        };
        Ok(Said {
            id: id.to_owned(),
            outcome: self.outcome,
            findings: self.findings.len() as u64,
            evidence: pack,
            review: self.review.into_iter().take(REVIEW_MAX).collect(),
            why: self.why,
        })
    }
}

/// One guard of a run.
#[async_trait]
pub trait Guard: Send + Sync + 'static {
    /// Its id; its function is `guard-<id>`.
    fn id(&self) -> &'static str;
    /// Looks. Deterministic: the same subject is judged the same.
    ///
    /// # Errors
    /// When it cannot look; the run ends then.
    async fn look(&self, ctx: &Ctx, subject: &Subject) -> Result<Look, Failure>;
}

/// A guard as the function `guard-<id>`.
pub struct GuardFunction<G>(pub G);

/// Input of every guard.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// When.
    pub at: GuardAt,
    /// The phase at whose end it looks.
    #[serde(default)]
    pub phase: Option<PhaseId>,
}

#[async_trait]
impl<G: Guard> Function for GuardFunction<G> {
    const NAME: &'static str = "guard";
    type Input = Input;
    type Output = Said;

    async fn run(&self, ctx: &Ctx, input: Input) -> Result<Said, Failure> {
        let subject = Subject::load(ctx, input.at, input.phase.as_ref()).await?;
        let look = self.0.look(ctx, &subject).await?;
        let id = self.0.id();
        let inputs = subject.documents.iter().map(|document| (document.name.clone(), document.digest));
        let said = look.said(ctx, id, inputs.collect()).await?;
        ctx.record(0, said.fact(&format!("guard-{id}"))).await?;
        Ok(said)
    }
}

/// The evidence pack of what a guard found in these documents. What does not leave as it is stands among its inputs
/// once more, as `withheld:NAME`, followed by the copy that leaves instead as `redacted:NAME`.
fn evidence(id: &str, look: &Look, mut inputs: Vec<(String, Digest)>) -> Evidence {
    for (name, digest, copy) in &look.withheld {
        inputs.push((format!("{WITHHELD}{name}"), *digest));
        inputs.extend(copy.map(|copy| (format!("{REDACTED}{name}"), copy)));
    }
    inputs.extend(look.beside.iter().cloned());
    let mut findings = look.findings.clone();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings.truncate(FINDINGS_MAX);
    Evidence {
        what: format!("guard:{id}"),
        tool: format!("ideamine {}", env!("CARGO_PKG_VERSION")),
        outcome: match look.outcome {
            GuardOutcome::Pass if look.review.is_empty() => GateOutcome::Pass,
            GuardOutcome::Pass | GuardOutcome::Redacted => GateOutcome::Concerns,
            GuardOutcome::Blocked | GuardOutcome::Error => GateOutcome::Fail,
        },
        measures: vec![],
        findings,
        cases: vec![],
        inputs,
        raw: String::new(),
        again: vec![],
    }
}

/// `1 finding`, `2 findings`.
pub fn plural(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
