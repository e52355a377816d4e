//! One try at one provider: builds the request, reads the stream, and says what went wrong.
//!
//! The only file that speaks to the client library. Answers are always streamed, so that each stage has its
//! own deadline and a call that nobody waits for any more ends at the provider too. The library logs
//! requests and answers in places; nothing of that reaches our log.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use genai::adapter::AdapterKind;
use genai::chat::{
    ChatMessage, ChatOptions, ChatRequest, ChatStream, ChatStreamEvent, JsonSpec, StopReason, StreamEnd,
};
use genai::resolver::{AuthData, Endpoint as Address};
use genai::{ModelIden, ServiceTarget};
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Answer, Request, Usage};
use tokio::time::{Instant, timeout_at};
use tracing::instrument::WithSubscriber as _;

use super::faults::{Fault, UNREADABLE, broken, ended_early, refused};
use super::settings::Timeouts;
use super::trouble::Trouble;
use super::watch::Watch;

/// Largest answer taken, bytes; more is a model that does not stop.
const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Seeds are cut to what every provider takes: a positive 32-bit integer.
const SEED_MASK: u64 = 0x7fff_ffff;
/// Name that a schema goes by at providers that want one.
const SCHEMA_NAME: &str = "answer";

/// Where one try goes, and how.
pub(super) struct Line<'a> {
    pub(super) client: &'a genai::Client,
    pub(super) adapter: AdapterKind,
    pub(super) base_url: &'a str,
    pub(super) key: &'a str,
    /// The model's name without its provider.
    pub(super) model: &'a str,
    /// Whether the provider enforces a schema; else the model is told it.
    pub(super) enforces_schema: bool,
    pub(super) timeouts: Timeouts,
    pub(super) now_ms: i64,
}

impl Line<'_> {
    /// One try.
    pub(super) async fn ask(&self, request: &Request) -> Result<Answer, Trouble> {
        let silent = tracing::subscriber::NoSubscriber::default();
        self.stream(request).with_subscriber(silent).await
    }

    async fn stream(&self, request: &Request) -> Result<Answer, Trouble> {
        let watch = Arc::new(Watch::default());
        let options = self.options(request, Arc::clone(&watch));
        let target = ServiceTarget {
            endpoint: Address::from_owned(self.base_url),
            auth: AuthData::from_single(self.key),
            model: ModelIden::new(self.adapter, self.model),
        };
        let started = self.client.exec_chat_stream(target, self.chat(request), Some(&options)).await;
        let stream = started.map_err(|e| self.fault(false).of(&e, &watch))?.stream;
        self.read(stream, &watch).await
    }

    fn options(&self, request: &Request, watch: Arc<Watch>) -> ChatOptions {
        let mut options = ChatOptions::default()
            .with_max_tokens(request.max_tokens)
            .with_capture_usage(true)
            .with_stream_header_timeout(self.timeouts.connect + self.timeouts.header)
            .with_raw_frame_sink_arc(watch);
        // The Responses API refuses a seed, and Anthropic has none.
        if matches!(self.adapter, AdapterKind::OpenAI | AdapterKind::Gemini) {
            options = options.with_seed(request.seed & SEED_MASK);
        }
        if self.enforces_schema && has_schema(request) {
            options = options.with_response_format(JsonSpec::new(SCHEMA_NAME, request.schema.clone()));
        }
        options
    }

    fn chat(&self, request: &Request) -> ChatRequest {
        let mut system = request.system.clone();
        if !self.enforces_schema && has_schema(request) {
            system
                .push_str("\n\nAnswer with one JSON value and nothing else. It must fit this JSON Schema:\n");
            system.push_str(&request.schema.to_string());
        }
        let chat = ChatRequest::new(vec![ChatMessage::user(request.user.as_str())]);
        if system.is_empty() { chat } else { chat.with_system(system) }
    }

    async fn read(&self, mut stream: ChatStream, watch: &Watch) -> Result<Answer, Trouble> {
        let mut text = String::new();
        let (mut emitted, mut deadline) = (false, self.first_deadline());
        loop {
            let Ok(event) = timeout_at(deadline, stream.next()).await else {
                return Err(self.silent(emitted));
            };
            match event {
                None => return Err(ended_early(watch, emitted)),
                Some(Err(error)) => return Err(self.fault(emitted).of(&error, watch)),
                Some(Ok(ChatStreamEvent::End(end))) => return conclude(text, &end, watch),
                Some(Ok(ChatStreamEvent::Chunk(chunk))) => {
                    text.push_str(&chunk.content);
                    emitted = true;
                }
                Some(Ok(ChatStreamEvent::ReasoningChunk(_) | ChatStreamEvent::ToolCallChunk(_))) => {
                    emitted = true
                }
                // The start, pings and signatures are signs of life, not of an answer.
                Some(Ok(_)) => {}
            }
            if text.len() > ANSWER_BYTES_MAX {
                let what = format!("the answer passed {ANSWER_BYTES_MAX} bytes");
                return Err(Trouble::new(FailureKind::ModelTruncated, what));
            }
            if emitted {
                deadline = Instant::now() + self.timeouts.between_chunks;
            }
        }
    }

    fn first_deadline(&self) -> Instant {
        let Timeouts { connect, header, first_token, .. } = self.timeouts;
        Instant::now() + connect + header + first_token
    }

    fn fault(&self, emitted: bool) -> Fault {
        Fault { emitted, header: self.timeouts.header, now_ms: self.now_ms }
    }

    fn silent(&self, emitted: bool) -> Trouble {
        let (what, limit): (_, Duration) = match emitted {
            false => ("no first piece of an answer", self.timeouts.first_token),
            true => ("no further piece of the answer", self.timeouts.between_chunks),
        };
        Trouble::new(FailureKind::ModelTimeout, format!("{what} in {limit:?}"))
    }
}

fn has_schema(request: &Request) -> bool {
    request.schema.as_object().is_some_and(|schema| !schema.is_empty())
}

/// An ended stream to an answer, if it ended well.
fn conclude(text: String, end: &StreamEnd, watch: &Watch) -> Result<Answer, Trouble> {
    let stop = end.captured_stop_reason.as_ref();
    if watch.seen().refused || matches!(stop, Some(StopReason::ContentFilter(_))) {
        return Err(refused());
    }
    if watch.seen().garbled {
        return Err(broken(UNREADABLE));
    }
    if !watch.seen().ended {
        return Err(ended_early(watch, !text.is_empty()));
    }
    match stop {
        Some(StopReason::MaxTokens(_)) => Err(Trouble::new(
            FailureKind::ModelTruncated,
            "the answer reached its limit of tokens before its end",
        )),
        Some(StopReason::Other(_)) => Err(broken("the model stopped for a reason that is no normal end")),
        _ => Ok(Answer { text, usage: usage(end) }),
    }
}

/// Counts as stated. A count of zero stands for one that was not: no prompt and no answer has no tokens.
fn usage(end: &StreamEnd) -> Usage {
    let stated = end.captured_usage.as_ref();
    let count = |count: Option<i32>| count.and_then(|n| u64::try_from(n).ok()).filter(|n| *n > 0);
    Usage {
        tokens_in: stated.and_then(|usage| count(usage.prompt_tokens)),
        tokens_out: stated.and_then(|usage| count(usage.completion_tokens)),
    }
}
