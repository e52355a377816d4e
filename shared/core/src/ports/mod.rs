//! The outside world as traits: `shared/embedded` implements them on one machine, `shared/aws` on AWS.
//!
//! Every method takes the tenant: nothing is shared across tenants. All failures are [`crate::Failure`]s
//! with stable names. Contract suites in `shared/testkit` state what each must do.

mod artifacts;
mod clock;
mod events;
mod jobs;
mod kept;
mod ledger;
mod model;
mod queue;
mod records;
mod signer;
mod workflows;

pub use artifacts::Artifacts;
pub use clock::{Clock, Random};
pub use events::{Events, Progress};
pub use jobs::{
    Exchange, FileOut, JOB_RESULT_URL, JOB_SPEC_URL, JobEnd, JobLimits, JobResult, JobSpec, Jobs,
    ProbeRequest, SourceFile, conflicts,
};
pub use kept::Kept;
pub use ledger::Ledger;
pub use model::{Answer, Model, Request, Unwanted, Usage};
pub use queue::{JobMessage, JobQueue, JobSource, Priority, QUEUES, QueueDepth, Receipt, Received};
pub use records::{
    Condition, Item, Key, PARTITION_BYTES_MAX, ROW_BYTES_MAX, Records, SORT_KEY_BYTES_MAX,
    WRITE_SET_BYTES_MAX, WRITE_SET_ITEMS_MAX, Write,
};
pub use signer::Signer;
pub use workflows::{Execution, ExecutionStatus, HistoryStep, Workflows};
