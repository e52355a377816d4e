//! The figures of the front page, each a count over what stands further down.

use std::collections::BTreeMap;

use ideamine_core::artifacts::{GateOutcome, RequirementKind};
use ideamine_core::records::{FactBody, FactKind, PhaseStatus, QuestionState};
use serde::Serialize;

use crate::Dossier;
use crate::content::{Content, PaperKind, PhaseEntry, TestState};

#[derive(Debug, Default, Serialize)]
pub(super) struct Figures {
    phases: usize,
    phases_passed: usize,
    gates: usize,
    gates_passed: usize,
    requirements: usize,
    requirements_shown: usize,
    requirements_partly: usize,
    questions_open: usize,
    assumptions: usize,
    artifacts: usize,
    duration_ms: i64,
    /// What was spent in this run, micro-dollars.
    spent_usd_micros: i64,
    /// What recordings state, micro-dollars.
    recorded_usd_micros: i64,
    /// Reasons of the verdict, but for failed gates: those are the lights.
    reasons: Vec<String>,
    rows: usize,
    rows_by_kind: BTreeMap<&'static str, usize>,
    head_size: u64,
    head_root: String,
    signer: String,
    algorithm: String,
}

impl Figures {
    pub(super) fn of(dossier: &Dossier) -> Self {
        let content = &dossier.content;
        let gates = || content.phases.iter().flat_map(|phase| &phase.gates);
        let asked = |state| content.questions.iter().filter(|question| question.state == state).count();
        let passed = |status: PhaseStatus| matches!(status, PhaseStatus::Passed | PhaseStatus::Concerns);
        // What must hold of the surroundings is not shown by a test.
        let rows = || content.matrix.rows.iter().filter(|row| row.kind != RequirementKind::Constraint);
        let mut figures = Self {
            phases: content.phases.len(),
            phases_passed: content.phases.iter().filter(|phase| passed(phase.status)).count(),
            gates: gates().count(),
            gates_passed: gates()
                .filter(|gate| matches!(gate.outcome, GateOutcome::Pass | GateOutcome::Waived))
                .count(),
            requirements: rows().count(),
            requirements_shown: rows().filter(|row| row.state == TestState::Passed).count(),
            requirements_partly: rows().filter(|row| row.state == TestState::Partly).count(),
            questions_open: asked(QuestionState::Open) + asked(QuestionState::Asked),
            assumptions: asked(QuestionState::Assumed),
            artifacts: content.papers.iter().filter(|paper| paper.kind == PaperKind::Artifact).count(),
            duration_ms: content.run.ended_ms - content.run.started_ms,
            spent_usd_micros: content.costs.total.usd_micros.minus(content.costs.total.recorded_usd_micros).0,
            recorded_usd_micros: content.costs.total.recorded_usd_micros.0,
            reasons: reasons(content),
            rows: dossier.ledger.rows.len(),
            ..Self::default()
        };
        figures.ledger(dossier);
        figures
    }

    fn ledger(&mut self, dossier: &Dossier) {
        for fact in dossier.ledger.facts() {
            *self.rows_by_kind.entry(kind(&fact.body)).or_default() += 1;
        }
        if let Some(signed) = dossier.ledger.heads.last() {
            self.head_size = signed.head.size;
            self.head_root.clone_from(&signed.head.root);
            self.signer.clone_from(&signed.signature.key_id);
            self.algorithm.clone_from(&signed.signature.algorithm);
        }
    }
}

/// The reasons that no light shows.
fn reasons(content: &Content) -> Vec<String> {
    let failed = |phase: &PhaseEntry| {
        let gates = phase.gates.iter().filter(|gate| gate.outcome == GateOutcome::Fail);
        gates.map(|gate| format!("gate {} failed in phase {} ", gate.id, phase.id)).collect::<Vec<_>>()
    };
    let shown: Vec<String> = content.phases.iter().flat_map(failed).collect();
    let told = |reason: &&String| !shown.iter().any(|light| reason.starts_with(light));
    content.run.reasons.iter().filter(told).cloned().collect()
}

const fn kind(body: &FactBody) -> &'static str {
    match body.kind() {
        FactKind::Task => "task",
        FactKind::Gate => "gate",
        FactKind::Decision => "decision",
        FactKind::Artifact => "artifact",
        FactKind::Cost => "cost",
        FactKind::Signature => "signature",
    }
}
