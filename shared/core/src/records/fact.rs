//! Facts, the rows they become when sealed, and signed heads.
//!
//! Ledger rows hold ids, digests, codes and amounts: no free text.

use serde::{Deserialize, Serialize};

use crate::artifacts::GateOutcome;
use crate::{Digest, Failure, RunId, Tenant, UsdMicros};

/// The six kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// A function did a step.
    Task,
    /// A gate spoke.
    Gate,
    /// Something was chosen.
    Decision,
    /// A document came to be.
    Artifact,
    /// Money or tokens were used.
    Cost,
    /// A key signed something.
    Signature,
}

/// What a fact says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum FactBody {
    /// A function did a step.
    Task {
        /// Its name.
        function: String,
        /// Canonical input.
        input: Digest,
        /// Canonical output.
        output: Digest,
    },
    /// A gate spoke.
    Gate {
        /// Which gate.
        gate: String,
        /// What it said.
        outcome: GateOutcome,
        /// The evidence pack.
        evidence: Digest,
        /// The artifacts it looked at, in plan order.
        artifacts: Vec<Digest>,
    },
    /// Something was chosen.
    Decision {
        /// What was decided: `verdict`, `loop`, `question`, `aggregate`, `control`.
        decision: String,
        /// The choice: a code or an id.
        choice: String,
        /// Who: a function's name, `person` or `policy`.
        by: String,
        /// What it was about.
        subject: Option<Digest>,
    },
    /// A document came to be.
    Artifact {
        /// Name inside the run.
        name: String,
        /// Its bytes.
        digest: Digest,
        /// Media type.
        media_type: String,
        /// Size.
        bytes: u64,
        /// The function that wrote it.
        producer: String,
        /// `composer` or `provider/model`: who wrote the words.
        author: String,
        /// What it was made from.
        inputs: Vec<Digest>,
        /// Traceability: pairs of ids (`FR-3` serves `N-2`), read from the document by rule.
        traces: Vec<(String, String)>,
    },
    /// Money or tokens were used.
    Cost {
        /// `provider/model`.
        model: String,
        /// The request.
        request: Digest,
        /// The answer; absent when the call was cut off.
        answer: Option<Digest>,
        /// Tokens read; absent when the provider did not say.
        tokens_in: Option<u64>,
        /// Tokens written; absent when the provider did not say.
        tokens_out: Option<u64>,
        /// What it cost, micro-dollars.
        usd_micros: UsdMicros,
        /// `paid`; `recorded` (answered by a recording, which states what it cost then); `cached` (answered from the replay store); `uncertain` (cut off, booked in full);
        /// `estimated` (answered without stating its usage, booked in full) or `unpriced` (answered by a
        /// model without a known price: the amount 0 says nothing).
        class: String,
    },
    /// A key signed something.
    Signature {
        /// What was signed.
        over: Digest,
        /// The signature.
        signature: Signature,
        /// Why: `head` or `approval`.
        purpose: String,
    },
}

impl FactBody {
    /// Its kind.
    pub const fn kind(&self) -> FactKind {
        match self {
            Self::Task { .. } => FactKind::Task,
            Self::Gate { .. } => FactKind::Gate,
            Self::Decision { .. } => FactKind::Decision,
            Self::Artifact { .. } => FactKind::Artifact,
            Self::Cost { .. } => FactKind::Cost,
            Self::Signature { .. } => FactKind::Signature,
        }
    }
}

/// One thing that happened in a run, at a place that is the same in every replay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Logical path of the step, `03-prd/a1/b00/prepare`; sorts in plan order.
    pub path: String,
    /// Tells facts of one kind at one path apart.
    pub ordinal: u32,
    /// When, milliseconds since 1970.
    pub at_ms: i64,
    /// What.
    pub body: FactBody,
}

impl Fact {
    /// Where it lies: unique in a run, and the order in which rows are numbered.
    pub fn place(&self) -> (String, FactKind, u32) {
        (self.path.clone(), self.body.kind(), self.ordinal)
    }
    /// Whether it says the same, its time aside.
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.path == other.path && self.ordinal == other.ordinal && self.body == other.body
    }
}

/// A sealed fact. `hash` is the SHA-256 of the canonical JSON of the row without `hash`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// From 0, gap-free.
    pub seq: u64,
    /// Hash of the row before; 64 zeros for the first. Hex.
    pub prev: String,
    /// Whose.
    pub tenant: Tenant,
    /// Which run.
    pub run: RunId,
    /// What happened.
    pub fact: Fact,
    /// Hash of this row. Hex.
    pub hash: String,
}

/// The ledger's state at one size; what is signed is its canonical JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Whose.
    pub tenant: Tenant,
    /// Which run.
    pub run: RunId,
    /// Number of rows.
    pub size: u64,
    /// Merkle root over the rows (RFC 6962), hex.
    pub root: String,
    /// Hash of the last row; 64 zeros for none. Hex.
    pub last: String,
}

/// A signature and the key it verifies under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// `ed25519` or `p256`.
    pub algorithm: String,
    /// Fingerprint: SHA-256 of the raw public key, hex.
    pub key_id: String,
    /// Raw public key, hex.
    pub public_key: String,
    /// The signature, hex.
    pub value: String,
}

/// A head and its signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedHead {
    /// What is signed.
    pub head: Head,
    /// The signature over the canonical JSON of `head`.
    pub signature: Signature,
}

impl SignedHead {
    /// Whether these are the rows that this head closes: of this run, and numbered up to its size.
    ///
    /// # Errors
    /// `Input.Invalid`.
    pub fn check_rows(&self, tenant: &Tenant, run: &RunId, rows: &[Row]) -> Result<(), Failure> {
        let owned = |t: &Tenant, r: &RunId| t == tenant && r == run;
        let head = &self.head;
        if !owned(&head.tenant, &head.run) || !rows.iter().all(|row| owned(&row.tenant, &row.run)) {
            return Err(Failure::input(format!("rows for run {run} name another tenant or run")));
        }
        let first = head.size.checked_sub(rows.len() as u64);
        if first.is_some_and(|first| rows.iter().zip(first..).all(|(row, number)| row.seq == number)) {
            return Ok(());
        }
        let message =
            format!("{} rows for run {run} are not numbered up to the head's size {}", rows.len(), head.size);
        Err(Failure::input(message))
    }
}
