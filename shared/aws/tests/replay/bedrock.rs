use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Answer, Request, Usage};
use serde_json::{Value, json};

use crate::replay::{Replay, Say, ok};

fn request(schema: Value) -> Request {
    Request {
        model: "bedrock/eu.anthropic.claude-sonnet-4-5-20250929-v1:0".into(),
        label: "prd/a1/b00/r0".into(),
        system: "You write requirements.".into(),
        user: "An espresso machine repair shop.".into(),
        schema,
        max_tokens: 4_000,
        seed: 7,
    }
}

fn schema() -> Value {
    json!({ "type": "object", "properties": { "n": { "type": "integer", "minimum": -3 } }, "required": ["n"] })
}

async fn call(schema: Value, answer: Say) -> (Result<Answer, Failure>, Replay) {
    let replay = Replay::of(vec![answer; 4]);
    let model = replay.aws().await.bedrock().unwrap();
    (model.call(&request(schema)).await, replay)
}

fn said(stop: &str, content: Value) -> Say {
    ok(json!({
        "output": { "message": { "role": "assistant", "content": content } },
        "stopReason": stop,
        "usage": { "inputTokens": 30, "outputTokens": 12, "totalTokens": 47, "cacheReadInputTokens": 5 },
        "metrics": { "latencyMs": 900 },
    }))
}

fn tool(input: Value) -> Value {
    json!([{ "text": "Here it is." }, { "toolUse": { "toolUseId": "t1", "name": "answer", "input": input } }])
}

#[tokio::test(start_paused = true)]
async fn an_answer_in_a_schema_is_the_input_of_the_one_tool_that_must_be_used() {
    let (answer, replay) =
        call(schema(), said("tool_use", tool(json!({ "n": -1, "list": [1, "é", null] })))).await;
    let answer = answer.unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(&answer.text).unwrap(),
        json!({ "n": -1, "list": [1, "é", null] })
    );
    assert_eq!(answer.usage, Usage { tokens_in: Some(35), tokens_out: Some(12) });
    let asked = &replay.asked()[0];
    assert!(
        asked.uri.contains("/model/eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse"),
        "{}",
        asked.uri
    );
    let body = asked.json();
    assert_eq!(body["toolConfig"]["toolChoice"], json!({ "tool": { "name": "answer" } }));
    assert_eq!(body["toolConfig"]["tools"][0]["toolSpec"]["inputSchema"]["json"], schema());
    assert_eq!(body["inferenceConfig"], json!({ "maxTokens": 4_000 }));
    assert_eq!(body["system"][0]["text"], "You write requirements.");
    assert_eq!(replay.asked().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn without_a_schema_words_are_the_answer() {
    let (answer, replay) =
        call(json!({}), said("end_turn", json!([{ "text": "Yes" }, { "text": ", it is." }]))).await;
    assert_eq!(answer.unwrap().text, "Yes, it is.");
    assert_eq!(replay.asked()[0].json().get("toolConfig"), None);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_did_not_end_well_is_none() {
    for (stop, kind) in [
        ("max_tokens", FailureKind::ModelTruncated),
        ("content_filtered", FailureKind::ModelRefused),
        ("guardrail_intervened", FailureKind::ModelRefused),
        ("refusal", FailureKind::ModelRefused),
        ("model_context_window_exceeded", FailureKind::ModelContextTooLong),
        ("malformed_tool_use", FailureKind::ModelStreamBroken),
        ("something_new", FailureKind::ModelStreamBroken),
    ] {
        let (answer, _) = call(schema(), said(stop, tool(json!({ "n": 1 })))).await;
        let failure = answer.unwrap_err();
        assert_eq!(failure.kind, kind, "{stop}");
        assert!(failure.message.contains("prd/a1/b00/r0"), "{failure}");
    }
}

#[tokio::test(start_paused = true)]
async fn each_error_has_its_name_and_its_words_stay_here() {
    for (status, code, words, kind) in [
        (429, "ThrottlingException", "Too many requests", FailureKind::ModelThrottled),
        (429, "ThrottlingException", "Too many tokens per day", FailureKind::ModelQuotaExhausted),
        (503, "ServiceUnavailableException", "", FailureKind::ModelUnavailable),
        (500, "InternalServerException", "", FailureKind::ModelUnavailable),
        (424, "ModelErrorException", "", FailureKind::ModelUnavailable),
        (408, "ModelTimeoutException", "", FailureKind::ModelTimeout),
        (403, "AccessDeniedException", "", FailureKind::ModelConfig),
        (404, "ResourceNotFoundException", "", FailureKind::ModelConfig),
        (
            400,
            "ValidationException",
            "Input is too long for requested model.",
            FailureKind::ModelContextTooLong,
        ),
        (400, "ValidationException", "espresso is not a field", FailureKind::ModelConfig),
    ] {
        let body = json!({ "__type": code, "message": words }).to_string();
        let (answer, replay) = call(schema(), Say::Text(status, body)).await;
        let failure = answer.unwrap_err();
        assert_eq!(failure.kind, kind, "{code} {words}");
        assert!(!failure.message.contains("espresso"), "{failure}");
        assert!(replay.asked().len() <= 4);
    }
    for (answer, kind) in
        [(Say::Nothing, FailureKind::ModelUnavailable), (Say::Silence, FailureKind::ModelTimeout)]
    {
        let (result, replay) = call(schema(), answer.clone()).await;
        assert_eq!(result.unwrap_err().kind, kind);
        if matches!(answer, Say::Silence) {
            assert_eq!(replay.asked().len(), 1, "what may have been paid for is not asked again");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_model_of_another_provider_is_not_asked_for_here_and_has_no_price() {
    let replay = Replay::of([]);
    let model = replay.aws().await.bedrock().unwrap();
    for name in ["anthropic/claude", "bedrock/", "bedrock/a b"] {
        let request = Request { model: name.into(), ..request(schema()) };
        assert_eq!(model.call(&request).await.unwrap_err().kind, FailureKind::ModelConfig);
    }
    assert_eq!(model.ceiling(&request(schema())), None, "unknown, never zero");
    assert_eq!(replay.asked().len(), 0);
}
