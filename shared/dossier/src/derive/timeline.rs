//! The timeline: each phase from its row, its attempts from the facts they left.

use std::collections::BTreeMap;

use ideamine_core::records::Fact;

use crate::content::{Attempt, Bar, PhaseEntry};

pub(super) fn timeline(phases: &[PhaseEntry], facts: &[&Fact]) -> Vec<Bar> {
    let bar = |phase: &PhaseEntry| {
        let attempts = attempts(phase, facts);
        let started_ms = phase.started_ms.or_else(|| attempts.first().map(|attempt| attempt.started_ms))?;
        let ended_ms = phase.ended_ms.or_else(|| attempts.last().map(|attempt| attempt.ended_ms));
        let ended_ms = ended_ms.unwrap_or(started_ms).max(started_ms);
        Some(Bar { phase: phase.id.to_string(), started_ms, ended_ms, attempts })
    };
    phases.iter().filter_map(bar).collect()
}

fn attempts(phase: &PhaseEntry, facts: &[&Fact]) -> Vec<Attempt> {
    let mut spans: BTreeMap<u32, (i64, i64)> = BTreeMap::new();
    for fact in facts {
        let mut parts = fact.path.split('/');
        let within = parts.next() == Some(&*phase.path);
        let number = parts.next().and_then(|part| part.strip_prefix('a')?.parse::<u32>().ok());
        if let (true, Some(number)) = (within, number) {
            let span = spans.entry(number).or_insert((fact.at_ms, fact.at_ms));
            *span = (span.0.min(fact.at_ms), span.1.max(fact.at_ms));
        }
    }
    let attempt = |(number, (started_ms, ended_ms))| Attempt { number, started_ms, ended_ms };
    spans.into_iter().map(attempt).collect()
}
