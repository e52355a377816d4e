//! Every way a provider can fail, on every wire: which failure comes out, and after how many tries.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as their tests do")]

mod server;
mod wires;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ideamine_core::failure::FailureKind as K;
use ideamine_core::ports::{Answer, Clock, Model, Random, Request, Usage};
use ideamine_core::{Failure, UsdMicros};
use ideamine_models::Providers;
use ideamine_models::providers::{Access, ApiKey, RetryPolicy, Settings, Timeouts};
use serde_json::json;
use server::{Act, FaultServer, Script, chunk, chunked_head, http, stream_head};
use wires::{WIRES, Wire};

const KEY: &str = "sk-SECRET-0123456789";
const IDEA: &str = "a private idea about espresso";

struct Fixed;

impl Clock for Fixed {
    fn now_ms(&self) -> i64 {
        784_111_770_000
    }
}

impl Random for Fixed {
    fn next_u64(&self) -> u64 {
        0
    }
}

fn timeouts() -> Timeouts {
    let long = Duration::from_secs(60);
    Timeouts { connect: long, header: long, first_token: long, between_chunks: long, total: long }
}

fn providers(url: &str, timeouts: Timeouts) -> Providers {
    let origin = url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    let access = Access { base_url: Some(url.to_owned()), key: Some(ApiKey::new(KEY, &origin)) };
    let settings = Settings {
        anthropic: access.clone(),
        openai: access.clone(),
        gemini: access.clone(),
        local: access,
        timeouts,
        retry: RetryPolicy { base_ms: 1, ..RetryPolicy::default() },
    };
    Providers::new(settings, Arc::new(Fixed), Arc::new(Fixed)).unwrap()
}

fn request(wire: Wire) -> Request {
    Request {
        model: wire.model().to_owned(),
        label: "prd/a1/b00/r0".to_owned(),
        system: "You write requirements.".to_owned(),
        user: IDEA.to_owned(),
        schema: json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}),
        max_tokens: 100,
        seed: u64::MAX,
    }
}

async fn ask(wire: Wire, scripts: Vec<Script>, timeouts: Timeouts) -> (Result<Answer, Failure>, Vec<String>) {
    let server = FaultServer::start(scripts).await;
    let result = providers(&server.url("/v1"), timeouts).call(&request(wire)).await;
    (result, server.requests())
}

fn stream(parts: &[&str]) -> Script {
    vec![Act::Send([stream_head(), parts.concat().into_bytes()].concat())]
}

fn good(wire: Wire) -> Script {
    stream(&[&wire.start(), &wire.piece("{\"a\":"), &wire.piece("\"ü\"}"), &wire.end()])
}

/// The same answer through [`good`] on each wire.
fn good_answer() -> Answer {
    let usage = Usage { tokens_in: Some(12), tokens_out: Some(5) };
    Answer { text: "{\"a\":\"ü\"}".to_owned(), usage }
}

/// What goes wrong, what comes out and after how many tries.
struct Case {
    name: &'static str,
    scripts: Vec<Script>,
    kind: Option<K>,
    tries: usize,
    timeouts: Timeouts,
}

fn case(name: &'static str, scripts: Vec<Script>, kind: Option<K>, tries: usize) -> Case {
    Case { name, scripts, kind, tries, timeouts: timeouts() }
}

/// A body that repeats what a failure must not show.
fn leaky(code: &str) -> String {
    format!("{{\"error\":{{\"type\":\"{code}\",\"message\":\"Incorrect key {KEY} for: {IDEA}\"}}}}")
}

fn statuses(wire: Wire) -> Vec<Case> {
    let answer = |status: u16, headers: &str, code: &str| vec![http(status, headers, &leaky(code))];
    let (long, long_body) = wire.too_long(&format!("{KEY} {IDEA}"));
    let (used, used_body) = wire.used_up(&format!("{KEY} {IDEA}"));
    let mut soon = answer(429, "retry-after-ms: 2\r\n", "rate_limit_error");
    soon.push(good(wire));
    vec![
        case("throttled once", soon, None, 2),
        case("throttled for ever", answer(429, "", "rate_limit_error"), Some(K::ModelThrottled), 4),
        case("throttled for an hour", answer(429, "retry-after: 3600\r\n", "x"), Some(K::ModelThrottled), 1),
        case(
            "throttled till a date",
            answer(429, "retry-after: Sun, 06 Nov 1994 09:49:30 GMT\r\n", "x"),
            Some(K::ModelThrottled),
            1,
        ),
        case(
            "throttled without hope",
            answer(429, "x-should-retry: false\r\n", "x"),
            Some(K::ModelThrottled),
            1,
        ),
        case("spend limit", answer(429, "", "enforced_spend_limit_reached"), Some(K::ModelQuotaExhausted), 1),
        case("payment required", answer(402, "", "x"), Some(K::ModelQuotaExhausted), 1),
        case(
            "account used up",
            vec![http(used, "", &used_body.to_string())],
            Some(K::ModelQuotaExhausted),
            1,
        ),
        case("error 500", answer(500, "", "api_error"), Some(K::ModelUnavailable), 3),
        case("bad gateway", vec![http(502, "", "<html>bad gateway</html>")], Some(K::ModelUnavailable), 3),
        case("unavailable", answer(503, "retry-after: 0\r\n", "x"), Some(K::ModelUnavailable), 3),
        case("overloaded", answer(529, "", "overloaded_error"), Some(K::ModelUnavailable), 3),
        case("overloaded once", vec![http(529, "", ""), good(wire)], None, 2),
        case(
            "window too small",
            vec![http(long, "", &long_body.to_string())],
            Some(K::ModelContextTooLong),
            1,
        ),
        case("body too large", answer(413, "", "request_too_large"), Some(K::ModelContextTooLong), 1),
        case(
            "filter before the model",
            answer(400, "", "content_policy_violation"),
            Some(K::ModelRefused),
            1,
        ),
        case("bad request", answer(400, "", "invalid_request_error"), Some(K::ModelConfig), 1),
        case("bad key", answer(401, "", "authentication_error"), Some(K::ModelConfig), 1),
        case("forbidden", answer(403, "", "permission_error"), Some(K::ModelConfig), 1),
        case("unknown model", answer(404, "", "not_found_error"), Some(K::ModelConfig), 1),
        case("redirect", answer(307, "location: http://127.0.0.1:1/\r\n", "x"), Some(K::ModelConfig), 1),
    ]
}

fn streams(wire: Wire) -> Vec<Case> {
    let (start, piece, end, idle) = (wire.start(), wire.piece("{\"a\":"), wire.end(), wire.idle());
    let begun = [start.as_bytes(), piece.as_bytes()].concat();
    let second = wire.piece("\"ü\"}");
    let whole = [&idle, &start, &idle, &piece, &idle, &second, &idle, &end].map(String::as_str).concat();
    let windows = whole.replace('\n', "\r\n");
    let dribble = |text: &str| vec![vec![Act::Send(stream_head()), Act::Dribble(text.as_bytes().to_vec())]];
    let then = |acts: &[Act]| {
        vec![[vec![Act::Send([stream_head(), begun.clone()].concat())], acts.to_vec()].concat()]
    };
    let half = second.bytes().position(|b| b >= 0x80).unwrap() + 1;
    let broken = Some(K::ModelStreamBroken);
    let split = broken.filter(|_| wire == Wire::Anthropic);
    vec![
        case("good", vec![good(wire)], None, 1),
        case("signs of life between pieces", vec![stream(&[&whole])], None, 1),
        case("byte by byte", dribble(&whole), None, 1),
        case("windows line ends", vec![stream(&[&windows])], None, 1),
        // The client library takes an event apart when CR and LF arrive apart. Where it goes by the event's
        // name it would lose a piece: that must be a broken answer, not a shorter one.
        case("windows line ends byte by byte", dribble(&windows), split, 1),
        case("limit of tokens", vec![stream(&[&start, &piece, &wire.limit()])], Some(K::ModelTruncated), 1),
        case("refusal", vec![stream(&[&start, &wire.refusal()])], Some(K::ModelRefused), 1),
        case("refusal half way", vec![stream(&[&start, &piece, &wire.refusal()])], Some(K::ModelRefused), 1),
        case(
            "overload before the first piece",
            vec![stream(&[&start, &wire.overload_event()])],
            Some(K::ModelUnavailable),
            3,
        ),
        case(
            "overload after the first piece",
            vec![stream(&[&start, &piece, &wire.overload_event()])],
            broken,
            1,
        ),
        case("no end marker", vec![stream(&[&start, &piece])], broken, 1),
        case("nothing at all", vec![stream(&[])], broken, 1),
        case("a page instead of a stream", vec![http(200, "", "<html>welcome</html>")], broken, 1),
        case(
            "a piece that is no json",
            vec![stream(&[&start, "data: {\"choices\":[{]\n\n", &piece, &end])],
            broken,
            1,
        ),
        case("half a character", then(&[Act::Send(second.as_bytes()[..half].to_vec())]), broken, 1),
        case("no utf-8", then(&[Act::Send(b"data: {\"x\":\"\xff\xfe\"}\n\n".to_vec())]), broken, 1),
        case("reset half way", then(&[Act::Reset]), broken, 1),
        case("reset instead of an answer", vec![vec![Act::Reset]], broken, 1),
        case("closed instead of an answer", vec![vec![]], broken, 1),
        case(
            "cut inside a chunked body",
            vec![vec![Act::Send([chunked_head(), chunk(&begun), b"ff\r\nhalf".to_vec()].concat())]],
            broken,
            1,
        ),
    ]
}

fn silences(wire: Wire) -> Vec<Case> {
    let short = Duration::from_millis(300);
    let begun = [stream_head(), wire.start().into_bytes(), wire.piece("{").into_bytes()].concat();
    let silence = |sent: Vec<u8>| vec![vec![Act::Send(sent), Act::Silence]];
    let endless = Act::Repeat(wire.piece(" ").into_bytes(), Duration::from_millis(10));
    let late =
        |name, scripts, timeouts| Case { name, scripts, kind: Some(K::ModelTimeout), tries: 1, timeouts };
    let header = Timeouts { connect: short, header: short, ..timeouts() };
    let first = Timeouts { connect: short, header: short, first_token: short, ..timeouts() };
    let between = Timeouts { between_chunks: short, ..timeouts() };
    let total = Timeouts { total: short * 2, ..timeouts() };
    let start = [stream_head(), wire.start().into_bytes()].concat();
    vec![
        late("no headers", silence(vec![]), header),
        late("no first piece", silence(start), first),
        late("no second piece", silence(begun.clone()), between),
        late("no end of pieces", vec![vec![Act::Send(begun), endless]], total),
    ]
}

async fn check(wire: Wire, case: Case) {
    let what = format!("{wire:?}, {}", case.name);
    let (result, requests) = ask(wire, case.scripts, case.timeouts).await;
    assert_eq!(requests.len(), case.tries, "{what}: {result:?}");
    match case.kind {
        None => assert_eq!(result, Ok(good_answer()), "{what}"),
        Some(kind) => {
            let failure = result.expect_err(&what);
            assert_eq!(failure.kind, kind, "{what}: {failure}");
            assert!(
                failure.message.contains(wire.model()) && failure.message.contains("prd/a1/b00/r0"),
                "{failure}"
            );
            assert!(
                !failure.message.contains(KEY) && !failure.message.contains("espresso"),
                "{what}: {failure}"
            );
        }
    }
}

/// Collects everything that is logged anywhere in the process.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn every_fault_on_every_wire_has_its_kind_and_its_tries_and_leaks_nothing() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing_subscriber::filter::LevelFilter::TRACE);
    subscriber.with_writer(move || writer.clone()).init();
    // Silences are timed: they have the machine to themselves.
    let quick = WIRES
        .into_iter()
        .flat_map(|wire| statuses(wire).into_iter().chain(streams(wire)).map(move |c| (wire, c)));
    let timed = WIRES.into_iter().flat_map(|wire| silences(wire).into_iter().map(move |c| (wire, c)));
    let all = [quick.collect::<Vec<_>>(), timed.collect()];
    assert!(all.iter().map(Vec::len).sum::<usize>() > 200);
    for cases in all {
        let mut running: tokio::task::JoinSet<()> =
            cases.into_iter().map(|(wire, case)| check(wire, case)).collect();
        while let Some(done) = running.join_next().await {
            done.unwrap();
        }
    }
    let log = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(log.contains("trying again"), "the log was not collected");
    for secret in [KEY, "espresso", "You write requirements"] {
        assert!(!log.contains(secret), "`{secret}` is in the log");
    }
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_handed_to_the_caller() {
    let hour = vec![http(429, "retry-after: 3600\r\n", "{}")];
    let (result, _) = ask(Wire::Anthropic, hour, timeouts()).await;
    assert_eq!(result.unwrap_err().retry_after_ms, Some(3_600_000));
    let delay = r#"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"90.5s"}]}}"#;
    let (result, _) = ask(Wire::Gemini, vec![http(429, "", delay)], timeouts()).await;
    assert_eq!(result.unwrap_err().retry_after_ms, Some(90_500));
}

#[tokio::test]
async fn a_prompt_that_gemini_blocks_is_refused_without_a_candidate() {
    let blocked =
        "data: {\"promptFeedback\":{\"blockReason\":\"PROHIBITED_CONTENT\"},\"usageMetadata\":{}}\n\n";
    let (result, requests) = ask(Wire::Gemini, vec![stream(&[blocked])], timeouts()).await;
    assert_eq!((result.unwrap_err().kind, requests.len()), (K::ModelRefused, 1));
}

#[tokio::test]
async fn usage_that_a_server_does_not_state_is_unknown() {
    let end =
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    let (result, _) = ask(Wire::Local, vec![stream(&[&Wire::Local.piece("{}"), end])], timeouts()).await;
    assert_eq!(result.unwrap(), Answer { text: "{}".to_owned(), usage: Usage::default() });
}

#[tokio::test]
async fn a_host_that_is_not_there_is_unavailable_after_three_tries() {
    let closed = FaultServer::start(vec![vec![]]).await.url("/v1");
    tokio::task::yield_now().await;
    let failure = providers(&closed, timeouts()).call(&request(Wire::Local)).await.unwrap_err();
    assert_eq!(failure.kind, K::ModelUnavailable, "{failure}");
    assert!(failure.message.contains("3 tries"), "{failure}");
}

#[tokio::test]
async fn each_wire_carries_key_prompt_limit_and_schema_where_its_provider_wants_them() {
    for wire in WIRES {
        let (result, requests) = ask(wire, vec![good(wire)], timeouts()).await;
        result.unwrap();
        let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
        let head = head.to_lowercase();
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        let (path, key, limit, schema, seed) = match wire {
            Wire::Anthropic => {
                ("/v1/messages", "x-api-key: ", "/max_tokens", "/output_config/format/schema", None)
            }
            Wire::Chat | Wire::Local => {
                let schema = "/response_format/json_schema/schema";
                ("/v1/chat/completions", "authorization: bearer ", "/max_tokens", schema, Some("/seed"))
            }
            Wire::Responses => {
                ("/v1/responses", "authorization: bearer ", "/max_output_tokens", "/text/format/schema", None)
            }
            Wire::Gemini => {
                let path = "/v1/models/gemini-3.8-flash:streamgeneratecontent?alt=sse";
                let schema = "/generationConfig/responseJsonSchema";
                let config = "/generationConfig/maxOutputTokens";
                (path, "x-goog-api-key: ", config, schema, Some("/generationConfig/seed"))
            }
        };
        assert!(head.starts_with(&format!("post {path} http/1.1")), "{wire:?}: {head}");
        assert!(head.contains(&format!("{key}{}", KEY.to_lowercase())), "{wire:?}: {head}");
        assert_eq!(body.pointer(limit), Some(&json!(100)), "{wire:?}: {body}");
        assert_eq!(body.pointer(schema).map(|s| &s["type"]), Some(&json!("object")), "{wire:?}: {body}");
        let sent = seed.map(|at| body.pointer(at).cloned());
        assert_eq!(sent, seed.map(|_| Some(json!(0x7fff_ffff))), "{wire:?}: {body}");
        assert_eq!(body.to_string().contains("\"seed\""), seed.is_some(), "{wire:?}: {body}");
        let text = body.to_string();
        assert!(text.contains(IDEA) && text.contains("You write requirements."), "{wire:?}: {text}");
    }
}

#[test]
fn a_model_is_asked_only_where_its_key_belongs() {
    let check = |settings: Settings, model: &str, says: Option<&str>| {
        let providers = Providers::new(settings, Arc::new(Fixed), Arc::new(Fixed)).unwrap();
        match (providers.check(model), says) {
            (Ok(()), None) => {}
            (Err(failure), Some(words)) => {
                assert_eq!(failure.kind, K::ModelConfig, "{failure}");
                assert!(failure.message.contains(words), "{failure}");
                assert!(!failure.message.contains(KEY), "{failure}");
            }
            (got, says) => panic!("{model}: {got:?}, expected {says:?}"),
        }
    };
    let key = |origin: &str| Some(ApiKey::new(KEY, origin));
    let openai = |url: Option<&str>, origin: &str| Settings {
        openai: Access { base_url: url.map(str::to_owned), key: key(origin) },
        ..Settings::default()
    };
    let own = "https://api.openai.com";
    check(openai(None, own), "openai/gpt-6-luna", None);
    check(openai(Some("https://proxy.example/v1"), "https://proxy.example"), "openai/gpt-6-luna", None);
    check(
        openai(Some("https://proxy.example/v1"), own),
        "openai/gpt-6-luna",
        Some("IDEAMINE_OPENAI_KEY_ORIGIN=https://proxy.example"),
    );
    check(openai(None, own), "anthropic/claude-haiku-5-5", Some("set IDEAMINE_ANTHROPIC_KEY"));
    check(openai(None, own), "local/qwen", Some("set IDEAMINE_LOCAL_URL"));
    check(openai(None, own), "acme/model", Some("expected anthropic/"));
    check(openai(None, own), "gpt-6-luna", Some("expected anthropic/"));
    for bad in ["openai/", "openai/a b", "openai/zai::x", "openai/../x", "openai/a?b", "openai/é"] {
        check(openai(None, own), bad, Some("its name may hold"));
    }
    let broken = Settings {
        openai: Access { base_url: None, key: Some(ApiKey::new("sk 1\n2", own)) },
        ..Settings::default()
    };
    check(broken, "openai/gpt-6-luna", Some("IDEAMINE_OPENAI_KEY is not a key"));
    let keyless = Access { base_url: Some("http://127.0.0.1:11434/v1".to_owned()), key: None };
    check(Settings { local: keyless, ..Settings::default() }, "local/qwen2.5-coder:0.5b", None);
}

#[test]
fn a_model_on_this_machine_is_free_and_an_unknown_one_has_no_price() {
    let local = |url: &str| Settings {
        local: Access { base_url: Some(url.to_owned()), key: None },
        ..Settings::default()
    };
    let usage = Usage { tokens_in: Some(1_000), tokens_out: Some(1_000) };
    let check = |settings: Settings, wire: Wire, price: Option<i64>| {
        let providers = Providers::new(settings, Arc::new(Fixed), Arc::new(Fixed)).unwrap();
        assert_eq!(providers.price(wire.model(), &usage), price.map(UsdMicros), "{wire:?}");
        assert_eq!(providers.ceiling(&request(wire)).is_some(), price.is_some(), "{wire:?}");
    };
    check(local("http://127.0.0.1:8080/v1"), Wire::Local, Some(0));
    check(local("https://hosted.example/v1"), Wire::Local, None);
    check(Settings::default(), Wire::Responses, Some(600));
}
