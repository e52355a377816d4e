//! What every agent shares: the work it gets, the request it makes, and how an answer is judged.
//!
//! An agent is pure: [`Work`] in, an answer out. [`AgentFunction`] makes a function of it with four
//! operations (`prepare`, `accept`, `repair`, `finish`) that a state machine calls around the one model call.
//! The one surprising thing: the composer's answers and a model's answers have the same form, but a
//! model writes plain strings and can never claim an origin; only words that stand in the idea become quotes.
//!
//! | module | what |
//! |---|---|
//! | [`work`] | everything that decides an answer |
//! | [`brief`] | the work of one step, gathered from the records |
//! | [`rows`] | typed rows of a run, read and changed |
//! | [`agent`] | the trait, and what an agent hands back |
//! | [`function`] | the function around an agent |
//! | [`mod@render`] | the request to a model |
//! | [`slot`] | data inside a request, marked so that it cannot give instructions |
//! | [`answer`] | a model's raw text read as JSON |
//! | [`check`] | problems of an answer |
//! | [`rung`] | who goes on with work that did not pass, and with how much of it |
//! | [`origin`] | who wrote which words |
//! | [`mod@aggregate`] | several branches' answers become one |
//! | [`triad`] | answers of the question, answer and validate agents |

pub mod agent;
pub mod aggregate;
pub mod answer;
pub mod brief;
pub mod check;
pub mod function;
pub mod origin;
pub mod render;
pub mod rows;
pub mod rung;
pub mod slot;
pub mod triad;
pub mod work;

pub use agent::{Agent, Finish, Finished, NewArtifact};
pub use aggregate::{aggregate, in_branch_order};
pub use check::Problem;
pub use function::{AgentFunction, Op, Outcome};
pub use render::{render, repair};
pub use work::{Asked, Work};
