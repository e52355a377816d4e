//! The papers of a dossier: documents with their text, within the limits.

use std::collections::BTreeMap;

use ideamine_core::artifacts::REDACTED;
use ideamine_core::records::{Approval, ArtifactRef, FactBody, GuardAt};
use ideamine_core::{Digest, PhaseId};

use crate::build::{INLINE_BYTES_MAX, INLINE_TOTAL_BYTES_MAX, Sources, approval, evidence, is_evidence};
use crate::content::{Paper, PaperKind};
use crate::withheld::Withheld;

/// Media type of what the run itself writes.
const JSON: &str = "application/json";

/// The idea, the plan, the artifacts in plan order, the evidence of the gates, and what people signed.
pub(crate) fn papers(sources: &Sources<'_>, withheld: &Withheld) -> Vec<Paper> {
    let authors: BTreeMap<Digest, &str> =
        sources.facts.iter().filter_map(|fact| author(&fact.body)).collect();
    let mut shelf = Shelf {
        documents: sources.documents,
        withheld,
        authors,
        room: INLINE_TOTAL_BYTES_MAX,
        papers: Vec::new(),
    };
    let (idea, media_type) = (sources.run.idea, sources.run.idea_media_type.clone());
    let bytes = sources.documents.get(&idea).map_or(0, |bytes| bytes.len() as u64);
    let name = "idea".to_owned();
    shelf.put(PaperKind::Idea, None, &ArtifactRef { name, digest: idea, media_type, bytes });
    shelf.put_whole(PaperKind::Plan, None, "plan", sources.plan.1);
    for row in sources.phases {
        row.artifacts.iter().for_each(|artifact| shelf.put(PaperKind::Artifact, Some(&row.id), artifact));
    }
    for row in sources.phases {
        row.gates
            .iter()
            .for_each(|gate| shelf.put_evidence(Some(&row.id), &format!("gate:{}", gate.id), gate.evidence));
    }
    for row in sources.guards {
        for said in row.said.iter().filter(|said| said.findings > 0 || row.at == GuardAt::Post) {
            let name = format!("guard:{}", said.id);
            said.evidence.iter().for_each(|pack| shelf.put_evidence(row.phase.as_ref(), &name, *pack));
        }
    }
    for over in sources.facts.iter().filter_map(approval) {
        let signed =
            sources.documents.get(&over).and_then(|bytes| serde_json::from_slice::<Approval>(bytes).ok());
        let name = signed
            .as_ref()
            .map_or_else(|| "approval".to_owned(), |signed| format!("approval:{}", signed.gate));
        shelf.put_whole(PaperKind::Approval, signed.map(|signed| signed.phase), &name, over);
    }
    shelf.papers
}

fn author(body: &FactBody) -> Option<(Digest, &str)> {
    match body {
        FactBody::Artifact { digest, author, .. } => Some((*digest, author)),
        _ => None,
    }
}

struct Shelf<'a> {
    documents: &'a BTreeMap<Digest, Vec<u8>>,
    withheld: &'a Withheld,
    authors: BTreeMap<Digest, &'a str>,
    room: usize,
    papers: Vec<Paper>,
}

impl Shelf<'_> {
    fn put(&mut self, kind: PaperKind, phase: Option<&PhaseId>, artifact: &ArtifactRef) {
        let ArtifactRef { name, digest, media_type, bytes } = artifact.clone();
        let text = self.text(&digest);
        let author = self.authors.get(&digest).map(|author| (*author).to_owned());
        self.papers.push(Paper {
            kind,
            phase: phase.cloned(),
            name,
            digest,
            media_type,
            bytes,
            author,
            text,
        });
    }

    /// What verification reads: its text is here whatever its size.
    fn put_whole(&mut self, kind: PaperKind, phase: Option<PhaseId>, name: &str, digest: Digest) {
        let text = self.documents.get(&digest).and_then(|bytes| String::from_utf8(bytes.clone()).ok());
        let bytes = text.as_ref().map_or(0, |text| text.len() as u64);
        let (name, media_type) = (name.to_owned(), JSON.to_owned());
        self.papers.push(Paper { kind, phase, name, digest, media_type, bytes, author: None, text });
    }

    /// A pack and the packs it rests on, each once.
    fn put_evidence(&mut self, phase: Option<&PhaseId>, name: &str, digest: Digest) {
        if self.papers.iter().any(|paper| paper.digest == digest) {
            return;
        }
        let bytes = self.documents.get(&digest).map_or(0, |bytes| bytes.len() as u64);
        let media_type = JSON.to_owned();
        let found = ArtifactRef { name: name.to_owned(), digest, media_type, bytes };
        self.put(PaperKind::Evidence, phase, &found);
        let behind = evidence(self.documents, &digest).into_iter().flat_map(|pack| pack.inputs);
        for (name, digest) in behind {
            if is_evidence(&name) {
                self.put_evidence(phase, &name, digest);
            } else if name.starts_with(REDACTED) {
                self.put_copy(phase, name, digest);
            }
        }
    }

    /// What leaves in the place of what is withheld.
    fn put_copy(&mut self, phase: Option<&PhaseId>, name: String, digest: Digest) {
        let bytes = self.documents.get(&digest).map_or(0, |bytes| bytes.len() as u64);
        let copy = ArtifactRef { name, digest, media_type: "text/plain".to_owned(), bytes };
        self.put(PaperKind::Redacted, phase, &copy);
    }

    fn text(&mut self, digest: &Digest) -> Option<String> {
        let bytes = self.documents.get(digest)?;
        if bytes.len() > INLINE_BYTES_MAX.min(self.room) {
            return None;
        }
        let text = std::str::from_utf8(bytes).ok()?;
        if self.withheld.holds(digest, text) {
            return None;
        }
        self.room -= bytes.len();
        Some(text.to_owned())
    }
}
