//! Guards against attacks and leaks, as functions of a run.
//!
//! | function | looks at | ends the run when |
//! |---|---|---|
//! | `guard-policy` | the models of the plan, before anything is worked | the policy lets one not be asked |
//! | `guard-prompt-shield` | the idea; what phases left, as an agent's text | it tries to turn a model |
//! | `guard-exfil` | the idea; what each phase leaves; the whole work | it holds what must not leave, and that cannot be cut out |
//!
//! Shield and policy also stand before each call of a model, in `job-model-call`, and the policy before each job of the
//! sandbox, in `job-check`: there they must hold in the same step that acts.

mod exfil;
mod policy;
mod prompt_shield;

use ideamine_core::Registry;
use ideamine_exfil::Registry as Secrets;
use ideamine_guarding::GuardFunction;

/// The functions of this family; no secret is registered.
pub fn registry() -> Registry {
    registry_knowing(Secrets::new())
}

/// The functions of this family. `guard-exfil` also looks for these secrets, in every writing that it knows.
pub fn registry_knowing(secrets: Secrets) -> Registry {
    Registry::default()
        .with_named("guard-exfil", GuardFunction(exfil::Exfil::new(secrets)))
        .with_named("guard-policy", GuardFunction(policy::Models::default()))
        .with_named("guard-prompt-shield", GuardFunction(prompt_shield::PromptShield::default()))
}
