//! Agents as trajectories: what each would leave, attempt by attempt, if nobody ended it.
//!
//! An agent does not know that it is watched. What it claims of itself is made too, so that lying is really lying; the
//! monitor has no way to hear it.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use ideamine_core::Digest;

use super::Family;
use crate::attempt::Attempt;

/// How an agent behaves in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Mends something in most attempts.
    Steady,
    /// Mends something, then for some attempts nothing.
    Plateaus,
    /// Mends steadily while flaky tests and scores jump about.
    Noisy,
    /// Breaks what was right, and recovers.
    Regresses,
    /// Has one finding, whose score rises slowly.
    Scores,
    /// Hands in the same again, mostly to the byte.
    Stalls,
    /// Writes something new each time and claims progress; nothing is mended.
    Lies,
    /// Closes one finding by opening another, and claims the one it closed.
    Swaps,
    /// Goes through the same states again and again.
    Loops,
    /// Changes between two bests, in ever new words.
    Oscillates,
    /// Is stuck while flaky tests and scores jump about.
    StuckInNoise,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Steady,
        Self::Plateaus,
        Self::Noisy,
        Self::Regresses,
        Self::Scores,
        Self::Stalls,
        Self::Lies,
        Self::Swaps,
        Self::Loops,
        Self::Oscillates,
        Self::StuckInNoise,
    ];

    /// Whether it never gets there, however long it goes on.
    pub const fn is_hopeless(self) -> bool {
        !matches!(self, Self::Steady | Self::Plateaus | Self::Noisy | Self::Regresses | Self::Scores)
    }
}

/// One attempt of a simulated agent.
#[derive(Debug, Clone)]
pub struct Step {
    /// What others measured.
    pub attempt: Attempt,
    /// Whether its gates pass.
    pub passed: bool,
    /// Findings that the agent says it closed so far.
    pub claimed: u32,
}

/// What an agent does in up to `attempts` attempts; ends where it passes.
pub fn trajectory(kind: Kind, family: &Family, random: &mut Rng, attempts: usize) -> Vec<Step> {
    let mut agent = Agent::new(kind, family, random);
    let mut steps = vec![];
    for place in 0..attempts {
        if place > 0 {
            agent.attempt(place);
        }
        let step = agent.step();
        let passed = step.passed;
        steps.push(step);
        if passed {
            break;
        }
    }
    steps
}

/// A finding by number, with its weight.
type Open = BTreeMap<u32, u32>;

struct Agent<'a> {
    kind: Kind,
    family: &'a Family,
    random: &'a mut Rng,
    open: Open,
    shortfall: u64,
    /// Name of the bytes it would leave.
    bytes: u64,
    next_finding: u32,
    claimed: u32,
    chance: f64,
    /// Attempts without progress that are still to come.
    pause: usize,
    /// Attempt from which a hopeless one is hopeless.
    hopeless_from: usize,
    /// States of a loop, or the two bests.
    states: Vec<(Open, u64)>,
    turn: usize,
    flaky: u32,
    flake: f64,
    noise: u64,
    mean_cost: u64,
}

const SCORE: u64 = 1_000;

impl<'a> Agent<'a> {
    fn new(kind: Kind, family: &'a Family, random: &'a mut Rng) -> Self {
        let findings = if kind == Kind::Scores { 1 } else { random.u32(family.findings.clone()) };
        let open: Open = (0..findings).map(|id| (id, random.u32(1..=3))).collect();
        let between = |random: &mut Rng, (low, high): (f64, f64)| low + random.f64() * (high - low);
        let noisy = matches!(kind, Kind::Noisy | Kind::StuckInNoise | Kind::Scores);
        let chance = between(random, family.chance);
        let flake = between(random, family.flake);
        let hopeless = kind.is_hopeless();
        Self {
            kind,
            family,
            open,
            shortfall: SCORE,
            bytes: 0,
            next_finding: findings,
            claimed: 0,
            chance,
            pause: 0,
            hopeless_from: if hopeless { random.usize(family.prefix.clone()) } else { usize::MAX },
            states: vec![],
            turn: 0,
            flaky: if noisy && kind != Kind::Scores { random.u32(family.flaky.clone()) } else { 0 },
            flake,
            noise: if noisy { random.u64(family.noise.clone()) } else { 0 },
            mean_cost: random.u64(1_000..100_000),
            random,
        }
    }

    fn attempt(&mut self, place: usize) {
        self.bytes += 1;
        match self.kind {
            _ if place <= self.hopeless_from && self.kind.is_hopeless() => {
                // Something stays open, or it would have passed.
                if self.open.len() > 2 {
                    self.mend();
                }
            }
            Kind::Steady | Kind::Noisy => self.mend(),
            Kind::Plateaus => self.with_plateaus(),
            Kind::Regresses => self.with_setbacks(),
            Kind::Scores => self.with_scores(),
            Kind::Stalls => {
                if self.random.f64() < 0.8 {
                    self.bytes -= 1;
                }
            }
            Kind::Lies => self.claimed += self.random.u32(1..=3),
            Kind::Swaps => self.swap(),
            Kind::Loops => {
                let period = self.random.usize(self.family.period.clone());
                self.circle(period, true);
            }
            Kind::Oscillates => self.circle(2, false),
            Kind::StuckInNoise => {}
        }
    }

    fn mend(&mut self) {
        if self.random.f64() < self.chance {
            self.close(self.family.batch);
        }
    }

    fn close(&mut self, most: u32) {
        for _ in 0..self.random.u32(1..=most) {
            let place = self.random.usize(..self.open.len().max(1));
            let last = self.kind.is_hopeless() && self.open.len() <= 2;
            let Some(id) = self.open.keys().nth(place).copied().filter(|_| !last) else { return };
            self.open.remove(&id);
            self.claimed += 1;
        }
    }

    fn open(&mut self, weight: u32) {
        self.open.insert(self.next_finding, weight);
        self.next_finding += 1;
    }

    fn with_plateaus(&mut self) {
        if self.pause > 0 {
            self.pause -= 1;
            return;
        }
        self.close(self.family.batch);
        self.pause = self.family.plateau.draw(self.random);
    }

    fn with_setbacks(&mut self) {
        if self.pause > 0 {
            // On its way back: what broke is mended, a part in each attempt.
            self.pause -= 1;
            let broken: Vec<u32> = self.open.keys().rev().copied().take(2).collect();
            if self.pause == 0 || self.random.bool() {
                self.open.retain(|id, _| !broken.contains(id));
            }
        } else if self.random.f64() < 0.2 {
            for _ in 0..self.random.u32(1..=3) {
                let weight = self.random.u32(1..=3);
                self.open(weight);
            }
            self.pause = self.random.usize(1..=3);
        } else {
            self.mend();
        }
    }

    fn with_scores(&mut self) {
        if self.random.f64() < self.chance {
            self.shortfall = self.shortfall.saturating_sub(self.random.u64(60..=400));
        }
        if self.shortfall == 0 {
            self.open.clear();
        }
    }

    fn swap(&mut self) {
        let place = self.random.usize(..self.open.len());
        if let Some((id, weight)) = self.open.iter().nth(place).map(|(id, weight)| (*id, *weight)) {
            self.open.remove(&id);
            self.open(weight);
            self.claimed += 1;
        }
    }

    /// Goes round through `period` states; `exact` to the byte.
    fn circle(&mut self, period: usize, exact: bool) {
        if self.states.is_empty() {
            for state in 0..period.max(2) {
                let mut open = self.open.clone();
                let weight = self.random.u32(1..=3);
                open.insert(self.next_finding + u32::try_from(state).unwrap_or(0), weight);
                self.states.push((open, self.bytes * 1_000 + state as u64));
            }
        }
        let (open, bytes) = &self.states[self.turn % self.states.len()];
        self.open = open.clone();
        self.turn += 1;
        if exact {
            self.bytes = *bytes;
        }
    }

    fn step(&mut self) -> Step {
        let passed = self.open.is_empty();
        let mut findings: BTreeMap<String, u32> =
            self.open.iter().map(|(id, weight)| (format!("finding-{id}"), *weight)).collect();
        if !passed {
            for flake in 0..self.flaky {
                if self.random.f64() < self.flake {
                    findings.insert(format!("flaky-{flake}"), 1);
                }
            }
        }
        let noise = self.random.u64(0..=self.noise);
        let cost = self.mean_cost as f64 * self.family.cost_spread.powf(self.random.f64() * 2.0 - 1.0);
        let attempt = Attempt {
            artifacts: BTreeSet::from([Digest::of(&self.bytes.to_be_bytes())]),
            findings,
            shortfall: if passed { 0 } else { self.shortfall + noise },
            cost: Some(cost as u64),
        };
        Step { attempt, passed, claimed: self.claimed }
    }
}
