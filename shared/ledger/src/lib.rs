//! The run ledger: facts to numbered rows, hash chain, Merkle tree, signed heads, offline verification.
//!
//! Pure: no IO, no clock, no key. `run-seal` hands in what the store has and appends what comes out;
//! whoever verifies hands in bytes. The one surprising thing: a ledger is only *complete* when it
//! holds the digest of its own [`StepIndex`], which the closing step writes just before the last
//! seal. So a tail that was cut off is missed by the ledger itself, without a second copy.
//!
//! | module | what |
//! |---|---|
//! | [`seal`](seal()) | numbers, chains and hashes facts; refuses a kind that its writer may not write |
//! | [`writers`] | the table of who may write what |
//! | [`merkle`] | the tree of RFC 6962 with its proofs |
//! | [`signature`] | Ed25519 and P-256 |
//! | [`approval`] | whether a person's signed decision on a failed gate may be used |
//! | [`LedgerDocument`], [`export`] | a whole ledger, and its form as a file |
//! | [`verify`](verify()) | *intact*, *complete*, *signed*, *costs reconciled*, each finding with its row |

pub mod approval;
mod document;
pub mod export;
mod gates;
pub mod merkle;
mod proof;
mod seal;
pub mod signature;
mod usage;
mod verify;
pub mod writers;

pub use document::{LedgerDocument, PhaseIndex, StepIndex, phase_of};
pub use gates::gate_is_recorded;
pub use proof::{Consistency, Inclusion, prove_consistency, prove_inclusion};
pub use seal::{SealError, ZERO_HASH, head, row_hash, seal, sign_bytes};
pub use usage::{RECORDED, Usage};
pub use verify::{
    Aspect, Options, Problem, ProblemKind, SignatureState, Verdict, Verifier, verify, verify_jsonl,
};
pub use writers::HEAD_PURPOSE;
