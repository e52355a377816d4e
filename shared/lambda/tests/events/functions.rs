//! Every function of the collection, over the ports of a test.

use std::sync::Arc;

use async_trait::async_trait;
use ideamine_core::ports::{Answer, Jobs, Model, Request, Signer, Usage};
use ideamine_core::records::Signature;
use ideamine_core::{Failure, Registry, UsdMicros};
use ideamine_models::Scripted;
use ideamine_orchestration::model_call::ModelCall;
use ideamine_orchestration::plan::Known;

use crate::root;

/// Every function.
pub(crate) fn registry(signer: Arc<dyn Signer>, jobs: Arc<dyn Jobs>, models: Arc<dyn Model>) -> Registry {
    let others = ideamine_agents::registry()
        .and(ideamine_gates::registry())
        .and(ideamine_safety::registry())
        .and(ideamine_compliance::registry())
        .and(ideamine_checks::registry(jobs))
        .with(ModelCall::new(models, "this process"));
    let own = ideamine_orchestration::registry(Arc::clone(&signer), Known::default());
    let names = others.names().chain(own.names()).map(str::to_owned).collect();
    others.and(ideamine_orchestration::registry(signer, Known::new(names, ideamine_agents::PHASE_AGENTS)))
}

/// Names of all functions behind these registries; the API has routes instead.
pub(crate) fn names() -> Vec<String> {
    let registry = registry(Arc::new(NoKey), Arc::new(crate::spies::NoSandbox), Arc::new(NoModel));
    registry.names().map(str::to_owned).collect()
}

/// Recorded answers, by label.
pub(crate) fn script() -> Arc<dyn Model> {
    let path = root().join("tests/cassettes/defect.jsonl");
    Arc::new(Scripted::new("defect.jsonl", &std::fs::read(path).unwrap()).unwrap())
}

struct NoKey;

#[async_trait]
impl Signer for NoKey {
    async fn public_key(&self) -> Result<String, Failure> {
        Err(Failure::bug("no key is open"))
    }
    async fn sign(&self, _: &[u8]) -> Result<Signature, Failure> {
        Err(Failure::bug("no key is open"))
    }
}

struct NoModel;

#[async_trait]
impl Model for NoModel {
    async fn call(&self, _: &Request) -> Result<Answer, Failure> {
        Err(Failure::bug("no model is there"))
    }
    fn ceiling(&self, _: &Request) -> Option<UsdMicros> {
        None
    }
    fn tokens(&self, _: &Request) -> u64 {
        0
    }
    fn price(&self, _: &str, _: &Usage) -> Option<UsdMicros> {
        None
    }
}
