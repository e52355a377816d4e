//! A run as a caller wishes it, and what is made of the wish.

use ideamine_core::ports::Priority;
use ideamine_core::records::{Limits, RunOptions};
use ideamine_core::{Failure, PhaseId};
use ideamine_orchestration::plan::{self, Known};
use ideamine_runs::idea::Idea;
use ideamine_runs::{Change, Resume, budget, build, idea};
use serde::Deserialize;

/// Largest seed: JSON numbers are exact up to here.
const SEED_MAX: u64 = (1 << 53) - 1;

/// The field that caps what a run may spend.
const BUDGET: &str = "budget_usd";

/// A run to be started.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRun {
    /// The idea, as text.
    pub idea: String,
    /// Its kind: `text/markdown` (default), `text/plain` or `application/json`.
    #[serde(default)]
    pub media_type: Option<String>,
    /// Seed of the run.
    #[serde(default)]
    pub seed: u64,
    /// `auto`, `composer` or `PROVIDER/MODEL`.
    #[serde(default)]
    pub model: Option<String>,
    /// Most it may spend, US dollars.
    #[serde(default)]
    pub budget_usd: Option<f64>,
    /// Most tokens it may use.
    #[serde(default)]
    pub budget_tokens: Option<u64>,
    /// Most minutes its sandboxed jobs may take.
    #[serde(default)]
    pub budget_minutes: Option<u32>,
    /// Last phase to work.
    #[serde(default)]
    pub until: Option<String>,
    /// Whether questions may wait for a person.
    #[serde(default)]
    pub ask: bool,
    /// How urgent it is: `high`, `normal` (default) or `low`.
    #[serde(default)]
    pub priority: Priority,
}

/// A run that is to go on from a state of another one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewFork {
    /// A phase's id, or a path among the other run's checkpoints.
    pub from: String,
    /// Another model: `auto`, `composer` or `PROVIDER/MODEL`.
    #[serde(default)]
    pub model: Option<String>,
    /// Another cap, US dollars.
    #[serde(default)]
    pub budget_usd: Option<f64>,
    /// Another cap of tokens.
    #[serde(default)]
    pub budget_tokens: Option<u64>,
    /// Another cap of minutes of sandboxed jobs.
    #[serde(default)]
    pub budget_minutes: Option<u32>,
}

impl NewFork {
    /// Checks everything but the model; `model` is its resolved name, if another one is wished.
    ///
    /// # Errors
    /// `Input.Invalid` that names the field.
    pub fn accept(self, model: Option<String>) -> Result<Change, Failure> {
        Ok(Change {
            from: self.from,
            model,
            budget: budget(BUDGET, self.budget_usd)?,
            budget_tokens: tokens(self.budget_tokens)?,
            budget_minutes: minutes(self.budget_minutes)?,
            phases: None,
        })
    }
}

/// What a run that goes on may use from now on.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewLimits {
    /// New cap, US dollars.
    #[serde(default)]
    pub budget_usd: Option<f64>,
    /// New cap of tokens.
    #[serde(default)]
    pub budget_tokens: Option<u64>,
    /// New cap of minutes of sandboxed jobs.
    #[serde(default)]
    pub budget_minutes: Option<u32>,
    /// Phases (`prd`), stories and branches (`story-loop/ST-1`, `prd/b00`) that get what they may use once more.
    #[serde(default)]
    pub grant: Vec<String>,
}

impl NewLimits {
    /// Checks what can be checked without the run.
    ///
    /// # Errors
    /// `Input.Invalid` that names the field.
    pub fn accept(self) -> Result<Resume, Failure> {
        let grant = self.grant.iter().map(|text| text.parse());
        let grant = grant.collect::<Result<_, _>>().map_err(|e| Failure::input(format!("grant: {e}")))?;
        Ok(Resume {
            budget: budget(BUDGET, self.budget_usd)?,
            budget_tokens: tokens(self.budget_tokens)?,
            budget_minutes: minutes(self.budget_minutes)?,
            grant,
            accept_build: false,
        })
    }
}

/// A wish that was checked.
pub struct Accepted {
    /// The idea.
    pub idea: Idea,
    /// What was chosen.
    pub options: RunOptions,
    /// Phase files by name.
    pub phases: Vec<(String, String)>,
}

impl NewRun {
    /// Checks everything but the model; `model` is its resolved name, `known` is what phases may name.
    ///
    /// # Errors
    /// `Input.Invalid` that names the field.
    pub fn accept(self, model: String, known: &Known) -> Result<Accepted, Failure> {
        let name = match self.media_type.as_deref() {
            Some("application/json") => "idea.json",
            Some("text/plain") => "idea.txt",
            None | Some("text/markdown") => "idea.md",
            Some(other) => {
                return Err(Failure::input(format!(
                    "media_type: `{other}` is none of text/markdown, text/plain, application/json"
                )));
            }
        };
        let idea = idea::parse(name, self.idea.as_bytes())?;
        let until = self.until.as_deref().map(PhaseId::new).transpose();
        let until = until.map_err(|e| Failure::input(format!("until: {e}")))?;
        let budget = budget(BUDGET, self.budget_usd)?;
        let (budget_tokens, budget_minutes) = (tokens(self.budget_tokens)?, minutes(self.budget_minutes)?);
        if self.seed > SEED_MAX {
            return Err(Failure::input(format!("seed: expected 0 to {SEED_MAX}")));
        }
        let phases = build::phase_files(vec![])?;
        plan::resolve(plan::parse_all(&phases)?, until.as_ref(), known)?;
        let options = RunOptions {
            model,
            seed: self.seed,
            budget,
            budget_tokens,
            budget_minutes,
            until,
            ask: self.ask,
            priority: self.priority,
            fork: None,
        };
        Ok(Accepted { idea, options, phases })
    }
}

fn tokens(most: Option<u64>) -> Result<Option<u64>, Failure> {
    match most {
        Some(n) if n > Limits::AMOUNT_MAX => {
            Err(Failure::input(format!("budget_tokens: expected 0 to {}", Limits::AMOUNT_MAX)))
        }
        most => Ok(most),
    }
}

fn minutes(most: Option<u32>) -> Result<Option<u32>, Failure> {
    match most {
        Some(n) if n > Limits::TIME_MAX => {
            Err(Failure::input(format!("budget_minutes: expected 0 to {}", Limits::TIME_MAX)))
        }
        most => Ok(most),
    }
}
