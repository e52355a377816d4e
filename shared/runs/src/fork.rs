//! A run that goes on from another one's state: `checkpoints` and forks.
//!
//! A fork is a new run with the same idea, seed, phase files and answers of people, but for what a person changes. It
//! works every state again, and takes every model answer that is stored for the same request: so only what depends
//! on what changed is paid for. At and below the path that the person names, stored answers are not taken.

use std::collections::BTreeMap;

use ideamine_core::records::{
    FactBody, Fork, Plan, QuestionRow, QuestionState, ReplyRow, RunOptions, is_at_or_below,
};
use ideamine_core::{Failure, Origin, RunId, UsdMicros};
use ideamine_orchestration::plan::RunConfig;
use ideamine_orchestration::rows;
use ideamine_policy::Bundle;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::recording::{config_of, text};
use crate::{Runs, Start};

/// What a fork does otherwise than the run that it goes on from.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// A phase's id, or a path that `checkpoints` names: what is asked anew.
    pub from: String,
    /// Another model.
    #[serde(default)]
    pub model: Option<String>,
    /// Another cap.
    #[serde(default)]
    pub budget: Option<UsdMicros>,
    /// Another cap of tokens.
    #[serde(default)]
    pub budget_tokens: Option<u64>,
    /// Another cap of minutes of tools.
    #[serde(default)]
    pub budget_minutes: Option<u32>,
    /// Other phase files by name, all of them.
    #[serde(default)]
    pub phases: Option<Vec<(String, String)>>,
}

impl Runs {
    /// What is done of a run, in the order of its paths: `{run_id, status, checkpoints: [{step, function, phase, call}]}`.
    /// `call` says of a model call what it cost and where the answer came from. The ledger's facts say all of it; histories
    /// are not asked, which on AWS are slow to read and few at a time.
    ///
    /// # Errors
    /// `Data.NotFound`; the stores' own.
    pub async fn checkpoints(&self, run: &RunId) -> Result<Value, Failure> {
        let row = self.find(run).await?;
        let (mut done, mut calls) = (vec![], BTreeMap::new());
        for fact in self.env.ledger.facts(&self.tenant, run).await? {
            match fact.body {
                FactBody::Task { function, .. } => done.push((fact.path, function)),
                FactBody::Cost { model, answer: Some(answer), usd_micros, class, .. } => {
                    let call = json!({ "model": model, "answer": answer, "usd": usd_micros.dollars(), "class": class });
                    calls.insert(fact.path, call);
                }
                _ => {}
            }
        }
        let shown = |(step, function): (String, String)| {
            let phase = ideamine_ledger::phase_of(&step);
            json!({ "phase": phase, "call": calls.get(&step), "step": step, "function": function })
        };
        let checkpoints: Vec<Value> = done.into_iter().map(shown).collect();
        Ok(json!({ "run_id": run, "status": row.status, "checkpoints": checkpoints }))
    }

    /// What starts `run` as a fork of `of`; see [`Runs::start`].
    ///
    /// # Errors
    /// `Input.Invalid` when `of` is not planned yet or has no such state; the stores' own.
    pub async fn forked(&self, run: RunId, of: &RunId, change: Change) -> Result<Start, Failure> {
        let row = self.find(of).await?;
        let ctx = self.context(of);
        let plan = row.plan.ok_or_else(|| {
            Failure::input(format!("run {of} is not planned yet: there is no state to go on from"))
        })?;
        let plan: Plan = ctx.get_json(&plan).await?;
        let from = self.path(of, &plan, &change.from).await?;
        let config: RunConfig = ctx.get_json(&config_of(&ctx).await?).await?;
        let questions: Vec<QuestionRow> = rows::all(&ctx, "question#").await?;
        let options = RunOptions {
            model: change.model.unwrap_or(row.options.model),
            budget: change.budget.or(row.options.budget),
            fork: Some(Fork { run: of.clone(), from }),
            budget_tokens: change.budget_tokens.or(row.options.budget_tokens),
            budget_minutes: change.budget_minutes.or(row.options.budget_minutes),
            ..row.options
        };
        Ok(Start {
            run,
            idea: text(&ctx, &row.idea).await?,
            media_type: row.idea_media_type,
            title: row.title,
            options,
            phases: change.phases.unwrap_or(config.phases),
            approvers: config.approvers,
            policy: policy(&ctx, &config.policy).await?,
            replies: questions.into_iter().filter_map(reply).collect(),
        })
    }

    /// The logical path that a person means: a phase by its id, or a path at or below which something is done.
    async fn path(&self, run: &RunId, plan: &Plan, from: &str) -> Result<String, Failure> {
        let phase = plan.phases.iter().find(|phase| phase.config.id.as_str() == from);
        let path = phase.map_or_else(|| from.trim_end_matches('/').to_owned(), |phase| phase.path());
        let facts = self.env.ledger.facts(&self.tenant, run).await?;
        if facts.iter().any(|fact| is_at_or_below(&fact.path, &path)) {
            return Ok(path);
        }
        Err(Failure::input(format!(
            "run {run} has no state `{from}`; `ideamine checkpoints {run}` lists them"
        )))
    }
}

/// The policy that a run was started with, if its build knew policies.
pub(crate) async fn policy(
    ctx: &ideamine_core::Ctx,
    digest: &Option<ideamine_core::Digest>,
) -> Result<Option<Bundle>, Failure> {
    match digest {
        Some(digest) => ctx.get_json(digest).await.map(Some),
        None => Ok(None),
    }
}

/// What a person answered; rules and models answer again by themselves.
fn reply(row: QuestionRow) -> Option<ReplyRow> {
    let answer = row.answer.filter(|text| text.origin == Origin::Person)?;
    (row.state == QuestionState::Answered).then_some(ReplyRow { id: row.id, question: row.text, answer })
}
