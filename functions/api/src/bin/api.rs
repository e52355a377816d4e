//! The API as a Lambda behind API Gateway, whose authorizer verifies tokens.

use std::sync::Arc;

use async_trait::async_trait;
use ideamine_api::{Accepted, Desk, NewFork, NewLimits, NewRun, router};
use ideamine_aws::Aws;
use ideamine_core::ports::{Item, JobSource as _, QUEUES};
use ideamine_core::records::{Plan, key};
use ideamine_core::{Failure, RunId, Tenant};
use ideamine_orchestration::plan::Known;
use ideamine_runs::{Runs, Start, new_run_id};
use serde_json::{Value, json};

/// Progress events handed out at once.
const EVENTS_MAX: usize = 200;
/// Largest document that an answer carries, bytes. A Lambda answers at most 6 MiB, as JSON that holds the body as text:
/// text that is JSON itself doubles there at most, and an artifact in base64 grows by a third.
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const DOCUMENT_BYTES_MAX: usize = 3_000_000;

#[tokio::main]
async fn main() -> Result<(), ideamine_lambda::Error> {
    let desk = async |aws: &Aws| Ok(router(Arc::new(Stack::new(aws.clone()))));
    ideamine_lambda::serve_http(desk).await
}

/// The stack's own desk.
struct Stack {
    aws: Aws,
    /// What phases may name.
    known: Known,
    /// Public keys whose signed approvals count.
    approvers: Vec<String>,
    model: String,
}

impl Stack {
    fn new(aws: Aws) -> Self {
        let words = |name: &str| {
            let text = std::env::var(name).unwrap_or_default();
            text.split(',')
                .map(str::trim)
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        Self {
            aws,
            known: Known::new(
                words("IDEAMINE_FUNCTIONS").into_iter().collect(),
                ideamine_agents::PHASE_AGENTS,
            ),
            approvers: words("IDEAMINE_APPROVERS"),
            model: std::env::var("IDEAMINE_MODEL")
                .ok()
                .filter(|m| !m.is_empty())
                .unwrap_or_else(|| Plan::COMPOSER.to_owned()),
        }
    }

    /// The name of the model that is meant. Whether the stack has its key is found at the first call.
    fn model(&self, wanted: Option<&str>) -> Result<String, Failure> {
        let wanted = wanted.filter(|model| *model != "auto").unwrap_or(&self.model);
        let of_provider = wanted.split_once('/').is_some_and(|(provider, model)| {
            !provider.is_empty() && !model.is_empty() && !provider.contains(':')
        });
        if Plan::is_composer(wanted) || of_provider {
            return Ok(wanted.to_owned());
        }
        Err(Failure::input(format!("model: `{wanted}` is none of auto, composer, PROVIDER/MODEL")))
    }
}

#[async_trait]
impl Desk for Stack {
    fn runs(&self, tenant: &Tenant) -> Runs {
        Runs { env: self.aws.env(), tenant: tenant.clone() }
    }
    async fn create(&self, tenant: &Tenant, new: NewRun) -> Result<Value, Failure> {
        let model = self.model(new.model.as_deref())?;
        let Accepted { idea, options, phases } = new.accept(model, &self.known)?;
        let runs = self.runs(tenant);
        let start = Start {
            run: new_run_id(runs.env.clock.now_ms(), self.aws.random().as_ref())?,
            idea: idea.text,
            media_type: idea.media_type.to_owned(),
            title: idea.title,
            options,
            phases,
            approvers: self.approvers.clone(),
            policy: None,
            replies: vec![],
        };
        runs.start(start).await
    }
    async fn resume(&self, tenant: &Tenant, run: &RunId, limits: NewLimits) -> Result<Value, Failure> {
        self.runs(tenant).resume(run, &limits.accept()?).await
    }
    async fn link(
        &self,
        tenant: &Tenant,
        document: &[u8],
        media_type: &str,
    ) -> Result<Option<String>, Failure> {
        match document.len() > DOCUMENT_BYTES_MAX {
            true => self.aws.link(tenant, document, media_type).await.map(Some),
            false => Ok(None),
        }
    }
    async fn queue(&self) -> Result<Value, Failure> {
        let (receiver, mut queues) = (self.aws.receiver(), vec![]);
        for kind in QUEUES {
            queues.extend(receiver.depth(kind).await?);
        }
        Ok(json!({ "queues": queues }))
    }
    async fn fork(&self, tenant: &Tenant, run: &RunId, new: NewFork) -> Result<Value, Failure> {
        let model = new.model.as_deref().map(|model| self.model(Some(model))).transpose()?;
        let runs = self.runs(tenant);
        let id = new_run_id(runs.env.clock.now_ms(), self.aws.random().as_ref())?;
        runs.start(runs.forked(id, run, new.accept(model)?).await?).await
    }
    async fn events(&self, tenant: &Tenant, run: &RunId, after: &str) -> Result<Value, Failure> {
        let runs = self.runs(tenant);
        runs.find(run).await?;
        let pk = key::events_pk(tenant, run);
        let after = Some(after).filter(|after| !after.is_empty());
        let rows: Vec<Item> = runs.env.records.query(&pk, "", after, EVENTS_MAX).await?;
        let last = rows.last().map(|row| row.key.sk.clone());
        let events: Vec<Value> = rows.into_iter().map(|row| row.value).collect();
        Ok(json!({ "events": events, "last": last.as_deref().or(after) }))
    }
}
