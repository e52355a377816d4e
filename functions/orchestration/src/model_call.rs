//! `job-model-call`: the only paid step, and the only function that holds the model providers.
//!
//! In order: fence (pause and cancel stop it), the call's own row (done before, or cut off), the guards (shield, exfiltration
//! guard, policy: what they do not let through is not asked, and ends the run), replay lookup, the model's breaker, reservation (of the run, of the phase and of its story or branch), call, answer into the store, settlement. A stored answer is looked up before money is
//! reserved, because it costs nothing and must not fail on a spent budget. Reservation and call row are one
//! write set, as are settlement, call row and replay row: a crash at any moment leaves either no trace, or a
//! row from which the next delivery books what may have been charged. What cannot be known is booked in
//! full as *uncertain* and the call is made again; an answer that is stored is never asked for twice.

mod books;
mod breaker;
mod left;
#[cfg(test)]
mod tests;
mod watch;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use ideamine_core::budget::{Ceiling, Payer};
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Answer, Condition, Model, Random, Request, Write};
use ideamine_core::records::{CallRow, CallState, Desired, FactBody, Plan, key};
use ideamine_core::{Ctx, Digest, Failure, Function, PhaseId};
use ideamine_ledger::RECORDED;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{rows, unstick};
use books::{Books, Held};
use breaker::Breaker;
use ideamine_exfil::Registry as Secrets;
use ideamine_guarding::guard;
pub use left::settle_open_calls;
use watch::{Asked, Watch};

/// How often a call that waits to be tried again looks whether the run is to stop.
const LOOK: Duration = Duration::from_secs(1);

/// Input of `job-model-call`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelCallInput {
    /// The request's document.
    pub request: Digest,
    /// The phase that pays.
    pub phase: PhaseId,
    /// Deadline of the call, seconds.
    pub timeout_s: u32,
}

/// Output of `job-model-call`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ModelCallOutput {
    /// The answer's text in the store.
    pub answer: Digest,
    /// Whether it was there before and nobody was asked.
    pub cached: bool,
}

/// `job-model-call`.
pub struct ModelCall {
    models: Arc<dyn Model>,
    owner: String,
    random: Option<Arc<dyn Random>>,
    watch: Watch,
    /// Calls that this process is making now, by tenant, run and step.
    under_way: Mutex<BTreeSet<String>>,
}

impl ModelCall {
    /// Over these models. `owner` names this process: a call in flight under another name was cut off.
    pub fn new(models: Arc<dyn Model>, owner: impl Into<String>) -> Self {
        let watch = Watch::new(Secrets::new());
        Self { models, owner: owner.into(), random: None, watch, under_way: Mutex::default() }
    }

    /// Spreads by chance when models that were down are tried again.
    #[must_use]
    pub fn spread_by(self, random: Arc<dyn Random>) -> Self {
        Self { random: Some(random), ..self }
    }

    /// Keeps these secrets out of every request, whatever their writing.
    #[must_use]
    pub fn keeping(self, secrets: impl IntoIterator<Item = String>) -> Self {
        let mut registry = Secrets::new();
        for secret in secrets {
            // One too short to be told from ordinary text is nobody's key.
            registry.add(secret);
        }
        Self { watch: Watch::new(registry), ..self }
    }

    /// The breaker that a call of this model heeds: none where answers were recorded before.
    fn breaker<'a>(
        &'a self,
        ctx: &'a Ctx,
        plan: &Plan,
        model: &'a str,
        phase: &'a PhaseId,
    ) -> Option<Breaker<'a>> {
        if self.models.is_recorded(model) {
            return None;
        }
        let breaker = Breaker::new(ctx, model, phase, self.random.as_deref());
        let another = plan.phase(phase).is_some_and(|of| unstick::has_another(of, model, &ctx.step));
        Some(if another { breaker.with_another() } else { breaker })
    }

    fn claim(&self, ctx: &Ctx) -> Result<Claim<'_>, Failure> {
        let name = format!("{}#{}#{}", ctx.tenant, ctx.run, ctx.step);
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if !under_way.insert(name.clone()) {
            let message = format!("the call of {} in run {} is being made; ask again", ctx.step, ctx.run);
            return Err(Failure::new(FailureKind::StepInProgress, message));
        }
        Ok(Claim { under_way: &self.under_way, name })
    }

    /// Lets the guards read the request. What they said is on the ledger and in the rows before anything follows from it.
    async fn guard(
        &self,
        ctx: &Ctx,
        plan: &Plan,
        input: &ModelCallInput,
        request: &Request,
        ceiling: Ceiling,
    ) -> Result<(), Failure> {
        let origin = self.models.origin(&request.model);
        let asked = Asked { plan, phase: &input.phase, request, digest: input.request, ceiling, origin };
        guard(ctx, &input.phase, input.request, self.watch.look(ctx, &asked)).await
    }

    async fn ask(&self, ctx: &Ctx, request: &Request, timeout_s: u32) -> Result<Answer, Failure> {
        let unwanted = std::pin::pin!(stopped(ctx));
        let deadline = Duration::from_secs(u64::from(timeout_s.max(1)));
        match tokio::time::timeout(deadline, self.models.call_while_wanted(request, unwanted)).await {
            Ok(result) => result,
            Err(_) => {
                let message =
                    format!("{} did not answer `{}` in {timeout_s} s", request.model, request.label);
                Err(Failure::new(FailureKind::ModelTimeout, message))
            }
        }
    }

    /// What the answer costs: known, stated by the recording it comes from, estimated by its reservation, or without a price.
    fn cost(
        &self,
        request: &Request,
        digest: Digest,
        answer: &Answer,
        stored: Digest,
        held: &Held,
    ) -> FactBody {
        let price = self.models.price(&request.model, &answer.usage);
        let recorded = self.models.is_recorded(&request.model);
        let (usd_micros, class) = match (price, held.ceiling.usd) {
            (price, _) if recorded => (price.unwrap_or_default(), RECORDED),
            (Some(price), _) => (price, "paid"),
            (None, Some(ceiling)) => (ceiling, "estimated"),
            (None, None) => (ideamine_core::UsdMicros::ZERO, "unpriced"),
        };
        FactBody::Cost {
            model: request.model.clone(),
            request: digest,
            answer: Some(stored),
            tokens_in: answer.usage.tokens_in,
            tokens_out: answer.usage.tokens_out,
            usd_micros,
            class: class.to_owned(),
        }
    }
}

/// While it lives, a second delivery of the same step in this process is turned away. Dropped with the
/// future when a call is abandoned: its row then reads as cut off.
struct Claim<'a> {
    under_way: &'a Mutex<BTreeSet<String>>,
    name: String,
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

#[async_trait]
impl Function for ModelCall {
    const NAME: &'static str = "job-model-call";
    type Input = ModelCallInput;
    type Output = ModelCallOutput;

    async fn run(&self, ctx: &Ctx, input: ModelCallInput) -> Result<ModelCallOutput, Failure> {
        let open = fence(ctx).await?;
        let _claim = self.claim(ctx)?;
        let plan = rows::plan(ctx).await?;
        let payer = Payer::of(&plan, input.phase.clone(), &ctx.step)?;
        let books = Books::new(ctx, &self.owner, input.request, payer);
        let mut found = books.row().await?;
        if found.as_ref().is_some_and(|(row, _)| row.state == CallState::Done) {
            return books.finish_again(found).await;
        }
        let request: Request = ctx.get_json(&input.request).await?;
        if let Some((row, version)) = found.take_if(|(row, _)| row.state == CallState::InFlight) {
            found = Some(books.book_uncertain(&request.model, row, version).await?);
        }
        let ceiling =
            Ceiling { usd: self.models.ceiling(&request), tokens: self.models.tokens(&request), gpu_ms: 0 };
        self.guard(ctx, &plan, &input, &request, ceiling).await?;
        if !plan.asks_anew(&ctx.step)
            && let Some(answer) = books.stored_answer().await?
        {
            return books.finish_cached(&request.model, found, answer).await;
        }
        let breaker = self.breaker(ctx, &plan, &request.model, &input.phase);
        let guard = match &breaker {
            Some(breaker) => Some((breaker, breaker.enter(input.timeout_s).await?)),
            None => None,
        };
        let held = match (books.reserve(ceiling, found, open).await, guard) {
            (Ok(held), _) => held,
            (Err(refused), None) => return Err(refused),
            (Err(refused), Some((breaker, pass))) => {
                breaker.give_back(pass).await;
                return Err(refused);
            }
        };
        let result = self.ask(ctx, &request, input.timeout_s).await;
        let charged = result.as_ref().err().is_some_and(|failure| !nothing_was_charged(failure.kind));
        let result = match guard {
            Some((breaker, pass)) => breaker.leave(pass, result).await,
            None => result,
        };
        let asked = match result {
            Ok(answer) => ctx.put(answer.text.clone().into_bytes()).await.map(|stored| (answer, stored)),
            Err(failure) if !charged => {
                books.release(held).await?;
                // Or else it would wait to be tried again in a run that is to stop.
                fence(ctx).await?;
                return Err(failure);
            }
            Err(failure) => Err(failure),
        };
        match asked {
            Ok((answer, stored)) => {
                let cost = self.cost(&request, input.request, &answer, stored, &held);
                books.finish(held, stored, cost).await
            }
            Err(failure) => {
                books.book_uncertain(&request.model, held.row, held.version).await?;
                Err(failure)
            }
        }
    }
}

/// A consistent read of what is wanted of the run: no paid call starts in a run that is to stop. What it read is the
/// condition of the reservation, so that nothing is set aside once the run's end has been written: whoever ends a run
/// from outside settles what is open after that, and once.
async fn fence(ctx: &Ctx) -> Result<Write, Failure> {
    let (row, version) = rows::wanted_at(ctx).await?;
    if row.desired == Desired::Run {
        let key = key::control(&ctx.tenant, &ctx.run);
        return Ok(Write::Check { key, when: Condition::Version(version) });
    }
    let message = format!("run {} is to stop ({}): {} made no call", ctx.run, row.by, ctx.step);
    Err(Failure::new(FailureKind::ControlStopped, message))
}

/// Ends when the run is to stop; a look that fails is made again. It costs nothing while nobody waits for it.
async fn stopped(ctx: &Ctx) {
    loop {
        tokio::time::sleep(LOOK).await;
        if fence(ctx).await.is_err_and(|failure| failure.kind == FailureKind::ControlStopped) {
            return;
        }
    }
}

/// Whether a provider that answers with this failure has charged nothing: it turned the request away, or
/// was never reached. After any other failure it may have worked, and charged, for an answer that was lost.
const fn nothing_was_charged(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::ModelThrottled
            | FailureKind::ModelUnavailable
            | FailureKind::ModelQuotaExhausted
            | FailureKind::ModelContextTooLong
            | FailureKind::ModelConfig
            | FailureKind::ModelNotRecorded
            | FailureKind::InputInvalid
            | FailureKind::ConfigInvalid
    )
}

/// A call's row as it is before its first reservation.
fn new_row(request: Digest) -> CallRow {
    CallRow {
        request,
        state: CallState::Idle,
        owner: String::new(),
        reserved: ideamine_core::UsdMicros::ZERO,
        reserved_tokens: 0,
        cut_off: 0,
        answer: None,
        fact: None,
    }
}
