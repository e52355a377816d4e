//! The files of the journal: found, checked and read.
//!
//! A segment is named after the position of its first record, which is the sum of all record bytes before
//! it; so a missing or shortened segment shows as a gap.

use std::fs::{self, File};
use std::io::Read;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use ideamine_core::Failure;

use super::frame::{self, Frame};
use crate::error::unavailable;

/// What every segment begins with.
pub(crate) const SEGMENT_MAGIC: &[u8; 16] = b"ideamine-log-1\n\0";

/// Bytes before the first record of a segment.
pub(crate) const SEGMENT_HEADER_BYTES: u64 = SEGMENT_MAGIC.len() as u64;

/// What a visitor of records says: go on, stop, or fail.
pub(crate) type Visited = Result<ControlFlow<()>, Failure>;

/// One file of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    /// Position of its first record.
    pub(crate) base: u64,
    pub(crate) path: PathBuf,
}

/// How far a segment could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Readable {
    /// Position after its last good record.
    pub(crate) end: u64,
    /// Bytes after that which are neither a record nor zeros.
    pub(crate) torn_bytes: u64,
    /// The visit ended before the segment did.
    pub(crate) ended_early: bool,
}

/// Path of the segment that begins at `base`.
pub(crate) fn path(dir: &Path, base: u64) -> PathBuf {
    dir.join(format!("{base:020}.log"))
}

/// All segments, in order.
pub(crate) fn list(dir: &Path) -> Result<Vec<Segment>, Failure> {
    let entries = fs::read_dir(dir).map_err(|e| unavailable("read the journal", dir, &e))?;
    let mut segments = Vec::new();
    for entry in entries {
        let path = entry.map_err(|e| unavailable("read the journal", dir, &e))?.path();
        let stem = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".log"));
        if let Some(base) = stem.and_then(|stem| stem.parse().ok()) {
            segments.push(Segment { base, path });
        }
    }
    segments.sort_by_key(|segment| segment.base);
    Ok(segments)
}

/// Visits every record of a segment that begins at or after `from` and before `until`, with its position.
///
/// A bad record with a later batch behind it was synced once, so it is harmed, not torn.
///
/// # Errors
/// `Data.Corrupt` naming segment and offset; `Store.Unavailable`; whatever `visit` returns.
pub(crate) fn scan(
    segment: &Segment,
    from: u64,
    until: u64,
    visit: &mut dyn FnMut(u64, Frame<'_>) -> Visited,
) -> Result<Readable, Failure> {
    let bytes = read(segment)?;
    let mut at = usize::try_from(SEGMENT_HEADER_BYTES).unwrap_or(usize::MAX);
    let mut position = segment.base;
    while let Some(frame) = bytes.get(at..).and_then(frame::parse) {
        if position >= until {
            return Ok(Readable { end: position, torn_bytes: 0, ended_early: true });
        }
        let size = frame.bytes();
        if position >= from && visit(position, frame)?.is_break() {
            return Ok(Readable { end: position, torn_bytes: 0, ended_early: true });
        }
        at += size;
        position += size as u64;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    if frame::a_batch_begins_in(rest.get(1..).unwrap_or_default()) {
        return Err(harmed(segment, at));
    }
    let torn = rest.iter().rposition(|byte| *byte != 0).map_or(0, |last| last as u64 + 1);
    Ok(Readable { end: position, torn_bytes: torn, ended_early: false })
}

fn harmed(segment: &Segment, offset: usize) -> Failure {
    let message = format!(
        "segment {} has a harmed record at offset {offset}: restore the file from a backup",
        segment.path.display()
    );
    Failure::corrupt(message)
}

fn read(segment: &Segment) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let file = File::open(&segment.path);
    file.and_then(|mut file| file.read_to_end(&mut bytes))
        .map_err(|e| unavailable("read the segment", &segment.path, &e))?;
    // A new file's header may be torn; then nothing of it was ever synced.
    let head = &bytes[..bytes.len().min(SEGMENT_MAGIC.len())];
    if head.len() == SEGMENT_MAGIC.len() && head != SEGMENT_MAGIC && head.iter().any(|byte| *byte != 0) {
        return Err(harmed(segment, 0));
    }
    Ok(bytes)
}

/// Refuses a gap between a segment's end and the next one's beginning.
pub(crate) fn joined(segment: &Segment, end: u64, next: &Segment) -> Result<(), Failure> {
    if end == next.base {
        return Ok(());
    }
    let message = format!(
        "segment {} ends at position {end} but {} begins at {}: a part of the journal is missing; restore it from a backup",
        segment.path.display(),
        next.path.display(),
        next.base
    );
    Err(Failure::corrupt(message))
}
