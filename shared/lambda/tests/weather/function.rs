//! The functions of the tests, served as Lambdas are.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ideamine_aws::{Aws, Settings};
use ideamine_core::ports::{Clock, Condition, Key, Request, Write};
use ideamine_core::records::{
    BudgetRow, ControlRow, Desired, FactBody, PhaseSpend, RunOptions, RunRow, RunStatus, key,
};
use ideamine_core::{Ctx, Digest, Failure, Function, PhaseId, UsdMicros};
use ideamine_lambda::{Identity, Server};
use ideamine_orchestration::plan::Known;
use ideamine_testkit::cut_off_call;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// How many times as fast as it is a function takes the time to pass: a lease of a minute is over in a second.
pub(crate) const CLOCK: &str = "WEATHER_CLOCK";
/// The version of the code that a function says that it has.
pub(crate) const VERSION: &str = "WEATHER_VERSION";
/// Larger than what a state carries.
const LARGE: usize = 300 * 1024;

/// What a Lambda of these tests runs; as a test it has nothing to do.
#[test]
fn serves() {
    if std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_none() {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(serve()).unwrap();
}

async fn serve() -> Result<(), lambda_runtime::Error> {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let aws = Aws::connect(Settings::from_env()?).await?;
    let clock = Hurried(variable(CLOCK).parse().unwrap_or(1));
    let mut env = aws.env();
    env.clock = Arc::new(clock);
    let registry =
        ideamine_orchestration::registry(aws.signer(), Known::default()).with(Weathered).with(Look);
    let identity = Identity {
        function: variable("_HANDLER"),
        family: "tests".to_owned(),
        stack: variable("IDEAMINE_FUNCTION_PREFIX").trim_end_matches('-').to_owned(),
        version: variable(VERSION),
    };
    let server = Server::new(identity, registry, env, Arc::new(aws), print)?;
    let server = Arc::new(server);
    let answer = service_fn(move |event: LambdaEvent<Value>| {
        let server = Arc::clone(&server);
        async move {
            let LambdaEvent { payload, context } = event;
            let deadline = clock.of(i64::try_from(context.deadline).unwrap_or(i64::MAX));
            let told = server.handle(payload, deadline, "", &context.request_id).await;
            told.map_err(|failure| Diagnostic {
                error_type: failure.kind.name().to_owned(),
                error_message: failure.message,
            })
        }
    });
    lambda_runtime::run(answer).await
}

/// Into the Lambda's log.
fn print(line: &str) {
    writeln!(std::io::stdout().lock(), "{line}").unwrap();
}

/// A clock that goes faster than the world, the same in every process.
#[derive(Clone, Copy)]
struct Hurried(i64);

impl Hurried {
    fn of(self, at_ms: i64) -> i64 {
        const BEGIN_MS: i64 = 1_790_000_000_000;
        BEGIN_MS + (at_ms - BEGIN_MS) * self.0
    }
}

impl Clock for Hurried {
    fn now_ms(&self) -> i64 {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        self.of(i64::try_from(now.as_millis()).unwrap_or(i64::MAX))
    }
}

/// What the function is told to do.
#[derive(Debug, Deserialize, JsonSchema)]
struct Order {
    act: String,
}

/// Does half of its work, then what it is told, then the other half.
struct Weathered;

#[async_trait]
impl Function for Weathered {
    const NAME: &'static str = "job-weather";
    type Input = Order;
    type Output = Value;

    async fn run(&self, ctx: &Ctx, input: Order) -> Result<Value, Failure> {
        let runs = count(ctx).await?;
        let half = FactBody::Decision {
            decision: "half".to_owned(),
            choice: "done".to_owned(),
            by: "test".to_owned(),
            subject: None,
        };
        ctx.record(0, half).await?;
        match (input.act.as_str(), runs) {
            ("die", 1) => std::process::abort(),
            ("hang", 1) => tokio::time::sleep(Duration::from_secs(600)).await,
            ("take-a-while", _) => tokio::time::sleep(Duration::from_millis(400)).await,
            ("large-output", _) => return Ok(json!("x".repeat(LARGE))),
            _ => {}
        }
        let document = ctx.put(vec![b'x'; LARGE]).await?;
        assert_eq!(ctx.get(&document).await?.len(), LARGE);
        Ok(json!({ "runs": runs, "document": document, "by": std::env::var(VERSION).unwrap_or_default() }))
    }
}

/// Makes a run's rows and shows them, for the test outside.
struct Look;

#[async_trait]
impl Function for Look {
    const NAME: &'static str = "look";
    const WRITES_TASK_FACT: bool = false;
    type Input = Order;
    type Output = Value;

    async fn run(&self, ctx: &Ctx, input: Order) -> Result<Value, Failure> {
        match input.act.as_str() {
            "begin" => begin(ctx).await,
            _ => show(ctx).await,
        }
    }
}

/// How often this step was begun.
async fn count(ctx: &Ctx) -> Result<u64, Failure> {
    let key = Key { pk: key::run_pk(&ctx.tenant, &ctx.run), sk: format!("runs#{}", ctx.step) };
    let version = ctx.env.records.get(&key).await?.map_or(0, |item| item.version);
    let when = if version == 0 { Condition::Absent } else { Condition::Version(version) };
    ctx.env.records.write(vec![Write::Put { key, value: json!(null), when }]).await?;
    Ok(version + 1)
}

/// The rows of a run that is under way, and of a call that it waits for.
async fn begin(ctx: &Ctx) -> Result<Value, Failure> {
    let row = RunRow {
        run_id: ctx.run.clone(),
        idea: Digest::of(b"idea"),
        idea_media_type: "text/plain".to_owned(),
        title: "t".to_owned(),
        options: RunOptions { model: "composer".to_owned(), ..RunOptions::default() },
        plan: None,
        execution: None,
        status: RunStatus::Running,
        verdict: None,
        reasons: vec![],
        dossier: None,
        page: None,
        created_ms: 1,
        ended_ms: None,
    };
    let control = ControlRow { epoch: 0, desired: Desired::Run, by: "person".to_owned(), armed: 0 };
    let put = |key, value: serde_json::Result<Value>| {
        let value = value.map_err(|e| Failure::bug(e.to_string()))?;
        Ok::<_, Failure>(Write::Put { key, value, when: Condition::Absent })
    };
    let request = Request {
        model: "p/m".to_owned(),
        label: String::new(),
        system: String::new(),
        user: String::new(),
        schema: json!({}),
        max_tokens: 10,
        seed: 0,
    };
    let (reserved, tokens_reserved) = (UsdMicros(100), 10);
    let call = cut_off_call(ctx.put_json(&request).await?, reserved, tokens_reserved);
    let spend = PhaseSpend { reserved, tokens_reserved, ..PhaseSpend::default() };
    let phase = PhaseId::new("prd").map_err(|e| Failure::bug(e.to_string()))?;
    let budget = BudgetRow { reserved, phases: [(phase, spend)].into(), ..BudgetRow::default() };
    let rows = vec![
        put(key::call(&ctx.tenant, &ctx.run, "04-prd/a1/b00/call-0"), serde_json::to_value(call))?,
        put(key::run(&ctx.tenant, &ctx.run), serde_json::to_value(row))?,
        put(key::control(&ctx.tenant, &ctx.run), serde_json::to_value(control))?,
        put(key::budget(&ctx.tenant, &ctx.run), serde_json::to_value(budget))?,
    ];
    ctx.env.records.write(rows).await?;
    Ok(json!(null))
}

/// How the run stands, for whoever looks from outside.
async fn show(ctx: &Ctx) -> Result<Value, Failure> {
    let (records, ledger) = (&ctx.env.records, &ctx.env.ledger);
    let value = async |key: Key| Ok::<_, Failure>(records.get(&key).await?.map(|item| item.value));
    let run = value(key::run(&ctx.tenant, &ctx.run)).await?;
    let control = value(key::control(&ctx.tenant, &ctx.run)).await?;
    let budget = value(key::budget(&ctx.tenant, &ctx.run)).await?;
    let facts = ledger.facts(&ctx.tenant, &ctx.run).await?;
    let mut told: Vec<String> =
        facts.iter().map(|fact| format!("{} {:?}", fact.path, fact.place().1)).collect();
    told.sort();
    Ok(json!({
        "run": run, "control": control, "budget": budget, "facts": told,
        "rows": ledger.rows(&ctx.tenant, &ctx.run).await?.len(),
        "heads": ledger.heads(&ctx.tenant, &ctx.run).await?.len(),
    }))
}
