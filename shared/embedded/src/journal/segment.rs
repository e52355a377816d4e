//! The files of the journal: found, checked and read.
//!
//! A segment is named after the position of its first record, which is the sum of all record bytes before
//! it, uncompressed; so a missing or shortened segment shows as a gap.

use std::fs::{self, File};
use std::io::Read;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use ideamine_core::Failure;

use super::batch::{self, RECORD_HEADER_BYTES, Unpacker};
use super::frame::{self, Frame, Kind, Place};
use crate::error::unavailable;

/// What every segment begins with that is written now: form 2, batches.
pub(crate) const SEGMENT_MAGIC: &[u8; 16] = b"ideamine-log-2\n\0";
/// What a segment of form 1 begins with: one frame for each record, uncompressed. They are only read.
pub(crate) const SEGMENT_MAGIC_1: &[u8; 16] = b"ideamine-log-1\n\0";

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
    /// Bytes of the file up to there.
    pub(crate) length: u64,
    /// Bytes after that which are neither a frame nor zeros.
    pub(crate) torn_bytes: u64,
    /// The visit ended before the segment did.
    pub(crate) ended_early: bool,
    /// Whether its form is the one that is written now.
    pub(crate) current: bool,
}

/// A visitor of records: position, kind, payload.
pub(crate) type Visit<'a> = &'a mut dyn FnMut(u64, Kind, &[u8]) -> Visited;

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

/// Visits the records of a segment that lie before `until`, in order, with their positions; a stream of which
/// `wanted` says that nothing is, given its first position and the one after it, may be left out.
///
/// A bad frame with a later sync behind it was synced once, so it is harmed, not torn.
///
/// # Errors
/// `Data.Corrupt` naming segment and offset; `Store.Unavailable`; whatever `visit` returns.
pub(crate) fn scan(
    segment: &Segment,
    until: u64,
    wanted: &dyn Fn(u64, u64) -> bool,
    visit: Visit<'_>,
) -> Result<Readable, Failure> {
    let bytes = read(segment)?;
    let current = !bytes.starts_with(SEGMENT_MAGIC_1);
    let mut at = usize::try_from(SEGMENT_HEADER_BYTES).unwrap_or(usize::MAX);
    let mut position = segment.base;
    let mut readable = Readable { end: 0, length: 0, torn_bytes: 0, ended_early: true, current };
    let mut stream: Vec<(usize, u64, Frame<'_>)> = Vec::new();
    while let Some(frame) = bytes.get(at..).and_then(frame::parse) {
        (readable.end, readable.length) = (position, at as u64);
        if position >= until {
            return unpack(segment, &stream, until, position, wanted, visit).map(|_| readable);
        }
        let size = frame.bytes();
        let plain = match (current, frame.kind) {
            (true, Kind::Batch) => batch::plain_bytes(frame.payload).ok_or_else(|| harmed(segment, at))?,
            (false, kind) if kind != Kind::Batch => {
                if visit(position, kind, frame.payload)?.is_break() {
                    return Ok(readable);
                }
                size as u64
            }
            _ => return Err(harmed(segment, at)),
        };
        if current {
            if frame.place == Place::FirstOfStream {
                if unpack(segment, &stream, until, position, wanted, visit)?.is_break() {
                    return Ok(readable);
                }
                stream.clear();
            }
            stream.push((at, position, frame));
        }
        at += size;
        position += plain;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    if frame::a_batch_begins_in(rest.get(1..).unwrap_or_default()) {
        return Err(harmed(segment, at));
    }
    let torn = rest.iter().rposition(|byte| *byte != 0).map_or(0, |last| last as u64 + 1);
    (readable.end, readable.length, readable.torn_bytes) = (position, at as u64, torn);
    readable.ended_early = unpack(segment, &stream, until, position, wanted, visit)?.is_break();
    Ok(readable)
}
/// Visits the records of one stream, of which `end` is the position after the last.
fn unpack(
    segment: &Segment,
    stream: &[(usize, u64, Frame<'_>)],
    until: u64,
    end: u64,
    wanted: &dyn Fn(u64, u64) -> bool,
    visit: Visit<'_>,
) -> Visited {
    if !stream.first().is_some_and(|(_, begin, _)| wanted(*begin, end)) {
        return Ok(ControlFlow::Continue(()));
    }
    let unpacker = Unpacker::new();
    let mut unpacker = unpacker.map_err(|e| unavailable("unpack the segment", &segment.path, &e))?;
    for (index, (at, position, frame)) in stream.iter().enumerate() {
        let plain = unpacker.unpack(frame.payload, index == 0).ok_or_else(|| harmed(segment, *at))?;
        let (mut rest, mut position) = (plain.as_slice(), *position);
        while !rest.is_empty() {
            let (kind, payload) = batch::record(rest).ok_or_else(|| harmed(segment, *at))?;
            if position >= until || visit(position, kind, payload)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            let size = RECORD_HEADER_BYTES + payload.len();
            rest = &rest[size..];
            position += size as u64;
        }
    }
    Ok(ControlFlow::Continue(()))
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
    let known = [SEGMENT_MAGIC, SEGMENT_MAGIC_1, &[0; 16]].iter().any(|magic| head == *magic);
    if head.len() == SEGMENT_MAGIC.len() && !known {
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
