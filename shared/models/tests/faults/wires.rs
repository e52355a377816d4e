//! What each provider sends: streams and errors in its own form. Origin of all: the vendors' documentation,
//! and for the local server what llama.cpp's was seen to answer; nothing here was recorded live.

use serde_json::{Value, json};

/// A wire format under test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    Anthropic,
    Chat,
    Responses,
    Gemini,
    Local,
}

pub(crate) const WIRES: [Wire; 5] = [Wire::Anthropic, Wire::Chat, Wire::Responses, Wire::Gemini, Wire::Local];

/// One event without a name.
fn data(value: &Value) -> String {
    format!("data: {value}\n\n")
}

/// One event named by its `type`, as Anthropic and the Responses API send them.
fn event(value: &Value) -> String {
    format!("event: {}\n{}", value["type"].as_str().unwrap(), data(value))
}

impl Wire {
    pub(crate) fn model(self) -> &'static str {
        match self {
            Self::Anthropic => "anthropic/claude-haiku-5-5",
            Self::Chat => "openai/gpt-4.1-mini",
            Self::Responses => "openai/gpt-6-luna",
            Self::Gemini => "gemini/gemini-3.8-flash",
            Self::Local => "local/qwen2.5-coder",
        }
    }

    /// What comes before the first piece.
    pub(crate) fn start(self) -> String {
        match self {
            Self::Anthropic => {
                let usage = json!({"input_tokens": 12, "output_tokens": 1});
                let block = json!({"type": "text", "text": ""});
                event(&json!({"type": "message_start", "message": {"usage": usage}}))
                    + &event(&json!({"type": "content_block_start", "index": 0, "content_block": block}))
            }
            Self::Chat | Self::Local => choice(json!({"role": "assistant", "content": ""}), None),
            Self::Responses => response("response.created", json!({"status": "in_progress"})),
            Self::Gemini => String::new(),
        }
    }

    /// One piece of the answer.
    pub(crate) fn piece(self, text: &str) -> String {
        match self {
            Self::Anthropic => {
                let delta = json!({"type": "text_delta", "text": text});
                event(&json!({"type": "content_block_delta", "index": 0, "delta": delta}))
            }
            Self::Chat | Self::Local => choice(json!({"content": text}), None),
            Self::Responses => {
                event(&json!({"type": "response.output_text.delta", "output_index": 0, "delta": text}))
            }
            Self::Gemini => candidate(json!([{"text": text}]), None),
        }
    }

    /// A normal end: 12 tokens read, 5 written.
    pub(crate) fn end(self) -> String {
        match self {
            Self::Anthropic => anthropic_end("end_turn"),
            Self::Chat | Self::Local => chat_end("stop"),
            Self::Responses => {
                response("response.completed", json!({"status": "completed", "usage": usage()}))
            }
            Self::Gemini => candidate(json!([]), Some("STOP")),
        }
    }

    /// The end of an answer that reached its limit.
    pub(crate) fn limit(self) -> String {
        match self {
            Self::Anthropic => anthropic_end("max_tokens"),
            Self::Chat | Self::Local => chat_end("length"),
            Self::Responses => incomplete("max_output_tokens"),
            Self::Gemini => candidate(json!([]), Some("MAX_TOKENS")),
        }
    }

    /// The end of an answer that was declined.
    pub(crate) fn refusal(self) -> String {
        match self {
            Self::Anthropic => anthropic_end("refusal"),
            Self::Chat => choice(json!({"refusal": "I cannot"}), None) + &chat_end("stop"),
            Self::Local => chat_end("content_filter"),
            Self::Responses => incomplete("content_filter"),
            Self::Gemini => candidate(json!([]), Some("SAFETY")),
        }
    }

    /// An overload told inside the stream.
    pub(crate) fn overload_event(self) -> String {
        match self {
            Self::Anthropic => event(
                &json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
            ),
            Self::Chat | Self::Local => {
                data(&json!({"error": {"message": "overloaded", "type": "server_error", "code": null}}))
            }
            Self::Responses => {
                let error = json!({"code": "server_error", "message": "overloaded"});
                response("response.failed", json!({"status": "failed", "error": error}))
            }
            Self::Gemini => {
                data(&json!({"error": {"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}}))
            }
        }
    }

    /// Signs of life without content.
    pub(crate) fn idle(self) -> String {
        let comment = ": comment\n\n";
        let idle = match self {
            Self::Anthropic => event(&json!({"type": "ping"})),
            Self::Responses => event(&json!({"type": "response.in_progress", "response": {}})),
            Self::Chat | Self::Local => data(&json!({"choices": []})) + &choice(json!({}), None),
            Self::Gemini => candidate(json!([]), None),
        };
        format!("{comment}{idle}")
    }

    /// Status and body of a request over the model's window; the text repeats what must not be shown.
    pub(crate) fn too_long(self, echo: &str) -> (u16, Value) {
        let error = match self {
            Self::Anthropic => {
                let text = format!("prompt is too long: 208310 tokens > 200000 maximum {echo}");
                json!({"type": "invalid_request_error", "message": text})
            }
            Self::Chat | Self::Responses => {
                json!({"message": echo, "type": "invalid_request_error", "code": "context_length_exceeded"})
            }
            Self::Gemini => {
                let text =
                    "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).";
                json!({"code": 400, "message": format!("{text} {echo}"), "status": "INVALID_ARGUMENT"})
            }
            Self::Local => {
                json!({"code": 400, "message": echo, "type": "exceed_context_size_error", "n_ctx": 512})
            }
        };
        (400, json!({"error": error}))
    }

    /// Status and body of an account that is used up.
    pub(crate) fn used_up(self, echo: &str) -> (u16, Value) {
        let (status, error) = match self {
            Self::Anthropic => {
                let text = format!("Your credit balance is too low to access the API. {echo}");
                (400, json!({"type": "invalid_request_error", "message": text}))
            }
            Self::Chat | Self::Responses => {
                (429, json!({"message": echo, "type": "insufficient_quota", "code": "insufficient_quota"}))
            }
            Self::Gemini => {
                let quota = json!([{"quotaId": "GenerateRequestsPerDayPerProjectPerModel"}]);
                let details = json!([{"violations": quota}]);
                (
                    429,
                    json!({"code": 429, "message": echo, "status": "RESOURCE_EXHAUSTED", "details": details}),
                )
            }
            Self::Local => (402, json!(echo)),
        };
        (status, json!({"error": error}))
    }
}

fn usage() -> Value {
    json!({"input_tokens": 12, "output_tokens": 5, "total_tokens": 17})
}

fn anthropic_end(reason: &str) -> String {
    let delta = json!({"stop_reason": reason});
    event(&json!({"type": "content_block_stop", "index": 0}))
        + &event(&json!({"type": "message_delta", "delta": delta, "usage": {"output_tokens": 5}}))
        + &event(&json!({"type": "message_stop"}))
}

fn choice(delta: Value, finish: Option<&str>) -> String {
    data(&json!({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}))
}

fn chat_end(reason: &str) -> String {
    let usage = json!({"prompt_tokens": 12, "completion_tokens": 5, "total_tokens": 17});
    choice(json!({}), Some(reason)) + &data(&json!({"choices": [], "usage": usage})) + "data: [DONE]\n\n"
}

fn response(kind: &str, mut fields: Value) -> String {
    fields["id"] = json!("r");
    fields["model"] = json!("m");
    event(&json!({"type": kind, "response": fields}))
}

fn incomplete(reason: &str) -> String {
    let details = json!({"reason": reason});
    let fields = json!({"status": "incomplete", "incomplete_details": details, "usage": usage()});
    response("response.incomplete", fields)
}

fn candidate(parts: Value, finish: Option<&str>) -> String {
    let mut candidate = json!({"content": {"role": "model", "parts": parts}});
    let mut usage = json!({"promptTokenCount": 12});
    if let Some(finish) = finish {
        candidate["finishReason"] = json!(finish);
        usage = json!({"promptTokenCount": 12, "candidatesTokenCount": 3, "thoughtsTokenCount": 2});
    }
    data(&json!({"candidates": [candidate], "usageMetadata": usage}))
}
