//! `run-plan`: phase files become a plan with topological waves; whatever may change bytes is fixed here.

mod parse;
mod resolve;

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use ideamine_core::digest::Digest;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Condition, Write};
use ideamine_core::records::{FactBody, PhaseRow, PhaseStatus, Plan, PlannedPhase, RunRow, RunStatus, key};
use ideamine_core::{Ctx, Failure, Function};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rows;

pub use parse::{BRANCHES_MAX, PHASE_BYTES_MAX, parse, parse_all};
pub use resolve::{PHASES_MAX, resolve};

/// Attempts of a phase until its gates' outcome stands.
pub const ATTEMPTS_MAX: u32 = 5;

/// What a run is started with, by digest: the phase files, the machines, the approvers' keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunConfig {
    /// The build that starts it.
    pub build: String,
    /// Phase files: name and text.
    pub phases: Vec<(String, String)>,
    /// State machines by name, as digests of their text.
    pub machines: BTreeMap<String, Digest>,
    /// Public keys (hex) whose approvals count.
    pub approvers: Vec<String>,
    /// The runtime policy's bundle in the store; absent, the bundle that comes with the program decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Digest>,
}

/// Guards at the idea, before anything is worked.
pub const GUARDS_BEFORE: [&str; 4] = ["policy", "exfil", "prompt-shield", "terms"];
/// Guards at what each phase leaves, besides those that its file names.
pub const GUARDS_OF_PHASES: [&str; 1] = ["exfil"];
/// Guards at the whole work, before the dossier is written.
pub const GUARDS_AFTER: [&str; 3] = ["licence", "provenance", "terms"];

/// What a phase file may name.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Every function there is.
    pub functions: BTreeSet<String>,
    /// Agents that work a phase (`prd`), each with the artifacts that it writes besides the phase's output.
    pub agents: BTreeMap<String, BTreeSet<String>>,
}

impl Known {
    /// These functions, and agents by name with the artifacts that each writes besides its phase's output.
    pub fn new(functions: BTreeSet<String>, agents: &[(&str, &[&str])]) -> Self {
        let agent = |(name, also): &(&str, &[&str])| {
            ((*name).to_owned(), also.iter().map(|name| (*name).to_owned()).collect())
        };
        Self { functions, agents: agents.iter().map(agent).collect() }
    }
}

/// `run-plan`.
pub struct RunPlan {
    /// What a phase file may name.
    pub known: Known,
}

/// Input of `run-plan`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The [`RunConfig`].
    pub config: Digest,
    /// The mothership's execution.
    pub execution: String,
}

/// Output of `run-plan`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// The [`Plan`]; its digest is the plan hash.
    pub plan: Digest,
    /// Number of phases.
    pub phases: usize,
    /// Guards before the first phase.
    pub before: Vec<String>,
    /// Guards after the last phase.
    pub after: Vec<String>,
}

#[async_trait]
impl Function for RunPlan {
    const NAME: &'static str = "run-plan";
    type Input = Input;
    type Output = Output;

    async fn run(&self, ctx: &Ctx, input: Input) -> Result<Output, Failure> {
        let config: RunConfig = ctx.get_json(&input.config).await?;
        let run_key = key::run(&ctx.tenant, &ctx.run);
        let run: RunRow = rows::get(ctx, &run_key).await?;
        let phases = resolve(parse_all(&config.phases)?, run.options.until.as_ref(), &self.known)?;
        let plan = fall_back(Plan {
            version: 1,
            build: config.build,
            idea: run.idea,
            idea_media_type: run.idea_media_type,
            seed: run.options.seed,
            model: run.options.model,
            ask: run.options.ask,
            phases,
            machines: config.machines,
            approvers: config.approvers,
            policy: config.policy,
            before: GUARDS_BEFORE.map(str::to_owned).to_vec(),
            after: GUARDS_AFTER.map(str::to_owned).to_vec(),
            ask_anew: run.options.fork.as_ref().map(|fork| fork.from.clone()),
        });
        let digest = ctx.put_json(&plan).await?;
        if let Some(fork) = run.options.fork {
            let (decision, choice) = ("fork".to_owned(), format!("{}:{}", fork.run, fork.from));
            let body =
                FactBody::Decision { decision, choice, by: "person".to_owned(), subject: Some(digest) };
            ctx.record(0, body).await?;
        }
        self.write_rows(ctx, &plan, digest, input.execution).await?;
        Ok(Output { plan: digest, phases: plan.phases.len(), before: plan.before, after: plan.after })
    }
}

impl RunPlan {
    async fn write_rows(
        &self,
        ctx: &Ctx,
        plan: &Plan,
        digest: Digest,
        execution: String,
    ) -> Result<(), Failure> {
        for planned in &plan.phases {
            let key = key::phase(&ctx.tenant, &ctx.run, planned.order, &planned.config.id);
            let row = serde_json::to_value(pending(planned)).map_err(|e| Failure::bug(e.to_string()))?;
            let write =
                ctx.env.records.write(vec![Write::Put { key, value: row, when: Condition::Absent }]).await;
            // Planning again after a crash finds its own rows.
            if let Err(failure) = write
                && failure.kind != FailureKind::StoreConflict
            {
                return Err(failure);
            }
        }
        rows::update(ctx, &key::run(&ctx.tenant, &ctx.run), |run: &mut RunRow| {
            run.plan = Some(digest);
            run.execution = Some(execution.clone());
            run.status = RunStatus::Running;
        })
        .await?;
        Ok(())
    }
}

/// Keeps what a run can fall back on: not its own model, and nothing where rules alone write.
fn fall_back(mut plan: Plan) -> Plan {
    let composes = plan.composes();
    for planned in &mut plan.phases {
        planned.config.fallback.retain(|model| !composes && *model != plan.model);
    }
    plan
}

fn pending(planned: &PlannedPhase) -> PhaseRow {
    PhaseRow {
        id: planned.config.id.clone(),
        order: planned.order,
        status: PhaseStatus::Pending,
        attempts: 0,
        artifacts: vec![],
        gates: vec![],
        generator: None,
        problems: vec![],
        stopped: None,
        started_ms: None,
        ended_ms: None,
    }
}

fn invalid(message: String) -> Failure {
    Failure::new(FailureKind::ConfigInvalid, message)
}

/// Longest text of a phase file that a message shows, characters.
const SHOWN_CHARS_MAX: usize = 80;

/// Text of a phase file for a message: cut, and without control characters.
fn shown(text: &str) -> String {
    let shown = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    text.chars().take(SHOWN_CHARS_MAX).map(shown).collect()
}
