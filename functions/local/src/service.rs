//! What can be asked of the process that owns a data directory; every command is one or more of these.
//!
//! The owner answers directly; any other process asks it through `DIR/control.sock` (see [`crate::control`]).
//! So a command means the same whoever happens to own the directory.

use std::sync::Arc;

use ideamine_core::ports::{Condition, Write};
use ideamine_core::records::{
    BudgetRow, ControlRow, Desired, FactBody, Plan, QuestionRow, QuestionState, RunOptions, RunRow,
    RunStatus, SignedApproval, key,
};
use ideamine_core::{Ctx, Digest, Failure, Origin, RunId, Tenant, Text, UsdMicros};
use ideamine_orchestration::next::{HoldRow, wake};
use ideamine_orchestration::plan::RunConfig;
use ideamine_orchestration::{questions, rows};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::app::App;
use crate::lookup::{context, find_run};
use crate::replay::{self, ConfigRow};
use crate::{approval, artifacts, check, definitions, gate, models, outcome};

/// Longest answer of a person, bytes.
const ANSWER_BYTES_MAX: usize = 16 * 1024;

/// One thing to ask.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub(crate) enum Ask {
    /// Start a run; answers `{run_id}`.
    Start {
        /// The idea's text.
        idea: String,
        /// Its media type.
        media_type: String,
        /// Its title.
        title: String,
        /// What was chosen.
        options: RunOptions,
        /// The script, when the model is one.
        script: Option<String>,
        /// Phase files.
        phases: Vec<(String, String)>,
    },
    /// Go on with a run.
    Resume {
        /// Which run.
        run: RunId,
        /// New cap of the budget.
        budget: Option<UsdMicros>,
        /// Go on although another build started it.
        accept_build: bool,
    },
    /// Ask a run to wait.
    Pause {
        /// Which run.
        run: RunId,
    },
    /// End a run.
    Cancel {
        /// Which run.
        run: RunId,
    },
    /// All runs, newest first.
    List,
    /// One run as `run --json` shows it.
    Show {
        /// Which run.
        run: RunId,
    },
    /// How a run stands: `{status, ended}`.
    Status {
        /// Which run.
        run: RunId,
    },
    /// Progress of a run since an event number, waiting a little for some.
    Events {
        /// Which run.
        run: RunId,
        /// Number of the last event seen.
        after: u64,
    },
    /// Answer a question.
    Answer {
        /// Which run.
        run: RunId,
        /// Which question.
        question: String,
        /// The answer.
        text: String,
    },
    /// An artifact: `{name, digest, media_type, base64}`.
    Artifact {
        /// Which run.
        run: RunId,
        /// Name or digest.
        artifact: String,
    },
    /// The ledger as a document.
    Ledger {
        /// Which run.
        run: RunId,
    },
    /// The ledger and what the data directory has against it: `{ledger, problems, objects}`.
    Verify {
        /// Which run.
        run: RunId,
    },
    /// The dossier's JSON text.
    Dossier {
        /// Which run.
        run: RunId,
    },
    /// Judge a phase again by a gate.
    Gate {
        /// Which run.
        run: RunId,
        /// Which gate.
        gate: String,
    },
    /// What an approver signs to let a failed gate pass: an `Approval`.
    Appeal {
        /// Which run.
        run: RunId,
        /// Which gate.
        gate: String,
    },
    /// A signed decision on a failed gate.
    Approve {
        /// Which run.
        run: RunId,
        /// The decision.
        signed: Box<SignedApproval>,
    },
    /// What a replay needs: idea, options, phase files, recorded answers.
    Recording {
        /// Which run.
        run: RunId,
    },
}

impl App {
    /// Answers one question.
    ///
    /// # Errors
    /// Whatever went wrong, for the person who asked.
    pub(crate) async fn handle(self: &Arc<Self>, ask: Ask) -> Result<Value, Failure> {
        match ask {
            Ask::Start { idea, media_type, title, options, script, phases } => {
                if let Some(script) = script {
                    models::keep_script(&self.data_dir, &options.model, &script)?;
                }
                self.start(idea, media_type, title, options, phases).await
            }
            Ask::Resume { run, budget, accept_build } => self.resume(&run, budget, accept_build).await,
            Ask::Pause { run } => self.want(&run, Desired::Pause).await,
            Ask::Cancel { run } => self.want(&run, Desired::Cancel).await,
            Ask::List => outcome::list(&self.env).await,
            Ask::Show { run } => outcome::show(&self.env, &self.data_dir, &run).await,
            Ask::Status { run } => self.status(&run).await,
            Ask::Events { run, after } => Ok(self.watched.since(&run, after).await),
            Ask::Answer { run, question, text } => self.answer(&run, &question, text).await,
            Ask::Artifact { run, artifact } => artifacts::find(&self.env, &run, &artifact).await,
            Ask::Ledger { run } => outcome::ledger(&self.env, &run).await,
            Ask::Verify { run } => check::stored(self, &run).await,
            Ask::Dossier { run } => artifacts::dossier(&self.env, &run).await.map(Value::String),
            Ask::Gate { run, gate } => gate::again(&self.env, &run, &gate).await,
            Ask::Appeal { run, gate } => {
                approval::statement(&self.env, self.new_run_id()?, &run, &gate).await
            }
            Ask::Approve { run, signed } => self.approve(&run, *signed).await,
            Ask::Recording { run } => replay::recording(&self.env, &run).await,
        }
    }

    async fn start(
        self: &Arc<Self>,
        idea: String,
        media_type: String,
        title: String,
        options: RunOptions,
        phases: Vec<(String, String)>,
    ) -> Result<Value, Failure> {
        let tenant = Tenant::local();
        let run = self.new_run_id()?;
        let ctx = context(&self.env, &run);
        let idea = self.env.artifacts.put(&tenant, idea.into_bytes()).await?;
        let config = config(&ctx, phases, self.config.approvers.clone()).await?;
        let row = RunRow {
            run_id: run.clone(),
            idea,
            idea_media_type: media_type,
            title,
            options: options.clone(),
            plan: None,
            execution: None,
            status: RunStatus::Pending,
            verdict: None,
            reasons: vec![],
            dossier: None,
            page: None,
            created_ms: self.env.clock.now_ms(),
            ended_ms: None,
        };
        let control = ControlRow { epoch: 0, desired: Desired::Run, by: "person".to_owned() };
        let budget = BudgetRow { cap: options.budget, ..BudgetRow::default() };
        let put = |key, value: Result<Value, serde_json::Error>| {
            let value = value.map_err(|e| Failure::bug(e.to_string()))?;
            Ok::<_, Failure>(Write::Put { key, value, when: Condition::Absent })
        };
        let set = vec![
            put(key::run(&tenant, &run), serde_json::to_value(&row))?,
            put(key::run_index(&tenant, &run), Ok(json!({ "run_id": run })))?,
            put(key::control(&tenant, &run), serde_json::to_value(&control))?,
            put(key::budget(&tenant, &run), serde_json::to_value(&budget))?,
            put(replay::config_key(&ctx), serde_json::to_value(ConfigRow { config }))?,
        ];
        self.env.records.write(set).await?;
        self.start_execution(&ctx, config).await?;
        self.take_care(run.clone());
        Ok(json!({ "run_id": run }))
    }

    /// Starting again what was started changes nothing, so a crash between the rows and this is mended by a resume.
    async fn start_execution(&self, ctx: &Ctx, config: Digest) -> Result<(), Failure> {
        let input = json!({ "tenant": ctx.tenant, "run": ctx.run, "config": config });
        self.env.workflows.start("run", ctx.run.as_str(), input).await.map(|_| ())
    }

    async fn resume(
        self: &Arc<Self>,
        run: &RunId,
        budget: Option<UsdMicros>,
        accept_build: bool,
    ) -> Result<Value, Failure> {
        let ctx = context(&self.env, run);
        let row = find_run(&self.env, run).await?;
        if row.ended_ms.is_some() {
            return Err(Failure::input(format!("run {run} has ended; see `ideamine show {run}`")));
        }
        self.same_build(&ctx, &row, accept_build).await?;
        let begun: ConfigRow = rows::get(&ctx, &replay::config_key(&ctx)).await?;
        self.start_execution(&ctx, begun.config).await?;
        self.take_care(run.clone());
        if let Some(cap) = budget {
            rows::update(&ctx, &key::budget(&ctx.tenant, run), |row: &mut BudgetRow| row.cap = Some(cap))
                .await?;
        }
        rows::update(&ctx, &key::control(&ctx.tenant, run), |control: &mut ControlRow| {
            if control.desired == Desired::Pause {
                *control =
                    ControlRow { epoch: control.epoch + 1, desired: Desired::Run, by: "person".to_owned() };
            }
        })
        .await?;
        self.release_holds(&ctx).await?;
        Ok(json!({ "run_id": run }))
    }

    /// Another build may do other things at the same step, so it goes on only when told to, and says so on the ledger.
    async fn same_build(&self, ctx: &Ctx, row: &RunRow, accept: bool) -> Result<(), Failure> {
        let Some(plan) = row.plan else { return Ok(()) };
        let plan: Plan = ctx.get_json(&plan).await?;
        let now = definitions::build();
        if plan.build == now {
            return Ok(());
        }
        if !accept {
            let message = format!(
                "run {} was started by build {}, this is {now}; add --accept-build to go on with this one",
                row.run_id, plan.build
            );
            return Err(Failure::input(message));
        }
        let by = "person".to_owned();
        let body =
            FactBody::Decision { decision: "build".to_owned(), choice: now.clone(), by, subject: row.plan };
        ctx.record_at(&format!("control/build-{now}"), 0, body).await
    }

    async fn approve(&self, run: &RunId, signed: SignedApproval) -> Result<Value, Failure> {
        let done = approval::approve(&self.env, run, signed).await?;
        self.release_holds(&context(&self.env, run)).await?;
        Ok(done)
    }

    /// Answers every token that waits for the run to go on.
    async fn release_holds(&self, ctx: &Ctx) -> Result<(), Failure> {
        let holds: Vec<HoldRow> = rows::all(ctx, "hold#").await?;
        if !holds.is_empty() {
            rows::update(ctx, &key::run(&ctx.tenant, &ctx.run), |run: &mut RunRow| {
                run.status = RunStatus::Running
            })
            .await?;
        }
        for hold in holds {
            wake(ctx, &hold.token).await?;
            rows::delete(ctx, key::hold(&ctx.tenant, &ctx.run, &hold.step)).await?;
        }
        Ok(())
    }

    async fn want(&self, run: &RunId, desired: Desired) -> Result<Value, Failure> {
        let ctx = context(&self.env, run);
        let row = find_run(&self.env, run).await?;
        if row.ended_ms.is_some() {
            return Err(Failure::input(format!("run {run} has ended; there is nothing to stop")));
        }
        rows::update(&ctx, &key::control(&ctx.tenant, run), |control: &mut ControlRow| {
            if control.desired != desired && control.desired != Desired::Cancel {
                *control = ControlRow { epoch: control.epoch + 1, desired, by: "person".to_owned() };
            }
        })
        .await?;
        self.withdraw_questions(&ctx).await?;
        if desired == Desired::Cancel {
            self.release_holds(&ctx).await?;
        }
        Ok(json!({ "run_id": run, "desired": desired }))
    }

    /// Nobody waits for an answer any more; the questions stay open and can still be answered for later phases.
    async fn withdraw_questions(&self, ctx: &Ctx) -> Result<(), Failure> {
        let rows: Vec<QuestionRow> = rows::all(ctx, "question#").await?;
        for asked in rows.into_iter().filter(|row| row.state == QuestionState::Asked) {
            let key = key::question(&ctx.tenant, &ctx.run, &asked.id);
            rows::update(ctx, &key, |row: &mut QuestionRow| {
                row.state = QuestionState::Open;
                row.token = None;
            })
            .await?;
            if let Some(token) = asked.token {
                wake(ctx, &token).await?;
            }
        }
        Ok(())
    }

    async fn status(&self, run: &RunId) -> Result<Value, Failure> {
        let row = find_run(&self.env, run).await?;
        Ok(json!({ "status": row.status, "ended": row.ended_ms.is_some() }))
    }

    async fn answer(&self, run: &RunId, question: &str, text: String) -> Result<Value, Failure> {
        if text.trim().is_empty() || text.len() > ANSWER_BYTES_MAX {
            return Err(Failure::input(format!(
                "the answer must have 1 to {ANSWER_BYTES_MAX} bytes of text"
            )));
        }
        let ctx = context(&self.env, run);
        if find_run(&self.env, run).await?.ended_ms.is_some() {
            let message =
                format!("run {run} has ended and is sealed: put the answer into the idea and run it again");
            return Err(Failure::input(message));
        }
        let row: Option<QuestionRow> = rows::find(&ctx, &key::question(&ctx.tenant, run, question)).await?;
        let row = row.ok_or_else(|| {
            Failure::not_found(format!("run {run} has no question `{question}`; see `ideamine show {run}`"))
        })?;
        if row.state == QuestionState::Answered {
            return Err(Failure::input(format!("question {question} is answered already")));
        }
        let token = row.token.clone();
        questions::know(&ctx, question, Text { text, origin: Origin::Person }, QuestionState::Answered)
            .await?;
        let choice = format!("{question}:answered");
        let body = FactBody::Decision {
            decision: "question".to_owned(),
            choice,
            by: "person".to_owned(),
            subject: None,
        };
        ctx.record_at(&format!("control/answer-{question}"), 0, body).await?;
        if let Some(token) = token {
            self.env.workflows.task_succeeded(&token, json!({})).await?;
        }
        Ok(json!({ "run_id": run, "question": question, "state": "answered" }))
    }
}

async fn config(ctx: &Ctx, phases: Vec<(String, String)>, approvers: Vec<String>) -> Result<Digest, Failure> {
    let machines =
        definitions::MACHINES.iter().map(|(name, text)| ((*name).to_owned(), Digest::of(text.as_bytes())));
    let config = RunConfig { build: definitions::build(), phases, machines: machines.collect(), approvers };
    ctx.put_json(&config).await
}
