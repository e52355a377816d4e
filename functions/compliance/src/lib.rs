//! Guards of duties, as functions of a run: what may be made, from what, and by whom it was written.
//!
//! | function | looks at | ends the run when |
//! |---|---|---|
//! | `guard-terms` | the idea; the prose of the whole work | it asks for a grave prohibited use |
//! | `guard-licence` | the source of the application, its manifests | – (a conflict is for review) |
//! | `guard-provenance` | every artifact | – (one without an origin, or with hidden marks, is for review) |
//!
//! What is *for review* keeps the run from being released until a person has looked.

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
