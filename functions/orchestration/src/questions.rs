//! The clarification loop's bookkeeping: what is asked, proposed, answered by a person, accepted or assumed.

use async_trait::async_trait;
use ideamine_authoring::triad::{Questions, Reply, Ruling, RulingKind};
use ideamine_core::ports::Progress;
use ideamine_core::records::{Desired, FactBody, Knowledge, Plan, QuestionRow, QuestionState, ReplyRow, key};
use ideamine_core::{Ctx, Digest, Failure, Function, PhaseId, Text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::next::wake;
use crate::{rows, settle, unstick};

/// How an `author` execution ended.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Authored {
    /// `ok`, `failed` or `stopped`.
    pub outcome: String,
    /// Its accepted answer.
    #[serde(default)]
    pub answer: Option<Digest>,
    /// Name of its failure.
    #[serde(default)]
    pub error: Option<String>,
}

/// Input of `run-questions`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SelectInput {
    /// Which phase.
    pub phase: PhaseId,
    /// Which round, from 1.
    pub round: u32,
    /// What the question agent came to.
    pub asked: Authored,
}

/// Output of `run-questions`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SelectOutput {
    /// Questions to take up in this round, most important first.
    pub questions: Vec<String>,
}

/// `run-questions`: records what the question agent raised besides the documents' own, and takes up the open ones.
pub struct RunQuestions;

#[async_trait]
impl Function for RunQuestions {
    const NAME: &'static str = "run-questions";
    type Input = SelectInput;
    type Output = SelectOutput;

    async fn run(&self, ctx: &Ctx, input: SelectInput) -> Result<SelectOutput, Failure> {
        let plan = rows::plan(ctx).await?;
        let planned = plan.phase(&input.phase).ok_or_else(|| Failure::input("phase is not in the plan"))?;
        unstick::clarify_below(ctx, &plan, &input.phase, input.asked.error.as_deref(), Self::NAME).await?;
        let mut questions = own(ctx, &input.phase).await?;
        if let Some(answer) = input.asked.answer {
            let raised: Questions = ctx.get_json(&answer).await?;
            let mut all: Vec<_> = questions.iter().map(open_question).collect();
            all.extend(
                raised.questions.into_iter().filter(|q| !questions.iter().any(|row| row.text == q.text)),
            );
            settle::raise(ctx, &input.phase, &all).await?;
            questions = own(ctx, &input.phase).await?;
        }
        questions.retain(|row| row.state == QuestionState::Open);
        questions.sort_by_key(|row| (!row.blocking, row.rank, row.id.clone()));
        questions.truncate(planned.config.questions.per_round as usize);
        Ok(SelectOutput { questions: questions.into_iter().map(|row| row.id).collect() })
    }
}

async fn own(ctx: &Ctx, phase: &PhaseId) -> Result<Vec<QuestionRow>, Failure> {
    let rows: Vec<QuestionRow> = rows::all(ctx, &format!("question#{phase}-")).await?;
    Ok(rows.into_iter().filter(|row| row.phase == *phase).collect())
}

fn open_question(row: &QuestionRow) -> ideamine_core::artifacts::OpenQuestion {
    ideamine_core::artifacts::OpenQuestion {
        id: row.id.clone(),
        text: row.text.clone(),
        why: row.why.clone(),
        blocking: row.blocking,
    }
}

/// Input of `run-answer-propose`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeInput {
    /// Which question.
    pub question: String,
    /// What the answer agent came to.
    pub author: Authored,
}

/// Output of `run-answer-propose`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProposeOutput {
    /// Which question.
    pub id: String,
    /// `validate` the proposed answer, ask a `person`, or leave it `open`.
    pub next: &'static str,
    /// The [`Reply`].
    pub answer: Option<Digest>,
}

/// `run-answer-propose`: an answer that was found is validated; else a person is asked, if the run may ask.
pub struct RunAnswerPropose;

#[async_trait]
impl Function for RunAnswerPropose {
    const NAME: &'static str = "run-answer-propose";
    const WRITES_TASK_FACT: bool = false;
    type Input = ProposeInput;
    type Output = ProposeOutput;

    async fn run(&self, ctx: &Ctx, input: ProposeInput) -> Result<ProposeOutput, Failure> {
        let plan = rows::plan(ctx).await?;
        let ask = plan.ask;
        left_unanswered(ctx, &plan, &input.question, &input.author, Self::NAME).await?;
        let reply: Option<Reply> = match input.author.answer {
            Some(answer) => Some(ctx.get_json(&answer).await?),
            None => None,
        };
        let found = reply.is_some_and(|reply| reply.answer.is_some());
        // Somebody who pauses or cancels is not asked any further.
        let wanted = rows::wanted(ctx).await?.desired;
        let ask = ask && wanted == Desired::Run;
        let next = match (found, ask) {
            (true, _) => "validate",
            (false, true) => "person",
            (false, false) => "open",
        };
        Ok(ProposeOutput { id: input.question, next, answer: input.author.answer })
    }
}

/// Whoever had no answer to a question leaves the next ones to the next model of its phase.
async fn left_unanswered(
    ctx: &Ctx,
    plan: &Plan,
    question: &str,
    author: &Authored,
    by: &str,
) -> Result<(), Failure> {
    if author.error.is_none() {
        return Ok(());
    }
    let row: QuestionRow = rows::get(ctx, &key::question(&ctx.tenant, &ctx.run, question)).await?;
    unstick::clarify_below(ctx, plan, &row.phase, author.error.as_deref(), by).await
}

/// Input of `run-ask`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AskInput {
    /// Which question.
    pub question: String,
    /// The task token that the answer sends.
    pub token: String,
}

/// `run-ask`: shows the question to whoever watches and keeps the token for `ideamine answer`.
pub struct RunAsk;

#[async_trait]
impl Function for RunAsk {
    const NAME: &'static str = "run-ask";
    const WRITES_TASK_FACT: bool = false;
    type Input = AskInput;
    type Output = ();

    async fn run(&self, ctx: &Ctx, input: AskInput) -> Result<(), Failure> {
        let key = key::question(&ctx.tenant, &ctx.run, &input.question);
        let row = rows::update(ctx, &key, |row: &mut QuestionRow| {
            row.state = QuestionState::Asked;
            row.token = Some(input.token.clone());
        })
        .await?;
        if let Some(text) = answered_before(ctx, &row).await? {
            know(ctx, &row.id, text, QuestionState::Answered).await?;
            record_answer(ctx, &row.id).await?;
            return wake(ctx, &input.token).await;
        }
        let progress = Progress::Question { phase: row.phase.to_string(), question: row.id, text: row.text };
        ctx.env.events.publish(&ctx.tenant, &ctx.run, progress);
        Ok(())
    }
}

/// In a fork, what a person answered to the same question in the run that it goes on from.
async fn answered_before(ctx: &Ctx, row: &QuestionRow) -> Result<Option<Text>, Failure> {
    let reply: Option<ReplyRow> = rows::find(ctx, &key::reply(&ctx.tenant, &ctx.run, &row.id)).await?;
    Ok(reply.filter(|reply| reply.question == row.text).map(|reply| reply.answer))
}

/// A person's answer is a decision on the ledger.
///
/// # Errors
/// The store's failures.
pub async fn record_answer(ctx: &Ctx, question: &str) -> Result<(), Failure> {
    let (decision, choice) = ("question".to_owned(), format!("{question}:answered"));
    let body = FactBody::Decision { decision, choice, by: "person".to_owned(), subject: None };
    ctx.record_at(&format!("control/answer-{question}"), 0, body).await
}

/// Input of `run-answer-conclude`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConcludeInput {
    /// Which question.
    pub question: String,
    /// The proposed [`Reply`].
    pub answer: Digest,
    /// What the validating agent came to.
    pub author: Authored,
}

/// Output of `run-answer-conclude`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ConcludeOutput {
    /// How the question stands now.
    pub state: QuestionState,
}

/// `run-answer-conclude`: an accepted answer becomes knowledge, an assumption is marked as one, a rejected
/// answer leaves the question open.
pub struct RunAnswerConclude;

#[async_trait]
impl Function for RunAnswerConclude {
    const NAME: &'static str = "run-answer-conclude";
    type Input = ConcludeInput;
    type Output = ConcludeOutput;

    async fn run(&self, ctx: &Ctx, input: ConcludeInput) -> Result<ConcludeOutput, Failure> {
        let reply: Reply = ctx.get_json(&input.answer).await?;
        let ruling: Option<Ruling> = match input.author.answer {
            Some(answer) => Some(ctx.get_json(&answer).await?),
            None => None,
        };
        let plan = rows::plan(ctx).await?;
        left_unanswered(ctx, &plan, &input.question, &input.author, Self::NAME).await?;
        let (state, text) = conclude(reply, ruling);
        let choice = match state {
            QuestionState::Answered => "answered",
            QuestionState::Assumed => "assumed",
            _ => "open",
        };
        if let Some(text) = text {
            know(ctx, &input.question, text, state).await?;
        }
        let by = Self::NAME.to_owned();
        let choice = format!("{}:{choice}", input.question);
        let body =
            FactBody::Decision { decision: "question".to_owned(), choice, by, subject: Some(input.answer) };
        ctx.record(0, body).await?;
        Ok(ConcludeOutput { state })
    }
}

fn conclude(reply: Reply, ruling: Option<Ruling>) -> (QuestionState, Option<Text>) {
    match ruling {
        Some(Ruling { ruling: RulingKind::Accept, .. }) if reply.answer.is_some() => {
            (QuestionState::Answered, reply.answer)
        }
        Some(Ruling { ruling: RulingKind::Assume, assumption, .. }) if assumption.is_some() => {
            (QuestionState::Assumed, assumption)
        }
        _ => (QuestionState::Open, None),
    }
}

/// Writes an answer or an assumption to the question and to the knowledge of the run.
///
/// # Errors
/// The store's failures.
pub async fn know(ctx: &Ctx, question: &str, text: Text, state: QuestionState) -> Result<(), Failure> {
    let id = format!("K-{question}");
    let assumption = state == QuestionState::Assumed;
    let item = Knowledge {
        id: id.clone(),
        statement: text.clone(),
        question: Some(question.to_owned()),
        assumption,
    };
    rows::put(ctx, key::knowledge(&ctx.tenant, &ctx.run, &id), &item).await?;
    rows::update(ctx, &key::question(&ctx.tenant, &ctx.run, question), |row: &mut QuestionRow| {
        row.state = state;
        row.answer = Some(text.clone());
        row.token = None;
    })
    .await
    .map(|_| ())
}
