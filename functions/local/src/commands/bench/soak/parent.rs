//! The soak's parent: starts, kills and counts.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use ideamine_engine::bench::{Figure, disk, load, percentile, sync};

use super::Report;
use crate::cli::{SoakArgs, SoakPart};

/// Bytes of the probe of the disk: about a batch of one run.
const PROBE_BYTES: u64 = 1_024;
/// Its multiples lie evenly between 0 and 1, wherever one stops.
const GOLDEN: f64 = 0.618_033_988_75;
const LOOK: Duration = Duration::from_millis(50);

/// Measures.
///
/// # Errors
/// `Store.Unavailable` when a process cannot be started, or fails by itself.
pub(in super::super) fn soak(args: &SoakArgs, program: &Path, dir: &Path) -> Result<Report, Failure> {
    let data = dir.join("data");
    let (began, long) = (Instant::now(), Duration::from_secs_f64(args.minutes * 60.0));
    let (mut removals, mut removals_killed, mut removal_s, mut removal_s_max) =
        (Heard::default(), 0, 0.0, 0.0_f64);
    let (mut heard, mut kills, mut in_flight_at_kills, mut disk_bytes_max) = (Heard::default(), 0, 0, 0);
    loop {
        let left = long.saturating_sub(began.elapsed());
        let mut process = Process::spawn(program, args, SoakPart::Work, &data, heard.next, left)?;
        let killed = left > args.kill_every && process.runs_for(args.kill_every)?;
        if killed {
            process.kill()?;
        }
        heard.take(process.end()?);
        disk_bytes_max = disk_bytes_max.max(disk(&data)?);
        if !killed {
            break;
        }
        kills += 1;
        in_flight_at_kills += heard.under_way();
        if args.keep.is_some() {
            let spawn = || Process::spawn(program, args, SoakPart::Retain, &data, 0, Duration::ZERO);
            // Broken off first, each time at another moment of what the last one took.
            let moment = (kills as f64 * GOLDEN).fract() * if kills > 1 { removal_s } else { 1.0 };
            let mut broken_off = spawn()?;
            if broken_off.runs_for(Duration::from_secs_f64(moment))? {
                broken_off.kill()?;
                removals_killed += 1;
            }
            removals.take(broken_off.end()?);
            let began = Instant::now();
            removals.take(spawn()?.end()?);
            removal_s = began.elapsed().as_secs_f64();
            removal_s_max = removal_s.max(removal_s_max);
        }
    }
    let mut complete = Heard::default();
    complete.take(Process::spawn(program, args, SoakPart::Verify, &data, 0, Duration::ZERO)?.end()?);
    let there = |number: &&u64| complete.complete.contains(number) || complete.removed.contains(number);
    let lost = heard.accepted.iter().filter(|number| !there(number)).count();
    let bad: BTreeMap<u64, String> =
        [&complete, &removals, &heard].into_iter().flat_map(|heard| heard.bad.clone()).collect();
    let mut report = Report {
        minutes: args.minutes,
        rate: args.rate,
        steps: args.steps,
        runs: heard.accepted.len(),
        kills,
        in_flight_at_kills,
        lost: Figure::none(lost),
        ran_again: Figure::none(heard.again),
        verified_complete: complete.complete.len(),
        removed: complete.removed.len(),
        removals_killed,
        removal_s_max,
        not_complete: Figure::none(bad.len()),
        finding: bad.first_key_value().map(|(number, what)| format!("run {number}: {what}")),
        restart_s_max: heard.ready_s.iter().copied().fold(0.0, f64::max),
        run_p50_ms: percentile(&heard.took_ms, 50),
        run_p99_ms: percentile(&heard.took_ms, 99),
        peak_rss_mb: heard.peak.max(complete.peak).max(removals.peak) as f64 / 1e6,
        disk_bytes_per_run: disk(&data)? / complete.complete.len().max(1) as u64,
        disk_bytes_max,
        fsync_p50_us: sync(dir, PROBE_BYTES, Duration::ZERO)?,
        load_1m: load(),
        holds: false,
    };
    let figures = [report.lost, report.ran_again, report.not_complete];
    report.holds = report.runs > 0 && figures.iter().all(|figure| figure.holds);
    Ok(report)
}

/// What the processes have said, one after the other.
#[derive(Default)]
struct Heard {
    accepted: BTreeSet<u64>,
    ended: BTreeSet<u64>,
    complete: BTreeSet<u64>,
    removed: BTreeSet<u64>,
    bad: BTreeMap<u64, String>,
    again: usize,
    asked: BTreeMap<u64, Instant>,
    took_ms: Vec<f64>,
    ready_s: Vec<f64>,
    peak: u64,
    /// The first number that was not asked for.
    next: u64,
}

impl Heard {
    fn under_way(&self) -> usize {
        self.accepted.difference(&self.ended).count()
    }

    fn take(&mut self, (began, lines): (Instant, Vec<(Instant, String)>)) {
        for (at, line) in lines {
            let mut words = line.splitn(3, ' ');
            let (word, number) = (words.next().unwrap_or_default(), words.next());
            let number: u64 = number.and_then(|number| number.parse().ok()).unwrap_or(0);
            match word {
                "ready" => self.ready_s.push(at.duration_since(began).as_secs_f64()),
                "asked" => {
                    self.asked.insert(number, at);
                    self.next = self.next.max(number + 1);
                }
                "accepted" => drop(self.accepted.insert(number)),
                "ended" => {
                    self.ended.insert(number);
                    let asked = self.asked.remove(&number);
                    self.took_ms.extend(asked.map(|asked| at.duration_since(asked).as_secs_f64() * 1e3));
                }
                "complete" => drop(self.complete.insert(number)),
                "removed" => drop(self.removed.insert(number)),
                "bad" => drop(self.bad.insert(number, words.next().unwrap_or_default().to_owned())),
                "again" => self.again += 1,
                "peak" => self.peak = self.peak.max(number),
                _ => {}
            }
        }
    }
}

/// A process of the soak, and a thread that hears it.
struct Process {
    child: Child,
    began: Instant,
    killed: bool,
    hears: Option<JoinHandle<Vec<(Instant, String)>>>,
}

impl Process {
    fn spawn(
        program: &Path,
        args: &SoakArgs,
        part: SoakPart,
        data: &Path,
        from: u64,
        long: Duration,
    ) -> Result<Self, Failure> {
        let part = match part {
            SoakPart::Work => "work",
            SoakPart::Retain => "retain",
            SoakPart::Verify => "verify",
        };
        let mut command = Command::new(program);
        command.args(["bench", "soak", "--part", part, "--part-dir"]).arg(data);
        for (name, value) in [
            ("--from", from.to_string()),
            ("--for-ms", long.as_millis().to_string()),
            ("--rate", args.rate.to_string()),
            ("--steps", args.steps.to_string()),
            ("--payload-bytes", args.payload_bytes.to_string()),
        ] {
            command.arg(name).arg(value);
        }
        if let Some(keep) = args.keep {
            command.arg("--keep").arg(format!("{}s", keep.as_secs_f64()));
        }
        let began = Instant::now();
        let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut child = spawned.map_err(|e| failed(&format!("cannot start {command:?}: {e}")))?;
        let out = child.stdout.take().ok_or_else(|| Failure::bug("a child without standard output"))?;
        Ok(Self { child, began, killed: false, hears: Some(thread::spawn(|| lines(out))) })
    }

    /// Waits so long; false when it ended before.
    fn runs_for(&mut self, long: Duration) -> Result<bool, Failure> {
        while self.began.elapsed() < long {
            if self.child.try_wait().map_err(|e| failed(&e.to_string()))?.is_some() {
                return Ok(false);
            }
            thread::sleep(LOOK);
        }
        Ok(true)
    }

    fn kill(&mut self) -> Result<(), Failure> {
        self.killed = true;
        self.child.kill().map_err(|e| failed(&format!("cannot kill a child: {e}")))
    }

    /// Waits for its end; when it began, and what it said when.
    fn end(mut self) -> Result<(Instant, Vec<(Instant, String)>), Failure> {
        let heard = self.hears.take().map(JoinHandle::join);
        let ended = self.child.wait().map_err(|e| failed(&format!("cannot wait for a child: {e}")))?;
        if !self.killed && !ended.success() {
            return Err(failed(&format!("a process of the soak ended with {ended}")));
        }
        match heard {
            Some(Ok(lines)) => Ok((self.began, lines)),
            _ => Err(Failure::bug("the thread that hears a child broke off")),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Whatever failed, no process stays behind; one that has ended is not there to be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(out: ChildStdout) -> Vec<(Instant, String)> {
    let lines = BufReader::new(out).lines().map_while(Result::ok);
    lines.map(|line| (Instant::now(), line)).collect()
}

fn failed(what: &str) -> Failure {
    Failure::new(FailureKind::StoreUnavailable, what)
}
