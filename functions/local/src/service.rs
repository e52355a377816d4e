//! What can be asked of the process that owns a data directory; every command is one or more of these.
//!
//! The owner answers directly; any other process asks it through `DIR/control.sock` (see [`crate::control`]).
//! So a command means the same whoever happens to own the directory.

use std::sync::Arc;

use ideamine_core::records::{Desired, JobState, RunOptions, SignedApproval};
use ideamine_core::{Failure, RunId};
use ideamine_policy::Bundle;
use ideamine_runs::{Change, Resume, Start, Throw};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::app::App;
use crate::{artifacts, check, models, registry};

/// One thing to ask.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub(crate) enum Ask {
    /// Whether the owner answers at all: `null`.
    Ping,
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
        /// The runtime policy, if it is not the program's own.
        #[serde(default)]
        policy: Option<Box<Bundle>>,
    },
    /// Go on with a run.
    Resume {
        /// Which run.
        run: RunId,
        /// What changes with it.
        #[serde(flatten)]
        resume: Resume,
    },
    /// Go on with a run if all that keeps it is that its process ended: who follows it has not left it. `null`.
    GoOn {
        /// Which run.
        run: RunId,
    },
    /// The states of a run that are done.
    Checkpoints {
        /// Which run.
        run: RunId,
    },
    /// Start a run that goes on from another one's state; answers `{run_id, forked_from}`.
    Fork {
        /// The other run.
        run: RunId,
        /// What is to be done otherwise.
        change: Change,
        /// The script, when the changed model is one.
        script: Option<String>,
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
    /// How the kill switch stands, or throw or release it.
    KillSwitch {
        /// What to do, if anything.
        throw: Option<Throw>,
    },
    /// How much lies in the job queue: `{served, queues, working, breakers}`.
    Queue,
    /// Jobs of the queue in one state.
    QueueJobs {
        /// `waiting` or `dead`.
        state: JobState,
        /// Of one kind, or of all.
        kind: Option<String>,
    },
    /// Let dead jobs be worked again: `{redriven, gone}`.
    QueueRedrive {
        /// Which one, or all.
        id: Option<String>,
    },
    /// Remove jobs of a kind: `{purged}`.
    QueuePurge {
        /// Which kind.
        kind: String,
        /// The dead ones, not those that wait.
        dead: bool,
        /// Really.
        yes: bool,
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
        /// The last event seen, as the answer before named it; empty for all.
        after: String,
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
    async fn resume(self: &Arc<Self>, run: RunId, resume: &Resume) -> Result<Value, Failure> {
        self.check_script(&run).await?;
        let resumed = self.runs.resume(&run, resume).await?;
        self.take_care(run);
        Ok(resumed)
    }

    /// Answers one question.
    ///
    /// # Errors
    /// Whatever went wrong, for the person who asked.
    pub(crate) async fn handle(self: &Arc<Self>, ask: Ask) -> Result<Value, Failure> {
        match ask {
            Ask::Start { idea, media_type, title, options, script, phases, policy } => {
                if let Some(script) = script {
                    models::keep_script(&self.data_dir, &options.model, &script)?;
                }
                let run = self.new_run_id()?;
                let approvers = self.config.approvers.clone();
                let replies = vec![];
                let start = Start {
                    run: run.clone(),
                    idea,
                    media_type,
                    title,
                    options,
                    phases,
                    approvers,
                    policy: policy.map(|policy| *policy),
                    replies,
                };
                let started = self.runs.start(start).await?;
                self.take_care(run);
                Ok(started)
            }
            Ask::Ping => Ok(Value::Null),
            Ask::Resume { run, resume } => self.resume(run, &resume).await,
            Ask::GoOn { run } => {
                if self.is_left(&run).await? {
                    self.resume(run, &Resume::default()).await?;
                }
                Ok(Value::Null)
            }
            Ask::Checkpoints { run } => self.runs.checkpoints(&run).await,
            Ask::Fork { run: of, change, script } => {
                match (script, &change.model) {
                    (Some(script), Some(model)) => models::keep_script(&self.data_dir, model, &script)?,
                    _ => self.check_script(&of).await?,
                }
                let run = self.new_run_id()?;
                let start = self.runs.forked(run.clone(), &of, change).await?;
                let planned = registry::planned(&start.phases, start.options.until.as_ref())?;
                models::check_fallback(&start.options.model, &planned, &self.config)?;
                let started = self.runs.start(start).await?;
                self.take_care(run);
                Ok(started)
            }
            Ask::Pause { run } => self.runs.want(&run, Desired::Pause).await,
            Ask::Cancel { run } => self.runs.want(&run, Desired::Cancel).await,
            Ask::KillSwitch { throw: None } => self.runs.kill_switch().await,
            Ask::KillSwitch { throw: Some(throw) } => self.runs.throw_kill_switch(&throw).await,
            Ask::Queue => self.queue_depth().await,
            Ask::QueueJobs { state, kind } => self.queue_jobs(state, kind.as_deref()).await,
            Ask::QueueRedrive { id } => self.queue_redrive(id.as_deref()).await,
            Ask::QueuePurge { kind, dead, yes } => self.queue_purge(&kind, dead, yes).await,
            Ask::List => self.runs.list().await,
            Ask::Show { run } => self.show(&run).await,
            Ask::Status { run } => self.runs.status(&run).await,
            Ask::Events { run, after } => {
                let after = if after.is_empty() { Ok(0) } else { after.parse() };
                let after = after.map_err(|_| Failure::input("after: expected the number of an event"))?;
                Ok(self.watched.since(&run, after).await)
            }
            Ask::Answer { run, question, text } => self.runs.answer(&run, &question, text).await,
            Ask::Artifact { run, artifact } => {
                self.runs.artifact(&run, &artifact).await.map(|found| found.shown())
            }
            Ask::Ledger { run } => self.runs.ledger(&run).await,
            Ask::Verify { run } => check::stored(self, &run).await,
            Ask::Dossier { run } => self.runs.dossier(&run).await.map(Value::String),
            Ask::Gate { run, gate } => self.runs.gate(&run, &gate).await,
            Ask::Appeal { run, gate } => self.runs.statement(&self.new_run_id()?, &run, &gate).await,
            Ask::Approve { run, signed } => self.runs.approve(&run, *signed).await,
            Ask::Recording { run } => self.runs.recording(&run).await,
        }
    }

    /// One run, with its dossier's files in the data directory.
    async fn show(&self, run: &RunId) -> Result<Value, Failure> {
        let mut shown = self.runs.show(run).await?;
        shown["dossier"] =
            artifacts::dossier_files(&self.runs, &self.data_dir, &self.runs.find(run).await?).await?;
        Ok(shown)
    }
}
