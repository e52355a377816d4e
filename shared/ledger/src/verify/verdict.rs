//! What verification found, in the form that the command line prints.

use ideamine_core::records::Row;
use serde::{Deserialize, Serialize};

use crate::phase_of;

/// Findings listed at most; a wrecked file has one for nearly every row, and the first ones tell most.
const PROBLEMS_MAX: usize = 200;

/// What a finding speaks against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aspect {
    /// It is not what was sealed.
    Intact,
    /// Something is missing, or too much.
    Complete,
    /// The costs do not add up.
    Costs,
    /// A demand of the caller's does not hold.
    Demand,
}

/// Kinds of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemKind {
    /// It cannot be read at all.
    Unreadable,
    /// A row's number is not its place.
    Sequence,
    /// A row's hash is not the hash of its content.
    RowHash,
    /// A row does not follow the row before.
    Chain,
    /// A row or head of another run or tenant.
    Foreign,
    /// A signed head that does not fit the rows, or is missing.
    Head,
    /// A signature that does not hold.
    Signature,
    /// Signed by several keys, or by another than the one stated.
    Key,
    /// The step index is missing or not the one that was sealed.
    StepIndex,
    /// A step without its task row.
    MissingTask,
    /// A model call without its cost row.
    MissingCost,
    /// An artifact without its row.
    MissingArtifact,
    /// A gate without its row.
    MissingGate,
    /// A task row that no step accounts for.
    Beyond,
    /// A row of a kind that its writer may not write.
    Writer,
    /// Sums that differ from what is stated.
    Costs,
    /// Not signed by the demanded key.
    Trust,
    /// The demanded head is not in it.
    ExpectedHead,
    /// A part of a dossier that is not the sealed one, or does not follow from the ledger.
    Content,
    /// A stored document's bytes are gone or do not have its digest.
    Artifact,
    /// A row, an execution's history or a file of the data directory does not say what was sealed.
    Record,
    /// A person's approval that does not hold for what it was used for.
    Approval,
    /// The run has not ended, so its end cannot be there yet; nothing speaks against what is.
    NotEnded,
}

impl ProblemKind {
    /// What a finding of this kind speaks against.
    pub const fn aspect(self) -> Aspect {
        match self {
            Self::Unreadable | Self::Sequence | Self::RowHash | Self::Chain | Self::Foreign => Aspect::Intact,
            Self::Head | Self::Signature | Self::Key | Self::Content | Self::Artifact => Aspect::Intact,
            Self::Record | Self::Approval => Aspect::Intact,
            Self::StepIndex | Self::MissingTask | Self::MissingCost | Self::MissingArtifact => {
                Aspect::Complete
            }
            Self::MissingGate | Self::Beyond | Self::Writer | Self::NotEnded => Aspect::Complete,
            Self::Costs => Aspect::Costs,
            Self::Trust | Self::ExpectedHead => Aspect::Demand,
        }
    }
}

/// How it stands with the signatures of the heads, whoever signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureState {
    /// Every one holds under the key that it names.
    Valid,
    /// One does not, or they are by several keys.
    Invalid,
    /// There is none.
    Missing,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What kind.
    pub kind: ProblemKind,
    /// The row, where there is one.
    pub seq: Option<u64>,
    /// The phase, where there is one.
    pub phase: Option<String>,
    /// What is wrong.
    pub what: String,
}

/// The outcome of a verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Rows, chain, tree, heads and signatures fit each other.
    pub intact: bool,
    /// Everything that the run did is there, and nothing else.
    pub complete: bool,
    /// Intact, and signed by a trusted key.
    pub signed: bool,
    /// Fingerprint of the signing key.
    pub signer: Option<String>,
    /// Whether that key is trusted.
    pub trusted: bool,
    /// Whether its signatures hold at all.
    pub signature: SignatureState,
    /// Cost rows sum to the stated totals.
    pub costs_reconciled: bool,
    /// What was found.
    pub problems: Vec<Problem>,
}

impl Verdict {
    /// Whether nothing was found: exit code 0.
    pub fn holds(&self) -> bool {
        self.intact && self.complete && self.costs_reconciled && self.problems.is_empty()
    }

    /// The verdict on something that cannot be read.
    pub fn unreadable(seq: Option<u64>, what: String) -> Self {
        let mut findings = Findings::default();
        findings.add(ProblemKind::Unreadable, seq, what);
        let verdict = findings.verdict(None, false);
        Self { intact: false, complete: false, costs_reconciled: false, ..verdict }
    }

    /// The verdict on a run that has not ended: what only its end brings is not missing yet, and `tail` says how far
    /// it has come. Nothing else is overlooked.
    #[must_use]
    pub fn of_open_run(mut self, tail: String) -> Self {
        let nothing_sealed = self.signature == SignatureState::Missing;
        self.problems.retain(|problem| match problem.kind {
            ProblemKind::StepIndex | ProblemKind::Costs => problem.seq.is_some() || problem.phase.is_some(),
            ProblemKind::Head => problem.seq.is_some() || !nothing_sealed,
            _ => true,
        });
        let clean = |aspect| !self.problems.iter().any(|problem| problem.kind.aspect() == aspect);
        self.intact = clean(Aspect::Intact);
        self.complete = clean(Aspect::Complete);
        self.signed = self.intact && self.trusted && self.signature == SignatureState::Valid;
        self.and(vec![Problem { kind: ProblemKind::NotEnded, seq: None, phase: None, what: tail }])
    }

    /// The verdict with more findings.
    #[must_use]
    pub fn and(mut self, more: Vec<Problem>) -> Self {
        let hit = |aspect| more.iter().any(|problem| problem.kind.aspect() == aspect);
        self.intact &= !hit(Aspect::Intact);
        self.complete &= !hit(Aspect::Complete);
        self.costs_reconciled &= !hit(Aspect::Costs);
        self.signed &= self.intact;
        self.problems.extend(more);
        self
    }
}

/// Findings as they are gathered.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    problems: Vec<Problem>,
    broken: [bool; 4],
    signature_broken: bool,
}

impl Findings {
    /// A finding that lies in no phase, or at a row by number alone.
    pub(crate) fn add(&mut self, kind: ProblemKind, seq: Option<u64>, what: String) {
        self.push(Problem { kind, seq, phase: None, what });
    }
    /// A finding about a row: its number is its place, whatever it says itself.
    pub(crate) fn row(&mut self, kind: ProblemKind, place: usize, row: &Row, what: String) {
        let phase = phase_of(&row.fact.path).map(str::to_owned);
        self.push(Problem { kind, seq: Some(place as u64), phase, what });
    }
    /// A finding about a logical path.
    pub(crate) fn path(&mut self, kind: ProblemKind, path: &str, what: String) {
        self.push(Problem { kind, seq: None, phase: phase_of(path).map(str::to_owned), what });
    }

    fn push(&mut self, problem: Problem) {
        self.broken[problem.kind.aspect() as usize] = true;
        self.signature_broken |= matches!(problem.kind, ProblemKind::Signature | ProblemKind::Key);
        match self.problems.len() {
            PROBLEMS_MAX => {}
            len if len + 1 == PROBLEMS_MAX => {
                let what = "more was found; only the first findings are listed".to_owned();
                self.problems.push(Problem { what, ..problem });
            }
            _ => self.problems.push(problem),
        }
    }

    pub(crate) fn verdict(self, signer: Option<String>, trusted: bool) -> Verdict {
        let clean = |aspect: Aspect| !self.broken[aspect as usize];
        let intact = clean(Aspect::Intact);
        let signature = match (&signer, self.signature_broken) {
            (None, _) => SignatureState::Missing,
            (Some(_), true) => SignatureState::Invalid,
            (Some(_), false) => SignatureState::Valid,
        };
        Verdict {
            signature,
            intact,
            complete: clean(Aspect::Complete),
            signed: intact && trusted && signer.is_some(),
            signer,
            trusted,
            costs_reconciled: clean(Aspect::Costs),
            problems: self.problems,
        }
    }
}
