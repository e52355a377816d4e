//! What the machine itself can do in the same minute, and what the process used.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use rustix::time::{ClockId, clock_gettime};

/// Syncs of each probe.
const SYNCS: u64 = 200;
/// Longest time of each probe, on a disk that is slow.
const LONGEST: Duration = Duration::from_secs(5);

/// Writes and syncs this many bytes again and again; the median, microseconds.
///
/// # Errors
/// `Store.Unavailable` when the disk does not take them.
pub fn sync(dir: &Path, bytes: u64, floor: Duration) -> Result<f64, Failure> {
    let took = probe(dir, bytes, floor).map_err(|e| failed(dir, &e))?;
    let us: Vec<f64> = took.iter().map(|took| took.as_secs_f64() * 1e6).collect();
    Ok(percentile(&us, 50))
}

/// A log that writes one record of this size for each run in flight, syncs once, and again; records per second.
pub(super) fn bare_log(
    dir: &Path,
    concurrency: usize,
    record_bytes: u64,
    floor: Duration,
) -> Result<f64, Failure> {
    let took = probe(dir, record_bytes * concurrency as u64, floor).map_err(|e| failed(dir, &e))?;
    let total: Duration = took.iter().sum();
    Ok((took.len() * concurrency) as f64 / total.as_secs_f64())
}

/// As the journal does it: into a part of the file that was filled with zeros before.
fn probe(dir: &Path, bytes: u64, floor: Duration) -> io::Result<Vec<Duration>> {
    let path = dir.join("probe.tmp");
    let file = OpenOptions::new().write(true).create(true).truncate(true).open(&path)?;
    let batch = vec![0x5A; usize::try_from(bytes.max(1)).unwrap_or(usize::MAX)];
    fill(&file, batch.len(), SYNCS)?;
    let began = Instant::now();
    let mut took = Vec::new();
    for number in 0..SYNCS {
        let start = Instant::now();
        file.write_all_at(&batch, number * batch.len() as u64)?;
        let synced = Instant::now();
        file.sync_data()?;
        thread::sleep(floor.saturating_sub(synced.elapsed()));
        took.push(start.elapsed());
        if began.elapsed() > LONGEST {
            break;
        }
    }
    fs::remove_file(&path)?;
    Ok(took)
}

fn fill(file: &File, bytes: usize, times: u64) -> io::Result<()> {
    let zeros = vec![0; bytes];
    for number in 0..times {
        file.write_all_at(&zeros, number * bytes as u64)?;
    }
    file.sync_all()
}

/// The value below which this many of a hundred lie; 0 for none.
pub fn percentile(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let index = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(index).copied().unwrap_or(0.0)
}

/// Processor time of this process, all threads.
pub(super) fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let (s, ns) = (u64::try_from(time.tv_sec), u32::try_from(time.tv_nsec));
    Duration::new(s.unwrap_or(0), ns.unwrap_or(0))
}

/// Most memory this process held, bytes; 0 where the system does not say.
pub fn peak_rss() -> u64 {
    status("VmHWM:")
}

/// Memory that this process holds now, bytes; 0 where the system does not say.
pub(super) fn rss() -> u64 {
    status("VmRSS:")
}

fn status(field: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

/// Load average of the last minute; 0 where the system does not say.
pub fn load() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().and_then(|load| load.parse().ok()).unwrap_or(0.0)
}

/// Bytes of all files under a directory.
///
/// # Errors
/// `Store.Unavailable` when it cannot be read.
pub fn disk(dir: &Path) -> Result<u64, Failure> {
    fn sum(dir: &Path) -> io::Result<u64> {
        let mut total = 0;
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            total += if metadata.is_dir() { sum(&entry.path())? } else { metadata.len() };
        }
        Ok(total)
    }
    sum(dir).map_err(|e| failed(dir, &e))
}

fn failed(dir: &Path, error: &io::Error) -> Failure {
    Failure::new(FailureKind::StoreUnavailable, format!("cannot measure in {}: {error}", dir.display()))
}
