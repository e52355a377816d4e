//! `ideamine replay RUN --verify`: the run again, from recorded answers and seeds, in a directory of its own and
//! without network; then every artifact is compared by digest.

use std::collections::BTreeMap;

use ideamine_core::ports::{Answer, Usage};
use ideamine_core::records::{
    CallRow, FactBody, PhaseRow, PhaseStatus, Plan, QuestionRow, QuestionState, RunOptions, RunVerdict,
};
use ideamine_core::references::{Reference, References};
use ideamine_core::{Digest, Failure, Origin, RunId};
use ideamine_orchestration::plan::RunConfig;
use ideamine_policy::Bundle;

use crate::fork::policy;
use ideamine_orchestration::rows;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Runs;

/// What a replay needs of a run.
#[derive(Debug, Serialize, Deserialize)]
pub struct Recording {
    /// The idea's text.
    pub idea: String,
    /// Its media type.
    pub media_type: String,
    /// Its title.
    pub title: String,
    /// What was chosen.
    pub options: RunOptions,
    /// Phase files, as they were.
    pub phases: Vec<(String, String)>,
    /// The runtime policy, as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Bundle>,
    /// The build that made the run.
    pub build: String,
    /// Recorded answers by request.
    pub answers: BTreeMap<String, String>,
    /// What people answered, by question.
    pub replies: BTreeMap<String, String>,
    /// What each phase came to that a replay must come to again.
    pub made: Vec<Made>,
    /// Phases that the end of the run cut off: how far they came was chance, so they are not compared. Empty for a
    /// run that was not stopped.
    #[serde(default)]
    pub cut_off: Vec<String>,
}

/// What a phase came to: attempts, and artifacts by name.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// Which phase.
    pub phase: String,
    /// Attempts made.
    pub attempts: u32,
    /// Digests by name, in order.
    pub artifacts: Vec<(String, Digest)>,
}

impl Runs {
    /// Reads a finished run's recording out of its store.
    ///
    /// # Errors
    /// `Input.Invalid` while the run has not ended.
    pub async fn recording(&self, run: &RunId) -> Result<Value, Failure> {
        let row = self.find(run).await?;
        let ctx = self.context(run);
        if row.ended_ms.is_none() {
            return Err(Failure::input(format!("run {run} has not ended; resume it first")));
        }
        let plan_digest =
            row.plan.ok_or_else(|| Failure::input(format!("run {run} ended before it was planned")))?;
        let plan: Plan = ctx.get_json(&plan_digest).await?;
        let config: RunConfig = ctx.get_json(&config_of(&ctx).await?).await?;
        let questions: Vec<QuestionRow> = rows::all(&ctx, "question#").await?;
        let replies = questions.into_iter().filter_map(|row| match (row.state, row.answer) {
            (QuestionState::Answered, Some(text)) if text.origin == Origin::Person => {
                Some((row.id, text.text))
            }
            _ => None,
        });
        let stopped = row.verdict == Some(RunVerdict::Stopped);
        let (worked, cut_off): (Vec<PhaseRow>, Vec<PhaseRow>) =
            rows::phases(&ctx).await?.into_iter().partition(|phase| !stopped || is_worked(phase));
        let recording = Recording {
            idea: text(&ctx, &row.idea).await?,
            media_type: row.idea_media_type,
            title: row.title,
            options: row.options,
            phases: config.phases,
            policy: policy(&ctx, &config.policy).await?,
            build: plan.build,
            answers: answers(&ctx).await?,
            replies: replies.collect(),
            made: made(&worked),
            cut_off: cut_off.iter().map(|phase| phase.id.to_string()).collect(),
        };
        serde_json::to_value(recording).map_err(|e| Failure::bug(e.to_string()))
    }
}

/// The phase files' document: the plan's first step took it as its input.
pub(crate) async fn config_of(ctx: &ideamine_core::Ctx) -> Result<Digest, Failure> {
    let row: Option<ConfigRow> = rows::find(ctx, &config_key(ctx)).await?;
    row.map(|row| row.config).ok_or_else(|| Failure::not_found("the run's configuration is not recorded"))
}

/// Where a run's configuration is noted.
pub fn config_key(ctx: &ideamine_core::Ctx) -> ideamine_core::ports::Key {
    ideamine_core::ports::Key {
        pk: ideamine_core::records::key::run_pk(&ctx.tenant, &ctx.run),
        sk: "config".to_owned(),
    }
}

/// What a run was started with, by digest.
#[derive(Debug, Serialize, Deserialize)]
pub struct ConfigRow {
    /// The [`RunConfig`].
    pub config: Digest,
    /// The bundle of its policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Digest>,
}

impl References for ConfigRow {
    fn references(&self) -> Vec<Reference> {
        let Self { config, policy } = self;
        let policy = policy.map(|policy| Reference::plain("the policy", policy));
        std::iter::once(Reference::plain("the configuration", *config)).chain(policy).collect()
    }
}

pub(crate) async fn text(ctx: &ideamine_core::Ctx, digest: &Digest) -> Result<String, Failure> {
    let bytes = ctx.get(digest).await?;
    String::from_utf8(bytes).map_err(|_| Failure::corrupt(format!("{digest} is not text")))
}

/// Every answer that the run's calls stored, by the digest of its request.
async fn answers(ctx: &ideamine_core::Ctx) -> Result<BTreeMap<String, String>, Failure> {
    let calls: Vec<CallRow> = rows::all(ctx, "call#").await?;
    let mut answers = BTreeMap::new();
    for call in calls {
        if let Some(answer) = call.answer {
            answers.insert(call.request.to_string(), text(ctx, &answer).await?);
        }
    }
    // Answers from the replay store leave no call row of their own state, but a cost fact each.
    for fact in ctx.env.ledger.facts(&ctx.tenant, &ctx.run).await? {
        if let FactBody::Cost { request, answer: Some(answer), .. } = fact.body {
            answers.insert(request.to_string(), text(ctx, &answer).await?);
        }
    }
    Ok(answers)
}

/// Whether a phase was worked to its end; one that a stop cut off is skipped.
pub fn is_worked(phase: &PhaseRow) -> bool {
    matches!(phase.status, PhaseStatus::Passed | PhaseStatus::Concerns | PhaseStatus::Failed)
}

/// What the phases of a run came to.
pub fn made(phases: &[PhaseRow]) -> Vec<Made> {
    let of = |row: &PhaseRow| Made {
        phase: row.id.to_string(),
        attempts: row.attempts,
        artifacts: row.artifacts.iter().map(|a| (a.name.clone(), a.digest)).collect(),
    };
    phases.iter().map(of).collect()
}

impl Recording {
    /// The recorded answers by request, for a model that stands in for the real one.
    ///
    /// # Errors
    /// `Data.Corrupt` when a request is no digest.
    pub fn recorded(&self) -> Result<Vec<(Digest, Answer)>, Failure> {
        let mut answers = vec![];
        for (request, text) in &self.answers {
            let request: Digest =
                request.parse().map_err(|_| Failure::corrupt(format!("`{request}` is no digest")))?;
            answers.push((request, Answer { text: text.clone(), usage: Usage::default() }));
        }
        Ok(answers)
    }

    /// The first artifact or attempt count that differs, both sides told.
    pub fn first_divergence(&self, again: &[Made]) -> Option<Value> {
        for then in &self.made {
            let Some(now) = again.iter().find(|now| now.phase == then.phase) else {
                return Some(json!({ "phase": then.phase, "what": "phase was not worked again" }));
            };
            if then == now {
                continue;
            }
            let differs =
                |(name, digest): &&(String, Digest)| !now.artifacts.contains(&(name.clone(), *digest));
            let artifact = then.artifacts.iter().find(differs);
            let name = artifact.map(|(name, _)| name.clone());
            let other = now.artifacts.iter().find(|(n, _)| Some(n) == name.as_ref()).map(|(_, d)| *d);
            return Some(json!({
                "phase": then.phase, "artifact": name, "recorded": artifact.map(|(_, d)| *d), "replayed": other,
                "attempts_recorded": then.attempts, "attempts_replayed": now.attempts,
            }));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made_of(phase: &str, attempts: u32, bytes: &[u8]) -> Made {
        let artifacts = vec![("a.json".to_owned(), Digest::of(bytes))];
        Made { phase: phase.to_owned(), attempts, artifacts }
    }

    #[test]
    fn a_divergence_names_phase_and_artifact() {
        let options = RunOptions { model: "composer".into(), ..RunOptions::default() };
        let recording = Recording {
            idea: "x".into(),
            media_type: "text/plain".into(),
            title: "x".into(),
            options,
            phases: vec![],
            policy: None,
            build: "b".into(),
            answers: BTreeMap::new(),
            replies: BTreeMap::new(),
            made: vec![made_of("intake", 1, b"1"), made_of("prd", 2, b"2")],
            cut_off: vec![],
        };
        let check = |again: Vec<Made>, field: &str, value: Value| {
            let divergence = recording.first_divergence(&again).unwrap_or_default();
            assert_eq!(divergence[field], value);
        };
        check(vec![made_of("intake", 1, b"1"), made_of("prd", 2, b"2")], "phase", Value::Null);
        check(vec![made_of("intake", 1, b"1"), made_of("prd", 2, b"3")], "artifact", json!("a.json"));
        check(vec![made_of("intake", 1, b"1"), made_of("prd", 3, b"2")], "attempts_replayed", json!(3));
        check(vec![made_of("intake", 1, b"1")], "phase", json!("prd"));
    }
}
