//! The function that the bench calls: it notes the time and says that all is well.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

use async_trait::async_trait;
use ideamine_core::{Ctx, Failure, Function};
use serde_json::{Value, json};

/// Name of the function that the bench's machine calls.
pub const STEP: &str = "run-bench-step";

/// When each run was called last, and how long the steps took.
pub(super) struct Times {
    origin: Instant,
    last_us: Vec<AtomicU64>,
    steps_us: Mutex<Vec<u64>>,
    first_end: OnceLock<Instant>,
}

impl Times {
    pub(super) fn new(runs: usize) -> Self {
        let last_us = (0..runs).map(|_| AtomicU64::new(0)).collect();
        Self { origin: Instant::now(), last_us, steps_us: Mutex::new(Vec::new()), first_end: OnceLock::new() }
    }

    /// A run is about to be started.
    pub(super) fn begin(&self, run: usize) {
        if let Some(last) = self.last_us.get(run) {
            last.store(self.now_us(), Ordering::Relaxed);
        }
    }

    /// A run has ended.
    pub(super) fn end(&self) {
        self.first_end.get_or_init(Instant::now);
    }

    /// From a moment to the first end of a run, milliseconds; 0 when none ended.
    pub(super) fn first_end_ms(&self, from: Instant) -> f64 {
        self.first_end.get().map_or(0.0, |end| end.duration_since(from).as_secs_f64() * 1e3)
    }

    fn call(&self, run: usize) {
        let now = self.now_us();
        let Some(last) = self.last_us.get(run) else { return };
        let took = now.saturating_sub(last.swap(now, Ordering::Relaxed));
        self.steps_us.lock().unwrap_or_else(PoisonError::into_inner).push(took);
    }

    fn now_us(&self) -> u64 {
        u64::try_from(self.origin.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// All steps, milliseconds.
    pub(super) fn step_ms(&self) -> Vec<f64> {
        let steps = self.steps_us.lock().unwrap_or_else(PoisonError::into_inner);
        steps.iter().map(|us| *us as f64 / 1e3).collect()
    }
}

pub(super) struct Step {
    pub(super) times: Arc<Times>,
}

#[async_trait]
impl Function for Step {
    const NAME: &'static str = STEP;
    type Input = Value;
    type Output = Value;

    async fn run(&self, ctx: &Ctx, _: Value) -> Result<Value, Failure> {
        let number = ctx.run.as_str().trim_start_matches("bench-").parse().unwrap_or(usize::MAX);
        self.times.call(number);
        Ok(json!({ "outcome": "pass" }))
    }
}
