//! Runs state machines over the ports: durable, concurrent, resumable.
//!
//! One thread owns all live executions ([`ideamine_asl::Execution`]); what they decide goes to a [`Log`]
//! (the embedded store), and only when it is on disk are functions called, jobs sent and callers answered.
//! The knot (functions see the engine, the engine calls functions) is tied in two steps: [`Engine::open`]
//! gives the handle, which goes into the environment; [`Engine::attach`] takes environment and registry.
//!
//! ```
//! use std::sync::Arc;
//! use ideamine_core::ports::Workflows;
//! use ideamine_core::{Env, Failure, Registry};
//! use ideamine_embedded::{Broadcast, Cas, LocalQueue, Owner, Store, StoreOptions, SystemClock};
//! use ideamine_engine::{Definitions, Engine, EngineOptions, Substitutions, Workers};
//!
//! const MACHINE: &str = r#"{"QueryLanguage": "JSONata", "StartAt": "Greet", "States": {"Greet":
//!     {"Type": "Pass", "Output": "{% 'hello ' & $states.input.name %}", "End": true}}}"#;
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Failure> {
//!     # let temp = tempfile::tempdir().map_err(|e| Failure::bug(e.to_string()))?;
//!     # let dir = temp.path();
//!     let store = Store::open(Owner::acquire(dir)?, StoreOptions::default())?;
//!     // On one machine `${FunctionPrefix}` and the like stand for nothing; others are refused.
//!     let prefixes = ["FunctionPrefix", "MachineArnPrefix", "QueueUrlPrefix"];
//!     let substitutions: Substitutions = prefixes.map(|name| (name.to_owned(), String::new())).into();
//!     let definitions = Definitions::load([("greet", MACHINE)], &substitutions)?;
//!     // Takes up whatever had not ended when the last process did.
//!     let engine = Engine::open(Arc::new(store.clone()), definitions, EngineOptions::system()?)?;
//!
//!     let env = Env {
//!         records: Arc::new(store.clone()),
//!         ledger: Arc::new(store.clone()),
//!         artifacts: Arc::new(Cas::beside(&store)?),
//!         workflows: Arc::new(engine.clone()),
//!         events: Arc::new(Broadcast::default()),
//!         clock: Arc::new(SystemClock),
//!     };
//!     let registry = Registry::default(); // .with(…) every function
//!     let queue = Arc::new(LocalQueue::new(&["model", "sandbox"]));
//!     engine.attach(&env, registry.clone(), queue.clone())?;
//!     let workers = Workers::start(&engine, &env, &registry, &queue, &[("model", 4), ("sandbox", 2)])?;
//!
//!     let id = env.workflows.start("greet", "first", serde_json::json!({ "name": "you" })).await?;
//!     let ended = engine.wait(&id).await?; // fails, rather than hanging, when the disk does
//!     assert_eq!(ended.output, Some(serde_json::json!("hello you")));
//!
//!     drop(workers);
//!     engine.shutdown().await; // what still runs is resumed by the next `Engine::open`
//!     store.close();
//!     Ok(())
//! }
//! ```

pub mod bench;
mod core;
mod definitions;
mod dispatch;
mod engine;
mod history;
mod log;
mod outcome;
mod resource;
mod steps;
mod workers;

pub use crate::core::{LIVE_EXECUTIONS_MAX, NAME_BYTES_MAX};
pub use definitions::{Definitions, Substitutions};
pub use engine::{CALLS_MAX, Engine, EngineOptions, REQUESTS_MAX};
pub use log::{Done, Log, Visit};
pub use steps::StepResult;
pub use workers::{HEARTBEAT, Workers};
