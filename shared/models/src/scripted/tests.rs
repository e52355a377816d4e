use serde_json::{Value, json};

use super::*;

fn request(label: &str) -> Request {
    Request {
        model: "scripted/test".to_owned(),
        label: label.to_owned(),
        system: String::new(),
        user: "secret idea".to_owned(),
        schema: json!({}),
        max_tokens: 100,
        seed: 0,
    }
}

fn script(lines: &[Value]) -> (tempfile::TempDir, Scripted) {
    let dir = tempfile::tempdir().unwrap();
    let text: String = lines.iter().map(|line| format!("{line}\n\n")).collect();
    let log = Some(dir.path().join("calls"));
    let model = Scripted::with_log("script.jsonl", text.as_bytes(), log).unwrap();
    (dir, model)
}

#[tokio::test]
async fn an_exact_label_wins_over_the_longest_wildcard() {
    let (_dir, model) = script(&[
        json!({"label": "*", "text": "any"}),
        json!({"label": "prd/*", "text": "prd"}),
        json!({"label": "prd/a1/*", "text": "prd first"}),
        json!({"label": "prd/a1/b00/r0", "json": {"b": 1, "a": "ä"}}),
    ]);
    for (label, text) in [
        ("prd/a1/b00/r0", r#"{"a":"ä","b":1}"#),
        ("prd/a1/b00/r1", "prd first"),
        ("prd/a2/b00/r0", "prd"),
        ("qa/a1/b00/r0", "any"),
        ("", "any"),
    ] {
        assert_eq!(model.call(&request(label)).await.unwrap().text, text, "{label}");
    }
}

#[tokio::test]
async fn each_call_adds_its_label_to_the_log_and_nothing_else() {
    let (dir, model) = script(&[json!({"label": "prd/*", "text": "x"})]);
    for label in ["prd/1", "prd/2", "prd/1"] {
        model.call(&request(label)).await.unwrap();
    }
    let unknown = model.call(&request("qa/1")).await.unwrap_err();
    assert_eq!(unknown.kind, FailureKind::ModelNotRecorded);
    assert!(unknown.message.contains("`qa/1`") && unknown.message.contains("script.jsonl"), "{unknown}");
    let log = std::fs::read_to_string(dir.path().join("calls")).unwrap();
    assert_eq!(log, "prd/1\nprd/2\nprd/1\nqa/1\n");
}

#[tokio::test]
async fn a_label_fails_as_often_as_the_script_says_and_then_answers() {
    let throttled = json!({"kind": "Model.Throttled", "retry_after_ms": 10});
    let (_dir, model) = script(&[
        json!({"label": "a*", "text": "ok", "fail": throttled, "fail_times": 2}),
        json!({"label": "b", "fail": {"kind": "Model.Refused"}}),
    ]);
    for label in ["a1", "a2"] {
        for _ in 0..2 {
            let failure = model.call(&request(label)).await.unwrap_err();
            assert_eq!((failure.kind, failure.retry_after_ms), (FailureKind::ModelThrottled, Some(10)));
        }
        assert_eq!(model.call(&request(label)).await.unwrap().text, "ok");
    }
    for _ in 0..4 {
        assert_eq!(model.call(&request("b")).await.unwrap_err().kind, FailureKind::ModelRefused);
    }
}

#[tokio::test]
async fn answers_cost_nothing_unless_the_script_states_a_price() {
    let usage = Usage { tokens_in: Some(50_000), tokens_out: Some(10) };
    let (_dir, free) = script(&[json!({"label": "*", "text": "x"})]);
    assert_eq!(free.ceiling(&request("a")), Some(UsdMicros::ZERO));
    assert_eq!(free.price("any", &Usage::default()), Some(UsdMicros::ZERO));

    let price = json!({"usd_micros_in_per_million": 1_000_000, "usd_micros_out_per_million": 2_000_000});
    let recorded = json!({"tokens_in": 50_000, "tokens_out": 10});
    let (_dir, priced) = script(&[json!({"label": "*", "text": "x", "price": price, "usage": recorded})]);
    assert_eq!(priced.call(&request("a")).await.unwrap().usage, usage);
    assert_eq!(priced.price("any", &usage), Some(UsdMicros(50_020)));
    assert_eq!(priced.price("any", &Usage::default()), None);
    assert!(priced.ceiling(&request("a")) >= Some(UsdMicros(50_020)));

    let (_dir, named) = script(&[json!({"label": "*", "text": "x", "model": "openai/gpt-6-luna"})]);
    assert_eq!(named.price("any", &usage), Some(UsdMicros(5_005)));
}

#[test]
fn a_bad_script_is_refused_with_file_and_line() {
    let good = r#"{"label": "ok", "text": "x", "model": "openai/gpt-6-luna"}"#;
    let check = |line: &str, what: &str| {
        let text = format!("{good}\n\n{line}\n");
        let failure = Scripted::with_log("bad.jsonl", text.as_bytes(), None).err();
        let failure = failure.unwrap_or_else(|| panic!("{line} was taken"));
        assert_eq!(failure.kind, FailureKind::ConfigInvalid, "{line}");
        assert!(failure.message.contains("bad.jsonl, line 3"), "{line}: {failure}");
        assert!(failure.message.contains(what), "{line}: {failure}");
    };
    check("{", "EOF");
    check(r#"{"text": "x"}"#, "label");
    check(r#"{"label": "a"}"#, "expected `json`");
    check(r#"{"label": "a", "json": {}, "text": "x"}"#, "exclude");
    check(r#"{"label": "a", "json": {"share": 0.5}}"#, "not an integer");
    check(r#"{"label": "a", "text": "x", "fial": 1}"#, "fial");
    check(r#"{"label": "a", "text": "x", "fail_times": 1}"#, "needs `fail`");
    check(r#"{"label": "a", "fail": {"kind": "Model.Throttled"}, "fail_times": 1}"#, "expected `json`");
    check(r#"{"label": "a", "fail": {"kind": "Model.Tired"}}"#, "Model.Tired");
    check(r#"{"label": "a*b", "text": "x"}"#, "not its end");
    check(r#"{"label": "ok", "text": "y"}"#, "before");
    check(r#"{"label": "a", "text": "x", "model": "openai/none"}"#, "price table");
    check(r#"{"label": "a", "text": "x", "model": "openai/gpt-6.1-sol"}"#, "line 1 states another");
    check("\u{fffd}", "expected value");
}
