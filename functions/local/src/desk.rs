//! The API's desk: the application of the data directory that this process owns.

use std::sync::Arc;

use async_trait::async_trait;
use ideamine_api::{Desk, NewFork, NewLimits, NewRun};
use ideamine_core::{Failure, RunId, Tenant};
use ideamine_runs::Runs;
use serde_json::Value;

use crate::app::App;
use crate::registry::{function_names, known, planned};
use crate::service::Ask;
use crate::{models, policies};

/// The application behind its own handle.
pub(crate) struct AppDesk(pub(crate) Arc<App>);

impl AppDesk {
    /// The model that a caller means, usable here.
    fn model(&self, wanted: &str) -> Result<models::Resolved, Failure> {
        if wanted.starts_with("scripted:") {
            return Err(Failure::input("model: a script is for the command line"));
        }
        let model = models::resolve(wanted, &self.0.config)?;
        models::check(&model.name, &self.0.config)?;
        Ok(model)
    }
}

#[async_trait]
impl Desk for AppDesk {
    fn runs(&self, _: &Tenant) -> Runs {
        self.0.runs.clone()
    }
    async fn create(&self, _: &Tenant, new: NewRun) -> Result<Value, Failure> {
        let model = self.model(new.model.as_deref().unwrap_or("auto"))?;
        let accepted = new.accept(model.name, &known(function_names()))?;
        let planned = planned(&accepted.phases, accepted.options.until.as_ref())?;
        models::check_fallback(&accepted.options.model, &planned, &self.0.config)?;
        self.0
            .handle(Ask::Start {
                idea: accepted.idea.text,
                media_type: accepted.idea.media_type.to_owned(),
                title: accepted.idea.title,
                options: accepted.options,
                script: model.script,
                phases: accepted.phases,
                policy: policies::of_run(None, &self.0.config)?,
            })
            .await
    }
    async fn resume(&self, _: &Tenant, run: &RunId, limits: NewLimits) -> Result<Value, Failure> {
        self.0.handle(Ask::Resume { run: run.clone(), resume: limits.accept()? }).await
    }
    async fn fork(&self, _: &Tenant, run: &RunId, new: NewFork) -> Result<Value, Failure> {
        let model = match new.model.as_deref() {
            Some(wanted) => Some(self.model(wanted)?),
            None => None,
        };
        let script = model.as_ref().and_then(|model| model.script.clone());
        let change = new.accept(model.map(|model| model.name))?;
        self.0.handle(Ask::Fork { run: run.clone(), change, script }).await
    }
    async fn events(&self, _: &Tenant, run: &RunId, after: &str) -> Result<Value, Failure> {
        self.0.handle(Ask::Events { run: run.clone(), after: after.to_owned() }).await
    }
    async fn queue(&self) -> Result<Value, Failure> {
        self.0.handle(Ask::Queue).await
    }
    async fn show(&self, _: &Tenant, run: &RunId) -> Result<Value, Failure> {
        self.0.handle(Ask::Show { run: run.clone() }).await
    }
}
