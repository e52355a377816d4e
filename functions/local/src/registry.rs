//! Every function of the collection in one registry, and their names alone.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use ideamine_core::ports::{Jobs, Signer};
use ideamine_core::records::PlannedPhase;
use ideamine_core::{Failure, PhaseId, Registry};
use ideamine_embedded::sandbox::Bubblewrap;
use ideamine_exfil::Registry as Secrets;
use ideamine_orchestration::model_call::ModelCall;
use ideamine_orchestration::plan::{self, Known};

pub(crate) use ideamine_core::ports::QUEUES;

/// Every function of the collection; `secrets` are what must not leave a run.
pub(crate) fn registry(
    signer: Arc<dyn Signer>,
    jobs: Arc<dyn Jobs>,
    model_call: ModelCall,
    secrets: Secrets,
) -> Registry {
    let others = ideamine_agents::registry()
        .and(ideamine_gates::registry())
        .and(ideamine_safety::registry_knowing(secrets))
        .and(ideamine_compliance::registry())
        .and(ideamine_checks::registry(jobs))
        .with(model_call);
    let own = ideamine_orchestration::registry(Arc::clone(&signer), Known::default());
    let functions = others.names().chain(own.names()).map(str::to_owned).collect();
    others.and(ideamine_orchestration::registry(signer, known(functions)))
}

/// What a phase file may name, these being the functions.
pub(crate) fn known(functions: BTreeSet<String>) -> Known {
    Known::new(functions, ideamine_agents::PHASE_AGENTS)
}

/// A signer for listing functions: it signs nothing.
struct NoKey;

#[async_trait]
impl Signer for NoKey {
    async fn public_key(&self) -> Result<String, Failure> {
        Err(Failure::bug("no key is open"))
    }
    async fn sign(&self, _: &[u8]) -> Result<ideamine_core::records::Signature, Failure> {
        Err(Failure::bug("no key is open"))
    }
}

/// Every function, to be looked at and not called: nothing can be signed and no model answers.
pub(crate) fn described() -> Registry {
    let models = Arc::new(ideamine_models::Recorded::new([]));
    let call = ModelCall::new(models, "nobody");
    registry(Arc::new(NoKey), Arc::new(Bubblewrap::from_env()), call, Secrets::new())
}

/// Names of all functions.
pub(crate) fn function_names() -> BTreeSet<String> {
    described().names().map(str::to_owned).collect()
}

/// The phases that these files plan, up to `until`.
///
/// # Errors
/// `Config.Invalid` or `Input.Invalid` with what is wrong and where.
pub(crate) fn planned(
    phases: &[(String, String)],
    until: Option<&PhaseId>,
) -> Result<Vec<PlannedPhase>, Failure> {
    plan::resolve(plan::parse_all(phases)?, until, &known(function_names()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ideamine_orchestration::UNRECORDED;

    #[test]
    fn the_step_index_leaves_out_exactly_what_writes_no_fact() {
        let registry = described();
        let silent = |name: &&str| registry.get(name).is_some_and(|function| !function.writes_task_fact());
        let found: BTreeSet<&str> = registry.names().filter(silent).collect();
        assert_eq!(found, UNRECORDED.iter().copied().collect());
    }
}
