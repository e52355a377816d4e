//! Raw requests over a connection in memory, with a clock that runs when nothing else does.

use async_trait::async_trait;
use ideamine_core::records::Desired;
use ideamine_core::{Failure, RunId, Tenant};
use ideamine_runs::Runs;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

use super::*;
use crate::routes::ROUTES;
use crate::{BODY_BYTES_MAX, NewFork, NewLimits, NewRun};

/// Says what it was asked; knows the run `r1` alone.
struct Echo;

#[async_trait]
impl Desk for Echo {
    fn runs(&self, _: &Tenant) -> Runs {
        unreachable!("these tests ask the desk itself")
    }
    async fn queue(&self) -> Result<Value, Failure> {
        Ok(json!({ "queues": [] }))
    }
    async fn create(&self, _: &Tenant, new: NewRun) -> Result<Value, Failure> {
        Ok(json!({ "idea": new.idea }))
    }
    async fn list(&self, _: &Tenant) -> Result<Value, Failure> {
        Ok(json!([]))
    }
    async fn show(&self, _: &Tenant, run: &RunId) -> Result<Value, Failure> {
        match run.as_str() {
            "r1" => Ok(json!({ "run_id": run })),
            _ => Err(Failure::not_found(format!("there is no run `{run}`"))),
        }
    }
    async fn want(&self, tenant: &Tenant, run: &RunId, _: Desired) -> Result<Value, Failure> {
        self.show(tenant, run).await
    }
    async fn resume(&self, _: &Tenant, _: &RunId, _: NewLimits) -> Result<Value, Failure> {
        sleep(Duration::from_secs(1)).await;
        Ok(json!({}))
    }
    async fn fork(&self, _: &Tenant, run: &RunId, new: NewFork) -> Result<Value, Failure> {
        Ok(json!({ "run_id": "r2", "forked_from": { "run": run, "from": new.from } }))
    }
    async fn events(&self, _: &Tenant, _: &RunId, after: &str) -> Result<Value, Failure> {
        Ok(json!({ "events": [], "last": after }))
    }
    async fn health(&self) -> Result<Value, Failure> {
        Ok(json!({ "status": "ok" }))
    }
}

fn open() -> (DuplexStream, watch::Sender<()>, tokio::task::JoinHandle<()>) {
    open_to(loopback(router(Arc::new(Echo))))
}

fn open_to(routes: Router) -> (DuplexStream, watch::Sender<()>, tokio::task::JoinHandle<()>) {
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let (end, ended) = watch::channel(());
    let served = tokio::spawn(connection(theirs, routes, ended));
    (ours, end, served)
}

/// Where no authorizer has said whose runs a request may touch, as behind a route that was forgotten in the template.
#[tokio::test]
async fn without_a_tenant_nothing_but_health_is_answered() {
    for (path, _) in ROUTES {
        let path = path.replace("{id}", "r1").replace("{*name}", "prd/prd.json");
        let expected = if path == "/health" { "200" } else { "401" };
        let mut served = 0;
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let answer = asked_by_nobody(method, &path).await;
            if answer.starts_with("HTTP/1.1 405 ") {
                continue;
            }
            served += 1;
            assert!(answer.starts_with(&format!("HTTP/1.1 {expected} ")), "{method} {path}: {answer}");
            let problem = answer.contains("application/problem+json");
            assert_eq!(problem, expected == "401", "{method} {path}: {answer}");
        }
        assert!(served > 0, "{path} takes no method");
    }
}

/// The whole answer to a request whose tenant nobody has told.
async fn asked_by_nobody(method: &str, path: &str) -> String {
    let (mut client, _end, served) = open_to(router(Arc::new(Echo)));
    let request = format!("{method} {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    client.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    served.await.unwrap();
    answer
}

/// Sends these bytes and reads until the server closes.
async fn answer(bytes: &[u8]) -> String {
    let (mut client, _end, served) = open();
    // The server may have answered and closed before it has read everything.
    let _ = client.write_all(bytes).await;
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).await.unwrap();
    served.await.unwrap();
    String::from_utf8(answer).unwrap()
}

fn request(line: &str, more: &str, body: &str) -> Vec<u8> {
    format!("{line} HTTP/1.1\r\nhost: 127.0.0.1:8080\r\n{more}connection: close\r\n\r\n{body}").into_bytes()
}

#[tokio::test(start_paused = true)]
async fn every_refusal_is_a_problem_document() {
    let check = async |bytes: Vec<u8>, status: u16, says: &str| {
        let answer = answer(&bytes).await.to_lowercase();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        assert_eq!(head.split(' ').nth(1), Some(status.to_string().as_str()), "{answer}");
        assert!(head.contains("content-type: application/problem+json"), "{status}: {answer}");
        let problem: Value = serde_json::from_str(body).unwrap();
        assert_eq!(problem["status"], status, "{answer}");
        assert!(answer.contains(says), "{says}: {answer}");
    };
    let json = "content-type: application/json\r\n";
    let long = |more: &str, body: &str| {
        request("POST /v1/runs", &format!("{more}content-length: {}\r\n", body.len()), body)
    };
    let large = "a".repeat(BODY_BYTES_MAX + 1);
    check(request("GET /nowhere", "", ""), 404, "no such route").await;
    check(request("GET /v1/runs/r2", "", ""), 404, "`r2`").await;
    check(request("GET /v1/runs/a%2Fb", "", ""), 400, "usable id").await;
    check(request("GET /v1/runs/%ff", "", ""), 400, "utf-8").await;
    check(request("DELETE /v1/runs", "", ""), 405, "allow: get,head,post").await;
    check(request("GET /v1/runs/r1/pause", "", ""), 405, "allow: post").await;
    check(long(json, &large), 413, "2097152").await;
    let chunked = format!("{:x}\r\n{large}\r\n0\r\n\r\n", large.len());
    check(
        request("POST /v1/runs", &format!("{json}transfer-encoding: chunked\r\n"), &chunked),
        413,
        "2097152",
    )
    .await;
    check(long("", "{}"), 415, "content-type").await;
    check(long("content-type: text/plain\r\n", "{}"), 415, "content-type").await;
    check(long(json, "{"), 400, "json").await;
    check(long(json, r#"{"idea": "x", "idea": "y"}"#), 422, "duplicate field").await;
    check(long(json, r#"{"idea": "x", "colour": 1}"#), 422, "colour").await;
    check(long(json, r#"{"idea": "x", "seed": 1e99}"#), 422, "seed").await;
    check(request("GET /health", &format!("cookie: {}\r\n", "a".repeat(100_000)), ""), 431, "headers").await;
    check(request("GET /health", &"a: b\r\n".repeat(1000), ""), 431, "headers").await;
    check(request(&format!("GET /{}", "a".repeat(10_000)), "", ""), 414, "path").await;
    check(request("GET /health", "host: 127.0.0.1:8080\r\n", ""), 400, "more than one `host`").await;
    let origin = "origin: http://127.0.0.1:8080\r\n";
    check(request("GET /health", &origin.repeat(2), ""), 400, "more than one `origin`").await;
    check(request("GET /health", "origin: http://evil.example\r\n", ""), 403, "same origin").await;
    check(
        b"GET /health HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n".to_vec(),
        403,
        "same origin",
    )
    .await;
    check(b"GET /health HTTP/1.0\r\n\r\n".to_vec(), 403, "same origin").await;
    // A body that does not arrive.
    check(request("POST /v1/runs", &format!("{json}content-length: 9\r\n"), "{"), 408, "10 s").await;
}

#[tokio::test(start_paused = true)]
async fn what_is_right_is_answered() {
    let check = async |bytes: Vec<u8>, status: u16, body: &str| {
        let answer = answer(&bytes).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")) && answer.ends_with(body), "{answer}");
    };
    check(request("GET /health", "", ""), 200, r#"{"status":"ok"}"#).await;
    check(request("GET /v1/runs", "origin: http://127.0.0.1:8080\r\n", ""), 200, "[]").await;
    check(request("POST /v1/runs/r1/pause", "", ""), 200, r#"{"run_id":"r1"}"#).await;
    let json = "content-type: application/json\r\ncontent-length: 14\r\n";
    check(request("POST /v1/runs", json, r#"{"idea": "ïx"}"#), 400, "}").await;
    check(request("POST /v1/runs", json, r#"{"idea": "xy"}"#), 201, r#"{"idea":"xy"}"#).await;
    // The head of a GET, without its body.
    check(request("HEAD /health", "", ""), 200, "\r\n\r\n").await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_says_nothing_or_not_enough_is_closed() {
    for begun in ["", "GET /health HT", "GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"] {
        let (mut client, _end, served) = open();
        client.write_all(begun.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.unwrap();
        served.await.unwrap();
        assert_eq!(answer.starts_with(b"HTTP/1.1 200 "), begun.ends_with("\r\n\r\n"), "{begun}");
    }
    // One byte a second is not enough either.
    let (mut client, _end, served) = open();
    while client.write_all(b"G").await.is_ok() {
        sleep(Duration::from_secs(1)).await;
    }
    served.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_stands_still_frees_its_place() {
    let (mut client, _end, served) = open();
    let asking = tokio::spawn(async move {
        // Asks on and on, and never takes an answer.
        while client.write_all(b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n").await.is_ok() {}
    });
    served.await.unwrap();
    asking.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_request_under_way_ends_before_its_connection_does() {
    let (mut client, end, served) = open();
    let asked = b"POST /v1/runs/r1/resume HTTP/1.1\r\nhost: localhost\r\n\r\n";
    client.write_all(asked).await.unwrap();
    sleep(Duration::from_millis(1)).await;
    drop(end);
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    served.await.unwrap();
}
