//! The money side of a model call: reserve, release, settle, or book as uncertain.
//!
//! Every change of a call row and of the budget row is one write set under both versions, tried again when
//! another call changed the budget first. Money is at any time in exactly one place: reserved, settled,
//! uncertain, or free.

use std::time::Duration;

use ideamine_core::budget::{Ceiling, Payer, Reserved, Used};
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Condition, Key, Progress, Write};
use ideamine_core::records::{BudgetRow, CallRow, CallState, Fact, FactBody, key};
use ideamine_core::{Ctx, Digest, Failure, UsdMicros};
use ideamine_ledger::RECORDED;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ModelCallOutput, fence, new_row};

/// How often a write set is tried when other calls change the budget first. Each round lets at least one
/// of them through, so this is also how many calls may compete.
const WRITE_TRIES: u32 = 512;
/// Longest wait between two tries, milliseconds.
const WAIT_MS_MAX: u64 = 32;
/// Place of the answer's cost fact among the cost facts of its step; those of calls cut off follow it.
const ANSWER_ORDINAL: u32 = 0;

/// The stored answer to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplayRow {
    /// The answer's text in the store.
    pub(super) answer: Digest,
}

/// A call whose money is reserved.
pub(super) struct Held {
    pub(super) row: CallRow,
    pub(super) version: u64,
    /// What it can cost and use at most.
    pub(super) ceiling: Ceiling,
}

/// What else belongs to a write set.
enum Also {
    Nothing,
    Write(Write),
    /// The run is as this says, which is asked again when the set was refused.
    Open(Write),
}

impl Also {
    const fn part(&self) -> Option<&Write> {
        match self {
            Self::Nothing => None,
            Self::Write(part) | Self::Open(part) => Some(part),
        }
    }
}

/// The rows of one call.
pub(super) struct Books<'a> {
    ctx: &'a Ctx,
    owner: &'a str,
    request: Digest,
    payer: Payer,
    key: Key,
}

impl<'a> Books<'a> {
    pub(super) fn new(ctx: &'a Ctx, owner: &'a str, request: Digest, payer: Payer) -> Self {
        Self { ctx, owner, request, payer, key: key::call(&ctx.tenant, &ctx.run, &ctx.step) }
    }

    /// The call's row with its version; another request under the same step is a conflict.
    pub(super) async fn row(&self) -> Result<Option<(CallRow, u64)>, Failure> {
        let Some((row, version)) = read::<CallRow>(self.ctx, &self.key).await? else { return Ok(None) };
        if row.request != self.request {
            let (step, run) = (&self.ctx.step, &self.ctx.run);
            let message = format!("{step} of run {run} asked {}, and now {}", row.request, self.request);
            return Err(Failure::new(FailureKind::StepConflict, message));
        }
        Ok(Some((row, version)))
    }

    /// An earlier answer to the same request, if its text is still in the store.
    pub(super) async fn stored_answer(&self) -> Result<Option<Digest>, Failure> {
        let key = key::replay(&self.ctx.tenant, &self.request);
        let Some((row, _)) = read::<ReplayRow>(self.ctx, &key).await? else { return Ok(None) };
        let there = self.ctx.env.artifacts.has(&self.ctx.tenant, &row.answer).await?;
        Ok(there.then_some(row.answer))
    }

    /// Sets the most that the call can cost and use aside, or refuses when a budget would be passed, or when the run is
    /// no longer as `open`, which [`fence`] gave, found it.
    pub(super) async fn reserve(
        &self,
        ceiling: Ceiling,
        found: Option<(CallRow, u64)>,
        open: Write,
    ) -> Result<Held, Failure> {
        let (mut row, version) = found.unwrap_or_else(|| (new_row(self.request), 0));
        row.state = CallState::InFlight;
        row.owner = self.owner.to_owned();
        row.reserved = ceiling.usd.unwrap_or(UsdMicros::ZERO);
        row.reserved_tokens = ceiling.tokens;
        let take = |budget: &mut BudgetRow| match self.payer.take(budget, ceiling) {
            Ok(_) => Ok(()),
            Err(refusal) => Err(refusal.failure(&self.ctx.step)),
        };
        match self.write(&row, version, Also::Open(open), take).await {
            Ok(_) => Ok(Held { row, version: version + 1, ceiling }),
            Err(refused) => {
                if refused.kind == FailureKind::BudgetExhausted {
                    self.say_why(ceiling).await?;
                }
                Err(refused)
            }
        }
    }

    /// Keeps which level is used up, for whoever looks at the run that now waits; the first one refused says it. What
    /// has its slice only now keeps it, so that it can be granted once more.
    async fn say_why(&self, ceiling: Ceiling) -> Result<(), Failure> {
        let budget_key = key::budget(&self.ctx.tenant, &self.ctx.run);
        for turn in 0..WRITE_TRIES {
            let (before, version) = read::<BudgetRow>(self.ctx, &budget_key).await?.unwrap_or_default();
            let mut budget = before.clone();
            // What was given back or granted meanwhile may hold it; then the next try is not refused.
            let Err(refusal) = self.payer.take(&mut budget, ceiling) else { return Ok(()) };
            let message = refusal.failure(&self.ctx.step).message;
            budget.refusal.get_or_insert(message);
            if budget == before {
                return Ok(());
            }
            match self.ctx.env.records.write(vec![put(budget_key.clone(), &budget, version)?]).await {
                Err(failure) if failure.kind == FailureKind::StoreConflict => {}
                other => return other,
            }
            tokio::time::sleep(self.wait(turn)).await;
        }
        Ok(())
    }

    /// Gives the reservation back: nothing was charged.
    pub(super) async fn release(&self, held: Held) -> Result<(), Failure> {
        let reserved = reserved(&held.row);
        let row = idle(held.row);
        let give = |budget: &mut BudgetRow| {
            self.payer.give_back(budget, reserved);
            Ok(())
        };
        self.write(&row, held.version, Also::Nothing, give).await.map(drop)
    }

    /// Books a reservation in full because its call may have been charged. The fact comes first: it follows
    /// from the row alone, so that a crash before the row is written only makes it again.
    pub(super) async fn book_uncertain(
        &self,
        model: &str,
        row: CallRow,
        version: u64,
    ) -> Result<(CallRow, u64), Failure> {
        let reserved = reserved(&row);
        let cut_off = row.cut_off + 1;
        let cost = FactBody::Cost {
            model: model.to_owned(),
            request: self.request,
            answer: None,
            tokens_in: None,
            tokens_out: None,
            usd_micros: reserved.usd,
            class: "uncertain".to_owned(),
        };
        self.ctx.record(cut_off, cost).await?;
        let row = CallRow { cut_off, ..idle(row) };
        let book = |budget: &mut BudgetRow| {
            self.payer.book(budget, reserved);
            Ok(())
        };
        let budget = self.write(&row, version, Also::Nothing, book).await?;
        self.publish(&budget);
        Ok((row, version + 1))
    }

    /// Settles an answered call: row, budget and replay row in one write set, then its fact.
    pub(super) async fn finish(
        &self,
        held: Held,
        answer: Digest,
        cost: FactBody,
    ) -> Result<ModelCallOutput, Failure> {
        let reserved = reserved(&held.row);
        let row = self.done(held.row, answer, cost.clone());
        let settle = |budget: &mut BudgetRow| {
            if let FactBody::Cost { tokens_in, tokens_out, usd_micros: usd, class, .. } = &cost {
                let used = Used { usd: *usd, tokens_in: *tokens_in, tokens_out: *tokens_out, gpu_ms: 0 };
                self.payer.settle(budget, reserved, used);
                if class == RECORDED {
                    budget.recorded = budget.recorded.plus(*usd);
                }
            }
            Ok(())
        };
        let replay = Write::Put {
            key: key::replay(&self.ctx.tenant, &self.request),
            value: to_json(&ReplayRow { answer })?,
            when: Condition::Any,
        };
        let budget = self.write(&row, held.version, Also::Write(replay), settle).await?;
        self.conclude(row, Some(budget)).await
    }

    /// Takes an earlier answer: costs nothing, and is a fact all the same.
    pub(super) async fn finish_cached(
        &self,
        model: &str,
        found: Option<(CallRow, u64)>,
        answer: Digest,
    ) -> Result<ModelCallOutput, Failure> {
        let (row, version) = found.unwrap_or_else(|| (new_row(self.request), 0));
        let cost = FactBody::Cost {
            model: model.to_owned(),
            request: self.request,
            answer: Some(answer),
            tokens_in: None,
            tokens_out: None,
            usd_micros: UsdMicros::ZERO,
            class: CACHED.to_owned(),
        };
        let row = self.done(row, answer, cost);
        let count = |budget: &mut BudgetRow| {
            budget.cache_hits += 1;
            Ok(())
        };
        let budget = self.write(&row, version, Also::Nothing, count).await?;
        self.conclude(row, Some(budget)).await
    }

    /// A step that was done before: its fact is made sure of and its answer given again.
    pub(super) async fn finish_again(
        &self,
        found: Option<(CallRow, u64)>,
    ) -> Result<ModelCallOutput, Failure> {
        let (row, _) = found.ok_or_else(|| Failure::bug(format!("{} has no call row", self.ctx.step)))?;
        self.conclude(row, None).await
    }

    fn done(&self, row: CallRow, answer: Digest, cost: FactBody) -> CallRow {
        let at_ms = self.ctx.env.clock.now_ms();
        let fact = Fact { path: self.ctx.step.clone(), ordinal: ANSWER_ORDINAL, at_ms, body: cost };
        CallRow { state: CallState::Done, answer: Some(answer), fact: Some(fact), ..idle(row) }
    }

    pub(super) async fn conclude(
        &self,
        row: CallRow,
        budget: Option<BudgetRow>,
    ) -> Result<ModelCallOutput, Failure> {
        let broken = || Failure::corrupt(format!("the done call row of {} has no answer", self.ctx.step));
        let (answer, fact) = row.answer.zip(row.fact).ok_or_else(broken)?;
        let cached = matches!(&fact.body, FactBody::Cost { class, .. } if class == CACHED);
        self.ctx.env.ledger.insert(&self.ctx.tenant, &self.ctx.run, vec![fact]).await?;
        if let Some(budget) = budget {
            self.publish(&budget);
        }
        Ok(ModelCallOutput { answer, cached })
    }

    fn publish(&self, budget: &BudgetRow) {
        let spent = budget.settled.plus(budget.uncertain).minus(budget.recorded);
        let progress = Progress::Cost { spent, model_calls: budget.model_calls };
        self.ctx.env.events.publish(&self.ctx.tenant, &self.ctx.run, progress);
    }

    /// Writes the call row, which must still have `version` (0: not exist), the changed budget and what else
    /// belongs to it, all or nothing.
    async fn write(
        &self,
        row: &CallRow,
        version: u64,
        mut also: Also,
        change: impl Fn(&mut BudgetRow) -> Result<(), Failure> + Send + Sync,
    ) -> Result<BudgetRow, Failure> {
        let budget_key = key::budget(&self.ctx.tenant, &self.ctx.run);
        for turn in 0..WRITE_TRIES {
            let (mut budget, budget_version) =
                read::<BudgetRow>(self.ctx, &budget_key).await?.unwrap_or_default();
            change(&mut budget)?;
            let mut set =
                vec![put(self.key.clone(), row, version)?, put(budget_key.clone(), &budget, budget_version)?];
            set.extend(also.part().cloned());
            match self.ctx.env.records.write(set).await {
                Ok(()) => return Ok(budget),
                Err(failure) if failure.kind == FailureKind::StoreConflict => {}
                Err(failure) => return Err(failure),
            }
            self.still_ours(version).await?;
            if let Also::Open(open) = &mut also {
                *open = fence(self.ctx).await?;
            }
            tokio::time::sleep(self.wait(turn)).await;
        }
        let message =
            format!("the budget of run {} changed {WRITE_TRIES} times under {}", self.ctx.run, self.ctx.step);
        Err(Failure::new(FailureKind::StoreConflict, message))
    }

    async fn still_ours(&self, version: u64) -> Result<(), Failure> {
        let now = read::<CallRow>(self.ctx, &self.key).await?.map_or(0, |(_, version)| version);
        if now == version {
            return Ok(());
        }
        let message = format!("the call of {} was taken up by another process", self.ctx.step);
        Err(Failure::new(FailureKind::StepInProgress, message))
    }

    /// Spreads competing calls out: up to a limit that doubles, by step and turn instead of by chance.
    fn wait(&self, turn: u32) -> Duration {
        let digest = Digest::of(format!("{}#{turn}", self.ctx.step).as_bytes());
        let limit = (1_u64 << turn.min(8)).min(WAIT_MS_MAX);
        Duration::from_millis(u64::from(digest.as_bytes()[0]) % (limit + 1))
    }
}

/// Cost class of an answer that was there before.
const CACHED: &str = "cached";

/// What is set aside for a call.
const fn reserved(row: &CallRow) -> Reserved {
    Reserved { usd: row.reserved, tokens: row.reserved_tokens, gpu_ms: 0 }
}

/// The row of a call for which nothing is set aside.
fn idle(row: CallRow) -> CallRow {
    CallRow { state: CallState::Idle, reserved: UsdMicros::ZERO, reserved_tokens: 0, ..row }
}

async fn read<T: DeserializeOwned>(ctx: &Ctx, key: &Key) -> Result<Option<(T, u64)>, Failure> {
    match ctx.env.records.get(key).await? {
        Some(item) => Ok(Some((parse(key, item.value)?, item.version))),
        None => Ok(None),
    }
}

pub(super) fn parse<T: DeserializeOwned>(key: &Key, value: Value) -> Result<T, Failure> {
    serde_json::from_value(value).map_err(|e| Failure::corrupt(format!("row {} {}: {e}", key.pk, key.sk)))
}

fn to_json<T: Serialize>(row: &T) -> Result<Value, Failure> {
    serde_json::to_value(row).map_err(|e| Failure::bug(format!("a row is not JSON: {e}")))
}

/// A row over the one with this version; 0 is none.
fn put<T: Serialize>(key: Key, row: &T, version: u64) -> Result<Write, Failure> {
    let when = if version == 0 { Condition::Absent } else { Condition::Version(version) };
    Ok(Write::Put { key, value: to_json(row)?, when })
}
