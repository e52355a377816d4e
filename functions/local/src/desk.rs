//! The API's desk: the application of the data directory that this process owns.

use std::sync::Arc;

use async_trait::async_trait;
use ideamine_api::{Desk, NewRun};
use ideamine_core::{Failure, RunId, Tenant};
use ideamine_runs::{Resume, Runs};
use serde_json::Value;

use crate::app::App;
use crate::models;
use crate::registry::{function_names, known};
use crate::service::Ask;

/// The application behind its own handle.
pub(crate) struct AppDesk(pub(crate) Arc<App>);

#[async_trait]
impl Desk for AppDesk {
    fn runs(&self, _: &Tenant) -> Runs {
        self.0.runs.clone()
    }
    async fn create(&self, _: &Tenant, new: NewRun) -> Result<Value, Failure> {
        if new.model.as_deref().is_some_and(|model| model.starts_with("scripted:")) {
            return Err(Failure::input("model: a script is for the command line"));
        }
        let model = models::resolve(new.model.as_deref().unwrap_or("auto"), &self.0.config)?;
        models::check(&model.name, &self.0.config)?;
        let accepted = new.accept(model.name, &known(function_names()))?;
        self.0
            .handle(Ask::Start {
                idea: accepted.idea.text,
                media_type: accepted.idea.media_type.to_owned(),
                title: accepted.idea.title,
                options: accepted.options,
                script: model.script,
                phases: accepted.phases,
            })
            .await
    }
    async fn resume(&self, _: &Tenant, run: &RunId) -> Result<Value, Failure> {
        self.0.handle(Ask::Resume { run: run.clone(), resume: Resume::default() }).await
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
