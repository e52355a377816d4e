//! Contract suites, fake clocks, ports in memory, counting functions and an emulator of AWS for tests.
//!
//! A suite states what a port must do, over whatever implements it: the embedded adapters run it, and the
//! AWS adapters run the same. Suites panic with what was expected; run each as one test.

mod artifacts;
mod calls;
mod clock;
mod counting;
mod emulator;
mod ledger;
mod memory;
mod queue;
mod records;
mod workflows;

pub use artifacts::artifacts_contract;
pub use calls::cut_off_call;
pub use clock::FakeClock;
pub use counting::{Counting, Silent};
pub use emulator::{EMULATOR_VARIABLES, emulator, lambda_archive};
pub use ledger::{decision, ledger_contract, sealed};
pub use memory::Memory;
pub use queue::{DELIVERIES_MAX, queue_contract};
pub use records::records_contract;
pub use workflows::{Deviation, WORKFLOWS_MACHINE, workflows_contract};
