//! The function around an agent: `prepare`, `accept`, `repair` and `finish`, as the machines call them.
//!
//! None of them calls a model. `prepare` gathers the work and hands out a request (or, when rules answer, the
//! answer); `accept` judges a model's raw text and fails when it is not good; `repair` hands out a request that says
//! what was wrong while rounds are left; `finish` stores the artifacts and records a fact about each.

use async_trait::async_trait;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::Progress;
use ideamine_core::records::{ArtifactRef, Fact, FactBody};
use ideamine_core::{Ctx, Digest, Failure, Function};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::agent::{Agent, Finish, Finished, NewArtifact};
use crate::brief::{self, Brief};
use crate::check::{PROBLEMS_MAX, Problem, against_schema, floats};
use crate::work::Work;
use crate::{answer, origin, render};

/// An agent as a function; registered under [`Agent::name`].
pub struct AgentFunction<A>(pub A);

/// What an agent function is asked to do. Documents go by digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum Op {
    /// Gather everything that decides the answer; make the request, or answer by rules.
    Prepare {
        /// Logical path of the work, `03-prd/a1/b00`.
        path: String,
        /// What is to be worked.
        brief: Brief,
    },
    /// Judge a model's answer; one that is not good is `Answer.Rejected`.
    Accept {
        /// The [`Work`].
        work: Digest,
        /// The model's raw text.
        answer: Digest,
    },
    /// Ask again, saying what was wrong; `Answer.Rejected` when no round is left.
    Repair {
        /// The [`Work`].
        work: Digest,
        /// The model's raw text.
        answer: Digest,
        /// Repair round that the answer came from, 0 for the first.
        round: u32,
    },
    /// Store the artifacts of an accepted, aggregated answer.
    Finish {
        /// The [`Work`].
        work: Digest,
        /// The answer in its stored form.
        answer: Digest,
    },
}

/// What comes back; a field that does not apply is absent, so that a machine can ask `$exists`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Outcome {
    /// `prepare`: the [`Work`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work: Option<Digest>,
    /// `prepare`, `repair`: a request that a model must answer next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<Digest>,
    /// `prepare`, `accept`: the answer in its stored form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Digest>,
    /// `repair`: what is wrong with the answer, a list of [`Problem`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problems: Option<Digest>,
    /// `finish`: the [`Finished`] document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished: Option<Digest>,
    /// `finish`: the application, where it is among the artifacts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<Digest>,
}

#[async_trait]
impl<A: Agent> Function for AgentFunction<A> {
    const NAME: &'static str = "agent";
    type Input = Op;
    type Output = Outcome;

    async fn run(&self, ctx: &Ctx, input: Op) -> Result<Outcome, Failure> {
        match input {
            Op::Prepare { path, brief } => self.prepare(ctx, brief::gather(ctx, &path, &brief).await?).await,
            Op::Accept { work, answer } => {
                let raw = ctx.get(&answer).await?;
                self.accept(ctx, &ctx.get_json(&work).await?, &raw).await
            }
            Op::Repair { work, answer, round } => {
                let raw = ctx.get(&answer).await?;
                self.repair(ctx, &ctx.get_json(&work).await?, &raw, round).await
            }
            Op::Finish { work, answer } => {
                self.finish(ctx, &ctx.get_json(&work).await?, ctx.get_json(&answer).await?).await
            }
        }
    }
}

impl<A: Agent> AgentFunction<A> {
    async fn prepare(&self, ctx: &Ctx, work: Work) -> Result<Outcome, Failure> {
        let outcome = Outcome { work: Some(ctx.put_json(&work).await?), ..Outcome::default() };
        if work.composes() {
            let answer = ctx.put_json(&self.0.compose(&work)?).await?;
            return Ok(Outcome { answer: Some(answer), ..outcome });
        }
        let request = render::render(&work, self.0.prompt(), &self.0.schema(&work))?;
        Ok(Outcome { call: Some(ctx.put_json(&request).await?), ..outcome })
    }

    async fn accept(&self, ctx: &Ctx, work: &Work, raw: &[u8]) -> Result<Outcome, Failure> {
        let answer = judge(&self.0, work, raw).map_err(|problems| rejected(&problems))?;
        Ok(Outcome { answer: Some(ctx.put_json(&answer).await?), ..Outcome::default() })
    }

    async fn repair(&self, ctx: &Ctx, work: &Work, raw: &[u8], round: u32) -> Result<Outcome, Failure> {
        let Err(problems) = judge(&self.0, work, raw) else {
            return Err(Failure::input(format!("nothing is wrong with the answer of {}", work.label)));
        };
        if round >= work.phase.retries {
            return Err(rejected(&problems));
        }
        let refused = String::from_utf8_lossy(raw);
        let first = render::render(work, self.0.prompt(), &self.0.schema(work))?;
        let request = render::repair(work, first, &refused, &problems, round + 1);
        let (call, problems) = (ctx.put_json(&request).await?, ctx.put_json(&problems).await?);
        Ok(Outcome { call: Some(call), problems: Some(problems), ..Outcome::default() })
    }

    async fn finish(&self, ctx: &Ctx, work: &Work, answer: Value) -> Result<Outcome, Failure> {
        let Finish { artifacts, questions } = self.0.finish(work, answer)?;
        let traces = artifacts.iter().flat_map(|a| a.traces.clone()).collect();
        let mut refs = Vec::with_capacity(artifacts.len());
        let mut facts = Vec::with_capacity(artifacts.len());
        for (ordinal, artifact) in (0..).zip(artifacts) {
            let (stored, fact) = self.store(ctx, work, ordinal, artifact).await?;
            refs.push(stored);
            facts.push(fact);
        }
        self.publish(ctx, work, refs.len());
        ctx.env.ledger.insert(&ctx.tenant, &ctx.run, facts).await?;
        let app = refs.iter().find(|artifact| artifact.name == brief::APP).map(|artifact| artifact.digest);
        let finished = Finished { artifacts: refs, questions, traces, generator: work.generator() };
        Ok(Outcome { finished: Some(ctx.put_json(&finished).await?), app, ..Outcome::default() })
    }

    async fn store(
        &self,
        ctx: &Ctx,
        work: &Work,
        ordinal: u32,
        artifact: NewArtifact,
    ) -> Result<(ArtifactRef, Fact), Failure> {
        let NewArtifact { name, media_type, bytes, traces } = artifact;
        let size = bytes.len() as u64;
        let digest = ctx.put(bytes).await?;
        let body = FactBody::Artifact {
            name: name.clone(),
            digest,
            media_type: media_type.clone(),
            bytes: size,
            producer: self.0.name(),
            author: work.model.clone(),
            inputs: inputs(work),
            traces,
        };
        let fact = Fact { path: ctx.step.clone(), ordinal, at_ms: ctx.env.clock.now_ms(), body };
        Ok((ArtifactRef { name, digest, media_type, bytes: size }, fact))
    }

    fn publish(&self, ctx: &Ctx, work: &Work, artifacts: usize) {
        let note = format!("{artifacts} artifact{}", if artifacts == 1 { "" } else { "s" });
        let progress = Progress::Work { phase: work.phase.id.to_string(), function: self.0.name(), note };
        ctx.env.events.publish(&ctx.tenant, &ctx.run, progress);
    }
}

/// `schema at /requirements/2/id, and 3 more`: names of rules and places, no words of the answer.
fn rejected(problems: &[Problem]) -> Failure {
    let first = problems.first().map(|p| {
        let place = if p.place.is_empty() { "the whole answer" } else { &p.place };
        format!("{} at {place}", p.rule)
    });
    let more = match problems.len().saturating_sub(1) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    Failure::new(FailureKind::AnswerRejected, format!("{}{more}", first.unwrap_or_default()))
}

/// Reads, checks and types a model's raw text; the answer in its stored form, or what is wrong with it.
///
/// # Errors
/// The problems, at most [`PROBLEMS_MAX`].
pub fn judge<A: Agent>(agent: &A, work: &Work, raw: &[u8]) -> Result<Value, Vec<Problem>> {
    let answer = answer::read(raw).map_err(|problem| vec![problem])?;
    // A text in the schema is a plain string: an answer that brings its own origins fails here.
    let mut problems = against_schema(&agent.schema(work), &answer);
    problems.extend(floats(&answer));
    if !problems.is_empty() {
        problems.truncate(PROBLEMS_MAX);
        return Err(problems);
    }
    let mut answer = agent.typed(work, answer).map_err(|problem| vec![problem])?;
    let mut problems = agent.check(work, &answer);
    if !problems.is_empty() {
        problems.truncate(PROBLEMS_MAX);
        return Err(problems);
    }
    origin::mark_quotes(&work.idea, &mut answer);
    Ok(answer)
}

/// What an artifact was made from: the idea and the inputs, by digest. An application's files are not listed one by
/// one: `app.json`, which is among the inputs of whoever is given files, names each by its digest.
fn inputs(work: &Work) -> Vec<Digest> {
    let idea = std::iter::once(Digest::of(work.idea.as_bytes()));
    let read = work.inputs.values().map(|text| Digest::of(text.as_bytes()));
    idea.chain(read).collect()
}
