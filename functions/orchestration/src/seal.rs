//! `run-seal`: numbers the facts of a run, chains them, extends the Merkle tree and signs the head.
//!
//! The only function that holds the signing key, and the only one that appends rows.

use std::sync::Arc;

use async_trait::async_trait;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::Signer;
use ideamine_core::records::{Head, SignedHead};
use ideamine_core::{Ctx, Failure, Function};
use ideamine_ledger::{head, seal, sign_bytes};
use schemars::JsonSchema;
use serde::Serialize;

use crate::next::Nothing;

/// `run-seal`.
pub struct RunSeal {
    /// The key.
    pub signer: Arc<dyn Signer>,
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
    type Input = Nothing;
    type Output = Output;

    async fn run(&self, ctx: &Ctx, _: Nothing) -> Result<Output, Failure> {
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
