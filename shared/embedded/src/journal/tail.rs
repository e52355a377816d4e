//! The end of the journal, where batches are appended and synced; one thread owns it.

use std::fs::File;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use ideamine_core::Failure;

use super::batch::Packer;
use super::frame::{self, HEADER_BYTES, Kind, Place};
use super::segment::{self, Readable, SEGMENT_HEADER_BYTES, SEGMENT_MAGIC, Segment};
use crate::disk::Disk;
use crate::error::unavailable;
use crate::private;

/// How far ahead a segment is zero-filled, bytes: a sync inside the filled part moves data alone.
const FILL_BYTES: u64 = 1024 * 1024;

/// Where the next batch goes.
#[derive(Debug)]
pub(crate) struct Tail {
    dir: PathBuf,
    path: PathBuf,
    file: File,
    disk: Disk,
    /// Position of the segment's first record.
    base: u64,
    /// Position of the next record.
    end: u64,
    /// Offset in the file of the next batch.
    offset: u64,
    packer: Packer,
    frame: Vec<u8>,
    /// Offset in the file up to which zeros were written.
    filled: u64,
    segment_bytes: u64,
}

impl Tail {
    /// Opens the last segment, checks it whole and forgets a torn end; makes the first one.
    ///
    /// # Errors
    /// `Data.Corrupt` naming segment and offset; `Store.Unavailable`.
    pub(crate) fn open(dir: &Path, segment_bytes: u64, disk: Disk) -> Result<Self, Failure> {
        private::make_dirs(dir).map_err(|e| unavailable("make the directory", dir, &e))?;
        let segments = segment::list(dir)?;
        let Some(last) = segments.last() else {
            return Self::begin(dir, 0, segment_bytes, disk);
        };
        let readable =
            segment::scan(last, u64::MAX, &|_, _| false, &mut |_, _, _| Ok(ControlFlow::Continue(())))?;
        if readable.torn_bytes > 0 {
            tracing::warn!(
                segment = %last.path.display(),
                bytes = readable.torn_bytes,
                "the journal's last write was cut off; what it held was never acknowledged"
            );
        }
        let tail = Self::resume(dir, last, readable, segment_bytes, disk)?;
        if readable.current || readable.end == last.base {
            return Ok(tail);
        }
        // What an earlier release wrote stays as it is.
        Self::begin(dir, readable.end, segment_bytes, tail.disk)
    }

    fn begin(dir: &Path, base: u64, segment_bytes: u64, disk: Disk) -> Result<Self, Failure> {
        let path = segment::path(dir, base);
        let make = || -> io::Result<File> {
            let file = private::options().create_new(true).open(&path)?;
            disk.write(&file, SEGMENT_MAGIC, 0)?;
            file.sync_all()?;
            File::open(dir)?.sync_all()?;
            Ok(file)
        };
        let file = make().map_err(|e| unavailable("begin the segment", &path, &e))?;
        Ok(Self {
            dir: dir.to_owned(),
            path,
            file,
            disk,
            base,
            end: base,
            offset: SEGMENT_HEADER_BYTES,
            packer: packer(dir)?,
            frame: Vec::new(),
            filled: SEGMENT_HEADER_BYTES,
            segment_bytes,
        })
    }

    fn resume(
        dir: &Path,
        last: &Segment,
        readable: Readable,
        segment_bytes: u64,
        disk: Disk,
    ) -> Result<Self, Failure> {
        let Readable { end, length, current, .. } = readable;
        let cut = || -> io::Result<File> {
            let file = private::options().open(&last.path)?;
            if current || end == last.base {
                disk.write(&file, SEGMENT_MAGIC, 0)?;
            }
            file.set_len(length)?;
            file.sync_all()?;
            Ok(file)
        };
        let file = cut().map_err(|e| unavailable("open the segment", &last.path, &e))?;
        Ok(Self {
            dir: dir.to_owned(),
            path: last.path.clone(),
            file,
            disk,
            base: last.base,
            end,
            offset: length,
            packer: packer(dir)?,
            frame: Vec::new(),
            filled: length,
            segment_bytes,
        })
    }

    /// Position after the last record.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    /// Writes one batch of records and syncs it; how many bytes it took. After an error the end of the file is
    /// cut off again as far as the system lets us; the journal must then be reopened.
    ///
    /// # Errors
    /// `Store.Unavailable`: what and where.
    pub(crate) fn append(&mut self, batch: &[u8]) -> Result<u64, Failure> {
        if self.offset >= self.segment_bytes && self.end > self.base {
            self.rotate()?;
        }
        if let Err(error) = self.write(batch) {
            // Best effort: the same is done, and must succeed, when the journal is opened again.
            let _ = self.file.set_len(self.offset).and_then(|()| self.file.sync_all());
            return Err(unavailable("write the segment", &self.path, &error));
        }
        let written = self.frame.len() as u64;
        self.end += batch.len() as u64;
        self.offset += written;
        Ok(written)
    }

    /// Cuts the zeros off, so that a closed journal takes no more room than its records.
    pub(crate) fn trim(&mut self) -> Result<(), Failure> {
        let length = self.offset;
        let trimmed = self.file.set_len(length).and_then(|()| self.file.sync_all());
        self.filled = length;
        trimmed.map_err(|e| unavailable("close the segment", &self.path, &e))
    }

    fn write(&mut self, batch: &[u8]) -> io::Result<()> {
        let (payload, begins) = self.packer.pack(batch)?;
        let place = if begins { Place::FirstOfStream } else { Place::FirstOfBatch };
        self.frame.clear();
        self.frame.reserve(HEADER_BYTES + payload.len());
        frame::push(&mut self.frame, Kind::Batch, place, payload);
        let needed = self.offset + self.frame.len() as u64;
        if needed > self.filled {
            self.fill(needed + FILL_BYTES)?;
        }
        self.disk.write(&self.file, &self.frame, self.offset)?;
        self.disk.sync(&self.file)
    }

    /// Zero-fills up to `end`; written bytes, not a hole, so that a full disk shows here.
    fn fill(&mut self, end: u64) -> io::Result<()> {
        let zeros = vec![0; usize::try_from(end - self.filled).unwrap_or_default()];
        self.disk.write(&self.file, &zeros, self.filled)?;
        self.filled = end;
        Ok(())
    }

    fn rotate(&mut self) -> Result<(), Failure> {
        self.trim()?;
        *self = Self::begin(&self.dir, self.end, self.segment_bytes, self.disk.clone())?;
        Ok(())
    }
}

fn packer(dir: &Path) -> Result<Packer, Failure> {
    Packer::new().map_err(|e| unavailable("compress the journal in", dir, &e))
}
