//! A step is worked by one at a time, and once it is done its output stays: the row that says so.
//!
//! Queues deliver at least once. The row is leased by whoever works the step; the lease is renewed with every
//! heartbeat, so that a worker that died is replaced within a minute while one that lives is never disturbed.

use std::time::Duration;

use ideamine_core::failure::FailureKind;
use ideamine_core::function::Envelope;
use ideamine_core::ports::{Condition, Key, Write};
use ideamine_core::records::key;
use ideamine_core::{Digest, Env, Failure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How long a worker that says nothing keeps its step: three heartbeats.
pub const LEASE: Duration = Duration::from_secs(60);

/// Who works a step, or what it came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StepRow {
    /// Function, and version of the code: another version works the step again.
    function: String,
    /// Digest of the function's input; another input is a conflict.
    input: Digest,
    /// How it stands.
    state: State,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
enum State {
    InProgress { until_ms: i64 },
    Done { output: Value },
}

/// The row of one step.
pub(crate) struct Once<'a> {
    env: &'a Env,
    key: Key,
    function: String,
    input: Digest,
    /// Version of the row while it is ours.
    version: u64,
}

/// Whether the step is ours to work.
#[derive(Debug, PartialEq)]
pub(crate) enum Claim {
    /// It is.
    Ours,
    /// Somebody else works it now.
    Busy,
    /// It was done before, with this output.
    Done(Value),
}

impl<'a> Once<'a> {
    /// The row for this envelope's step; `function` carries the version of the code.
    pub(crate) fn new(env: &'a Env, function: String, envelope: &Envelope) -> Result<Self, Failure> {
        let key = key::step(&envelope.tenant, &envelope.run, &envelope.step);
        Ok(Self { env, key, function, input: Digest::of_json(&envelope.input)?, version: 0 })
    }

    /// Tries to take the step.
    pub(crate) async fn claim(&mut self) -> Result<Claim, Failure> {
        let found = self.env.records.get(&self.key).await?;
        self.version = found.as_ref().map_or(0, |item| item.version);
        if let Some(item) = found {
            let row: StepRow = serde_json::from_value(item.value)
                .map_err(|e| Failure::corrupt(format!("row {}: {e}", self.key)))?;
            if row.function == self.function && row.input != self.input {
                let message = format!("{} came with another input before", self.key);
                return Err(Failure::new(FailureKind::StepConflict, message));
            }
            match row.state {
                State::InProgress { until_ms } if until_ms > self.env.clock.now_ms() => {
                    return Ok(Claim::Busy);
                }
                State::Done { output } if row.function == self.function => return Ok(Claim::Done(output)),
                _ => {}
            }
        }
        match self.renew().await {
            Err(failure) if failure.kind == FailureKind::StoreConflict => Ok(Claim::Busy),
            other => other.map(|()| Claim::Ours),
        }
    }

    /// Keeps the step for another lease; `Store.Conflict` when somebody else has taken it.
    pub(crate) async fn renew(&mut self) -> Result<(), Failure> {
        let lease_ms = i64::try_from(LEASE.as_millis()).unwrap_or(i64::MAX);
        let until_ms = self.env.clock.now_ms().saturating_add(lease_ms);
        self.write(State::InProgress { until_ms }).await
    }

    /// Keeps the output for whoever is told to work the step again.
    pub(crate) async fn done(&mut self, output: Value) -> Result<(), Failure> {
        self.write(State::Done { output }).await
    }

    /// Gives the step back: the next delivery works it at once.
    pub(crate) async fn release(&self) -> Result<(), Failure> {
        let when = Condition::Version(self.version);
        let result = self.env.records.write(vec![Write::Delete { key: self.key.clone(), when }]).await;
        match result {
            // Somebody else has it by now.
            Err(failure) if failure.kind == FailureKind::StoreConflict => Ok(()),
            other => other,
        }
    }

    async fn write(&mut self, state: State) -> Result<(), Failure> {
        let row = StepRow { function: self.function.clone(), input: self.input, state };
        let value = serde_json::to_value(row).map_err(|e| Failure::bug(e.to_string()))?;
        let when = match self.version {
            0 => Condition::Absent,
            version => Condition::Version(version),
        };
        self.env.records.write(vec![Write::Put { key: self.key.clone(), value, when }]).await?;
        self.version += 1;
        Ok(())
    }
}
