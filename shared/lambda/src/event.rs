//! What kind of event came in.

use ideamine_core::Failure;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Most messages of one batch that are worked at once; SQS sends at most ten unless told otherwise.
pub(crate) const BATCH_MAX: usize = 10;

/// What a Lambda is invoked with.
#[derive(Debug, PartialEq)]
pub(crate) enum Event {
    /// From a state machine, or by hand.
    Envelope(Value),
    /// From a queue.
    Messages(Vec<Message>),
    /// From EventBridge: its `detail-type`, and the whole event.
    Notice(String, Value),
}

/// One message of a queue.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Message {
    /// Names it in the answer.
    pub(crate) message_id: String,
    /// What was sent.
    pub(crate) body: String,
    /// The queue.
    #[serde(rename = "eventSourceARN")]
    pub(crate) queue: String,
}

/// The answer to a batch: what is to be delivered again.
#[derive(Debug, Default, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Undone {
    /// One for each message that was not done.
    pub(crate) batch_item_failures: Vec<Item>,
}

/// One message that was not done.
#[derive(Debug, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Item {
    /// [`Message::message_id`].
    pub(crate) item_identifier: String,
}

/// Tells events apart by the fields that AWS gives each.
pub(crate) fn read(event: Value) -> Result<Event, Failure> {
    if event.get("Records").is_some() {
        return messages(event);
    }
    match event.get("detail-type").and_then(Value::as_str) {
        Some(kind) => Ok(Event::Notice(kind.to_owned(), event)),
        None => Ok(Event::Envelope(event)),
    }
}

fn messages(mut event: Value) -> Result<Event, Failure> {
    let records: Vec<Message> = serde_json::from_value(event["Records"].take())
        .map_err(|e| Failure::input(format!("the event's Records are not messages of a queue: {e}")))?;
    if records.is_empty() || records.len() > BATCH_MAX {
        let message = format!("a batch of {} messages, expected 1 to {BATCH_MAX}", records.len());
        return Err(Failure::input(message));
    }
    Ok(Event::Messages(records))
}

impl Message {
    /// The queue's name without its stack: `sandbox-low` of `arn:aws:sqs:…:STACK-sandbox-low`.
    pub(crate) fn queue_name(&self, prefix: &str) -> String {
        let name = self.queue.rsplit(':').next().unwrap_or_default();
        name.strip_prefix(prefix).unwrap_or(name).to_owned()
    }
}
