//! The API's desk: the same questions as the command line's, asked of the application itself.

use std::sync::Arc;

use async_trait::async_trait;
use ideamine_api::{Desk, NewRun};
use ideamine_core::records::RunOptions;
use ideamine_core::{Failure, PhaseId, RunId, UsdMicros};
use serde_json::{Value, json};

use crate::app::App;
use crate::cli::SEED_MAX;
use crate::registry::check_plan;
use crate::service::Ask;
use crate::{definitions, models};

/// The application behind its own handle.
pub(crate) struct AppDesk(pub(crate) Arc<App>);

#[async_trait]
impl Desk for AppDesk {
    async fn create(&self, new: NewRun) -> Result<Value, Failure> {
        let name = match new.media_type.as_deref() {
            Some("application/json") => "idea.json",
            Some("text/plain") => "idea.txt",
            None | Some("text/markdown") => "idea.md",
            Some(other) => {
                return Err(Failure::input(format!(
                    "media_type: `{other}` is none of text/markdown, text/plain, application/json"
                )));
            }
        };
        let idea = ideamine_runs::idea::parse(name, new.idea.as_bytes())?;
        if new.model.as_deref().is_some_and(|model| model.starts_with("scripted:")) {
            return Err(Failure::input("model: a script is for the command line"));
        }
        let model = models::resolve(new.model.as_deref().unwrap_or("auto"), &self.0.config)?;
        models::check(&model.name, &self.0.config)?;
        let until = new
            .until
            .as_deref()
            .map(PhaseId::new)
            .transpose()
            .map_err(|e| Failure::input(format!("until: {e}")))?;
        let budget = new.budget_usd.map(|usd| UsdMicros::from_dollars(usd).filter(|b| b.0 >= 0));
        let budget =
            budget.map(|b| b.ok_or_else(|| Failure::input("budget_usd: expected 0 or more"))).transpose()?;
        if new.seed > SEED_MAX {
            return Err(Failure::input(format!("seed: expected 0 to {SEED_MAX}")));
        }
        let phases = definitions::phase_files(None)?;
        check_plan(&phases, until.as_ref())?;
        let options = RunOptions { model: model.name, seed: new.seed, budget, until, ask: new.ask };
        let media_type = idea.media_type.to_owned();
        self.0
            .handle(Ask::Start {
                idea: idea.text,
                media_type,
                title: idea.title,
                options,
                script: None,
                phases,
            })
            .await
    }
    async fn list(&self) -> Result<Value, Failure> {
        self.0.handle(Ask::List).await
    }
    async fn get(&self, run: RunId) -> Result<Value, Failure> {
        self.0.handle(Ask::Show { run }).await
    }
    async fn pause(&self, run: RunId) -> Result<Value, Failure> {
        self.0.handle(Ask::Pause { run }).await
    }
    async fn resume(&self, run: RunId) -> Result<Value, Failure> {
        self.0.handle(Ask::Resume { run, budget: None, accept_build: false }).await
    }
    async fn cancel(&self, run: RunId) -> Result<Value, Failure> {
        self.0.handle(Ask::Cancel { run }).await
    }
    async fn health(&self) -> Result<Value, Failure> {
        Ok(json!({ "status": "ok", "build": definitions::build() }))
    }
}
