//! Everything that decides an agent's answer, gathered from the records into one document.
//!
//! Nothing else reaches an agent: two equal briefs give equal answers by rules and equal requests to a model.

use std::collections::BTreeMap;

use ideamine_core::artifacts::{App, Document, GateFinding, Stories, Story};
use ideamine_core::ports::SourceFile;
use ideamine_core::records::{
    ArtifactRef, FanOutMode, Knowledge, PhaseConfig, PhaseRow, Plan, PlannedPhase, QuestionRow, key,
};
use ideamine_core::references::{Reference, References};
use ideamine_core::{Ctx, Digest, Failure, PhaseId, seed};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::work::{Asked, Work};
use crate::{rows, rung};

/// The artifact that holds an application's tree.
pub const APP: &str = "app.json";

/// What is to be briefed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Brief {
    /// Which phase.
    pub phase: PhaseId,
    /// Its attempt (a story's try, a clarification's round), from 1.
    pub attempt: u32,
    /// Which branch, from 0.
    pub branch: u32,
    /// The story to code.
    #[serde(default)]
    pub story: Option<String>,
    /// `question`, `answer` or `validate`, in a clarification.
    #[serde(default)]
    pub about: Option<String>,
    /// The question at hand.
    #[serde(default)]
    pub question: Option<String>,
    /// The proposed answer, to be validated.
    #[serde(default)]
    pub answer: Option<Digest>,
}

/// What an attempt came to; the next one reads it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttemptRow {
    /// The accepted answer.
    pub answer: Option<Digest>,
    /// What the gates found, a list of [`GateFinding`].
    pub findings: Option<Digest>,
    /// Digests of the artifacts, to see whether an attempt changed anything.
    pub artifacts: Vec<Digest>,
    /// How far its gates' measures were from their thresholds, thousandths.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub shortfall: u64,
    /// Rung of the fallback ladder on which the next attempt is made.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rung: u32,
    /// Whether its author had no answer: then answer and findings are those of the attempt before, for the next one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failed: bool,
}

fn is_zero<T: Default + PartialEq>(number: &T) -> bool {
    *number == T::default()
}

impl References for AttemptRow {
    fn references(&self) -> Vec<Reference> {
        let Self { answer, findings, artifacts, shortfall: _, rung: _, failed: _ } = self;
        let named = [("an accepted answer", answer), ("findings of gates", findings)];
        let named = named.into_iter().filter_map(|(name, digest)| Some(Reference::plain(name, (*digest)?)));
        named.chain(artifacts.iter().map(|digest| Reference::plain("an artifact", *digest))).collect()
    }
}

/// Gathers the work at this logical path, `03-prd/a1/b00`.
///
/// # Errors
/// `Input.Invalid` for a phase that is not in the plan; `Data.NotFound` for a story that is not there; the stores' own.
pub async fn gather(ctx: &Ctx, path: &str, brief: &Brief) -> Result<Work, Failure> {
    let plan = rows::plan(ctx).await?;
    let planned = plan.phase(&brief.phase);
    let planned =
        planned.ok_or_else(|| Failure::input(format!("phase `{}` is not in the plan", brief.phase)))?;
    work(ctx, &plan, planned, path, brief).await
}

async fn work(
    ctx: &Ctx,
    plan: &Plan,
    planned: &PlannedPhase,
    path: &str,
    brief: &Brief,
) -> Result<Work, Failure> {
    let config = &planned.config;
    let label = label(brief);
    let available = available(ctx, plan, planned).await?;
    let History { before, findings, model } = history(ctx, plan, config, path, brief).await?;
    let app = available.get(APP).filter(|_| config.inputs.iter().any(|name| name == APP));
    Ok(Work {
        phase: config.clone(),
        model,
        idea: text(ctx, "the idea", &plan.idea).await?,
        role: config.fan_out.branches.get(brief.branch as usize).filter(|_| brief.about.is_none()).cloned(),
        attempt: brief.attempt,
        findings,
        inputs: inputs(ctx, config, brief, &available).await?,
        before,
        knowledge: knowledge(ctx, plan, planned).await?,
        story: story(ctx, brief, &available).await?,
        files: match app {
            Some(app) => files(ctx, &app.digest).await?,
            None => vec![],
        },
        question: question(ctx, brief).await?,
        seed: seed_of(plan.seed, &label),
        label,
    })
}

/// `prd/a1/b00`, `story-loop/ST-1/a2`, `prd/question/a1`, `prd/q-prd-Q1/answer/a1`.
fn label(brief: &Brief) -> String {
    let Brief { phase, attempt, branch, story, about, question, .. } = brief;
    match (story, about, question) {
        (Some(story), _, _) => format!("{phase}/{story}/a{attempt}"),
        (None, Some(about), Some(question)) => format!("{phase}/q-{question}/{about}/a{attempt}"),
        (None, Some(about), None) => format!("{phase}/{about}/a{attempt}"),
        (None, None, _) => format!("{phase}/a{attempt}/b{branch:02}"),
    }
}

fn seed_of(run_seed: u64, label: &str) -> u64 {
    let bytes = seed::stream(run_seed, label);
    let mut first = [0; 8];
    first.copy_from_slice(&bytes[..8]);
    // Providers and JSON hold integers below 2^53 exactly.
    u64::from_be_bytes(first) >> 11
}

/// Artifacts of every phase that this one depends on, and its own; a later one replaces an earlier one of its name.
///
/// # Errors
/// The store's failures.
pub async fn available(
    ctx: &Ctx,
    plan: &Plan,
    planned: &PlannedPhase,
) -> Result<BTreeMap<String, ArtifactRef>, Failure> {
    let mut before = ancestors(plan, &planned.config.id);
    before.push(planned.config.id.clone());
    let worked: Vec<PhaseRow> = rows::phases(ctx).await?;
    let mut available = BTreeMap::new();
    for row in worked.into_iter().filter(|row| before.contains(&row.id)) {
        available.extend(row.artifacts.into_iter().map(|artifact| (artifact.name.clone(), artifact)));
    }
    Ok(available)
}

/// Every phase that must have been worked before `phase`, directly or not.
pub fn ancestors(plan: &Plan, phase: &PhaseId) -> Vec<PhaseId> {
    let mut found: Vec<PhaseId> = vec![];
    let mut open = vec![phase.clone()];
    while let Some(id) = open.pop() {
        let before = plan.phase(&id).map(|p| p.config.depends_on.clone()).unwrap_or_default();
        for id in before {
            if !found.contains(&id) {
                found.push(id.clone());
                open.push(id);
            }
        }
    }
    found
}

/// What is known from this phase's questions and from those before it: what a parallel phase learns at the same
/// time must not reach this one, or the answer would hang on which of the two was quicker.
async fn knowledge(ctx: &Ctx, plan: &Plan, planned: &PlannedPhase) -> Result<Vec<Knowledge>, Failure> {
    let mut before = ancestors(plan, &planned.config.id);
    before.push(planned.config.id.clone());
    let questions: Vec<QuestionRow> = rows::all(ctx, "question#").await?;
    let seen = |item: &Knowledge| match &item.question {
        Some(id) => questions.iter().any(|row| row.id == *id && before.contains(&row.phase)),
        None => true,
    };
    let all: Vec<Knowledge> = rows::all(ctx, "knowledge#").await?;
    Ok(all.into_iter().filter(seen).collect())
}

async fn inputs(
    ctx: &Ctx,
    config: &PhaseConfig,
    brief: &Brief,
    available: &BTreeMap<String, ArtifactRef>,
) -> Result<BTreeMap<String, String>, Failure> {
    let mut names: Vec<&str> = config.inputs.iter().map(String::as_str).collect();
    if brief.about.is_some() || brief.story.is_some() {
        // The clarification looks at the phase's own document, a story at the stories and the tree.
        names.extend([config.output.as_str(), "brief.json"]);
    }
    let mut inputs = BTreeMap::new();
    for name in names {
        if let Some(artifact) = available.get(name) {
            inputs.insert(name.to_owned(), text(ctx, name, &artifact.digest).await?);
        }
    }
    if let Some(answer) = &brief.answer {
        inputs.insert("reply.json".to_owned(), text(ctx, "the reply", answer).await?);
    }
    Ok(inputs)
}

/// What earlier attempts left for this one.
struct History {
    /// The answer before: of the branch before in an iterative fan-out, else of the attempt before.
    before: Option<serde_json::Value>,
    /// What was found in the attempt before, as far as this one is to mend it.
    findings: Vec<GateFinding>,
    /// Who writes now: the run's model, or the one that the phase fell back on.
    model: String,
}

async fn history(
    ctx: &Ctx,
    plan: &Plan,
    config: &PhaseConfig,
    path: &str,
    brief: &Brief,
) -> Result<History, Failure> {
    let mut found = History { before: None, findings: vec![], model: plan.model.clone() };
    if brief.about.is_some() {
        let planned = plan.phase(&config.id);
        let planned = planned.ok_or_else(|| Failure::bug(format!("`{}` is not in its plan", config.id)))?;
        found.model = rung::model(&plan.model, config, clarifying_rung(ctx, planned).await?);
        return Ok(found);
    }
    let base = path.rsplit_once("/a").filter(|_| brief.story.is_none()).map(|(base, _)| format!("{base}/a"));
    let base = base.or_else(|| path.rsplit_once("/t").map(|(base, _)| format!("{base}/t")));
    let base = base.ok_or_else(|| Failure::bug(format!("`{path}` is not a path of work")))?;
    if brief.attempt > 1 {
        let row = attempt(ctx, &format!("{base}{}", brief.attempt - 1)).await?;
        if let Some(row) = row {
            found.model = rung::model(&plan.model, config, row.rung);
            found.before = optional(ctx, row.answer).await?;
            let findings = optional(ctx, row.findings).await?.unwrap_or_default();
            found.findings = rung::job(config, row.rung, findings);
        }
    }
    if config.fan_out.mode == FanOutMode::Iterative && brief.branch > 0 && brief.story.is_none() {
        let row = attempt(ctx, &format!("{base}{}/b{:02}", brief.attempt, brief.branch - 1)).await?;
        if let Some(row) = row {
            found.before = optional(ctx, row.answer).await?;
        }
    }
    Ok(found)
}

/// Where the clarification of a phase lies in its path: `03-prd/qav`.
pub const CLARIFICATION: &str = "qav";

/// The rung on which a phase's clarification goes on: the lowest that one of its authors without an answer was left for.
///
/// # Errors
/// The store's failures.
pub async fn clarifying_rung(ctx: &Ctx, planned: &PlannedPhase) -> Result<u32, Failure> {
    let left: Vec<AttemptRow> =
        rows::all(ctx, &format!("attempt#{}/{CLARIFICATION}/", planned.path())).await?;
    Ok(left.iter().map(|row| row.rung).max().unwrap_or(0))
}

/// What the attempt at this path came to, `03-prd/a1`.
///
/// # Errors
/// The store's failures.
pub async fn attempt(ctx: &Ctx, path: &str) -> Result<Option<AttemptRow>, Failure> {
    rows::find(ctx, &key::attempt(&ctx.tenant, &ctx.run, path)).await
}

async fn optional<T: serde::de::DeserializeOwned>(
    ctx: &Ctx,
    digest: Option<Digest>,
) -> Result<Option<T>, Failure> {
    match digest {
        Some(digest) => ctx.get_json(&digest).await.map(Some),
        None => Ok(None),
    }
}

async fn text(ctx: &Ctx, name: &str, digest: &Digest) -> Result<String, Failure> {
    let bytes = ctx.get(digest).await?;
    String::from_utf8(bytes).map_err(|_| Failure::corrupt(format!("{name} ({digest}) is not UTF-8 text")))
}

/// The source tree of an application, file by file.
async fn files(ctx: &Ctx, app: &Digest) -> Result<Vec<SourceFile>, Failure> {
    let app: Document<App> = ctx.get_json(app).await?;
    let mut files = Vec::with_capacity(app.body.tree.files.len());
    for entry in app.body.tree.files {
        let content = text(ctx, &entry.path, &entry.digest).await?;
        files.push(SourceFile { path: entry.path, content });
    }
    Ok(files)
}

async fn story(
    ctx: &Ctx,
    brief: &Brief,
    available: &BTreeMap<String, ArtifactRef>,
) -> Result<Option<Story>, Failure> {
    let Some(id) = &brief.story else { return Ok(None) };
    let stories =
        available.get("stories.json").ok_or_else(|| Failure::not_found("stories.json is not there"))?;
    let stories: Document<Stories> = ctx.get_json(&stories.digest).await?;
    let story = stories.body.stories.into_iter().find(|story| story.id == *id);
    story.map(Some).ok_or_else(|| Failure::not_found(format!("story {id} is not in stories.json")))
}

async fn question(ctx: &Ctx, brief: &Brief) -> Result<Option<Asked>, Failure> {
    let Some(id) = &brief.question else { return Ok(None) };
    let row: QuestionRow = rows::get(ctx, &key::question(&ctx.tenant, &ctx.run, id)).await?;
    Ok(Some(Asked::from(&row)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_names_the_work_without_its_place_in_the_plan() {
        let phase = PhaseId::new("prd").unwrap();
        let base =
            Brief { phase, attempt: 2, branch: 1, story: None, about: None, question: None, answer: None };
        let check = |brief: Brief, text: &str| assert_eq!(label(&brief), text);
        check(base.clone(), "prd/a2/b01");
        check(Brief { story: Some("ST-1".into()), ..base.clone() }, "prd/ST-1/a2");
        check(Brief { about: Some("question".into()), ..base.clone() }, "prd/question/a2");
        let asked = Brief { about: Some("answer".into()), question: Some("prd-Q-1".into()), ..base };
        check(asked, "prd/q-prd-Q-1/answer/a2");
    }

    #[test]
    fn a_seed_fits_into_json_numbers() {
        assert!(seed_of(u64::MAX, "prd/a1/b00") < 1 << 53);
        assert_ne!(seed_of(0, "prd/a1/b00"), seed_of(0, "prd/a1/b01"));
    }
}
