//! `held-out`: requests that the code has never seen, made from its interface and the run's seed.
//!
//! They are made here, after the code was written, and judged outside: creating, reading back, listing,
//! replacing and deleting records; refusing what is incomplete, of a wrong type or malformed; unknown ids
//! and paths; quotes, markup and 100 kB of text.

mod interface;
mod judge;
mod probes;
mod schema;

use std::collections::BTreeMap;

use ideamine_core::Failure;
use ideamine_core::artifacts::{CaseOutcome, CaseResult, GateOutcome, Severity};
use ideamine_core::ports::{JobResult, Jobs};
use serde_json::Value;

use crate::app::Source;
use crate::draw::Draw;
use crate::pages;
use crate::start::no_answer;
use crate::verdict::{Verdict, cut};
use interface::{Interface, Operation};
use judge::{Answers, Outcome};
use probes::{Expect, Probe};

/// How much of the exchanges is kept as evidence for each, bytes.
const BODY_KEPT: usize = 160;

/// Runs the check.
pub(crate) async fn check(
    jobs: &dyn Jobs,
    source: &Source,
    openapi: &Value,
    stream: [u8; 32],
    wall_ms: u64,
) -> Result<Verdict, Failure> {
    let interface = match Interface::read(openapi) {
        Ok(interface) => interface,
        Err(reason) => return Ok(Verdict::failed("interface-unusable", "openapi.json", &reason)),
    };
    let mut verdict = Verdict { again: source.start_again(), ..Verdict::default() };
    let mut probes = probes::of(&interface, &mut Draw::new(stream));
    let requests = |probes: &[Probe]| probes.iter().map(|probe| probe.request.clone()).collect::<Vec<_>>();
    let mut job = jobs.run(source.served(requests(&probes), wall_ms)).await?;
    let linked = probes::pages(&probes, &pages::links(&job));
    if !linked.is_empty() {
        // A page that lists records links to more pages: the same requests again, then those pages.
        probes.extend(linked);
        job = jobs.run(source.served(requests(&probes), wall_ms)).await?;
    }
    report(&probes, &job, &mut verdict);
    verdict.cases = cases(&interface, &probes, &job);
    verdict.served = pages::served(&requests(&probes), &job);
    for unusable in &interface.not_tried {
        verdict.find("held-out-not-tried", Severity::Low, "openapi.json", unusable);
    }
    Ok(verdict)
}

fn report(probes: &[Probe], job: &JobResult, verdict: &mut Verdict) {
    let answers = Answers::of(&job.exchanges);
    let (mut made, mut not_tried, mut silent) = (0, 0, 0);
    let mut failed: BTreeMap<&str, i64> = probes.iter().map(|probe| (probe.rule, 0)).collect();
    for (probe, exchange) in probes.iter().zip(&job.exchanges) {
        let outcome = judge::judge(probe, exchange, &answers);
        verdict.raw.push_str(&line(probe, exchange, &outcome));
        let problem = match outcome {
            Outcome::Holds => None,
            Outcome::NotTried => {
                not_tried += 1;
                continue;
            }
            Outcome::Silent if silent > 0 => None,
            Outcome::Silent => Some(no_answer(exchange, job)),
            Outcome::Fails(problem) => Some(problem),
        };
        made += 1;
        silent += i64::from(exchange.status.is_none());
        if let Some(problem) = problem {
            *failed.entry(probe.rule).or_default() += 1;
            let message = format!("{}: {problem}", probe.what);
            verdict.find(&format!("held-out-{}", probe.rule), Severity::High, &probe.place, &message);
        }
    }
    verdict.at_least("requests-judged", made, 1, GateOutcome::Fail);
    verdict.at_most("requests-without-answer", silent, 0, GateOutcome::Fail);
    verdict.at_most("requests-not-tried", not_tried, 0, GateOutcome::Concerns);
    for (rule, count) in failed {
        verdict.at_most(&format!("failed-{rule}"), count, 0, GateOutcome::Fail);
    }
    verdict.keep("server", &JobResult { stdout: String::new(), ..job.clone() });
}

/// Each operation by all requests that were made of it. That a request does not break the server is no evidence of what
/// the operation does.
fn cases(interface: &Interface, probes: &[Probe], job: &JobResult) -> Vec<CaseResult> {
    let answers = Answers::of(&job.exchanges);
    let mut judged: Vec<(String, &Probe, Outcome)> = Vec::with_capacity(probes.len());
    for (probe, exchange) in probes.iter().zip(&job.exchanges) {
        let path = probes::readable(&probe.request.path);
        if let Some(operation) = interface.operation(&probe.request.method, &path) {
            judged.push((operation.name(), probe, judge::judge(probe, exchange, &answers)));
        }
    }
    let case = |operation: &Operation| {
        let name = operation.name();
        let own = judged.iter().filter(|(of, ..)| *of == name).map(|(_, probe, outcome)| match outcome {
            Outcome::Holds if matches!(probe.expect, Expect::NoServerError) => CaseOutcome::NotRun,
            Outcome::Holds => CaseOutcome::Passed,
            Outcome::NotTried => CaseOutcome::NotRun,
            Outcome::Silent | Outcome::Fails(_) => CaseOutcome::Failed,
        });
        let all: Vec<CaseOutcome> = own.collect();
        let any = |outcome| all.contains(&outcome).then_some(outcome);
        let outcome =
            any(CaseOutcome::Failed).or_else(|| any(CaseOutcome::Passed)).unwrap_or(CaseOutcome::NotRun);
        CaseResult { name, outcome }
    };
    interface.operations().map(case).collect()
}

fn line(probe: &Probe, exchange: &ideamine_core::ports::Exchange, outcome: &Outcome) -> String {
    let status = exchange.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let mark = match outcome {
        Outcome::Holds => "ok",
        Outcome::NotTried => "not tried",
        Outcome::Silent | Outcome::Fails(_) => "WRONG",
    };
    let body = crate::steady::steady(cut(exchange.body.trim(), BODY_KEPT)).replace('\n', " ");
    format!("{mark}: {} {} -> {status} {body}\n", probe.request.method, probe.request.path)
}
