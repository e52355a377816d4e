//! `start`: it comes up and serves its health and an HTML page, seen from outside.

use ideamine_core::Failure;
use ideamine_core::artifacts::{GateOutcome, Severity};
use ideamine_core::ports::{Exchange, JobResult, Jobs, ProbeRequest};

use crate::app::Source;
use crate::pages;
use crate::verdict::{Verdict, cut, ended, tail};

/// Longest wait for a start and two answers, milliseconds.
const START_MS_MAX: u64 = 30_000;
/// How much of an error output a finding quotes, bytes.
const QUOTED: usize = 600;

/// Runs the check.
pub(crate) async fn check(jobs: &dyn Jobs, source: &Source, wall_ms: u64) -> Result<Verdict, Failure> {
    let mut requests = vec![get("health", "/health"), get("page", "/")];
    let wall_ms = wall_ms.min(START_MS_MAX);
    let mut job = jobs.run(source.served(requests.clone(), wall_ms)).await?;
    let links = pages::links(&job);
    if !links.is_empty() {
        requests.extend(links.iter().map(|link| get(&format!("link-{link}"), link)));
        job = jobs.run(source.served(requests.clone(), wall_ms)).await?;
    }
    let mut verdict = Verdict { again: source.start_again(), ..Verdict::default() };
    for (exchange, problem) in job.exchanges.iter().zip([health(&job), page(&job)]) {
        let rule = exchange.id.as_str();
        verdict.at_most(&format!("{rule}-problems"), i64::from(problem.is_some()), 0, GateOutcome::Fail);
        if let Some(problem) = problem {
            verdict.find(&format!("start-{rule}"), Severity::Critical, "app.json#/body/start", &problem);
        }
    }
    let mut dead = 0;
    for (link, exchange) in links.iter().zip(job.exchanges.iter().skip(2)) {
        if exchange.status.is_none_or(|status| status >= 400) {
            dead += 1;
            let answer = exchange.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
            let message =
                format!("the page links to `{link}`, which answered {answer}: expected it to exist");
            verdict.find("start-dead-link", Severity::Medium, "app.json#/body/start", &message);
        }
    }
    verdict.at_most("dead-links", dead, 0, GateOutcome::Concerns);
    verdict.served = pages::served(&requests, &job);
    verdict.keep("start", &job);
    Ok(verdict)
}

/// A request without a body.
pub(crate) fn get(id: &str, path: &str) -> ProbeRequest {
    ProbeRequest { id: id.to_owned(), method: "GET".to_owned(), path: path.to_owned(), body: None }
}

fn health(job: &JobResult) -> Option<String> {
    let exchange = job.exchanges.first()?;
    match exchange.status {
        Some(200) => None,
        Some(status) => Some(format!("`GET /health` answered {status}: expected 200")),
        None => Some(format!("`GET /health`: {}", no_answer(exchange, job))),
    }
}

fn page(job: &JobResult) -> Option<String> {
    let exchange = job.exchanges.get(1)?;
    let kind = exchange.content_type.as_deref().unwrap_or("no content type");
    let has_html = exchange.body.to_ascii_lowercase().contains("<html");
    match exchange.status {
        Some(200) if kind.starts_with("text/html") && has_html => None,
        Some(200) => {
            let start = cut(exchange.body.trim(), 80);
            Some(format!(
                "`GET /` is not an HTML page: it came as {kind} and begins with `{start}`; expected text/html with an <html> element"
            ))
        }
        Some(status) => Some(format!("`GET /` answered {status}: expected 200 with an HTML page")),
        None => Some(format!("`GET /`: {}", no_answer(exchange, job))),
    }
}

/// Why there was no answer, with what the server said last.
pub(crate) fn no_answer(exchange: &Exchange, job: &JobResult) -> String {
    let reason = exchange.error.as_deref().unwrap_or("no answer");
    let said = tail(job.stderr.trim(), QUOTED);
    let said = if said.is_empty() { String::new() } else { format!("; it wrote: {said}") };
    format!(
        "no answer ({reason}); the server {}; it must serve HTTP/1.1 on the listening Unix socket that it inherits as \
         file descriptor 0 when started with `--inherit --data DIR`{said}",
        ended(job.end)
    )
}
