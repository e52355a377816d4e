//! The ports on AWS: DynamoDB, S3, SQS, Step Functions, KMS, Batch, Bedrock.
//!
//! The only crate that names a type of the AWS SDK. Everything is reached through [`Aws`]; what it needs to know is
//! in the environment ([`Settings`]).
//!
//! | module | port | on |
//! |---|---|---|
//! | `records` | `Records` | DynamoDB, one table, versions as conditions |
//! | `ledger` | `Ledger` | DynamoDB, another table, `INSERT` alone; heads also in a locked bucket |
//! | `artifacts` | `Artifacts` | S3, one object for each digest |
//! | `workflows` | `Workflows` | Step Functions |
//! | `queue` | `JobQueue` | SQS; the receiving side is [`Receiver`] |
//! | `jobs` | `Jobs` | Batch: submitted, not awaited ([`Delivery`], [`BatchJobs`]) |
//! | `signer` | `Signer` | KMS, P-256 |
//! | `events` | `Events` | rows that expire, written by [`Aws::flush`] |
//! | `secrets` | none | Secrets Manager, cached ([`Secrets`]) |
//! | `model` | `Model` | Bedrock (feature `bedrock`) |
//!
//! ```no_run
//! # async fn example() -> Result<(), ideamine_core::Failure> {
//! use ideamine_aws::{Aws, Settings};
//!
//! let aws = Aws::connect(Settings::from_env()?).await?;
//! let env = aws.env(); // what `Registry::invoke` takes
//! # drop(env);
//! aws.flush().await; // before the invocation ends
//! # Ok(())
//! # }
//! ```

mod artifacts;
mod clock;
mod connect;
mod dynamo;
mod error;
mod events;
mod jobs;
mod ledger;
pub mod limits;
#[cfg(feature = "bedrock")]
mod model;
mod objects;
mod queue;
mod records;
mod secrets;
pub mod settings;
mod signer;
mod workflows;

pub use connect::Aws;
pub use jobs::{BatchJobs, Delivery, Finished};
pub use queue::Receiver;
pub use secrets::{Secret, Secrets};
pub use settings::{Runner, Settings};
