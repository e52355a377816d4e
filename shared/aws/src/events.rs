//! Live progress as rows that expire: kept while a function works, written when its invocation ends.
//!
//! `publish` may not block, and a function that is frozen after its answer writes nothing more; so the events of an
//! invocation wait in memory until [`crate::Aws::flush`].

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{PutRequest, WriteRequest};
use ideamine_core::ports::{Clock, Events, Progress};
use ideamine_core::records::key;
use ideamine_core::{RunId, Tenant};

use crate::clock::SystemClock;
use crate::dynamo::{Attributes, PK, SK, TTL, VALUE, VERSION, number, text};
use crate::limits::{EVENT_AGE_S, EVENTS_MAX};
use crate::settings::Settings;

/// Rows of one `BatchWriteItem`.
const BATCH_ROWS: usize = 25;
/// Times that what a full table left over is sent again.
const TRIES_MAX: usize = 3;

/// Events of the running invocation.
pub(crate) struct Buffered {
    client: Client,
    settings: Arc<Settings>,
    waiting: Mutex<Waiting>,
    /// Tells two processes apart that publish in one millisecond.
    process: u16,
}

#[derive(Default)]
struct Waiting {
    rows: VecDeque<Attributes>,
    published: u64,
}

impl Buffered {
    pub(crate) fn new(client: Client, settings: Arc<Settings>) -> Self {
        Self { client, settings, waiting: Mutex::default(), process: fastrand::u16(..) }
    }

    pub(crate) async fn flush(&self) {
        let rows: Vec<_> = self.waiting().rows.drain(..).collect();
        let Some(table) = self.settings.records_table.as_deref() else { return };
        for batch in rows.chunks(BATCH_ROWS) {
            self.write(table, batch).await;
        }
    }

    async fn write(&self, table: &str, batch: &[Attributes]) {
        let put = |row: &Attributes| {
            let put = PutRequest::builder().set_item(Some(row.clone())).build().ok()?;
            Some(WriteRequest::builder().put_request(put).build())
        };
        let mut left: Vec<WriteRequest> = batch.iter().filter_map(put).collect();
        for _ in 0..TRIES_MAX {
            let sent = self.client.batch_write_item().request_items(table, left.clone()).send().await;
            let Ok(answer) = sent else { break };
            left = answer.unprocessed_items.unwrap_or_default().remove(table).unwrap_or_default();
            if left.is_empty() {
                return;
            }
        }
        tracing::warn!(lost = left.len(), "progress events could not be written");
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Events for Buffered {
    fn publish(&self, tenant: &Tenant, run: &RunId, progress: Progress) {
        let Ok(value) = serde_json::to_string(&progress) else { return };
        let now_ms = SystemClock.now_ms();
        let mut waiting = self.waiting();
        waiting.published += 1;
        let at = key::event(tenant, run, now_ms, waiting.published, self.process);
        waiting.rows.push_back(Attributes::from([
            (PK.to_owned(), text(&at.pk)),
            (SK.to_owned(), text(&at.sk)),
            (VALUE.to_owned(), text(&value)),
            (VERSION.to_owned(), number(1)),
            (TTL.to_owned(), number(now_ms / 1_000 + EVENT_AGE_S)),
        ]));
        if waiting.rows.len() > EVENTS_MAX {
            waiting.rows.pop_front();
        }
    }
}
