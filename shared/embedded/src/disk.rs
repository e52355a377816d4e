//! How the store's own files are written: the journal's segments, and the file under redb.
//!
//! One place, so that a test can let the n-th write fail, with half of it on the disk.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::thread;
use std::time::{Duration, Instant};

use redb::StorageBackend;

/// Writes; clones share what is left of a test's disk.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disk {
    /// Shortest time of a sync.
    sync_floor: Duration,
    #[cfg(test)]
    left: Option<std::sync::Arc<std::sync::atomic::AtomicUsize>>,
}

impl Disk {
    /// A disk whose syncs take at least so long, to measure what a slower one would give.
    pub(crate) fn slow(sync_floor: Duration) -> Self {
        Self {
            sync_floor,
            #[cfg(test)]
            left: None,
        }
    }

    /// Writes all bytes at an offset.
    pub(crate) fn write(&self, file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
        if let Err(full) = self.take() {
            let _ = file.write_all_at(&bytes[..bytes.len() / 2], at);
            return Err(full);
        }
        file.write_all_at(bytes, at)
    }

    /// Writes out what the system still keeps of a file's data.
    pub(crate) fn sync(&self, file: &File) -> io::Result<()> {
        self.take()?;
        let began = Instant::now();
        file.sync_data()?;
        thread::sleep(self.sync_floor.saturating_sub(began.elapsed()));
        Ok(())
    }

    /// Cuts or lengthens a file. Cutting needs no room.
    pub(crate) fn set_len(&self, file: &File, bytes: u64) -> io::Result<()> {
        if bytes > file.metadata()?.len() {
            self.take()?;
        }
        file.set_len(bytes)
    }

    #[cfg(not(test))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "only a test's disk counts")]
    fn take(&self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
impl Disk {
    /// A disk that takes so many writes and syncs, and is full from then on.
    pub(crate) fn full_after(writes: usize) -> Self {
        Self { left: Some(std::sync::Arc::new(writes.into())), ..Self::default() }
    }

    fn take(&self) -> io::Result<()> {
        use std::sync::atomic::Ordering::SeqCst;
        let Some(left) = &self.left else { return Ok(()) };
        let taken = left.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1));
        taken.map(|_| ()).map_err(|_| rustix::io::Errno::NOSPC.into())
    }
}

/// The file under redb. The data directory has one owner, so the file is not locked once more.
#[derive(Debug)]
pub(crate) struct Backend {
    pub(crate) disk: Disk,
    pub(crate) file: File,
}

impl StorageBackend for Backend {
    fn len(&self) -> Result<u64, io::Error> {
        Ok(self.file.metadata()?.len())
    }
    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), io::Error> {
        self.file.read_exact_at(out, offset)
    }
    fn set_len(&self, len: u64) -> Result<(), io::Error> {
        self.disk.set_len(&self.file, len)
    }
    fn sync_data(&self) -> Result<(), io::Error> {
        self.disk.sync(&self.file)
    }
    fn write(&self, offset: u64, data: &[u8]) -> Result<(), io::Error> {
        self.disk.write(&self.file, data, offset)
    }
}
