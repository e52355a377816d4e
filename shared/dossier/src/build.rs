//! Puts a dossier's content together from the run's rows, its facts and its store.

use std::collections::{BTreeMap, BTreeSet};

use ideamine_core::artifacts::{Document, Evidence, GateOutcome, REDACTED};
use ideamine_core::records::{
    Fact, FactBody, GateRef, Generator, GuardRow, GuardSum, PhaseRow, Plan, QuestionRow, RunRow, RunVerdict,
};
use ideamine_core::references::APPROVAL_PURPOSE;
use ideamine_core::{Digest, Tenant};

use crate::content::{
    Content, GateEntry, Paper, PaperKind, PhaseEntry, PlanSummary, QuestionEntry, RunSummary,
};
use crate::derive::{Derived, View};
use crate::shelf;
use crate::withheld::Withheld;

/// Largest document whose text is in the dossier, bytes; larger ones are listed by their digest.
pub const INLINE_BYTES_MAX: usize = 256 * 1024;
/// Most text in one dossier, bytes.
pub const INLINE_TOTAL_BYTES_MAX: usize = 24 * 1024 * 1024;

/// Everything that a content is made from.
pub struct Sources<'a> {
    /// Whose.
    pub tenant: &'a Tenant,
    /// The run, with the status and verdict that it will end with.
    pub run: &'a RunRow,
    /// Its plan and the plan's digest.
    pub plan: (&'a Plan, Digest),
    /// Its phases in plan order.
    pub phases: &'a [PhaseRow],
    /// Its questions.
    pub questions: &'a [QuestionRow],
    /// What its guards said.
    pub guards: &'a [GuardRow],
    /// Who wrote its documents.
    pub generator: Generator,
    /// Its facts.
    pub facts: &'a [Fact],
    /// Logical path of the step that asks: its own facts are left out, so that asking again gives the same bytes.
    pub step: &'a str,
    /// Documents by digest; load what [`missing`] names until it names nothing new.
    pub documents: &'a BTreeMap<Digest, Vec<u8>>,
}

/// Documents that the content would show and that are not loaded yet. Evidence names more evidence: ask again
/// after loading. What cannot be loaded may be left out; the dossier then lists it without its text.
pub fn missing(
    run: &RunRow,
    phases: &[PhaseRow],
    guards: &[GuardRow],
    facts: &[Fact],
    loaded: &BTreeMap<Digest, Vec<u8>>,
) -> BTreeSet<Digest> {
    let artifacts: BTreeSet<Digest> = phases.iter().flat_map(|p| &p.artifacts).map(|a| a.digest).collect();
    let packs = phases.iter().flat_map(|phase| &phase.gates).map(|gate| gate.evidence);
    let behind = packs.clone().filter_map(|pack| evidence(loaded, &pack)).flat_map(|pack| pack.inputs);
    let behind = behind.filter(|(name, _)| is_evidence(name)).map(|(_, digest)| digest);
    let guards = guards.iter().flat_map(|row| &row.said).filter_map(|said| said.evidence);
    let copies = guards.clone().filter_map(|pack| evidence(loaded, &pack)).flat_map(|pack| pack.inputs);
    let copies = copies.filter(|(name, _)| name.starts_with(REDACTED)).map(|(_, digest)| digest);
    let approvals = facts.iter().filter_map(approval);
    let all = std::iter::once(run.idea).chain(run.plan).chain(artifacts).chain(packs).chain(behind);
    all.chain(approvals).chain(guards).chain(copies).filter(|digest| !loaded.contains_key(digest)).collect()
}

/// The statement that an approval's signature is over.
pub(crate) fn approval(fact: &Fact) -> Option<Digest> {
    match &fact.body {
        FactBody::Signature { over, purpose, .. } if purpose == APPROVAL_PURPOSE => Some(*over),
        _ => None,
    }
}

/// Evidence is named for what made it: `check:own-tests`, `gate:qa`.
pub(crate) fn is_evidence(name: &str) -> bool {
    name.starts_with("check:") || name.starts_with("gate:")
}

pub(crate) fn evidence(loaded: &BTreeMap<Digest, Vec<u8>>, digest: &Digest) -> Option<Evidence> {
    serde_json::from_slice(loaded.get(digest)?).ok()
}

impl Content {
    /// Builds the content.
    pub fn build(sources: &Sources<'_>) -> Self {
        let own = |fact: &&Fact| fact.path != sources.step;
        let facts: Vec<&Fact> = sources.facts.iter().filter(own).collect();
        let last = facts.iter().map(|fact| fact.at_ms).max();
        let ended_ms = last.unwrap_or(sources.run.created_ms).max(sources.run.created_ms);
        let withheld = Withheld::of(sources);
        let papers = shelf::papers(sources, &withheld);
        let phases = sources.phases.iter().map(|row| phase(sources, &papers, row));
        let phases: Vec<PhaseEntry> = phases.map(|entry| withheld.cut(&entry)).collect();
        let questions = withheld.cut(&questions(sources.questions));
        let view = View::new((&phases, &papers, &questions), facts.iter().copied(), ended_ms);
        let Derived { decisions, diagrams, matrix, costs, timeline, licences, risks } = view.derive();
        Self {
            rules: Self::RULES,
            run: withheld.cut(&run(sources, ended_ms)),
            plan: plan(sources.plan.0, sources.plan.1),
            guards: GuardSum::of(sources.guards),
            phases,
            questions,
            papers,
            decisions,
            diagrams,
            matrix,
            costs,
            timeline,
            licences,
            risks,
        }
    }
}

pub(crate) fn run(sources: &Sources<'_>, ended_ms: i64) -> RunSummary {
    let row = sources.run;
    let notice = match sources.generator {
        Generator::Composer => Document::<()>::COMPOSER_NOTICE,
        Generator::Model | Generator::Mixed => Document::<()>::MODEL_NOTICE,
    };
    RunSummary {
        id: row.run_id.clone(),
        tenant: sources.tenant.clone(),
        title: row.title.clone(),
        idea: row.idea,
        status: row.status,
        verdict: row.verdict.unwrap_or(RunVerdict::Stopped),
        reasons: row.reasons.clone(),
        generator: sources.generator,
        notice: notice.to_owned(),
        budget: row.options.budget,
        started_ms: row.created_ms,
        ended_ms,
    }
}

pub(crate) fn plan(plan: &Plan, hash: Digest) -> PlanSummary {
    PlanSummary {
        hash,
        build: plan.build.clone(),
        seed: plan.seed.to_string(),
        model: plan.model.clone(),
        ask: plan.ask,
        phases: plan.phases.iter().map(|phase| phase.config.id.clone()).collect(),
        machines: plan.machines.clone(),
    }
}

pub(crate) fn phase(sources: &Sources<'_>, papers: &[Paper], row: &PhaseRow) -> PhaseEntry {
    let planned = sources.plan.0.phase(&row.id);
    let path = planned.map_or_else(|| format!("{:02}-{}", row.order + 1, row.id), |phase| phase.path());
    PhaseEntry {
        id: row.id.clone(),
        title: planned.map_or_else(|| row.id.to_string(), |phase| phase.config.title.clone()),
        wave: planned.map_or(0, |phase| phase.wave),
        status: row.status,
        attempts: row.attempts,
        generator: row.generator,
        artifacts: row.artifacts.clone(),
        gates: row.gates.iter().map(|gate| gate_entry(gate, sources.facts.iter(), &path, papers)).collect(),
        problems: row.problems.clone(),
        stopped: row.stopped,
        started_ms: row.started_ms,
        ended_ms: row.ended_ms,
        path,
    }
}

/// A gate with what its evidence pack says; without the pack's text, its outcome alone.
pub(crate) fn gate_entry<'a>(
    found: &GateRef,
    facts: impl Iterator<Item = &'a Fact>,
    phase: &str,
    papers: &[Paper],
) -> GateEntry {
    let GateRef { id, outcome, evidence } = found.clone();
    let pack = papers.iter().find(|paper| paper.kind == PaperKind::Evidence && paper.digest == evidence);
    let pack = pack.and_then(|paper| serde_json::from_str::<Evidence>(paper.text.as_deref()?).ok());
    let (tool, measures, findings, again) =
        pack.map(|pack| (pack.tool, pack.measures, pack.findings, pack.again)).unwrap_or_default();
    let history = history(facts, phase, &id);
    GateEntry { id, outcome, history, evidence, tool, measures, findings, again }
}

/// What a gate said in each attempt of a phase.
pub(crate) fn history<'a>(facts: impl Iterator<Item = &'a Fact>, phase: &str, id: &str) -> Vec<GateOutcome> {
    let mut spoken: BTreeMap<_, GateOutcome> = BTreeMap::new();
    for fact in facts.filter(|fact| fact.path.split('/').next() == Some(phase)) {
        if let FactBody::Gate { gate, outcome, .. } = &fact.body
            && gate == id
        {
            spoken.insert(fact.place(), *outcome);
        }
    }
    spoken.into_values().collect()
}

pub(crate) fn questions(rows: &[QuestionRow]) -> Vec<QuestionEntry> {
    let entry = |row: &QuestionRow| QuestionEntry {
        id: row.id.clone(),
        phase: row.phase.clone(),
        text: row.text.clone(),
        why: row.why.clone(),
        blocking: row.blocking,
        rank: row.rank,
        state: row.state,
        answer: row.answer.clone(),
    };
    let mut questions: Vec<QuestionEntry> = rows.iter().map(entry).collect();
    questions.sort_by_key(|question| (!question.blocking, question.rank, question.id.clone()));
    questions
}
