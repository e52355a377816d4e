//! What an engine keeps in a store: entries of executions, found again by id, by range, or while they run.

use std::ops::ControlFlow;

use ideamine_core::Failure;

use super::change::{Begun, EndedAt, Table, key, last_number_key};
use super::records::after_prefix;
use super::state::{Haste, Waiter};
use super::{Shared, Store, closed};
use crate::error::unreadable;
use crate::journal::{Ended, Entry, Kind, Record};

/// An execution as the store knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Who, what and where its journal begins.
    pub begun: Begun,
    /// How it ended.
    pub ended: Option<Ended>,
    /// Position of its last record, once it ended.
    pub until: Option<u64>,
}

impl Store {
    /// Appends entries in order as part of the next batch, all together or not at all; `done` is called from
    /// the journal's thread once they, and everything appended before, are synced. Waits for room.
    pub fn append_entries(
        &self,
        entries: Vec<Entry>,
        done: impl FnOnce(Result<(), Failure>) + Send + 'static,
    ) {
        let shared = self.shared();
        let mut state = shared.lock();
        while !state.has_room_or_asks() {
            state = shared.room.wait(state).unwrap_or_else(std::sync::PoisonError::into_inner);
        }
        let mut pushed = Ok(state.end);
        for entry in entries {
            pushed = pushed.and_then(|_| state.push(&Record::Execution(Box::new(entry)), Haste::Now));
        }
        let failed = state.failed.clone().map_or(Ok(()), Err);
        match pushed {
            Ok(end) if end <= state.durable => {
                drop(state);
                done(Ok(()));
            }
            // Nothing was appended, and what was appended before is lost.
            Ok(_) if failed.is_err() => {
                drop(state);
                done(failed);
            }
            Ok(end) => {
                state.wait_for(end, Waiter::Call(Box::new(done)));
                shared.nudge(&state);
            }
            Err(failure) => {
                drop(state);
                done(Err(failure));
            }
        }
    }

    /// An execution by id, durable or not yet.
    ///
    /// # Errors
    /// `Store.Unavailable`, `Data.Corrupt`.
    pub fn find_now(&self, id: &str) -> Result<Option<Found>, Failure> {
        find(self.shared(), id).map(|(found, _)| found)
    }

    /// An execution by id, as far as it is durable.
    ///
    /// # Errors
    /// `Store.Unavailable`, `Data.Corrupt`.
    pub async fn find(&self, id: &str) -> Result<Option<Found>, Failure> {
        let (found, end) = find(self.shared(), id)?;
        self.shared().durable(end).await?;
        Ok(found)
    }

    /// Executions that have not ended, in order of starting.
    ///
    /// # Errors
    /// `Store.Unavailable`, `Data.Corrupt`.
    pub fn live(&self) -> Result<Vec<Begun>, Failure> {
        let from = key(Table::Live, &[]);
        let (found, _) = self.shared().newest_range(&from, &after_prefix(&from), usize::MAX)?;
        found.iter().map(|(_, value)| parsed(value)).collect()
    }

    /// Text of a definition by digest.
    ///
    /// # Errors
    /// `Store.Unavailable`.
    pub fn definition(&self, digest: &str) -> Result<Option<String>, Failure> {
        let (text, _) = self.shared().newest(&key(Table::Definition, &[digest.as_bytes()]))?;
        Ok(text.map(|text| String::from_utf8_lossy(&text).into_owned()))
    }

    /// The highest number given to an execution so far.
    ///
    /// # Errors
    /// `Store.Unavailable`.
    pub fn last_number(&self) -> Result<u64, Failure> {
        let (number, _) = self.shared().newest(&last_number_key())?;
        Ok(number.and_then(|bytes| bytes.as_slice().try_into().ok()).map_or(0, u64::from_be_bytes))
    }

    /// Visits the entries of all executions from one position on, as far as they are durable; `Break` ends it.
    ///
    /// # Errors
    /// `Data.Corrupt` naming segment and offset; whatever `visit` returns.
    pub fn scan_entries(
        &self,
        from: u64,
        visit: &mut dyn FnMut(Entry) -> Result<ControlFlow<()>, Failure>,
    ) -> Result<(), Failure> {
        let until = self.shared().lock().durable;
        self.shared().journal.scan(from, until, &mut |_, kind, payload| match kind {
            Kind::Started | Kind::Events => match Record::decode(kind, payload)? {
                Record::Execution(entry) => visit(*entry),
                _ => Ok(ControlFlow::Continue(())),
            },
            _ => Ok(ControlFlow::Continue(())),
        })
    }

    /// Fails when nothing can be written any more.
    ///
    /// # Errors
    /// The failure that stopped the journal.
    pub fn check_open(&self) -> Result<(), Failure> {
        let state = self.shared().lock();
        match (&state.failed, state.closing) {
            (Some(failed), _) => Err(failed.clone()),
            (None, true) => Err(closed()),
            (None, false) => Ok(()),
        }
    }
}

fn find(shared: &Shared, id: &str) -> Result<(Option<Found>, u64), Failure> {
    let (begun, begun_end) = shared.newest(&key(Table::Execution, &[id.as_bytes()]))?;
    let Some(begun) = begun else { return Ok((None, 0)) };
    let begun: Begun = parsed(&begun)?;
    let (ended, ended_end) = shared.newest(&key(Table::Ended, &[id.as_bytes()]))?;
    let ended: Option<EndedAt> = ended.map(|ended| parsed(&ended)).transpose()?;
    let until = ended.as_ref().map(|ended| ended.until);
    let found = Found { begun, ended: ended.map(|ended| ended.ended), until };
    Ok((Some(found), begun_end.max(ended_end)))
}

fn parsed<T: serde::de::DeserializeOwned>(value: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(value).map_err(|e| unreadable("an execution's record", &e))
}
