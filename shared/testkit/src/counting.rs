//! A function that counts what it completed, and a listener that hears nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use ideamine_core::ports::{Events, Progress};
use ideamine_core::{Ctx, Failure, Function, RunId, Tenant};
use serde_json::Value;

/// Returns its input, and counts its calls by step. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct Counting {
    calls: Arc<Mutex<BTreeMap<String, u32>>>,
}

impl Counting {
    /// How often each step was called.
    pub fn calls(&self) -> BTreeMap<String, u32> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Function for Counting {
    const NAME: &'static str = "test-counting";
    type Input = Value;
    type Output = Value;

    async fn run(&self, ctx: &Ctx, input: Value) -> Result<Value, Failure> {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        *calls.entry(ctx.step.clone()).or_default() += 1;
        Ok(input)
    }
}

/// Events that nobody hears.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Events for Silent {
    fn publish(&self, _: &Tenant, _: &RunId, _: Progress) {}
}
