//! The breaker of a model, read and changed under its version: a model that is down is not asked again by everybody.
//!
//! Only a call that would be made consults it: answers that are stored, and models that are recordings, never do, so that
//! a replay decides as the run did. No row is a closed breaker, and a model that answers never has one.

mod rule;

use std::time::Duration;

use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Condition, Key, Progress, Random, Write};
use ideamine_core::records::{BreakerRow, BreakerState, key};
use ideamine_core::{Ctx, Failure, PhaseId};

use super::books::parse;
use rule::{Admission, Verdict, admit, told};

/// How often a row is tried when other calls change it first. It is changed by failures and probes alone.
const TRIES: u32 = 16;
/// Between two of them.
const PAUSE: Duration = Duration::from_millis(5);
/// How much longer than its call a probe keeps its lease, milliseconds.
const LEASE_SPARE_MS: u64 = 10_000;

/// The breaker of the model of one call.
pub(super) struct Breaker<'a> {
    ctx: &'a Ctx,
    model: &'a str,
    phase: &'a PhaseId,
    random: Option<&'a dyn Random>,
    key: Key,
    refusal: FailureKind,
}

/// A call's right to be made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pass {
    /// Of the one that tries whether the model answers again.
    probe: Option<u64>,
    /// Whether an answer changes the row.
    noted: bool,
}

impl<'a> Breaker<'a> {
    pub(super) fn new(
        ctx: &'a Ctx,
        model: &'a str,
        phase: &'a PhaseId,
        random: Option<&'a dyn Random>,
    ) -> Self {
        let key = key::breaker(&ctx.tenant, model);
        Self { ctx, model, phase, random, key, refusal: FailureKind::ModelCircuitOpen }
    }

    /// Refuses with `Model.Unavailable`, which is not waited out for long: another model can take over.
    pub(super) fn with_another(self) -> Self {
        Self { refusal: FailureKind::ModelUnavailable, ..self }
    }

    /// Lets a call of at most `timeout_s` through, or refuses it with when to come again.
    pub(super) async fn enter(&self, timeout_s: u32) -> Result<Pass, Failure> {
        let lease_ms = u64::from(timeout_s.max(1)) * 1_000 + LEASE_SPARE_MS;
        for _ in 0..TRIES {
            let (row, version) = self.read().await?;
            match admit(&row, self.ctx.env.clock.now_ms(), lease_ms) {
                Admission::Free => {
                    let noted =
                        matches!(&row.state, BreakerState::Closed { failed_ms } if !failed_ms.is_empty());
                    return Ok(Pass { probe: None, noted });
                }
                Admission::Refused(wait_ms) => return Err(self.refusal(&row, wait_ms)),
                Admission::Probe(probing) => {
                    if self.write(&probing, version).await? {
                        self.say("tries whether it answers again");
                        return Ok(Pass { probe: Some(probing.epoch), noted: true });
                    }
                }
                Admission::Again(anew) => drop(self.write(&anew, version).await?),
            }
        }
        Err(self.contended())
    }

    /// Takes in how the call ended. The failure becomes a refusal where the breaker is open by it.
    pub(super) async fn leave<T>(&self, pass: Pass, result: Result<T, Failure>) -> Result<T, Failure> {
        let verdict = Verdict::of(&result);
        match self.tell(pass, verdict).await {
            Ok(Some(wait_ms)) => result.map_err(|failure| self.opened(failure, wait_ms)),
            Ok(None) => result,
            // The call's own end counts; the lease of a probe ends by itself.
            Err(failure) => {
                tracing::warn!(model = self.model, error = failure.kind.name(), "a breaker was not told");
                result
            }
        }
    }

    /// Gives the right back: no call was made.
    pub(super) async fn give_back(&self, pass: Pass) {
        if let Err(failure) = self.tell(pass, Verdict::Unknown).await {
            tracing::warn!(
                model = self.model,
                error = failure.kind.name(),
                "a probe's lease will end by itself"
            );
        }
    }

    /// For how long it is open by this.
    async fn tell(&self, pass: Pass, verdict: Verdict) -> Result<Option<u64>, Failure> {
        if !pass.noted && !matches!(verdict, Verdict::Down(..)) {
            return Ok(None);
        }
        let random = self.random.map_or(0, Random::next_u64);
        for _ in 0..TRIES {
            let (row, version) = self.read().await?;
            let now = self.ctx.env.clock.now_ms();
            let Some(new) = told(&row, pass.probe, verdict, now, random) else { return Ok(None) };
            if !self.write(&new, version).await? {
                continue;
            }
            return Ok(match (&row.state, &new.state) {
                (BreakerState::Probing(_), BreakerState::Closed { .. }) => {
                    self.say("answers again: its breaker is closed");
                    None
                }
                (_, BreakerState::Open(outage)) if matches!(verdict, Verdict::Down(..)) => {
                    let wait_ms = outage.until_ms.saturating_sub(now).unsigned_abs();
                    let (error, wait_s) = (outage.error.name(), wait_ms.div_ceil(1_000));
                    self.say(&format!("is not asked for {wait_s} s: {error}"));
                    Some(wait_ms)
                }
                _ => None,
            });
        }
        Err(self.contended())
    }

    fn refusal(&self, row: &BreakerRow, wait_ms: u64) -> Failure {
        let error = match &row.state {
            BreakerState::Open(outage) | BreakerState::Probing(outage) => outage.error.name(),
            BreakerState::Closed { .. } => "",
        };
        let (model, wait_s) = (self.model, wait_ms.div_ceil(1_000));
        let message = format!("{model} is not asked for another {wait_s} s, because of {error}");
        Failure { retry_after_ms: Some(wait_ms), ..Failure::new(self.refusal, message) }
    }

    fn opened(&self, failure: Failure, wait_ms: u64) -> Failure {
        let wait_s = wait_ms.div_ceil(1_000);
        let message = format!("{} ({}); not asked for {wait_s} s", failure.message, failure.kind.name());
        Failure { retry_after_ms: Some(wait_ms), ..Failure::new(self.refusal, message) }
    }

    fn say(&self, what: &str) {
        tracing::warn!(model = self.model, run.id = %self.ctx.run, what, "a breaker changed");
        let progress = Progress::Work {
            phase: self.phase.to_string(),
            function: "job-model-call".to_owned(),
            note: format!("{} {what}", self.model),
        };
        self.ctx.env.events.publish(&self.ctx.tenant, &self.ctx.run, progress);
    }

    /// The row with its version; none is a closed breaker of version 0.
    async fn read(&self) -> Result<(BreakerRow, u64), Failure> {
        match self.ctx.env.records.get(&self.key).await? {
            Some(item) => Ok((parse(&self.key, item.value)?, item.version)),
            None => {
                let state = BreakerState::Closed { failed_ms: vec![] };
                Ok((BreakerRow { model: self.model.to_owned(), epoch: 0, state }, 0))
            }
        }
    }

    /// Writes the row over the one with this version; false when another was first.
    async fn write(&self, row: &BreakerRow, version: u64) -> Result<bool, Failure> {
        let value = serde_json::to_value(row).map_err(|e| Failure::bug(format!("a row is not JSON: {e}")))?;
        let when = if version == 0 { Condition::Absent } else { Condition::Version(version) };
        match self.ctx.env.records.write(vec![Write::Put { key: self.key.clone(), value, when }]).await {
            Ok(()) => Ok(true),
            Err(failure) if failure.kind == FailureKind::StoreConflict => {
                tokio::time::sleep(PAUSE).await;
                Ok(false)
            }
            Err(failure) => Err(failure),
        }
    }

    fn contended(&self) -> Failure {
        let message = format!("the breaker of {} changed {TRIES} times under this call", self.model);
        Failure::new(FailureKind::StoreConflict, message)
    }
}
