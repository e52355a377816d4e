//! Verification of a dossier on its own: its ledger, and that everything else in it follows from that ledger.
//!
//! What binds what: the head is signed over the rows; one row holds the digest of the content and of each
//! of its sections; another that of the step index; the papers have their own digests, which are on
//! artifact and gate rows; the derived sections are derived again; what people signed is checked against the
//! approvers of the plan, whose digest the run states. The file must be canonical JSON, so no byte of it can change
//! without changing one of these.

mod approvals;

use std::collections::BTreeSet;

use ideamine_core::digest::{NotCanonical, canonical};
use ideamine_core::records::{Fact, FactBody, GuardSum, Row};
use ideamine_core::{Digest, records::GateRef};
use ideamine_ledger::{Options, Problem, ProblemKind, Verdict, Verifier, gate_is_recorded};
use serde_json::Value;

use crate::build::gate_entry;
use crate::content::{Content, Paper, PaperKind, Sections};
use crate::derive::View;
use crate::{Dossier, SCHEMA};

/// Verifies `dossier.json`.
pub fn verify_dossier(bytes: &[u8], options: &Options) -> Verdict {
    verify_dossier_with(&mut Verifier::default(), bytes, options)
}

/// [`verify_dossier`] with a verifier that remembers signatures.
pub fn verify_dossier_with(verifier: &mut Verifier, bytes: &[u8], options: &Options) -> Verdict {
    let dossier: Dossier = match serde_json::from_slice(bytes) {
        Ok(dossier) => dossier,
        Err(e) => return Verdict::unreadable(None, format!("not a dossier: {e}")),
    };
    let verdict = verifier.verify(&dossier.ledger, options);
    let mut check = Check { dossier: &dossier, problems: Vec::new() };
    match check.form(bytes) {
        Ok(sections) => check.binding(&sections),
        Err(e) => check.content(None, e.to_string()),
    }
    check.run();
    check.papers();
    check.gates();
    check.guards();
    let plan = check.plan();
    check.approvals(plan.as_ref());
    check.derived();
    check.totals();
    verdict.and(check.problems)
}

struct Check<'a> {
    dossier: &'a Dossier,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn add(&mut self, kind: ProblemKind, row: Option<&Row>, phase: Option<String>, what: String) {
        self.problems.push(Problem { kind, seq: row.map(|row| row.seq), phase, what });
    }

    fn content(&mut self, row: Option<&Row>, what: String) {
        self.add(ProblemKind::Content, row, None, what);
    }

    /// The file is what the writer writes, byte for byte.
    fn form(&mut self, bytes: &[u8]) -> Result<Sections, NotCanonical> {
        let sections = self.dossier.content.sections()?;
        let before = br#"{"content":"#;
        let ledger = canonical(&self.dossier.ledger)?;
        let schema = canonical(&self.dossier.schema)?;
        let content = sections.to_bytes();
        let parts: [&[u8]; 7] =
            [before, &content, br#","ledger":"#, &ledger, br#","schema":"#, &schema, b"}"];
        let written = parts.concat();
        if self.dossier.schema != SCHEMA {
            self.content(None, format!("schema: `{}` is not {SCHEMA}", self.dossier.schema));
        }
        if written != bytes {
            let at = written.iter().zip(bytes).take_while(|(a, b)| a == b).count();
            let section = at.checked_sub(before.len()).filter(|at| *at < content.len());
            let section = section.and_then(|at| sections.at(at));
            let place = section.map_or_else(|| "ledger".to_owned(), |name| format!("content.{name}"));
            let what = format!("{place}: byte {at} is not the canonical JSON (RFC 8785) that was written");
            self.content(None, what);
        }
        Ok(sections)
    }

    /// The content and its sections have the digests that were sealed.
    fn binding(&mut self, sections: &Sections) {
        let Some(row) = self.dossier.ledger.artifact(Content::ARTIFACT) else {
            return self.content(None, format!("content: no row records `{}`", Content::ARTIFACT));
        };
        let FactBody::Artifact { digest: sealed, inputs, .. } = &row.fact.body else { return };
        let whole = sections.digest();
        if whole == *sealed {
            return;
        }
        self.content(Some(row), format!("content: altered; it has {whole}, sealed is {sealed}"));
        for ((name, digest), sealed) in sections.digests().zip(inputs) {
            if digest != *sealed {
                self.content(Some(row), format!("content.{name}: altered since it was sealed"));
            }
        }
    }

    /// Content and ledger are of one run.
    fn run(&mut self) {
        let run = &self.dossier.content.run;
        let other = |row: &&Row| row.run != run.id || row.tenant != run.tenant;
        if let Some(row) = self.dossier.ledger.rows.iter().find(other) {
            self.content(
                Some(row),
                format!("content.run: run {} of {}, the ledger is another's", run.id, run.tenant),
            );
        }
        let spoken =
            self.dossier.ledger.rows.iter().rev().find_map(|row| Some((row, verdict(&row.fact.body)?)));
        let Some((row, (choice, plan))) = spoken else { return };
        let stated = serde_json::to_value(run.verdict).unwrap_or_default();
        if stated.as_str() != Some(choice) {
            self.content(Some(row), format!("content.run/verdict: {stated}, the ledger says {choice}"));
        }
        if plan.is_some_and(|plan| plan != self.dossier.content.plan.hash) {
            self.content(Some(row), "content.plan/hash: not the plan that the verdict is about".to_owned());
        }
    }

    /// Every text has its digest, and every artifact a row.
    fn papers(&mut self) {
        let content = &self.dossier.content;
        let recorded: BTreeSet<(&str, Digest, &str, u64)> =
            self.dossier.ledger.facts().filter_map(artifact).collect();
        for (at, paper) in content.papers.iter().enumerate() {
            let phase = paper.phase.as_ref().map(ToString::to_string);
            let name = format!("content.papers/{at} ({})", paper.name);
            let hashed = paper.text.as_ref().map(|text| (Digest::of(text.as_bytes()), text.len() as u64));
            if hashed.is_some_and(|(digest, bytes)| digest != paper.digest || bytes != paper.bytes) {
                let what = format!("{name}: its text does not have the digest {}", paper.digest);
                self.add(ProblemKind::Artifact, None, phase.clone(), what);
            }
            let key = (&*paper.name, paper.digest, &*paper.media_type, paper.bytes);
            if paper.kind == PaperKind::Artifact && !recorded.contains(&key) {
                self.add(ProblemKind::MissingArtifact, None, phase, format!("{name}: no row records it"));
            }
        }
        let idea = content.papers.iter().find(|paper| paper.kind == PaperKind::Idea);
        if idea.is_some_and(|idea| idea.digest != content.run.idea) {
            self.content(None, "content.run/idea: not the digest of the idea".to_owned());
        }
        for phase in &content.phases {
            let shelved = |artifact: &ideamine_core::records::ArtifactRef| {
                let same = |paper: &Paper| (&paper.name, paper.digest) == (&artifact.name, artifact.digest);
                content.papers.iter().any(|paper| paper.phase.as_ref() == Some(&phase.id) && same(paper))
            };
            if let Some(artifact) = phase.artifacts.iter().find(|artifact| !shelved(artifact)) {
                let what =
                    format!("content.phases ({}): {} is not among the papers", phase.id, artifact.name);
                self.problems.push(Problem {
                    kind: ProblemKind::Content,
                    seq: None,
                    phase: Some(phase.id.to_string()),
                    what,
                });
            }
        }
    }

    /// Gates say what their rows and their evidence say.
    fn gates(&mut self) {
        let content = &self.dossier.content;
        let facts: Vec<&Fact> =
            self.dossier.ledger.facts().filter(|f| f.at_ms <= content.run.ended_ms).collect();
        for phase in &content.phases {
            for gate in &phase.gates {
                let found = GateRef { id: gate.id.clone(), outcome: gate.outcome, evidence: gate.evidence };
                let recorded = gate_is_recorded(facts.iter().copied(), &phase.path, &found);
                let entry = gate_entry(&found, facts.iter().copied(), &phase.path, &content.papers);
                if !recorded || *gate != entry {
                    let what = format!("content.phases ({}): gate {} is not as sealed", phase.id, gate.id);
                    self.add(ProblemKind::MissingGate, None, Some(phase.id.to_string()), what);
                }
            }
        }
    }

    /// Guards said what the ledger says.
    fn guards(&mut self) {
        let content = &self.dossier.content;
        let facts = self.dossier.ledger.facts().filter(|fact| fact.at_ms <= content.run.ended_ms);
        let phase =
            |head: &str| content.phases.iter().find(|phase| phase.path == head).map(|phase| phase.id.clone());
        if GuardSum::of_facts(facts, phase) != content.guards {
            self.content(None, "content.guards: not what the ledger says".to_owned());
        }
    }

    /// The derived sections follow from the rest, if they were made by the rules of this build.
    fn derived(&mut self) {
        let content = &self.dossier.content;
        if content.rules != Content::RULES {
            return;
        }
        let stated = (&*content.phases, &*content.papers, &*content.questions);
        let view = View::new(stated, self.dossier.ledger.facts(), content.run.ended_ms);
        let derived = view.derive();
        let same = [
            ("decisions", derived.decisions == content.decisions),
            ("diagrams", derived.diagrams == content.diagrams),
            ("matrix", derived.matrix == content.matrix),
            ("timeline", derived.timeline == content.timeline),
            ("licences", derived.licences == content.licences),
            ("risks", derived.risks == content.risks),
        ];
        for (name, _) in same.into_iter().filter(|(_, same)| !same) {
            self.content(None, format!("content.{name}: does not follow from the papers and the ledger"));
        }
        if derived.costs != content.costs {
            let what = "content.costs: not the sums of the cost rows".to_owned();
            self.add(ProblemKind::Costs, None, None, what);
        }
    }

    /// The stated totals are the ones in the step index.
    fn totals(&mut self) {
        let stated = &self.dossier.content.costs.total;
        let index = self.dossier.ledger.index.as_ref().map(|index| &index.usage);
        if index.is_some_and(|usage| usage != stated) {
            let what = "content.costs/total: not the totals of the step index".to_owned();
            self.add(ProblemKind::Costs, None, None, what);
        }
    }
}

fn artifact(fact: &Fact) -> Option<(&str, Digest, &str, u64)> {
    match &fact.body {
        FactBody::Artifact { name, digest, media_type, bytes, .. } => {
            Some((name, *digest, media_type, *bytes))
        }
        _ => None,
    }
}

/// The choice of a verdict, and the plan it is about.
fn verdict(body: &FactBody) -> Option<(&str, Option<Digest>)> {
    match body {
        FactBody::Decision { decision, choice, subject, .. } if decision == "verdict" => {
            Some((choice, *subject))
        }
        _ => None,
    }
}

/// Whether a JSON value looks like a dossier, as opposed to something else that can be verified.
pub fn is_dossier(bytes: &[u8]) -> bool {
    let value = serde_json::from_slice::<Value>(bytes);
    value.is_ok_and(|value| value.get("ledger").is_some() && value.get("content").is_some())
}
