//! The records of GetExecutionHistory, rebuilt from journaled events.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::event::Event;

/// One record in the shape of GetExecutionHistory.
#[derive(Serialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEvent {
    /// From 1, without gaps.
    pub id: u64,
    /// The event that led to this one; 0 for the first two.
    pub previous_event_id: u64,
    /// For example `TaskStateEntered`.
    #[serde(rename = "type")]
    pub kind: String,
    /// UTC milliseconds.
    pub timestamp_ms: i64,
    /// `<type>EventDetails`, named as the service names it.
    #[serde(flatten)]
    pub details: Map<String, Value>,
}

/// Rebuilds the history of an execution from its journaled events with their times.
pub fn history(events: &[(i64, Event)]) -> Vec<HistoryEvent> {
    let _ = events;
    Vec::new()
}
