//! List prices, and the bill of one run.
//!
//! Prices are those of us-east-1 on the public price pages in November 2026, on demand, beyond the free tier, x86_64,
//! without storage over time, data transfer, taxes or discounts.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::Profile;

/// Most memory that a function can have, MB.
const MEMORY_MB_MAX: u32 = 10_240;
/// One million, the unit of most prices.
const MILLION: f64 = 1_000_000.0;

/// Step Functions Standard, US dollars per transition.
const TRANSITION: f64 = 25.0 / MILLION;
/// Lambda, per request.
const LAMBDA_REQUEST: f64 = 0.20 / MILLION;
/// Lambda on x86_64, per GB-second.
const LAMBDA_GB_S: f64 = 0.000_016_666_7;
/// DynamoDB on demand, per read request unit.
const READ_UNIT: f64 = 0.125 / MILLION;
/// DynamoDB on demand, per write request unit.
const WRITE_UNIT: f64 = 0.625 / MILLION;
/// S3 Standard, per PUT.
const S3_PUT: f64 = 5.0 / MILLION;
/// S3 Standard, per GET.
const S3_GET: f64 = 0.40 / MILLION;
/// SQS standard queue, per request.
const SQS_REQUEST: f64 = 0.40 / MILLION;
/// Requests that one message takes: send, receive, delete.
const SQS_REQUESTS_PER_MESSAGE: f64 = 3.0;
/// KMS, per signature with an elliptic key.
const KMS_SIGN: f64 = 0.15 / 10_000.0;

/// What the profile of a run on one machine cannot know about AWS.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Assumptions {
    /// Time that a call of a port takes on AWS, milliseconds.
    pub port_call_ms: f64,
    /// Time that an invocation takes besides, milliseconds.
    pub invoke_ms: f64,
    /// Time that a model takes to answer, seconds; the function waits that long.
    pub model_s: f64,
    /// Tokens read by a call, where the profile has none.
    pub tokens_in: f64,
    /// Tokens written by a call, where the profile has none.
    pub tokens_out: f64,
    /// Price of a million tokens read, US dollars.
    pub usd_per_mtok_in: f64,
    /// Price of a million tokens written, US dollars.
    pub usd_per_mtok_out: f64,
}

impl Default for Assumptions {
    fn default() -> Self {
        Self {
            port_call_ms: 8.0,
            invoke_ms: 5.0,
            model_s: 20.0,
            tokens_in: 4_000.0,
            tokens_out: 1_500.0,
            usd_per_mtok_in: 3.0,
            usd_per_mtok_out: 15.0,
        }
    }
}

/// Memory of each function, MB, as it is deployed. One that is not in it has as much as the largest.
pub type Memory = BTreeMap<String, u32>;

/// The function that waits for models.
const MODEL_CALL: &str = "job-model-call";

/// One line of the bill.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// Service and what is counted.
    pub what: &'static str,
    /// How many.
    pub count: f64,
    /// US dollars for one.
    pub unit_usd: f64,
    /// US dollars for all.
    pub usd: f64,
}

impl Line {
    fn of(what: &'static str, count: f64, unit_usd: f64) -> Self {
        Self { what, count, unit_usd, usd: count * unit_usd }
    }
}

/// What one run costs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bill {
    /// Line by line, models left out.
    pub lines: Vec<Line>,
    /// The sum of the lines: everything but the models.
    pub orchestration_usd: f64,
    /// The models.
    pub model_usd: f64,
    /// `orchestration_usd / model_usd`; `None` where no model is paid.
    pub share: Option<f64>,
}

/// What a worker of a queue notes of each message so that it is worked once (`shared/lambda`): read when it comes, written
/// when it is taken and when it is done. Each is below a unit's size.
const ROWS_READ_PER_MESSAGE: u64 = 1;
const ROWS_WRITTEN_PER_MESSAGE: u64 = 2;

/// The bill of one run.
pub fn price(profile: &Profile, memory: &Memory, assumed: &Assumptions) -> Bill {
    let tables = [&profile.records, &profile.ledger];
    let reads: u64 = tables.iter().map(|table| table.read_units).sum();
    let writes: u64 = tables.iter().map(|table| table.write_units).sum();
    let messages: u64 = profile.messages.values().sum();
    let (reads, writes) =
        (reads + messages * ROWS_READ_PER_MESSAGE, writes + messages * ROWS_WRITTEN_PER_MESSAGE);
    let lines = vec![
        Line::of("Step Functions: transitions", profile.transitions() as f64, TRANSITION),
        Line::of("Lambda: requests", profile.function_calls() as f64, LAMBDA_REQUEST),
        Line::of("Lambda: GB-seconds", gb_seconds(profile, memory, assumed), LAMBDA_GB_S),
        Line::of("DynamoDB: read units", reads as f64, READ_UNIT),
        Line::of("DynamoDB: write units", writes as f64, WRITE_UNIT),
        Line::of("S3: PUT", profile.objects.puts as f64, S3_PUT),
        Line::of("S3: GET", profile.objects.gets as f64, S3_GET),
        Line::of("SQS: requests", SQS_REQUESTS_PER_MESSAGE * messages as f64, SQS_REQUEST),
        Line::of("KMS: signatures", profile.signatures as f64, KMS_SIGN),
    ];
    let orchestration_usd = lines.iter().map(|line| line.usd).sum();
    let model_usd = model_usd(profile, assumed);
    let share = (model_usd > 0.0).then(|| orchestration_usd / model_usd);
    Bill { lines, orchestration_usd, model_usd, share }
}

fn gb_seconds(profile: &Profile, memory: &Memory, assumed: &Assumptions) -> f64 {
    let largest = memory.values().copied().max().unwrap_or(MEMORY_MB_MAX);
    let size = |name: &str| f64::from(memory.get(name).copied().unwrap_or(largest)) / 1_024.0;
    seconds(profile, assumed).map(|(name, seconds)| seconds * size(name)).sum()
}

/// Time inside functions on AWS, waiting for ports and models included, seconds.
pub(crate) fn lambda_seconds(profile: &Profile, assumed: &Assumptions) -> f64 {
    seconds(profile, assumed).map(|(_, seconds)| seconds).sum()
}

/// By function. Each call of a model is waited for alone, although one invocation may wait for several at once.
fn seconds<'a>(profile: &'a Profile, assumed: &'a Assumptions) -> impl Iterator<Item = (&'a str, f64)> {
    profile.calls.iter().map(|(name, used)| {
        let ms = used.busy_us as f64 / 1_000.0
            + used.port_calls as f64 * assumed.port_call_ms
            + used.calls as f64 * assumed.invoke_ms;
        let waited = if name == MODEL_CALL { profile.model.calls as f64 * assumed.model_s } else { 0.0 };
        (name.as_str(), ms / 1_000.0 + waited)
    })
}

/// Counted tokens where there are some, else the assumed ones for each call.
fn model_usd(profile: &Profile, assumed: &Assumptions) -> f64 {
    let used = &profile.model;
    let counted = |tokens: u64, assumed: f64| {
        if tokens > 0 { tokens as f64 } else { used.calls as f64 * assumed }
    };
    let (read, written) =
        (counted(used.tokens_in, assumed.tokens_in), counted(used.tokens_out, assumed.tokens_out));
    (read * assumed.usd_per_mtok_in + written * assumed.usd_per_mtok_out) / MILLION
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CallUse, MachineUse, ModelUse};

    #[test]
    fn a_bill_is_the_sum_of_its_lines_and_its_share_that_of_the_models() {
        let mut profile = Profile::default();
        profile.machines.insert("run".to_owned(), MachineUse { transitions: 1_000, ..MachineUse::default() });
        profile.model = ModelUse { calls: 2, tokens_in: 0, tokens_out: 0 };
        let assumed = Assumptions::default();
        let bill = price(&profile, &Memory::new(), &assumed);
        assert!((bill.orchestration_usd - 0.025).abs() < 1e-12, "{bill:?}");
        // Two calls of 4,000 tokens at 3 $ and 1,500 at 15 $ a million.
        assert!((bill.model_usd - 0.069).abs() < 1e-12, "{bill:?}");
        assert!(bill.share.is_some_and(|share| (share - 0.025 / 0.069).abs() < 1e-9));
        assert_eq!(price(&Profile::default(), &Memory::new(), &assumed).share, None);
    }

    #[test]
    fn each_function_is_billed_by_its_own_memory_and_only_one_waits_for_models() {
        let used = CallUse { calls: 2, busy_us: 90_000, port_calls: 100 };
        let calls = [("agent-prd", used), (MODEL_CALL, used), ("new", used)];
        let calls = calls.map(|(name, used)| (name.to_owned(), used)).into();
        let model = ModelUse { calls: 2, ..ModelUse::default() };
        let profile = Profile { calls, model, ..Profile::default() };
        let memory = [("agent-prd", 512), (MODEL_CALL, 128), ("run-seal", 1_024)];
        let memory: Memory = memory.map(|(name, mb)| (name.to_owned(), mb)).into();
        // 0.09 s busy, 100 times 8 ms, twice 5 ms: 0.9 s each; two calls of 20 s on top.
        let expected = 0.9 * 0.5 + 40.9 * 0.125 + 0.9;
        let found = gb_seconds(&profile, &memory, &Assumptions::default());
        assert!((found - expected).abs() < 1e-9, "{found} {expected}");
    }
}
