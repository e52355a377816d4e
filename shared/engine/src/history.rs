//! The history of one execution in the records of GetExecutionHistory, read from the journal.

use std::ops::ControlFlow;

use ideamine_asl::{Event, HistoryEvent};
use ideamine_core::Failure;
use ideamine_embedded::{Entry, Found};

use crate::log::Log;

/// Everything that happened in an execution so far.
pub(crate) fn history(log: &dyn Log, of: &Found) -> Result<Vec<HistoryEvent>, Failure> {
    let number = of.begun.identity.no;
    let mut happened: Vec<(i64, Event)> = Vec::new();
    log.scan(of.begun.from, &mut |entry| {
        let (at_ms, events, end) = match entry {
            Entry::Started { identity, events, end } if identity.no == number => {
                (identity.at_ms, events, end)
            }
            Entry::Events { no, at_ms, events, end, .. } if no == number => (at_ms, events, end),
            _ => return Ok(ControlFlow::Continue(())),
        };
        let events: Vec<Event> = serde_json::from_slice(&events)
            .map_err(|e| Failure::corrupt(format!("events of {}: {e}", of.begun.identity.id)))?;
        happened.extend(events.into_iter().map(|event| (at_ms, event)));
        Ok(if end.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(ideamine_asl::history(&happened))
}
