//! The derived sections: pure functions of the stated ones and the facts, the same for builder and verifier.

mod costs;
mod licences;
mod links;
mod matrix;
mod risks;
mod runs;
mod timeline;

use std::collections::BTreeMap;

use ideamine_core::artifacts::{App, Architecture, Document};
use ideamine_core::records::{Fact, FactBody};
use serde::de::DeserializeOwned;

use crate::content::{
    Bar, Costs, DecisionEntry, FileLicence, Matrix, Paper, PaperKind, PhaseEntry, QuestionEntry, RiskEntry,
};
use crate::graph::{Diagram, diagrams};

/// Artifacts below this name are the application's source files.
const SOURCE: &str = "app/";

/// What the derivation may look at.
pub(crate) struct View<'a> {
    pub(crate) phases: &'a [PhaseEntry],
    pub(crate) papers: &'a [Paper],
    pub(crate) questions: &'a [QuestionEntry],
    facts: Vec<&'a Fact>,
}

/// What comes out.
#[derive(Debug, PartialEq)]
pub(crate) struct Derived {
    pub(crate) decisions: Vec<DecisionEntry>,
    pub(crate) diagrams: Vec<Diagram>,
    pub(crate) matrix: Matrix,
    pub(crate) costs: Costs,
    pub(crate) timeline: Vec<Bar>,
    pub(crate) licences: Vec<FileLicence>,
    pub(crate) risks: Vec<RiskEntry>,
}

impl<'a> View<'a> {
    /// Facts later than `until_ms` came after the dossier was put together (its own among them) and are left out.
    /// The others are taken in the order of their places, however they were sealed.
    pub(crate) fn new(
        stated: (&'a [PhaseEntry], &'a [Paper], &'a [QuestionEntry]),
        facts: impl Iterator<Item = &'a Fact>,
        until_ms: i64,
    ) -> Self {
        let (phases, papers, questions) = stated;
        let mut facts: Vec<&Fact> = facts.filter(|fact| fact.at_ms <= until_ms).collect();
        facts.sort_by_key(|fact| fact.place());
        Self { phases, papers, questions, facts }
    }

    pub(crate) fn derive(&self) -> Derived {
        let architecture = self.document::<Architecture>("architecture.json");
        Derived {
            decisions: self.decisions(),
            diagrams: architecture.as_ref().map(diagrams).unwrap_or_default(),
            matrix: matrix::matrix(self),
            costs: costs::costs(&self.facts),
            timeline: timeline::timeline(self.phases, &self.facts),
            licences: licences::licences(self),
            risks: risks::risks(self),
        }
    }

    fn decisions(&self) -> Vec<DecisionEntry> {
        let entry = |fact: &&Fact| match &fact.body {
            FactBody::Decision { decision, choice, by, subject } => Some(DecisionEntry {
                path: fact.path.clone(),
                decision: decision.clone(),
                choice: choice.clone(),
                by: by.clone(),
                subject: *subject,
                at_ms: fact.at_ms,
            }),
            _ => None,
        };
        self.facts.iter().filter_map(entry).collect()
    }

    fn artifacts(&self) -> impl DoubleEndedIterator<Item = &'a Paper> {
        self.papers.iter().filter(|paper| paper.kind == PaperKind::Artifact)
    }

    /// Source files of the application as it is at last, by name: a later phase replaces and removes files.
    fn sources(&self) -> BTreeMap<&'a str, &'a Paper> {
        let app = self.document::<App>("app.json");
        let gone = |path: &str| app.as_ref().is_some_and(|app| app.tree.files.iter().all(|f| f.path != path));
        let file = |paper: &'a Paper| Some((paper.name.strip_prefix(SOURCE)?, paper));
        self.artifacts().filter_map(file).filter(|(path, _)| !gone(path)).collect()
    }

    /// The last document of this name.
    fn document<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let paper = self.artifacts().rev().find(|paper| paper.name == name)?;
        read(paper)
    }
}

/// A paper as the body of its document.
fn read<T: DeserializeOwned>(paper: &Paper) -> Option<T> {
    serde_json::from_str::<Document<T>>(paper.text.as_deref()?).ok().map(|document| document.body)
}
