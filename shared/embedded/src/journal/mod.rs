//! The journal: append-only segments that are the truth for executions, records and facts.
//!
//! Records of all runs in flight go out in one write and one `fdatasync` (a *batch*), compressed together. A
//! position is the number of record bytes before a record, uncompressed; it never changes. The surprising thing: segments are
//! zero-filled ahead in steps, because a sync that also has to record a new file size takes twice as long.

mod batch;
mod frame;
mod record;
mod segment;
mod tail;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use ideamine_core::Failure;

pub(crate) use batch::push;
pub(crate) use frame::Kind;
pub use frame::RECORD_BYTES_MAX;
pub use record::{Ended, Entry, Identity};
pub(crate) use record::{Json, Record, RowWrite, json};
pub(crate) use segment::Visited;
pub(crate) use tail::Tail;

/// Size at which a segment is closed and the next one begun, bytes: small enough to be read for one record.
pub const SEGMENT_BYTES: u64 = 16 * 1024 * 1024;

/// The segments of one directory, for reading.
#[derive(Debug, Clone)]
pub(crate) struct Journal {
    dir: PathBuf,
}

impl Journal {
    pub(crate) fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    /// Visits every record in `from..until`, in order, with its position; `Break` ends the visit.
    ///
    /// # Errors
    /// `Data.Corrupt` naming segment and offset for a harmed record; `Store.Unavailable`; what `visit` returns.
    pub(crate) fn scan(
        &self,
        from: u64,
        until: u64,
        visit: &mut dyn FnMut(u64, Kind, &[u8]) -> Visited,
    ) -> Result<(), Failure> {
        let segments = segment::list(&self.dir)?;
        for (index, segment) in segments.iter().enumerate() {
            let next = segments.get(index + 1);
            if next.is_some_and(|next| next.base <= from) || segment.base >= until {
                continue;
            }
            let wanted = |_: u64, end: u64| end > from;
            let readable = segment::scan(segment, until, &wanted, &mut |at, kind, payload| {
                if at < from { Ok(ControlFlow::Continue(())) } else { visit(at, kind, payload) }
            })?;
            if readable.ended_early {
                return Ok(());
            }
            if let Some(next) = next.filter(|next| next.base < until) {
                segment::joined(segment, readable.end, next)?;
            }
        }
        Ok(())
    }

    /// Visits the records at these positions, in order; one that is not there is left out.
    ///
    /// # Errors
    /// As [`Journal::scan`].
    pub(crate) fn read(&self, positions: &BTreeSet<u64>, visit: segment::Visit<'_>) -> Result<(), Failure> {
        let segments = segment::list(&self.dir)?;
        for (index, segment) in segments.iter().enumerate() {
            let next = segments.get(index + 1).map_or(u64::MAX, |next| next.base);
            let Some(last) = positions.range(segment.base..next).next_back() else { continue };
            let wanted = |begin: u64, end: u64| positions.range(begin..end).next().is_some();
            segment::scan(segment, last + 1, &wanted, &mut |at, kind, payload| {
                if positions.contains(&at) { visit(at, kind, payload) } else { Ok(ControlFlow::Continue(())) }
            })?;
        }
        Ok(())
    }
}
