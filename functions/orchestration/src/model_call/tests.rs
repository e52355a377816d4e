mod guards;
mod outage;

use std::sync::atomic::Ordering;

use crate::world::{self, Death, Fake, World, answer, ctx, request};
use ideamine_core::UsdMicros;
use ideamine_core::ports::Progress;
use ideamine_core::records::{BudgetRow, Limits, PhaseSpend};
use ideamine_ledger::Usage;

use super::*;

const STEP: &str = "04-prd/a1/b00/call-0";

async fn deliver(
    world: &Arc<World>,
    call: &ModelCall,
    step: &str,
    request: Digest,
) -> Result<ModelCallOutput, Failure> {
    let phase = PhaseId::new(ideamine_ledger::phase_of(step).unwrap()).unwrap();
    let input = ModelCallInput { request, phase, timeout_s: 30 };
    call.run(&ctx(world, step), input).await
}

fn model_call(model: &Arc<Fake>, owner: &str) -> ModelCall {
    ModelCall::new(Arc::<Fake>::clone(model), owner)
}

fn failure(kind: FailureKind) -> Failure {
    Failure::new(kind, "as the test says")
}

/// What the budget booked is what the ledger says, and nothing is left aside.
fn assert_reconciled(world: &World) {
    let budget = world.budget();
    assert_eq!(Usage::of(world.facts().iter()), Usage::from(&budget), "{:?}", world.costs());
    assert_eq!(budget.reserved, UsdMicros::ZERO, "{budget:?}");
    assert_added_up(&budget);
}

/// The phases' sums are the run's figures.
fn assert_added_up(budget: &BudgetRow) {
    let usd = |of: fn(&PhaseSpend) -> UsdMicros| budget.phases.values().map(of).sum::<UsdMicros>();
    assert_eq!(
        (usd(|p| p.reserved), usd(|p| p.settled), usd(|p| p.uncertain)),
        (budget.reserved, budget.settled, budget.uncertain),
        "{budget:?}"
    );
    for spend in budget.phases.values() {
        let usd = |of: fn(&PhaseSpend) -> UsdMicros| spend.parts.values().map(of).sum::<UsdMicros>();
        let of_parts = (usd(|p| p.reserved), usd(|p| p.settled), usd(|p| p.uncertain));
        assert_eq!(of_parts, (spend.reserved, spend.settled, spend.uncertain), "{spend:?}");
        assert_eq!(spend.parts.values().map(PhaseSpend::tokens).sum::<u64>(), spend.tokens(), "{spend:?}");
    }
    let tokens = |of: fn(&PhaseSpend) -> u64| budget.phases.values().map(of).sum::<u64>();
    assert_eq!((tokens(|p| p.tokens_in), tokens(|p| p.tokens_out)), (budget.tokens_in, budget.tokens_out));
}

fn cost(ordinal: u32, class: &str, micros: i64) -> (String, u32, String, i64) {
    (STEP.to_owned(), ordinal, class.to_owned(), micros)
}

#[tokio::test(start_paused = true)]
async fn a_call_is_made_once_and_its_answer_given_again() {
    let world = World::new();
    let model = Arc::new(Fake::default().then(Ok(answer("{\"a\":1}", Some(40)))));
    let request = request(&world, 1).await;
    let first = deliver(&world, &model_call(&model, "p1"), STEP, request).await.unwrap();
    assert_eq!(first, ModelCallOutput { answer: Digest::of(b"{\"a\":1}"), cached: false });
    assert_eq!(world.costs(), [cost(0, "paid", 40)]);
    let budget = world.budget();
    assert_eq!(
        (budget.settled, budget.tokens_in, budget.tokens_out, budget.model_calls),
        (UsdMicros(40), 10, 40, 1)
    );
    let spent = Progress::Cost { spent: UsdMicros(40), model_calls: 1 };
    assert_eq!(*world.progress.lock().unwrap(), [spent]);

    for owner in ["p1", "p2"] {
        assert_eq!(deliver(&world, &model_call(&model, owner), STEP, request).await, Ok(first.clone()));
    }
    assert_eq!((model.calls(), world.budget()), (1, budget));
    assert_reconciled(&world);
}

#[tokio::test(start_paused = true)]
async fn another_request_under_the_same_step_is_a_conflict() {
    let world = World::new();
    let model = Arc::new(Fake::default());
    let call = model_call(&model, "p1");
    let (one, two) = (request(&world, 1).await, request(&world, 2).await);
    deliver(&world, &call, STEP, one).await.unwrap();
    let refused = deliver(&world, &call, STEP, two).await.unwrap_err();
    assert_eq!((refused.kind, model.calls()), (FailureKind::StepConflict, 1));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_to_stop_makes_no_call_and_leaves_no_trace() {
    for wish in ["pause", "cancel"] {
        let world = World::new();
        let model = Arc::new(Fake::default());
        let request = request(&world, 1).await;
        world.wish(wish);
        let stopped = deliver(&world, &model_call(&model, "p1"), STEP, request).await.unwrap_err();
        assert_eq!(
            (stopped.kind, model.calls(), world.row_count()),
            (FailureKind::ControlStopped, 0, 1),
            "{wish}"
        );
        world.wish("run");
        deliver(&world, &model_call(&model, "p1"), STEP, request).await.unwrap();
    }
}

/// What was read of the run may be old by the time that money is set aside.
#[tokio::test(start_paused = true)]
async fn nothing_is_set_aside_for_a_run_that_changed_since_it_was_looked_at_unless_it_goes_on() {
    for (wishes, reserves) in
        [(&["cancel"][..], false), (&["pause"], false), (&["pause", "run"], true), (&[], true)]
    {
        let world = World::new();
        let ctx = ctx(&world, STEP);
        let open = fence(&ctx).await.unwrap();
        wishes.iter().for_each(|wish| world.wish(wish));
        let payer = Payer::new(PhaseId::new("prd").unwrap(), Limits::default(), STEP);
        let books = Books::new(&ctx, "p1", request(&world, 1).await, payer);
        let ceiling = Ceiling { usd: Some(UsdMicros(100)), tokens: 110, gpu_ms: 0 };
        match books.reserve(ceiling, None, open).await {
            Ok(_) => assert!(reserves, "{wishes:?}"),
            Err(failure) => {
                assert_eq!((failure.kind, reserves), (FailureKind::ControlStopped, false), "{wishes:?}")
            }
        }
        assert_eq!(world.budget().reserved, UsdMicros(if reserves { 100 } else { 0 }), "{wishes:?}");
        assert_eq!(world.call(STEP).is_some(), reserves, "{wishes:?}");
    }
}

/// Each run against what the switch says, whether or not somebody has told the run itself.
#[tokio::test(start_paused = true)]
async fn the_kill_switch_stops_every_call_of_runs_that_are_older() {
    for (armed, thrown, calls) in [(0, 0, 1), (0, 1, 0), (1, 1, 1), (1, 2, 0)] {
        let world = World::new();
        let model = Arc::new(Fake::default());
        let request = request(&world, 1).await;
        world.arm(armed);
        world.throw(thrown);
        let done = deliver(&world, &model_call(&model, "p1"), STEP, request).await;
        assert_eq!(model.calls(), calls, "armed at {armed}, thrown {thrown} times");
        match done {
            Ok(_) => assert_eq!(calls, 1),
            Err(failure) => {
                assert_eq!(failure.kind, FailureKind::ControlStopped);
                assert!(failure.message.contains("kill-switch"), "{failure}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_could_pass_the_cap_is_not_made() {
    let world = World::new();
    let model = Arc::new(Fake::default());
    let call = model_call(&model, "p1");
    world.cap(139);
    deliver(&world, &call, STEP, request(&world, 1).await).await.unwrap();
    let other = request(&world, 2).await;
    let refused = deliver(&world, &call, "04-prd/a1/b01/call-0", other).await.unwrap_err();
    assert_eq!((refused.kind, model.calls()), (FailureKind::BudgetExhausted, 1));
    assert!(refused.message.contains("$0.0001"), "{refused}");
    world.cap(140);
    deliver(&world, &call, "04-prd/a1/b01/call-0", other).await.unwrap();
    assert_eq!(model.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_model_without_a_price_needs_a_run_without_a_cap() {
    let world = World::new();
    let model = Arc::new(Fake { ceiling: None, rate: None, ..Fake::default() });
    let call = model_call(&model, "p1");
    let request = request(&world, 1).await;
    world.cap(1_000_000);
    let refused = deliver(&world, &call, STEP, request).await.unwrap_err();
    assert_eq!((refused.kind, model.calls()), (FailureKind::ModelConfig, 0));
    let world = World::new();
    let request = world::request(&world, 1).await;
    deliver(&world, &call, STEP, request).await.unwrap();
    assert_eq!(world.costs(), [cost(0, "unpriced", 0)]);
    assert_reconciled(&world);
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_usage_is_booked_at_its_ceiling() {
    let world = World::new();
    let model = Arc::new(Fake::default().then(Ok(answer("{}", None))));
    deliver(&world, &model_call(&model, "p1"), STEP, request(&world, 1).await).await.unwrap();
    assert_eq!(world.costs(), [cost(0, "estimated", 100)]);
    assert_reconciled(&world);
}

#[tokio::test(start_paused = true)]
async fn what_a_recording_states_is_summed_and_told_apart_from_what_is_spent_now() {
    let world = World::new();
    let model = Arc::new(Fake { recorded: true, ..Fake::default() });
    let call = model_call(&model, "p1");
    world.cap(130);
    deliver(&world, &call, STEP, request(&world, 1).await).await.unwrap();
    assert_eq!(world.costs(), [cost(0, "recorded", 40)]);
    let budget = world.budget();
    assert_eq!((budget.settled, budget.recorded, budget.model_calls), (UsdMicros(40), UsdMicros(40), 1));
    assert_eq!(*world.progress.lock().unwrap(), [Progress::Cost { spent: UsdMicros::ZERO, model_calls: 1 }]);
    assert_reconciled(&world);
    // The cap holds for recordings too: a run on them pauses where the recorded one would have.
    let failure = deliver(&world, &call, "04-prd/a2/b00/call-0", request(&world, 2).await).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::BudgetExhausted);
}

#[tokio::test(start_paused = true)]
async fn a_stored_answer_costs_nothing_even_when_the_budget_is_spent() {
    let world = World::new();
    let model = Arc::new(Fake::default());
    let call = model_call(&model, "p1");
    world.cap(100);
    let request = request(&world, 1).await;
    let first = deliver(&world, &call, STEP, request).await.unwrap();
    let other = "04-prd/a2/b00/call-0";
    for _ in 0..2 {
        let again = deliver(&world, &call, other, request).await.unwrap();
        assert_eq!(again, ModelCallOutput { answer: first.answer, cached: true });
    }
    assert_eq!((model.calls(), world.budget().cache_hits), (1, 1));
    assert!(world.costs().contains(&(other.to_owned(), 0, "cached".to_owned(), 0)));
    assert_reconciled(&world);
}

#[tokio::test(start_paused = true)]
async fn a_failed_call_gives_its_money_back_unless_it_may_have_been_charged() {
    use FailureKind as K;
    let check = async |kind: FailureKind, booked: bool| {
        let world = World::new();
        let model = Arc::new(Fake::default().then(Err(failure(kind))));
        let call = model_call(&model, "p1");
        let request = request(&world, 1).await;
        world.cap(200);
        assert_eq!(deliver(&world, &call, STEP, request).await, Err(failure(kind)));
        assert_eq!(world.budget().uncertain, UsdMicros(if booked { 100 } else { 0 }), "{kind:?}");
        assert_reconciled(&world);
        deliver(&world, &call, STEP, request).await.unwrap();
        let uncertain = booked.then(|| cost(1, "uncertain", 100));
        let expected: Vec<_> = [cost(0, "paid", 40)].into_iter().chain(uncertain).collect();
        assert_eq!(world.costs(), expected, "{kind:?}");
        assert_eq!(world.call(STEP).unwrap().cut_off, u32::from(booked), "{kind:?}");
        assert_reconciled(&world);
    };
    for kind in [
        K::ModelThrottled,
        K::ModelUnavailable,
        K::ModelQuotaExhausted,
        K::ModelContextTooLong,
        K::ModelConfig,
        K::ModelNotRecorded,
    ] {
        check(kind, false).await;
    }
    for kind in [K::ModelTimeout, K::ModelStreamBroken, K::ModelRefused, K::ModelTruncated, K::Bug] {
        check(kind, true).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_model_that_does_not_answer_in_time_is_left() {
    let world = World::new();
    let model = Arc::new(Fake { takes_ms: 31_000, ..Fake::default() });
    let late = deliver(&world, &model_call(&model, "p1"), STEP, request(&world, 1).await).await.unwrap_err();
    assert_eq!(late.kind, FailureKind::ModelTimeout);
    assert_eq!(world.costs(), [cost(1, "uncertain", 100)]);
    assert_reconciled(&world);
}

#[tokio::test(start_paused = true)]
async fn a_second_delivery_while_the_first_is_under_way_is_turned_away() {
    let world = World::new();
    let model = Arc::new(Fake { takes_ms: 1_000, ..Fake::default() });
    let call = model_call(&model, "p1");
    let request = request(&world, 1).await;
    let (first, second) =
        tokio::join!(deliver(&world, &call, STEP, request), deliver(&world, &call, STEP, request));
    assert_eq!(second.unwrap_err().kind, FailureKind::StepInProgress);
    assert_eq!(deliver(&world, &call, STEP, request).await, first);
    assert_eq!(model.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_cut_off_stays_booked_and_is_made_again() {
    let world = World::new();
    let model = Arc::new(Fake { takes_ms: 10_000, ..Fake::default() });
    let request = request(&world, 1).await;
    for owner in ["p1", "p1", "p2"] {
        let call = model_call(&model, owner);
        let cut = tokio::time::timeout(Duration::from_secs(1), deliver(&world, &call, STEP, request)).await;
        assert!(cut.is_err(), "{owner}");
    }
    assert_eq!((world.budget().reserved, world.budget().uncertain), (UsdMicros(100), UsdMicros(200)));
    deliver(&world, &model_call(&model, "p3"), STEP, request).await.unwrap();
    let uncertain = |ordinal| cost(ordinal, "uncertain", 100);
    assert_eq!(world.costs(), [cost(0, "paid", 40), uncertain(1), uncertain(2), uncertain(3)]);
    assert_eq!(model.calls(), 4);
    assert_reconciled(&world);
}

#[tokio::test(start_paused = true)]
async fn death_at_any_moment_loses_no_money_and_repeats_no_stored_answer() {
    for how in [Death::Before, Death::After] {
        let mut at = 0;
        loop {
            let world = World::new();
            let model = Arc::new(Fake::default().then(Ok(answer("first", Some(40)))));
            world.cap(1_000);
            let request = request(&world, 1).await;
            world.die(at, how);
            let first = deliver(&world, &model_call(&model, "p1"), STEP, request).await;
            world.revive();
            let stored = world.call(STEP).and_then(|row| row.answer);
            let second = deliver(&world, &model_call(&model, "p2"), STEP, request).await.unwrap();
            if let Some(stored) = stored {
                assert_eq!((stored, model.calls()), (second.answer, 1), "{how:?} {at}");
            }
            assert!(model.calls() <= 2, "{how:?} {at}");
            assert_reconciled(&world);
            if first.is_ok() {
                break;
            }
            at += 1;
        }
        assert!(at >= 4, "only {at} operations were tried");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_stopped_run_left_open_is_settled() {
    let world = World::new();
    let slow = Arc::new(Fake { takes_ms: 10_000, ..Fake::default() });
    let (one, two) = (request(&world, 1).await, request(&world, 2).await);
    let call = model_call(&slow, "p1");
    let cut = tokio::time::timeout(Duration::from_secs(1), deliver(&world, &call, STEP, one)).await;
    assert!(cut.is_err());
    // The other call dies between its settlement and its fact: guards, their row, reserve, store, settle, fact.
    let quick = Arc::new(Fake::default());
    world.die(5, Death::Before);
    let other = "04-prd/a1/b01/call-0";
    assert!(deliver(&world, &model_call(&quick, "p1"), other, two).await.is_err());
    world.revive();
    assert_eq!(world.costs(), []);
    for _ in 0..2 {
        settle_open_calls(&ctx(&world, "90-close")).await.unwrap();
        assert_reconciled(&world);
    }
    assert_eq!(world.costs(), [cost(1, "uncertain", 100), (other.to_owned(), 0, "paid".to_owned(), 40)]);
}

#[tokio::test(start_paused = true)]
async fn a_run_ended_from_outside_books_the_call_that_was_under_way_and_nothing_of_it_later() {
    let world = World::new();
    world.put_row(
        ideamine_core::records::key::run(&ctx(&world, STEP).tenant, &world::run()),
        serde_json::json!({
            "run_id": world::run(), "idea": Digest::of(b"idea"), "idea_media_type": "text/plain", "title": "t",
            "options": { "model": "composer", "seed": 0, "budget": null, "until": null, "ask": false },
            "plan": null, "execution": null, "status": "running", "verdict": null, "reasons": [],
            "dossier": null, "page": null, "created_ms": 1, "ended_ms": null,
        }),
    );
    let slow = Arc::new(Fake { takes_ms: 10_000, ..Fake::default() });
    let asked = request(&world, 1).await;
    let (working, call) = (Arc::clone(&world), model_call(&slow, "p1"));
    let under_way = tokio::spawn(async move { deliver(&working, &call, STEP, asked).await });
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(world.budget().reserved > UsdMicros::ZERO);
    let reconcile = async || {
        let input = serde_json::from_value(serde_json::json!({ "error": "ABORTED" })).unwrap();
        crate::verdict::RunReconcile.run(&ctx(&world, "run/reconcile"), input).await.unwrap();
    };
    reconcile().await;
    assert_eq!(world.costs(), [cost(1, "uncertain", 100)]);
    assert_reconciled(&world);
    // Its answer comes too late, and its message finds the run ended.
    assert_eq!(under_way.await.unwrap().unwrap_err().kind, FailureKind::StepInProgress);
    let again = deliver(&world, &model_call(&slow, "p1"), STEP, asked).await;
    assert_eq!(again.unwrap_err().kind, FailureKind::ControlStopped);
    // The same end told twice.
    reconcile().await;
    assert_eq!(world.costs(), [cost(1, "uncertain", 100)]);
    assert_reconciled(&world);
}

/// How a crowd of callers is limited: the run's cap, and each phase's money and tokens; 0 is no limit.
#[derive(Debug, Clone, Copy)]
struct Crowd {
    cap: i64,
    usd_micros: u64,
    tokens: u64,
    /// Share of what is left in its phase that each branch may use; 0 is no limit.
    branch_percent: u8,
    seed: u64,
}

/// 64 workers in four phases spend until nothing fits: no limit is ever passed, all but one ceiling is used.
async fn sixty_four_at_once(crowd: Crowd) {
    let world = Arc::new(World::default());
    let Crowd { usd_micros, tokens, branch_percent, .. } = crowd;
    world.limit(&Limits { usd_micros, tokens, branch_percent, ..Limits::default() });
    world.wish("run");
    if crowd.cap > 0 {
        world.cap(crowd.cap);
    }
    let model = Arc::new(Fake { takes_ms: 5, ..Fake::default() });
    let call = Arc::new(model_call(&model, "p1"));
    let mut workers = tokio::task::JoinSet::new();
    for worker in 0..64_u64 {
        let (world, call, model) = (Arc::clone(&world), Arc::clone(&call), Arc::clone(&model));
        workers.spawn(async move {
            let phase = world::PHASES[usize::try_from(worker % 4).unwrap()];
            let mut turn = 0;
            loop {
                let tokens = 20 + (crowd.seed + worker * 7 + turn * 13) % 81;
                model.results.lock().unwrap().push_back(Ok(answer("{}", Some(tokens))));
                let request = request(&world, worker * 1_000 + turn).await;
                let step = format!("04-{phase}/a{turn}/b{worker}/call-0");
                assert_within(&world.budget(), crowd);
                match deliver(&world, &call, &step, request).await {
                    Ok(_) => turn += 1,
                    // Others may still give some of theirs back.
                    Err(e)
                        if e.kind == FailureKind::BudgetExhausted
                            && world.budget().reserved > UsdMicros::ZERO =>
                    {
                        tokio::time::sleep(Duration::from_millis(3)).await;
                    }
                    Err(e) => return e.kind,
                }
            }
        });
    }
    while let Some(ended) = workers.join_next().await {
        assert_eq!(ended.unwrap(), FailureKind::BudgetExhausted);
    }
    let budget = world.budget();
    assert_within(&budget, crowd);
    assert!(budget.refusal.is_some(), "{budget:?}");
    assert_eq!(budget.model_calls, model.calls.load(Ordering::SeqCst));
    // What is left of the budget that ended it is less than one call may take.
    let left = |limit: u64, used: u64, most: u64| limit > 0 && limit - used < most;
    let all_used = left(u64::try_from(crowd.cap).unwrap(), u64::try_from(budget.settled.0).unwrap(), 100);
    let each_used = budget.phases.values().all(|spend| {
        let usd = u64::try_from(spend.usd().0).unwrap();
        left(crowd.usd_micros, usd, 100) || left(crowd.tokens, spend.tokens(), 110)
    });
    // A branch that has used up its share ends before its phase has.
    assert!(branch_percent > 0 || all_used || (each_used && budget.phases.len() == 4), "{budget:?}");
    assert_reconciled(&world);
}

fn assert_within(budget: &BudgetRow, crowd: Crowd) {
    assert_added_up(budget);
    let taken = budget.settled.plus(budget.uncertain).plus(budget.reserved);
    assert!(crowd.cap == 0 || taken <= UsdMicros(crowd.cap), "{budget:?}");
    for spend in budget.phases.values() {
        let usd = u64::try_from(spend.usd().0).unwrap();
        assert!(crowd.usd_micros == 0 || usd <= crowd.usd_micros, "{budget:?}");
        assert!(crowd.tokens == 0 || spend.tokens() <= crowd.tokens, "{budget:?}");
        for part in spend.parts.values() {
            let slice = part.slice.unwrap();
            assert!(slice.usd.is_none_or(|most| part.usd() <= most), "{budget:?}");
            assert!(slice.tokens.is_none_or(|most| part.tokens() <= most), "{budget:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn sixty_four_calls_at_once_never_pass_the_cap_and_can_use_it() {
    sixty_four_at_once(Crowd { cap: 10_000, usd_micros: 0, tokens: 0, branch_percent: 0, seed: 0 }).await;
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(4))]
    #[test]
    fn sixty_four_calls_at_once_keep_to_the_slices_of_their_phases(
        cap in proptest::prelude::prop_oneof![proptest::prelude::Just(0), 200..8_000_i64],
        usd_micros in proptest::prelude::prop_oneof![proptest::prelude::Just(0), 100..2_000_u64],
        tokens in 110..3_000_u64,
        branch_percent in proptest::prelude::prop_oneof![proptest::prelude::Just(0), 10..=100_u8],
        seed in 0..1_000_u64,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(sixty_four_at_once(Crowd { cap, usd_micros, tokens, branch_percent, seed }));
    }
}
