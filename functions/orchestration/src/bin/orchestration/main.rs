//! The orchestrating functions as Lambdas: each serves the one that its `Handler` names.

mod models;

use std::collections::BTreeSet;
use std::sync::Arc;

use ideamine_core::{Failure, Function, Registry};
use ideamine_lambda::Aws;
use ideamine_orchestration::model_call::ModelCall;
use ideamine_orchestration::plan::Known;
use ideamine_orchestration::registry;

#[tokio::main]
async fn main() -> Result<(), ideamine_lambda::Error> {
    ideamine_lambda::serve("orchestration", functions).await
}

async fn functions(aws: &Aws, function: &str) -> Result<Registry, Failure> {
    // Every function that this stack has, for `run-plan`.
    let names = std::env::var("IDEAMINE_FUNCTIONS").unwrap_or_default();
    let names: BTreeSet<String> =
        names.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let known = Known::new(names, ideamine_agents::PHASE_AGENTS);
    let registry = registry(aws.signer(), known);
    if function != ModelCall::NAME {
        return Ok(registry);
    }
    // A call in flight under another name than this process's was cut off.
    let owner = format!("{:016x}", aws.random().next_u64());
    Ok(registry
        .with(ModelCall::new(Arc::new(models::Models::open(aws).await?), owner).spread_by(aws.random())))
}
