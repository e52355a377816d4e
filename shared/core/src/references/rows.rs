//! What rows name.

use super::facts::call;
use super::{Reference, References};
use crate::records::{
    Approval, ArtifactRef, BudgetRow, CallRow, ControlRow, GateRef, GuardRow, Knowledge, PhaseRow,
    QuestionRow, ReplyRow, RunRow, Said, SignedApproval,
};

impl References for RunRow {
    fn references(&self) -> Vec<Reference> {
        let Self {
            run_id: _,
            idea,
            idea_media_type: _,
            title: _,
            options: _,
            plan,
            execution: _,
            status: _,
            verdict: _,
            reasons: _,
            dossier,
            page,
            created_ms: _,
            ended_ms: _,
        } = self;
        let more = [("the plan", plan), ("dossier.json", dossier), ("dossier.html", page)];
        let more = more.into_iter().filter_map(|(name, digest)| Some(Reference::plain(name, (*digest)?)));
        std::iter::once(Reference::plain("the idea", *idea)).chain(more).collect()
    }
}

impl References for PhaseRow {
    fn references(&self) -> Vec<Reference> {
        let Self {
            id: _,
            order: _,
            status: _,
            attempts: _,
            artifacts,
            gates,
            generator: _,
            problems: _,
            stopped: _,
            started_ms: _,
            ended_ms: _,
        } = self;
        artifacts
            .iter()
            .flat_map(References::references)
            .chain(gates.iter().flat_map(References::references))
            .collect()
    }
}

impl References for GuardRow {
    fn references(&self) -> Vec<Reference> {
        let Self { at: _, phase: _, subject, said } = self;
        let subject = subject.map(|digest| Reference::plain("what guards let through or not", digest));
        subject.into_iter().chain(said.iter().flat_map(References::references)).collect()
    }
}

impl References for Said {
    fn references(&self) -> Vec<Reference> {
        let Self { id, outcome: _, findings: _, evidence, review: _, why: _ } = self;
        evidence.map(|pack| Reference::named(&format!("guard:{id}"), pack)).into_iter().collect()
    }
}

impl References for ArtifactRef {
    fn references(&self) -> Vec<Reference> {
        let Self { name, digest, media_type: _, bytes: _ } = self;
        vec![Reference::named(name, *digest)]
    }
}

impl References for GateRef {
    fn references(&self) -> Vec<Reference> {
        let Self { id, outcome: _, evidence } = self;
        vec![Reference::evidence(id, *evidence)]
    }
}

impl References for CallRow {
    fn references(&self) -> Vec<Reference> {
        let Self { request, state: _, owner: _, reserved: _, reserved_tokens: _, cut_off: _, answer, fact } =
            self;
        let more = fact.iter().flat_map(|fact| fact.body.references());
        call(*request, *answer).into_iter().chain(more).collect()
    }
}

impl References for SignedApproval {
    fn references(&self) -> Vec<Reference> {
        let Self { approval, signature: _ } = self;
        let Approval {
            tenant: _,
            run: _,
            phase: _,
            gate,
            attempt: _,
            artifacts,
            evidence,
            decision: _,
            expires_ms: _,
            nonce: _,
        } = approval;
        let judged = artifacts.iter().map(|digest| Reference::plain("an artifact that it covers", *digest));
        std::iter::once(Reference::evidence(gate, *evidence)).chain(judged).collect()
    }
}

impl References for BudgetRow {
    fn references(&self) -> Vec<Reference> {
        let Self {
            cap: _,
            cap_tokens: _,
            cap_tools_ms: _,
            reserved: _,
            settled: _,
            recorded: _,
            uncertain: _,
            tokens_in: _,
            tokens_out: _,
            model_calls: _,
            cache_hits: _,
            uncertain_calls: _,
            phases: _,
            refusal: _,
        } = self;
        vec![]
    }
}

impl References for ControlRow {
    fn references(&self) -> Vec<Reference> {
        let Self { epoch: _, desired: _, by: _, armed: _ } = self;
        vec![]
    }
}

impl References for QuestionRow {
    fn references(&self) -> Vec<Reference> {
        let Self { id: _, phase: _, text: _, why: _, blocking: _, rank: _, state: _, answer: _, token: _ } =
            self;
        vec![]
    }
}

impl References for ReplyRow {
    fn references(&self) -> Vec<Reference> {
        let Self { id: _, question: _, answer: _ } = self;
        vec![]
    }
}

impl References for Knowledge {
    fn references(&self) -> Vec<Reference> {
        let Self { id: _, statement: _, question: _, assumption: _ } = self;
        vec![]
    }
}
