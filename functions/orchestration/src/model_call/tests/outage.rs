//! Models that are down: how often they are asked, and that whoever waits gets through.

use ideamine_core::ports::{Clock, Usage};
use ideamine_core::records::BreakerRow;
use tokio::time::{Instant, sleep};

use super::*;

/// The clock that a paused runtime moves.
struct Moved(Instant);

impl Clock for Moved {
    fn now_ms(&self) -> i64 {
        1_000_000 + i64::try_from(self.0.elapsed().as_millis()).unwrap()
    }
}

/// A model that turns everybody away for a while.
struct Down {
    began: Instant,
    for_s: u64,
    kind: FailureKind,
    retry_after_ms: Option<u64>,
    /// When it was asked, seconds after it went down.
    asked: Mutex<Vec<u64>>,
}

impl Down {
    fn new(for_s: u64, kind: FailureKind, retry_after_ms: Option<u64>) -> Arc<Self> {
        Arc::new(Self { began: Instant::now(), for_s, kind, retry_after_ms, asked: Mutex::default() })
    }
    fn asked(&self) -> Vec<u64> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl Model for Down {
    async fn call(&self, _: &Request) -> Result<Answer, Failure> {
        let now = self.began.elapsed().as_secs();
        self.asked.lock().unwrap().push(now);
        sleep(Duration::from_millis(700)).await;
        if now >= self.for_s {
            return Ok(answer("{}", Some(40)));
        }
        Err(Failure { retry_after_ms: self.retry_after_ms, ..failure(self.kind) })
    }
    fn ceiling(&self, _: &Request) -> Option<ideamine_core::UsdMicros> {
        Some(UsdMicros(100))
    }
    fn tokens(&self, _: &Request) -> u64 {
        110
    }
    fn price(&self, _: &str, usage: &Usage) -> Option<UsdMicros> {
        usage.tokens_out.map(|_| UsdMicros(40))
    }
}

/// One author's call as its machine has it: tried again by the rules of `author.asl.json`, half of each longest wait.
async fn author(
    world: Arc<World>,
    call: Arc<ModelCall>,
    number: u64,
    clock: Arc<Moved>,
) -> Result<(), FailureKind> {
    let request = request(&world, number).await;
    let mut ctx = ctx(&world, &format!("04-prd/a1/b{number:02}/call-0"));
    ctx.env.clock = clock;
    let (mut down, mut open) = (0, 0);
    loop {
        let input = ModelCallInput { request, phase: PhaseId::new("prd").unwrap(), timeout_s: 30 };
        let Err(failure) = call.run(&ctx, input).await else { return Ok(()) };
        let (tries, most, first) = match failure.kind {
            FailureKind::ModelCircuitOpen => (&mut open, 10, 5),
            FailureKind::ModelUnavailable | FailureKind::ModelThrottled => (&mut down, 4, 2),
            other => return Err(other),
        };
        if *tries == most {
            return Err(failure.kind);
        }
        let wait_s = (first << (*tries).min(6)).min(300);
        *tries += 1;
        sleep(Duration::from_millis(wait_s * 500 + number * 7)).await;
    }
}

async fn crowd(model: &Arc<Down>, authors: u64) -> (Arc<World>, Vec<Result<(), FailureKind>>) {
    let world = World::new();
    let call = Arc::new(ModelCall::new(Arc::<Down>::clone(model), "p1"));
    let clock = Arc::new(Moved(Instant::now()));
    let mut all = tokio::task::JoinSet::new();
    for number in 0..authors {
        all.spawn(author(world.clone(), call.clone(), number, clock.clone()));
    }
    (world, all.join_all().await)
}

fn breaker(world: &Arc<World>) -> Option<BreakerRow> {
    world.row(&ideamine_core::records::key::breaker(&ideamine_core::Tenant::local(), "test/model"))
}

#[tokio::test(start_paused = true)]
async fn a_model_that_is_down_is_asked_by_one_at_a_time_and_everybody_gets_through_when_it_is_back() {
    let model = Down::new(600, FailureKind::ModelUnavailable, None);
    let (world, ended) = crowd(&model, 40).await;
    assert!(ended.iter().all(Result::is_ok), "{ended:?}");
    let (down, up): (Vec<u64>, Vec<u64>) = model.asked().into_iter().partition(|at| *at < 600);
    // The first of all forty go out together; then one probe each 5, 10, 20 … 150 s. Without a breaker: 200, in vain.
    assert!(down.len() <= 40 + 10, "asked {} times while down: {down:?}", down.len());
    assert_eq!(up.len(), 40, "each answer is asked for once");
    let probes: Vec<u64> = down.into_iter().skip(40).collect();
    assert!(probes.windows(2).all(|pair| pair[0] < pair[1]), "one at a time: {probes:?}");
    let closed = breaker(&world).unwrap();
    assert_eq!(closed.state, ideamine_core::records::BreakerState::Closed { failed_ms: vec![] });
    assert_reconciled(&world);
}

#[tokio::test(start_paused = true)]
async fn a_long_wait_that_a_provider_asks_for_is_kept_by_all() {
    let model = Down::new(600, FailureKind::ModelThrottled, Some(600_000));
    let (world, ended) = crowd(&model, 3).await;
    assert!(ended.iter().all(Result::is_ok), "{ended:?}");
    let early = model.asked().into_iter().filter(|at| (1..600).contains(at)).count();
    assert_eq!(early, 0, "{:?}", model.asked());
    assert_reconciled(&world);
}

#[tokio::test(start_paused = true)]
async fn a_model_that_never_comes_back_fails_the_work_in_the_end() {
    let model = Down::new(u64::MAX, FailureKind::ModelUnavailable, None);
    let (world, ended) = crowd(&model, 2).await;
    assert!(ended.iter().all(|end| *end == Err(FailureKind::ModelCircuitOpen)), "{ended:?}");
    assert_reconciled(&world);
}

#[tokio::test(start_paused = true)]
async fn what_is_stored_or_recorded_asks_no_breaker() {
    let world = World::new();
    let good = Arc::new(Fake::default());
    let stored = request(&world, 1).await;
    deliver(&world, &model_call(&good, "p1"), STEP, stored).await.unwrap();
    assert_eq!(breaker(&world), None, "a model that answers has no row");
    let outage = serde_json::json!({ "model": "test/model", "epoch": 1, "state": {
        "is": "open", "since_ms": 0, "until_ms": 1_000_000, "times": 1, "error": "Model.Unavailable" } });
    world
        .put_row(ideamine_core::records::key::breaker(&ideamine_core::Tenant::local(), "test/model"), outage);
    let call = model_call(&good, "p1");
    let other = "04-prd/a2/b00/call-0";
    assert!(deliver(&world, &call, other, stored).await.unwrap().cached);
    let recorded = Arc::new(Fake { recorded: true, ..Fake::default() });
    deliver(&world, &model_call(&recorded, "p1"), "04-prd/a3/b00/call-0", request(&world, 2).await)
        .await
        .unwrap();
    let rows = world.row_count();
    let refused = deliver(&world, &call, "04-prd/a4/b00/call-0", request(&world, 3).await).await.unwrap_err();
    assert_eq!(refused.kind, FailureKind::ModelCircuitOpen);
    assert!(refused.retry_after_ms.is_some_and(|wait| wait <= 1_000_000), "{refused:?}");
    assert_eq!(
        (good.calls(), world.row_count()),
        (1, rows + 1),
        "nothing was asked or reserved; guards looked"
    );
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_no_budget_covers_leaves_its_turn_to_the_next() {
    let world = World::new();
    let good = Arc::new(Fake::default());
    let outage = serde_json::json!({ "model": "test/model", "epoch": 1, "state": {
        "is": "open", "since_ms": 0, "until_ms": 0, "times": 1, "error": "Model.Unavailable" } });
    world
        .put_row(ideamine_core::records::key::breaker(&ideamine_core::Tenant::local(), "test/model"), outage);
    world.cap(99);
    let call = model_call(&good, "p1");
    let one = request(&world, 1).await;
    assert_eq!(deliver(&world, &call, STEP, one).await.unwrap_err().kind, FailureKind::BudgetExhausted);
    world.cap(1_000);
    deliver(&world, &call, STEP, one).await.unwrap();
    assert_eq!(good.calls(), 1);
}
