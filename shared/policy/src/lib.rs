//! What a run may do, decided by rules that an operator keeps.
//!
//! An [`Action`] is one thing that a run is about to do: a model call, a tool call, a file, a connection, a deployment,
//! data that leaves. A [`Bundle`] is a set of Rego modules with their data, canonical, digested and signed. A [`Policy`]
//! is a bundle made ready, and [`Policy::decide`] says yes or no, by which rules.
//!
//! Modules of the package `ideamine.policy` add to two sets, `allow` and `deny`, objects `{"rule", "reason"}`. One `deny`
//! refuses; without an `allow` an action is refused too: what no rule knows is not allowed. A limit that is reached, a
//! conflict or a value of another shape is a refusal by the rule `policy-error`, never a pass. The surprising thing is Rego's
//! own: a function that fails (`to_number("x")`) makes its rule silent, a `deny` as well; a bundle's tests tell it, because
//! they are evaluated strictly.
//!
//! Rego is evaluated by the crate `regorus`. A decision depends on bundle and action alone: there is no clock, no
//! network and no randomness in the language as it is offered here.

mod action;
mod bundle;
mod decide;
mod recursion;
mod signed;
mod suite;

pub use action::{Action, Kind, Subject};
pub use bundle::{BadBundle, Bundle, PACKAGE};
pub use decide::{Decision, Policy, Ruling};
pub use signed::{SignedBundle, Untrusted};
pub use suite::{Case, Suite};
