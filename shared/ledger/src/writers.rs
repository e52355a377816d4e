//! Who may write which kind of fact: least privilege for a log that all functions share.
//!
//! A fact stands at the path of a step, and the task fact there names the function. A fact below a
//! step's own path belongs to the nearest step above it. A step that failed for good has no task
//! fact; what it wrote before (money spent is never hidden) is judged by the writer that the fact
//! itself claims. A gate fact claims none: without its task it is refused.

use std::collections::BTreeMap;

use ideamine_core::records::FactKind::{self, Artifact, Cost, Decision, Gate, Signature, Task};
use ideamine_core::records::{Fact, FactBody};

/// Purpose of the signature rows that record signed heads.
pub const HEAD_PURPOSE: &str = "head";
/// The one function that calls models, and so the one that writes what they cost.
pub const MODEL_CALL: &str = "job-model-call";
/// Seals; it writes no task fact, because it cannot number itself.
pub const SEAL: &str = "run-seal";

/// Whoever wrote a fact without a step and without a claim.
const NOBODY: &str = "nobody";

/// Kinds by the beginning of a function's name; the longest beginning that fits decides.
pub const RULES: &[(&str, &[FactKind])] = &[
    ("agent-", &[Task, Artifact]),
    ("api", &[Task, Decision, Signature]),
    // People, policies and limits have no step of their own.
    ("budget", &[Decision]),
    ("gate-", &[Task, Gate]),
    ("guard", &[Decision]),
    ("guard-", &[Task, Decision]),
    ("job-", &[Task, Artifact, Decision]),
    (MODEL_CALL, &[Task, Cost, Decision]),
    ("kill-switch", &[Decision]),
    ("person", &[Decision, Signature]),
    ("policy", &[Decision]),
    ("run-", &[Task, Decision, Artifact]),
    (SEAL, &[]),
];

/// Whether the function may write this kind; one that no rule names may only say that it ran.
pub fn may_write(function: &str, kind: FactKind) -> bool {
    let fitting = RULES.iter().filter(|(start, _)| function.starts_with(start));
    let rule = fitting.max_by_key(|(start, _)| start.len());
    rule.map_or(kind == Task, |(_, kinds)| kinds.contains(&kind))
}

/// The functions of a run by the path of their step.
#[derive(Debug, Default)]
pub struct Writers<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Writers<'a> {
    /// Reads the task facts.
    pub fn of(facts: impl Iterator<Item = &'a Fact>) -> Self {
        Self(facts.filter_map(|fact| task_function(fact).map(|function| (&*fact.path, function))).collect())
    }

    /// Who wrote this fact.
    pub fn writer(&self, fact: &Fact) -> String {
        let at = std::iter::successors(Some(&*fact.path), |path| Some(path.rsplit_once('/')?.0));
        let found = at.into_iter().find_map(|path| self.0.get(path));
        found.map_or_else(|| claimed(&fact.body), |function| (*function).to_owned())
    }

    /// The writer, if it may not write this fact.
    pub fn refused(&self, fact: &Fact) -> Option<String> {
        let writer = match &fact.body {
            // Heads are signed by the seal alone, which puts their rows in itself.
            FactBody::Signature { purpose, .. } if purpose == HEAD_PURPOSE => SEAL.to_owned(),
            _ => self.writer(fact),
        };
        (!may_write(&writer, fact.body.kind())).then_some(writer)
    }
}

fn task_function(fact: &Fact) -> Option<&str> {
    match &fact.body {
        FactBody::Task { function, .. } => Some(function),
        _ => None,
    }
}

fn claimed(body: &FactBody) -> String {
    let claim = match body {
        FactBody::Task { function, .. } => function,
        FactBody::Gate { .. } => NOBODY,
        FactBody::Decision { by, .. } => by,
        FactBody::Artifact { producer, .. } => producer,
        FactBody::Cost { .. } => MODEL_CALL,
        FactBody::Signature { .. } => "person",
    };
    claim.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_function_writes_its_own_kinds_and_no_other() {
        let check = |function, may: &[FactKind]| {
            for kind in [Task, Gate, Decision, Artifact, Cost, Signature] {
                assert_eq!(may_write(function, kind), may.contains(&kind), "{function} {kind:?}");
            }
        };
        check("agent-prd", &[Task, Artifact]);
        check("gate-qa", &[Task, Gate]);
        check("job-model-call", &[Task, Cost, Decision]);
        check("job-check", &[Task, Artifact, Decision]);
        check("guard", &[Decision]);
        check("guard-exfil", &[Task, Decision]);
        check("run-close", &[Task, Decision, Artifact]);
        check("run-seal", &[]);
        check("person", &[Decision, Signature]);
        check("something-else", &[Task]);
    }
}
