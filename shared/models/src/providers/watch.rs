//! Reads along with a stream, for what the client library does not tell: a proper end, a refusal, an error.
//!
//! A stream that simply stops looks like an end to some of its adapters; an answer without the provider's
//! own end marker is broken and is never taken for a document.

use std::sync::{Mutex, MutexGuard, PoisonError};

use genai::chat::{ChatFrameSink, FrameCtx, RawFrameRef};
use serde_json::Value;

use super::trouble::ProviderError;

/// What was seen so far.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The provider's own end marker.
    pub(super) ended: bool,
    /// The model, or a filter around it, declined.
    pub(super) refused: bool,
    /// A piece that is not JSON: some adapters pass over it, and the answer would lack it.
    pub(super) garbled: bool,
    /// An error object.
    pub(super) error: Option<ProviderError>,
}

/// Sees every frame of one stream.
#[derive(Debug, Default)]
pub(super) struct Watch(Mutex<Seen>);

impl Watch {
    pub(super) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ChatFrameSink for Watch {
    fn on_frame(&self, _: &FrameCtx, frame: RawFrameRef<'_>) {
        self.seen().look(frame.event, frame.data);
    }
}

impl Seen {
    fn look(&mut self, event: Option<&str>, data: &str) {
        if data.trim() == "[DONE]" {
            self.ended = true;
            return;
        }
        let Ok(value) = serde_json::from_str::<Value>(data) else {
            self.garbled |= !data.trim().is_empty();
            return;
        };
        // Anthropic's adapter goes by the event's name, and passes over a piece that lost it.
        let named = |kind: &str| kind.starts_with("content_block") || kind.starts_with("message_");
        self.garbled |= event.is_none() && value.get("type").and_then(Value::as_str).is_some_and(named);
        let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).filter(|t| !t.is_empty());
        match text("/type") {
            Some("message_stop" | "response.completed") => self.ended = true,
            Some("response.incomplete") => {
                self.ended = true;
                self.refused |= text("/response/incomplete_details/reason") == Some("content_filter");
            }
            Some("response.refusal.delta" | "response.refusal.done") => self.refused = true,
            Some("error" | "response.failed") => self.error = Some(ProviderError::of(&value)),
            _ => {}
        }
        self.ended |= text("/candidates/0/finishReason").is_some();
        self.refused |= text("/choices/0/delta/refusal").is_some();
        self.refused |= text("/promptFeedback/blockReason").is_some();
        if value.get("error").is_some_and(|error| !error.is_null()) {
            self.error = Some(ProviderError::of(&value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_providers_end_refusal_and_error_is_seen() {
        let check = |data: &str, ended: bool, refused: bool, error: bool| {
            let mut seen = Seen::default();
            seen.look(Some("any"), data);
            assert_eq!((seen.ended, seen.refused, seen.error.is_some()), (ended, refused, error), "{data}");
        };
        check("[DONE]", true, false, false);
        check(r#"{"type":"message_stop"}"#, true, false, false);
        check(r#"{"type":"response.completed","response":{}}"#, true, false, false);
        check(r#"{"candidates":[{"finishReason":"STOP"}]}"#, true, false, false);
        check(r#"{"candidates":[{"content":{}}]}"#, false, false, false);
        check(r#"{"choices":[{"delta":{"refusal":"I cannot"}}]}"#, false, true, false);
        check(r#"{"choices":[{"delta":{"refusal":null,"content":"{"}}]}"#, false, false, false);
        check(r#"{"type":"response.refusal.delta","delta":"no"}"#, false, true, false);
        check(
            r#"{"type":"response.incomplete","response":{"incomplete_details":{"reason":"content_filter"}}}"#,
            true,
            true,
            false,
        );
        check(r#"{"promptFeedback":{"blockReason":"SAFETY"}}"#, false, true, false);
        check(r#"{"type":"error","error":{"type":"overloaded_error"}}"#, false, false, true);
        check(r#"{"error":{"code":503}}"#, false, false, true);
        let mut seen = Seen::default();
        seen.look(None, "");
        assert!(!seen.garbled);
        seen.look(None, r#"{"half": "a fra"#);
        assert!(seen.garbled && !seen.ended);
        let mut seen = Seen::default();
        seen.look(None, r#"{"type":"content_block_delta"}"#);
        assert!(seen.garbled);
    }
}
