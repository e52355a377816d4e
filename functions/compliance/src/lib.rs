//! Guards of duties, as functions of a run: what may be made, from what, and by whom it was written.
//!
//! | function | looks at | ends the run when |
//! |---|---|---|
//! | `guard-terms` | the idea; the prose of the whole work | it asks for a grave prohibited use |
//! | `guard-licence` | the source of the application, its manifests | – (a conflict is for review) |
//! | `guard-provenance` | every artifact | – (one without an origin, or with hidden marks, is for review) |
//!
//! The licence guard also leaves a NOTICE and a list of parts (CycloneDX), the terms guard the control lists of SOC 2, GDPR
//! and HIPAA with what the run has to show for each; both as documents named by their evidence.
//!
//! What is *for review* keeps the run from being released until a person has looked.

mod controls;
mod licence;
mod provenance;
mod terms;

use ideamine_core::Registry;
use ideamine_guarding::GuardFunction;

/// The functions of this family.
pub fn registry() -> Registry {
    Registry::default()
        .with_named("guard-licence", GuardFunction(licence::Licence))
        .with_named("guard-provenance", GuardFunction(provenance::Provenance))
        .with_named("guard-terms", GuardFunction(terms::Terms))
}
