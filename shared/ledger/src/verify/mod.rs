//! Offline verification: reads, hashes and compares. It executes nothing and asks nobody.
//!
//! Two questions are kept apart. *Intact*: is what is here what was sealed? *Complete*: is everything
//! here that should be? The second is held against the run's own journal and books ([`crate::StepIndex`]).

mod complete;
mod costs;
mod intact;
mod signatures;
mod verdict;

use crate::{LedgerDocument, export};
use signatures::Checked;
use verdict::Findings;
pub use verdict::{Aspect, Problem, ProblemKind, SignatureState, Verdict};

/// What the verifier demands beyond the ledger itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The ledger must be signed by the key of this fingerprint.
    pub trust: Option<String>,
    /// Fingerprints that count as trusted when `trust` demands none: the user's trust file.
    pub trusted: Vec<String>,
    /// A count of rows and a hex hash noted earlier (root, or hash of the last row): the ledger must contain it.
    /// The number and hash of a single row are taken too.
    pub expect_head: Option<(u64, String)>,
}

/// Verifies ledgers one after the other and remembers the signatures that it has checked: who looks at a growing
/// ledger after each seal checks one signature, not all of them again.
#[derive(Debug, Default)]
pub struct Verifier {
    signatures: Checked,
}

impl Verifier {
    /// Verifies a ledger.
    pub fn verify(&mut self, document: &LedgerDocument, options: &Options) -> Verdict {
        let mut findings = Findings::default();
        intact::check_rows(&document.rows, &mut findings);
        intact::check_heads(document, &mut self.signatures, &mut findings);
        complete::check(document, &mut findings);
        costs::check(document, &mut findings);
        expect_head(document, options, &mut findings);
        let signer = document.heads.last().map(|head| head.signature.key_id.clone());
        let trusted = trusted(signer.as_deref(), options, &mut findings);
        findings.verdict(signer, trusted)
    }

    /// Verifies a ledger file. What cannot be read is a finding that names the line.
    pub fn verify_jsonl(&mut self, bytes: &[u8], options: &Options) -> Verdict {
        match export::read(bytes) {
            Ok(document) => self.verify(&document, options),
            Err(unreadable) => Verdict::unreadable(unreadable.row, unreadable.to_string()),
        }
    }
}

/// [`Verifier::verify`], once.
pub fn verify(document: &LedgerDocument, options: &Options) -> Verdict {
    Verifier::default().verify(document, options)
}

/// [`Verifier::verify_jsonl`], once.
pub fn verify_jsonl(bytes: &[u8], options: &Options) -> Verdict {
    Verifier::default().verify_jsonl(bytes, options)
}

/// Without `--trust` an unknown signer is no finding, only not trusted.
fn trusted(signer: Option<&str>, options: &Options, findings: &mut Findings) -> bool {
    let Some(demanded) = &options.trust else {
        return signer.is_some_and(|signer| options.trusted.iter().any(|key| key == signer));
    };
    let found = signer.unwrap_or("nobody");
    if found != demanded {
        findings.add(
            ProblemKind::Trust,
            None,
            format!("signed by {found}, not by the trusted key {demanded}"),
        );
    }
    found == demanded
}

fn expect_head(document: &LedgerDocument, options: &Options, findings: &mut Findings) {
    let Some((number, hash)) = &options.expect_head else { return };
    let rows = &document.rows;
    let row = |seq: u64| rows.get(usize::try_from(seq).ok()?);
    let last = number.checked_sub(1).and_then(row);
    let root = usize::try_from(*number).ok().and_then(|size| rows.get(..size));
    let root = root.and_then(<[_]>::first).map(|first| {
        let size = usize::try_from(*number).unwrap_or(usize::MAX);
        crate::head(&first.tenant, &first.run, rows.get(..size).unwrap_or(rows)).root
    });
    let holds = [root, last.map(|row| row.hash.clone()), row(*number).map(|row| row.hash.clone())];
    if !holds.iter().flatten().any(|found| found == hash) {
        let what = format!("no head {number}:{hash}: the ledger has {} rows and another history", rows.len());
        findings.add(ProblemKind::ExpectedHead, row(*number).or(last).map(|row| row.seq), what);
    }
}
