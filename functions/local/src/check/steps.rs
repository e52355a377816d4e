//! The executions' histories, held against the task rows and the step index.

use std::collections::{BTreeMap, BTreeSet};

use ideamine_core::Digest;
use ideamine_core::ports::HistoryStep;
use ideamine_core::records::{Fact, FactBody};
use ideamine_engine::StepResult;
use ideamine_ledger::{Problem, ProblemKind, phase_of};
use ideamine_orchestration::UNRECORDED;

use super::books::Books;
use super::record;

pub(super) fn check(books: &Books) -> Vec<Problem> {
    let mut problems = vec![];
    match &books.results {
        Ok(results) => {
            problems.extend(tasks(books, results));
            problems.extend(index(books, results));
        }
        Err(failure) => problems.push(record(None, format!("the run's history: {}", failure.message))),
    }
    let open = unsealed(books);
    if open > 0 && books.ended() {
        let what =
            format!("{open} facts are not sealed: the run has ended, and the end of its ledger is missing");
        problems.push(Problem { kind: ProblemKind::Head, seq: None, phase: None, what });
    }
    problems
}

/// Every step that was completed has its row, also those after the step index was closed, and the row has the digests
/// of what was said.
fn tasks(books: &Books, results: &[StepResult]) -> Vec<Problem> {
    let mut tasks: BTreeMap<&str, (u64, &str, &Digest, &Digest)> = BTreeMap::new();
    for row in &books.ledger.rows {
        if let FactBody::Task { function, input, output } = &row.fact.body {
            tasks.insert(&row.fact.path, (row.seq, function, input, output));
        }
    }
    let ended = books.ended();
    let recorded = results.iter().filter(|result| !UNRECORDED.contains(&result.step.function.as_str()));
    let found = recorded.filter_map(|StepResult { step, input, output }| {
        let (function, path) = (&step.function, &step.step);
        let phase = phase_of(path).map(str::to_owned);
        let Some((seq, sealed, given, gave)) = tasks.get(path.as_str()) else {
            // Its phase may not have been sealed yet.
            if !ended {
                return None;
            }
            let what = format!("{function} did step {path} (state {}), which has no sealed row", step.state);
            return Some(Problem { kind: ProblemKind::MissingTask, seq: None, phase, what });
        };
        let same = |value: &serde_json::Value, digest: &Digest| {
            Digest::of_json(value).is_ok_and(|found| found == *digest)
        };
        if *sealed == function && same(input, given) && same(output, gave) {
            return None;
        }
        let what = format!("the history says otherwise of step {path} than its sealed row");
        Some(Problem { kind: ProblemKind::Record, seq: Some(*seq), phase, what })
    });
    found.collect()
}

/// Every step of the sealed index is still in the histories.
fn index(books: &Books, results: &[StepResult]) -> Vec<Problem> {
    let place =
        |step: &HistoryStep| [&step.execution, &step.state, &step.function, &step.step].map(Clone::clone);
    let there: BTreeSet<_> = results.iter().map(|result| place(&result.step)).collect();
    let steps = books.ledger.index.iter().flat_map(|index| &index.steps);
    let gone = steps.filter(|step| !there.contains(&place(step)));
    let problem = |step: &HistoryStep| {
        let what = format!("the history no longer holds step {}, which was sealed", step.step);
        record(phase_of(&step.step), what)
    };
    gone.map(problem).collect()
}

/// How many facts are under no signed head.
pub(super) fn unsealed(books: &Books) -> usize {
    let sealed: BTreeSet<_> = books.ledger.facts().map(Fact::place).collect();
    books.facts.iter().filter(|fact| !sealed.contains(&fact.place())).count()
}
