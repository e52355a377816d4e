//! Progress of the runs that this process works, kept for whoever follows them.
//!
//! A bounded ring: losing an old event loses nothing, because the records hold the truth.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use ideamine_core::ports::{Events, Progress};
use ideamine_core::{RunId, Tenant};
use serde_json::{Value, json};
use tokio::sync::Notify;

/// Events kept in all.
const KEPT: usize = 4096;
/// How long a follower waits for something new before it is told that there is nothing.
const WAIT: Duration = Duration::from_millis(400);

/// The ring.
#[derive(Default)]
pub(crate) struct Watched {
    ring: Mutex<Ring>,
    news: Notify,
}

#[derive(Default)]
struct Ring {
    last: u64,
    events: VecDeque<(u64, RunId, Progress)>,
}

impl Events for Watched {
    fn publish(&self, _: &Tenant, run: &RunId, progress: Progress) {
        if let Ok(mut ring) = self.ring.lock() {
            ring.last += 1;
            let number = ring.last;
            ring.events.push_back((number, run.clone(), progress));
            if ring.events.len() > KEPT {
                ring.events.pop_front();
            }
        }
        self.news.notify_waiters();
    }
}

impl Watched {
    /// Events of a run after a number, waiting a little when there are none: `{last, events}`, `last` as text, as on AWS.
    pub(crate) async fn since(&self, run: &RunId, after: u64) -> Value {
        let news = self.news.notified();
        let found = self.read(run, after);
        if found["events"].as_array().is_some_and(|events| !events.is_empty()) {
            return found;
        }
        let _ = tokio::time::timeout(WAIT, news).await;
        self.read(run, after)
    }

    fn read(&self, run: &RunId, after: u64) -> Value {
        let Ok(ring) = self.ring.lock() else { return json!({ "last": after.to_string(), "events": [] }) };
        let new = ring.events.iter().filter(|(number, of, _)| *number > after && of == run);
        let events: Vec<&Progress> = new.map(|(_, _, progress)| progress).collect();
        json!({ "last": ring.last.to_string(), "events": events })
    }
}
