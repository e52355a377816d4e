//! `run-seal`: numbers the facts of a run, chains them, extends the Merkle tree and signs the head.
//!
//! The only function that holds the signing key, and the only one that appends rows.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::Signer;
use ideamine_core::records::{Head, RunRow, SignedHead, key};
use ideamine_core::{Ctx, Failure, Function};
use ideamine_ledger::{head, seal, sign_bytes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rows;

/// How often a run that is not closed yet is looked at again, and after how long.
const LOOKS: u32 = 40;
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// `run-seal`.
pub struct RunSeal {
    /// The key.
    pub signer: Arc<dyn Signer>,
}

/// Input of `run-seal`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// What must be so before anything is sealed; absent for nothing.
    #[serde(default)]
    pub once: Option<Once>,
}

/// See [`Input::once`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Once {
    /// The run is closed, so that its last facts are recorded: `run-reconcile` hears of an execution's end at the same
    /// moment as this function.
    Closed,
}

/// Output of `run-seal`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    /// Rows in all.
    pub size: u64,
    /// Merkle root over them, hex.
    pub root: String,
}

impl From<Head> for Output {
    fn from(head: Head) -> Self {
        Self { size: head.size, root: head.root }
    }
}

#[async_trait]
impl Function for RunSeal {
    const NAME: &'static str = "run-seal";
    const WRITES_TASK_FACT: bool = false;
    type Input = Input;
    type Output = Output;

    async fn run(&self, ctx: &Ctx, input: Input) -> Result<Output, Failure> {
        if input.once == Some(Once::Closed) {
            closed(ctx).await?;
        }
        let ledger = &ctx.env.ledger;
        let sealed = ledger.rows(&ctx.tenant, &ctx.run).await?;
        let last = ledger.heads(&ctx.tenant, &ctx.run).await?.pop();
        let facts = ledger.facts(&ctx.tenant, &ctx.run).await?;
        let fresh = seal(&ctx.tenant, &ctx.run, &sealed, last.as_ref(), facts)
            .map_err(|e| Failure::new(FailureKind::StepConflict, format!("sealing {}: {e}", ctx.run)))?;
        if let (true, Some(last)) = (fresh.is_empty(), last) {
            return Ok(last.head.into());
        }
        let rows: Vec<_> = sealed.into_iter().chain(fresh.iter().cloned()).collect();
        let head = head(&ctx.tenant, &ctx.run, &rows);
        let signature = self.signer.sign(&sign_bytes(&head)?).await?;
        let signed = SignedHead { head: head.clone(), signature };
        ledger.append(&ctx.tenant, &ctx.run, fresh, signed).await?;
        Ok(head.into())
    }
}

/// Waits a little for the run to be closed.
///
/// # Errors
/// `Step.InProgress` when it was not: whoever called is to call again.
async fn closed(ctx: &Ctx) -> Result<(), Failure> {
    for _ in 0..LOOKS {
        let run: RunRow = rows::get(ctx, &key::run(&ctx.tenant, &ctx.run)).await?;
        if run.ended_ms.is_some() {
            return Ok(());
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    let message = format!("run {} is not closed yet; seal it afterwards", ctx.run);
    Err(Failure::new(FailureKind::StepInProgress, message))
}
