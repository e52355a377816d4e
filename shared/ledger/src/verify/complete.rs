//! Is everything here that should be, and nothing else: held against the step index.

use std::collections::{BTreeMap, BTreeSet};

use ideamine_core::Digest;
use ideamine_core::records::{FactBody, Row};

use super::verdict::{Findings, ProblemKind as Kind};
use crate::writers::{MODEL_CALL, SEAL, Writers};
use crate::{LedgerDocument, PhaseIndex, StepIndex, gate_is_recorded, phase_of};

pub(super) fn check(document: &LedgerDocument, findings: &mut Findings) {
    check_writers(document, findings);
    check_costs(&document.rows, findings);
    let Some(index) = &document.index else {
        let what = "there is no step index: the run is not closed, or its end is cut off".to_owned();
        return findings.add(Kind::StepIndex, None, what);
    };
    check_index(document, index, findings);
    check_steps(document, index, findings);
    for phase in &index.phases {
        check_artifacts(&document.rows, phase, findings);
        check_gates(&document.rows, phase, findings);
    }
}

fn check_writers(document: &LedgerDocument, findings: &mut Findings) {
    let writers = Writers::of(document.facts());
    for (place, row) in document.rows.iter().enumerate() {
        let sealed = row.fact.path.starts_with(SEAL);
        let refused = writers.refused(&row.fact).filter(|writer| writer != SEAL || !sealed);
        if let Some(writer) = refused {
            let what = format!("{writer} may not write a fact of this kind");
            findings.row(Kind::Writer, place, row, what);
        }
    }
}

/// Every answered model call has its cost.
fn check_costs(rows: &[Row], findings: &mut Findings) {
    let costs: BTreeSet<&str> = rows
        .iter()
        .filter(|row| matches!(row.fact.body, FactBody::Cost { .. }))
        .map(|row| &*row.fact.path)
        .collect();
    for (place, row) in rows.iter().enumerate() {
        let call = matches!(&row.fact.body, FactBody::Task { function, .. } if function == MODEL_CALL);
        if call && !costs.contains(&*row.fact.path) {
            let what = format!("the model call at {} has no cost row", row.fact.path);
            findings.row(Kind::MissingCost, place, row, what);
        }
    }
}

/// The index is the one whose digest was sealed.
fn check_index(document: &LedgerDocument, index: &StepIndex, findings: &mut Findings) {
    let Some(row) = document.artifact(StepIndex::ARTIFACT) else {
        let what = format!("no row records `{}`: the end of the ledger is cut off", StepIndex::ARTIFACT);
        return findings.add(Kind::StepIndex, None, what);
    };
    let FactBody::Artifact { digest: sealed, .. } = &row.fact.body else { return };
    match Digest::of_json(index) {
        Ok(digest) if digest == *sealed => {}
        Ok(digest) => {
            let what = format!("the step index is altered: it has {digest}, sealed is {sealed}");
            findings.add(Kind::StepIndex, Some(row.seq), what);
        }
        Err(e) => findings.add(Kind::StepIndex, Some(row.seq), e.to_string()),
    }
}

/// Steps and task rows are the same, but for the seal (no row) and the close of the run.
fn check_steps(document: &LedgerDocument, index: &StepIndex, findings: &mut Findings) {
    let mut tasks: BTreeMap<&str, (usize, &Row, &str)> = BTreeMap::new();
    for (place, row) in document.rows.iter().enumerate() {
        if let FactBody::Task { function, .. } = &row.fact.body {
            tasks.insert(&row.fact.path, (place, row, function));
        }
    }
    for step in index.steps.iter().filter(|step| step.function != SEAL) {
        let found = tasks.get(&*step.step);
        if found.is_none_or(|(_, _, function)| *function != step.function) {
            let what = format!("{} did step {} and has no task row there", step.function, step.step);
            findings.path(Kind::MissingTask, &step.step, what);
        }
    }
    let known: BTreeSet<&str> = index.steps.iter().map(|step| &*step.step).collect();
    let indexed = document.artifact(StepIndex::ARTIFACT);
    for (path, (place, row, function)) in tasks {
        if !known.contains(path) && !indexed.is_some_and(|index| closes(row, function, index)) {
            findings.row(Kind::Beyond, place, row, format!("{function} at {path} is no step of the run"));
        }
    }
}

/// The step that wrote the index, and what the run itself does after it (writing the dossier), cannot be in it.
fn closes(task: &Row, function: &str, index: &Row) -> bool {
    let after = task.seq > index.seq && function.starts_with("run-") && phase_of(&task.fact.path).is_none();
    task.fact.path == index.fact.path || after
}

fn in_phase<'a>(rows: &'a [Row], phase: &'a PhaseIndex) -> impl Iterator<Item = &'a FactBody> {
    let within = |row: &&Row| row.fact.path.split('/').next() == Some(&*phase.path);
    rows.iter().filter(within).map(|row| &row.fact.body)
}

fn check_artifacts(rows: &[Row], phase: &PhaseIndex, findings: &mut Findings) {
    let recorded: BTreeSet<_> = in_phase(rows, phase)
        .filter_map(|body| match body {
            FactBody::Artifact { name, digest, media_type, bytes, .. } => {
                Some((name, digest, media_type, bytes))
            }
            _ => None,
        })
        .collect();
    for stated in &phase.artifacts {
        if !recorded.contains(&(&stated.name, &stated.digest, &stated.media_type, &stated.bytes)) {
            let what =
                format!("artifact {} ({}) of phase {} has no row", stated.name, stated.digest, phase.id);
            findings.path(Kind::MissingArtifact, &phase.path, what);
        }
    }
}

fn check_gates(rows: &[Row], phase: &PhaseIndex, findings: &mut Findings) {
    for stated in &phase.gates {
        if !gate_is_recorded(rows.iter().map(|row| &row.fact), &phase.path, stated) {
            let what = format!("gate {} of phase {} has no row with this outcome", stated.id, phase.id);
            findings.path(Kind::MissingGate, &phase.path, what);
        }
    }
}
