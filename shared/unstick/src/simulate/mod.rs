//! The supervisor measured on simulated agents.
//!
//! The thresholds were chosen on [`CHOOSING`]; [`JUDGING`] is another family with wider parameters and other seeds, and its
//! figures are the result. [`BEYOND`] holds agents that are slower than the monitor is made for: its figures
//! show where it ends, and are no promise.

mod agents;

use std::ops::{Range, RangeInclusive};

use fastrand::Rng;
use serde::Serialize;

pub use agents::{Kind, Step, trajectory};

use crate::ladder::{Decision, Limits, STOP_AT, Supervisor};
use crate::monitor::MilliNats;

/// Attempts after which nobody would go on, in any case.
pub const HORIZON: u32 = 20;

/// Where the parameters of agents are drawn from.
#[derive(Debug, Clone)]
pub struct Family {
    /// For people; also what its seeds begin with.
    pub name: &'static str,
    /// Findings at the start.
    pub findings: RangeInclusive<u32>,
    /// Chance that an attempt mends something.
    pub chance: (f64, f64),
    /// Most findings that one attempt closes.
    pub batch: u32,
    /// Length of plateaus.
    pub plateau: Plateau,
    /// Tests that fail by chance.
    pub flaky: Range<u32>,
    /// How often they do.
    pub flake: (f64, f64),
    /// How far scores jump, thousandths.
    pub noise: Range<u64>,
    /// Attempts of real work before a hopeless agent is stuck.
    pub prefix: Range<usize>,
    /// Period of loops.
    pub period: RangeInclusive<usize>,
    /// An attempt costs between the mean divided and multiplied by this.
    pub cost_spread: f64,
}

/// Length of plateaus, attempts.
#[derive(Debug, Clone)]
pub enum Plateau {
    /// Each length alike.
    Even(RangeInclusive<usize>),
    /// One more with this chance, up to a limit.
    Falling(f64, usize),
}

impl Plateau {
    fn draw(&self, random: &mut Rng) -> usize {
        match self {
            Self::Even(range) => random.usize(range.clone()),
            Self::Falling(chance, most) => (0..*most).take_while(|_| random.f64() < *chance).count(),
        }
    }
}

/// What the thresholds were chosen on.
pub const CHOOSING: Family = Family {
    name: "choosing",
    findings: 3..=12,
    chance: (0.65, 1.0),
    batch: 3,
    plateau: Plateau::Even(0..=4),
    flaky: 0..3,
    flake: (0.1, 0.5),
    noise: 10..60,
    prefix: 0..4,
    period: 2..=4,
    cost_spread: 2.0,
};

/// What they are judged by.
pub const JUDGING: Family = Family {
    name: "judging",
    findings: 2..=20,
    chance: (0.55, 0.95),
    batch: 4,
    plateau: Plateau::Falling(0.5, 12),
    flaky: 1..6,
    flake: (0.05, 0.6),
    noise: 5..100,
    prefix: 0..6,
    period: 2..=6,
    cost_spread: 4.0,
};

/// Agents slower than it is made for.
pub const BEYOND: Family = Family {
    name: "beyond",
    findings: 2..=8,
    chance: (0.25, 0.55),
    batch: 3,
    plateau: Plateau::Even(3..=10),
    flaky: 1..6,
    flake: (0.05, 0.6),
    noise: 5..100,
    prefix: 0..6,
    period: 2..=8,
    cost_spread: 4.0,
};

/// What came of a family.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Which.
    pub family: &'static str,
    /// Evidence at which work was ended, thousandths of a nat.
    pub stop_at: MilliNats,
    /// Agents, as many of each kind.
    pub agents: usize,
    /// Hopeless agents that were ended before the horizon, of all hopeless ones.
    pub stalls_found_percent: f64,
    /// Agents that were ended and would have passed within the horizon, of all that would.
    pub false_stops_percent: f64,
    /// Against plain limits of attempts.
    pub against: Vec<Against>,
    /// By kind of agent.
    pub kinds: Vec<KindReport>,
}

/// The supervisor beside a plain limit of attempts, which it keeps as well.
#[derive(Debug, Clone, Serialize)]
pub struct Against {
    /// The plain limit.
    pub limit: u32,
    /// Money that the limit alone spends less what the supervisor spends, of what the limit alone spends.
    pub money_saved_percent: f64,
    /// The same, on hopeless agents alone.
    pub money_saved_on_hopeless_percent: f64,
    /// Agents that pass under the limit alone.
    pub passed: usize,
    /// Of those, agents that the supervisor ended before.
    pub passes_lost: usize,
}

/// One kind of agent.
#[derive(Debug, Clone, Serialize)]
pub struct KindReport {
    /// Which.
    pub kind: String,
    /// Agents of it that count: hopeless ones, or those that pass within the horizon.
    pub agents: usize,
    /// Of them, those that the supervisor ended.
    pub ended: usize,
    /// Attempts that it let the ended ones make, in the middle.
    pub attempts_median: usize,
}

/// Measures the supervisor, on one rung, on `each` agents of every kind of a family.
pub fn measure(family: &Family, seed: u64, each: usize) -> Report {
    measure_at(family, seed, each, STOP_AT)
}

/// The same at other thresholds: what the choice was made by.
pub fn sweep(family: &Family, seed: u64, each: usize) -> Vec<Report> {
    // Times that stuck is likelier than working: 99, 300, 1000, 3000, 10,000, 30,000.
    [4_595, 5_704, 6_908, 8_006, 9_210, 10_309].map(|stop_at| measure_at(family, seed, each, stop_at)).into()
}

fn measure_at(family: &Family, seed: u64, each: usize, stop_at: MilliNats) -> Report {
    let mut kinds = vec![];
    let mut tallies = [5, HORIZON].map(|limit| (limit, Tally::default()));
    let (mut hopeless, mut found, mut able, mut stopped) = (0, 0, 0, 0);
    for (number, kind) in (0..).zip(Kind::ALL) {
        let mut random = Rng::with_seed(seed_of(family, seed, number));
        let mut ends = vec![];
        let mut counted = 0;
        for _ in 0..each {
            let steps = trajectory(kind, family, &mut random, HORIZON as usize);
            let passes = steps.last().is_some_and(|step| step.passed);
            for (limit, tally) in &mut tallies {
                tally.add(kind, &steps, *limit as usize, watched(&steps, *limit, stop_at));
            }
            if !kind.is_hopeless() && !passes {
                continue;
            }
            counted += 1;
            ends.extend(watched(&steps, HORIZON, stop_at).filter(|end| *end < HORIZON as usize));
        }
        if kind.is_hopeless() {
            (hopeless, found) = (hopeless + counted, found + ends.len());
        } else {
            (able, stopped) = (able + counted, stopped + ends.len());
        }
        ends.sort_unstable();
        let attempts_median = ends.get(ends.len() / 2).copied().unwrap_or(0);
        kinds.push(KindReport {
            kind: format!("{kind:?}"),
            agents: counted,
            ended: ends.len(),
            attempts_median,
        });
    }
    Report {
        family: family.name,
        stop_at,
        agents: each * Kind::ALL.len(),
        stalls_found_percent: percent(found as f64, hopeless as f64),
        false_stops_percent: percent(stopped as f64, able as f64),
        against: tallies.map(|(limit, tally)| tally.against(limit)).into(),
        kinds,
    }
}

fn seed_of(family: &Family, seed: u64, kind: u64) -> u64 {
    let name =
        family.name.bytes().fold(0_u64, |all, byte| all.wrapping_mul(131).wrapping_add(u64::from(byte)));
    name.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ seed.wrapping_mul(0xd134_2543_de82_ef95).wrapping_add(kind)
}

/// After how many attempts the supervisor ends it; `None` when it passes, or the horizon comes, before.
fn watched(steps: &[Step], limit: u32, stop_at: MilliNats) -> Option<usize> {
    let limits = Limits { attempts: limit, cost: None };
    let mut supervisor = Supervisor::new(&[], limits).stopping_at(stop_at);
    for (place, step) in steps.iter().enumerate() {
        if step.passed {
            return None;
        }
        if let Decision::Stop(_) = supervisor.read(&step.attempt) {
            return Some(place + 1);
        }
    }
    None
}

#[derive(Debug, Default)]
struct Tally {
    plain: u64,
    supervised: u64,
    plain_hopeless: u64,
    supervised_hopeless: u64,
    passed: usize,
    lost: usize,
}

impl Tally {
    fn add(&mut self, kind: Kind, steps: &[Step], limit: usize, ended: Option<usize>) {
        let spent = |attempts: usize| -> u64 {
            steps.iter().take(attempts).filter_map(|step| step.attempt.cost).sum()
        };
        let (plain, supervised) = (spent(limit), spent(ended.unwrap_or(limit)));
        self.plain += plain;
        self.supervised += supervised;
        if kind.is_hopeless() {
            self.plain_hopeless += plain;
            self.supervised_hopeless += supervised;
        }
        let passes = steps.iter().take(limit).any(|step| step.passed);
        self.passed += usize::from(passes);
        self.lost += usize::from(passes && ended.is_some());
    }

    fn against(&self, limit: u32) -> Against {
        let saved = |plain: u64, supervised: u64| percent((plain - supervised) as f64, plain as f64);
        Against {
            limit,
            money_saved_percent: saved(self.plain, self.supervised),
            money_saved_on_hopeless_percent: saved(self.plain_hopeless, self.supervised_hopeless),
            passed: self.passed,
            passes_lost: self.lost,
        }
    }
}

fn percent(part: f64, whole: f64) -> f64 {
    (part / whole * 10_000.0).round() / 100.0
}
