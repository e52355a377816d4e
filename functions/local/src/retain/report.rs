//! What a removal came to: counts and digests for the records and for a person, lists in a file.

use std::collections::{BTreeMap, BTreeSet};

use ideamine_core::records::RemovedRow;
use ideamine_core::{Digest, Failure, RunId};
use ideamine_embedded::Compacted;
use serde::Serialize;
use serde_json::json;

use super::Policy;

/// The sets.
pub(super) struct Lists {
    pub at_ms: i64,
    /// Digests in the records that stay.
    pub roots: BTreeSet<Digest>,
    /// Documents that these lead to.
    pub live: BTreeSet<Digest>,
    /// Documents that `verify` reads of the runs that stay.
    pub verified: BTreeSet<Digest>,
    /// Documents that go, and their sizes.
    pub removed: BTreeMap<Digest, u64>,
}

/// A set of documents: how many, and the digest over their digests, one a line in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Set {
    documents: usize,
    digest: Digest,
}

/// See the module.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Report {
    /// When, milliseconds since 1970.
    at_ms: i64,
    older_than_s: u64,
    dry_run: bool,
    pub(super) removed: Removed,
    /// How many runs stay, by why.
    kept: BTreeMap<&'static str, usize>,
    roots: Set,
    live: Set,
    verified: Set,
    /// Documents that both stay and go: by the walk that decided, and by the other one.
    live_and_removed: usize,
    verified_and_removed: usize,
    /// The file with the lists, and its digest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) proof: Option<(String, Digest)>,
    /// Record bytes of the journal before and after.
    #[serde(skip_serializing_if = "Option::is_none")]
    journal_bytes: Option<(u64, u64)>,
    /// Runs that stay and were verified afterwards, and what was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    verified_after: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) findings: Vec<String>,
}

/// What went.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Removed {
    pub(super) runs: usize,
    #[serde(flatten)]
    set: Set,
    bytes: u64,
}

impl Set {
    fn of<'a>(digests: impl Iterator<Item = &'a Digest>) -> Self {
        let lines: Vec<String> = digests.map(|digest| format!("{digest}\n")).collect();
        Self { documents: lines.len(), digest: Digest::of(lines.concat().as_bytes()) }
    }
}

impl Report {
    pub(super) fn new(
        lists: &Lists,
        policy: Policy,
        seals: &[RemovedRow],
        kept: BTreeMap<&'static str, usize>,
    ) -> Result<Self, Failure> {
        let both = |stays: &BTreeSet<Digest>| stays.iter().filter(|d| lists.removed.contains_key(d)).count();
        Ok(Self {
            at_ms: lists.at_ms,
            older_than_s: policy.older_than.as_secs(),
            dry_run: policy.dry_run,
            removed: Removed {
                runs: seals.len(),
                set: Set::of(lists.removed.keys()),
                bytes: lists.removed.values().sum(),
            },
            kept,
            roots: Set::of(lists.roots.iter()),
            live: Set::of(lists.live.iter()),
            verified: Set::of(lists.verified.iter()),
            live_and_removed: both(&lists.live),
            verified_and_removed: both(&lists.verified),
            proof: None,
            journal_bytes: None,
            verified_after: None,
            findings: vec![],
        })
    }

    /// Whether nothing both stays and goes.
    pub(super) const fn disjoint(&self) -> bool {
        self.live_and_removed == 0 && self.verified_and_removed == 0
    }

    pub(super) const fn compacted(&mut self, compacted: Compacted) {
        self.journal_bytes = Some((compacted.bytes_before, compacted.bytes_after));
    }

    /// Counts a run that was verified afterwards, with what was found first.
    pub(super) fn verified(&mut self, finding: Option<String>) {
        *self.verified_after.get_or_insert(0) += 1;
        self.findings.extend(finding);
    }

    /// For a person.
    pub(crate) fn words(&self) -> String {
        let Removed { runs, set, bytes } = &self.removed;
        let would = if self.dry_run { "would be removed" } else { "removed" };
        let mut lines = vec![format!("{runs} runs and {} documents ({bytes} bytes) {would}", set.documents)];
        lines.extend(self.kept.iter().map(|(why, runs)| format!("{runs} runs stay: {why}")));
        lines.push(format!(
            "{} documents stay; of these and of the {} that verify reads, none goes",
            self.live.documents, self.verified.documents
        ));
        if let Some((before, after)) = self.journal_bytes {
            lines.push(format!("the journal has {after} bytes of records, {before} before"));
        }
        if let Some((file, digest)) = &self.proof {
            lines.push(format!("proof: {file}, {digest}"));
        }
        if let Some(runs) = self.verified_after {
            lines.push(format!("{runs} runs verified afterwards, {} findings", self.findings.len()));
        }
        lines.extend(self.findings.iter().cloned());
        lines.join("\n")
    }
}

impl Lists {
    /// The file.
    pub(super) fn to_bytes(&self, seals: &[RemovedRow]) -> Result<Vec<u8>, Failure> {
        let runs: Vec<&RunId> = seals.iter().map(|seal| &seal.run_id).collect();
        let lists = json!({
            "at_ms": self.at_ms, "runs": runs, "roots": self.roots, "live": self.live, "verified": self.verified,
            "removed": self.removed.keys().collect::<Vec<_>>(),
        });
        serde_json::to_vec(&lists).map_err(|e| Failure::bug(e.to_string()))
    }
}
