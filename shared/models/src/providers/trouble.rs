//! One meaning for each way that a provider fails: status, error codes and broken streams to failure kinds.
//!
//! Providers repeat parts of a request and even of a key in their error texts. So a text is only searched,
//! never shown: what reaches a person is the status, the codes and our own words.

use ideamine_core::failure::FailureKind;
use serde_json::Value;

/// Longest error code shown.
const CODE_CHARS_MAX: usize = 64;
/// Most error codes shown.
const CODES_MAX: usize = 4;

/// Why one try failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) kind: FailureKind,
    /// Our words, status and codes; no text of the provider.
    pub(super) what: String,
    pub(super) retry_after_ms: Option<u64>,
    /// The provider says that another try is of no use.
    pub(super) hopeless: bool,
}

impl Trouble {
    pub(super) fn new(kind: FailureKind, what: impl Into<String>) -> Self {
        Self { kind, what: what.into(), retry_after_ms: None, hopeless: false }
    }
}

/// A provider's error object, whatever its form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ProviderError {
    /// `type`, `code`, `status`, and the reasons in its details.
    codes: Vec<String>,
    /// Its text, lower case: searched, never shown.
    text: String,
    /// How long it asks to wait, milliseconds.
    retry_after_ms: Option<u64>,
}

impl ProviderError {
    /// From a body or a stream event: `{"error": {…}}`, `{"error": "…"}`, `[{"error": …}]`, or the
    /// object itself.
    pub(super) fn of(body: &Value) -> Self {
        let body = body.get(0).unwrap_or(body);
        let response = body.pointer("/response/error").filter(|e| !e.is_null());
        let error = response.or_else(|| body.get("error").filter(|e| !e.is_null())).unwrap_or(body);
        let mut found = Self::default();
        if let Value::String(text) = error {
            found.text = text.to_lowercase();
        }
        for field in ["type", "code", "status"] {
            match error.get(field) {
                Some(Value::String(code)) => found.codes.push(code.clone()),
                Some(Value::Number(code)) => found.codes.push(code.to_string()),
                _ => {}
            }
        }
        if let Some(Value::String(text)) = error.get("message") {
            found.text = text.to_lowercase();
        }
        for detail in error.get("details").and_then(Value::as_array).into_iter().flatten() {
            found.read_detail(detail);
        }
        found
    }

    /// Gemini's details: a reason, the quotas that were passed, and when to come back (`"34.5s"`).
    fn read_detail(&mut self, detail: &Value) {
        let quotas = detail.get("violations").and_then(Value::as_array).into_iter().flatten();
        let ids = quotas.filter_map(|quota| quota.get("quotaId"));
        let codes = detail.get("reason").into_iter().chain(ids).filter_map(Value::as_str);
        self.codes.extend(codes.map(str::to_owned));
        let delay = detail.get("retryDelay").and_then(Value::as_str).and_then(|d| d.strip_suffix('s'));
        self.retry_after_ms = self.retry_after_ms.or_else(|| delay.and_then(seconds_to_ms));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.codes.is_empty() && self.text.is_empty()
    }

    fn has_code(&self, parts: &[&str]) -> bool {
        let code = |code: &String| parts.iter().any(|part| code.to_lowercase().contains(part));
        self.codes.iter().any(code)
    }

    fn says(&self, parts: &[&str]) -> bool {
        parts.iter().any(|part| self.text.contains(part))
    }

    /// The codes as they may be shown: what cannot be a code is left out.
    fn shown(&self) -> String {
        let plain = |code: &&String| {
            code.len() <= CODE_CHARS_MAX
                && code.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        };
        let codes: Vec<&str> = self.codes.iter().filter(plain).take(CODES_MAX).map(String::as_str).collect();
        codes.join(", ")
    }
}

/// Codes and words for a used-up account. A daily quota of Gemini is one too: it does not come back soon.
const QUOTA_CODES: &[&str] =
    &["insufficient_quota", "spend_limit", "billing", "insufficient_balance", "credit", "perday"];
const QUOTA_WORDS: &[&str] =
    &["credit balance", "spend limit", "usage limits", "exceeded your current quota", "insufficient balance"];
/// Codes and words for a request over the model's window.
const CONTEXT_CODES: &[&str] = &["context_length", "context_size", "request_too_large"];
const CONTEXT_WORDS: &[&str] = &[
    "prompt is too long",
    "context length",
    "context window",
    "context size",
    "maximum context",
    "input is too long",
    "exceeds the maximum number of tokens",
    "too many input tokens",
];
const REFUSAL_CODES: &[&str] = &["content_policy", "content_filter", "responsibleaipolicy", "guardrail"];
const THROTTLE_CODES: &[&str] = &["rate_limit", "throttl", "resource_exhausted", "too_many_requests"];
const OVERLOAD_CODES: &[&str] =
    &["overloaded", "unavailable", "server_error", "internal", "api_error", "timeout_error", "modelnotready"];
const KEY_CODES: &[&str] = &["api_key_invalid", "invalid_api_key", "authentication", "permission"];

/// What an error answer with this status means.
pub(super) fn of_status(status: u16, error: &ProviderError, retry: RetryAdvice) -> Trouble {
    let kind = match status {
        402 => FailureKind::ModelQuotaExhausted,
        400 | 403 | 429 if is_quota(error) => FailureKind::ModelQuotaExhausted,
        413 => FailureKind::ModelContextTooLong,
        400..=499 if is_context(error) => FailureKind::ModelContextTooLong,
        400 | 403 | 422 if error.has_code(REFUSAL_CODES) => FailureKind::ModelRefused,
        429 => FailureKind::ModelThrottled,
        408 | 409 | 424 | 425 | 500..=599 => FailureKind::ModelUnavailable,
        _ => FailureKind::ModelConfig,
    };
    let codes = error.shown();
    let comma = if codes.is_empty() { "" } else { ", " };
    let hint = hint(status, kind, error);
    Trouble {
        kind,
        what: format!("status {status}{comma}{codes}{hint}"),
        retry_after_ms: retry.after_ms.or(error.retry_after_ms),
        hopeless: retry.hopeless,
    }
}

/// What an error event inside a stream means. Before the first piece of an answer it is as good as a status;
/// after it, whatever the reason, the answer broke off.
pub(super) fn of_event(error: &ProviderError, emitted: bool) -> Trouble {
    let status = error.codes.iter().find_map(|code| code.parse::<u16>().ok()).filter(|s| *s >= 400);
    let kind = match status {
        _ if error.has_code(REFUSAL_CODES) => FailureKind::ModelRefused,
        _ if emitted => FailureKind::ModelStreamBroken,
        _ if is_quota(error) => FailureKind::ModelQuotaExhausted,
        _ if is_context(error) => FailureKind::ModelContextTooLong,
        _ if error.has_code(THROTTLE_CODES) => FailureKind::ModelThrottled,
        _ if error.has_code(OVERLOAD_CODES) => FailureKind::ModelUnavailable,
        _ if error.has_code(KEY_CODES) => FailureKind::ModelConfig,
        Some(status) => of_status(status, error, RetryAdvice::default()).kind,
        None => FailureKind::ModelStreamBroken,
    };
    let what = format!("error event in the stream ({})", error.shown());
    Trouble { retry_after_ms: error.retry_after_ms, ..Trouble::new(kind, what) }
}

fn is_quota(error: &ProviderError) -> bool {
    error.has_code(QUOTA_CODES) || error.says(QUOTA_WORDS)
}

fn is_context(error: &ProviderError) -> bool {
    error.has_code(CONTEXT_CODES) || error.says(CONTEXT_WORDS)
}

fn hint(status: u16, kind: FailureKind, error: &ProviderError) -> &'static str {
    match (kind, status) {
        (FailureKind::ModelConfig, 401 | 403) => "; check the key",
        (FailureKind::ModelConfig, _) if error.has_code(KEY_CODES) => "; check the key",
        (FailureKind::ModelConfig, 404) => "; check the model's name and the address",
        (FailureKind::ModelConfig, 300..=399) => "; redirects are not followed, check the address",
        (FailureKind::ModelConfig, _) => "; the provider does not take this request",
        (FailureKind::ModelQuotaExhausted, _) => "; the account's credit or quota is used up",
        _ => "",
    }
}

/// What the headers of an error answer say about another try.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct RetryAdvice {
    /// How long to wait, milliseconds.
    pub(super) after_ms: Option<u64>,
    /// `x-should-retry: false`.
    pub(super) hopeless: bool,
}

impl RetryAdvice {
    /// From `retry-after-ms`, `retry-after` (seconds or a date) and `x-should-retry`.
    pub(super) fn of<'a>(header: impl Fn(&str) -> Option<&'a str>, now_ms: i64) -> Self {
        let ms = header("retry-after-ms")
            .and_then(|v| v.trim().parse::<f64>().ok())
            .and_then(|ms| seconds(ms / 1e3));
        let after = || header("retry-after").map(str::trim);
        let date = || after().and_then(date_ms).map(|at| at.saturating_sub(now_ms).max(0).unsigned_abs());
        let after_ms = ms.or_else(|| after().and_then(seconds_to_ms)).or_else(date);
        Self { after_ms, hopeless: header("x-should-retry").is_some_and(|v| v.trim() == "false") }
    }
}

fn date_ms(text: &str) -> Option<i64> {
    let parsed = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text);
    parsed.ok().map(jiff::Timestamp::as_millisecond)
}

fn seconds_to_ms(text: &str) -> Option<u64> {
    text.parse().ok().and_then(seconds)
}

/// Whole milliseconds, rounded up; nothing for what is no amount of time.
fn seconds(seconds: f64) -> Option<u64> {
    let ms = (seconds * 1e3).ceil();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "range checked on the same line"
    )]
    (0.0..=1e12).contains(&ms).then_some(ms as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use FailureKind as K;
    use serde_json::json;

    #[test]
    fn retry_advice_is_read_in_milliseconds_seconds_and_dates() {
        let now = 784_111_770_000; // Sun, 06 Nov 1994 08:49:30 GMT
        let check = |name: &str, value: &str, after_ms: Option<u64>| {
            let header = |asked: &str| (asked == name).then_some(value);
            assert_eq!(RetryAdvice::of(header, now).after_ms, after_ms, "{name}: {value}");
        };
        check("retry-after", "7", Some(7_000));
        check("retry-after", "0.5", Some(500));
        check("retry-after", " 3 ", Some(3_000));
        check("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT", Some(7_000));
        check("retry-after", "Sun, 06 Nov 1994 08:49:00 GMT", Some(0));
        check("retry-after", "soon", None);
        check("retry-after", "-3", None);
        check("retry-after", "NaN", None);
        check("retry-after-ms", "250", Some(250));
        check("x-other", "1", None);
        let both = |asked: &str| Some(if asked == "retry-after-ms" { "20" } else { "9" });
        assert_eq!(RetryAdvice::of(both, now).after_ms, Some(20));
        let never = |asked: &str| (asked == "x-should-retry").then_some("false");
        assert!(RetryAdvice::of(never, now).hopeless);
    }

    #[test]
    fn an_event_after_the_first_piece_is_a_broken_answer() {
        let check = |body: Value, emitted: bool, kind: K| {
            assert_eq!(of_event(&ProviderError::of(&body), emitted).kind, kind, "{body} {emitted}");
        };
        let overloaded =
            json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}});
        check(overloaded.clone(), false, K::ModelUnavailable);
        check(overloaded, true, K::ModelStreamBroken);
        check(json!({"message": "x", "type": "throttlingException"}), false, K::ModelThrottled);
        check(json!({"error": {"code": 503, "status": "UNAVAILABLE"}}), false, K::ModelUnavailable);
        check(json!({"error": {"code": 418}}), false, K::ModelConfig);
        check(json!({"response": {"error": {"code": "server_error"}}}), false, K::ModelUnavailable);
        check(
            json!({"response": {"error": {"code": "context_length_exceeded"}}}),
            false,
            K::ModelContextTooLong,
        );
        check(json!({"error": "boom"}), false, K::ModelStreamBroken);
        check(json!(null), false, K::ModelStreamBroken);
    }

    #[test]
    fn only_codes_are_shown() {
        let body = json!({"error": {"type": "invalid_request_error", "code": "sk-live 123",
                                    "message": "Incorrect API key provided: sk-live-123"}});
        let trouble = of_status(401, &ProviderError::of(&body), RetryAdvice::default());
        assert_eq!(trouble.what, "status 401, invalid_request_error; check the key");
    }
}
