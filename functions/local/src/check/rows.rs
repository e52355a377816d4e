//! The run's rows, held against what was sealed: they are mutable, and it is they that `show` shows.

use std::collections::BTreeMap;

use ideamine_core::Digest;
use ideamine_core::records::{
    BudgetRow, CallRow, CallState, FactBody, GuardRow, PhaseRow, Plan, QuestionRow,
};
use ideamine_dossier::{Content, Dossier, Sources, disagreements};
use ideamine_ledger::{Problem, ProblemKind, Usage, phase_of};
use ideamine_orchestration::judge;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::books::Books;
use super::{levels, record};
use ideamine_runs::recording::ConfigRow;

pub(super) fn check(books: &Books) -> Vec<Problem> {
    let mut problems = calls(books);
    if let (Some(content), Some((plan, hash))) = (&books.content, &books.plan) {
        problems.extend(sealed(books, content, plan, *hash));
        problems.extend(chosen(books, plan));
    }
    problems.extend(totals(books));
    problems.extend(told(books));
    problems
}

/// Run, phases and questions against the content of the dossier, which is sealed.
fn sealed(books: &Books, content: &Content, plan: &Plan, hash: Digest) -> Vec<Problem> {
    let phases: Vec<PhaseRow> = typed(books, "phase#");
    let now = Sources {
        tenant: &books.ctx.tenant,
        run: &books.run,
        plan: (plan, hash),
        phases: &phases,
        questions: &typed::<QuestionRow>(books, "question#"),
        guards: &typed::<GuardRow>(books, "guard#"),
        generator: judge::generator(plan, &phases),
        facts: &books.facts,
        step: "",
        documents: &BTreeMap::new(),
    };
    let found = disagreements(content, &now).into_iter();
    found.map(|found| record(found.phase.as_ref().map(|phase| phase.as_str()), found.what)).collect()
}

/// What a person chose at the start is in the plan.
fn chosen(books: &Books, plan: &Plan) -> Option<Problem> {
    let (row, options) = (&books.run, &books.run.options);
    let from = options.fork.as_ref().map(|fork| &fork.from);
    let same = (&options.model, options.seed, options.ask, &row.idea_media_type, from)
        == (&plan.model, plan.seed, plan.ask, &plan.idea_media_type, plan.ask_anew.as_ref());
    (!same).then(|| record(None, "the run's row states other choices than the plan".to_owned()))
}

/// What the budget booked, which the step index states; its levels, against the ledger's costs.
fn totals(books: &Books) -> Vec<Problem> {
    let Some(index) = &books.ledger.index else { return vec![] };
    let budget = typed::<BudgetRow>(books, "budget").into_iter().next();
    let booked = budget.as_ref().map(Usage::from).unwrap_or_default();
    let pairs = booked.figures().into_iter().zip(index.usage.figures());
    let differ = pairs.filter(|((_, now), (_, sealed))| now != sealed);
    let problem = |((name, now), (_, sealed))| Problem {
        kind: ProblemKind::Costs,
        ..record(None, format!("the budget's row states {name} {now}, sealed is {sealed}"))
    };
    let mut problems: Vec<Problem> = differ.map(problem).collect();
    problems.extend(budget.iter().flat_map(|budget| levels::check(budget, &books.facts)));
    problems
}

/// Every call that is done has its cost on the ledger, about the same request and the same answer.
fn calls(books: &Books) -> Vec<Problem> {
    let costs: BTreeMap<_, _> = books.facts.iter().map(|fact| (fact.place(), fact)).collect();
    let rows = books.items.iter().filter_map(|item| {
        let path = item.key.sk.strip_prefix("call#")?;
        Some((path, serde_json::from_value::<CallRow>(item.value.clone()).ok()?))
    });
    let odd = rows.filter(|(_, row)| row.state == CallState::Done).filter(|(_, row)| {
        let fact =
            row.fact.as_ref().and_then(|fact| costs.get(&fact.place()).filter(|f| f.says_the_same(fact)));
        !fact.is_some_and(|fact| {
            matches!(&fact.body, FactBody::Cost { request, answer, .. }
            if *request == row.request && *answer == row.answer)
        })
    });
    odd.map(|(path, _)| {
        record(
            phase_of(path),
            format!("the row of the call at {path} does not say what its cost on the ledger says"),
        )
    })
    .collect()
}

/// What the run's row and the configuration's name is what the steps were given and gave, and the dossier is the sealed
/// content with this ledger.
fn told(books: &Books) -> Vec<Problem> {
    let last = |function: &str| books.done().iter().rev().find(|result| result.step.function == function);
    let digest = |value: &Value| value.as_str().and_then(|text| text.parse::<Digest>().ok());
    let mut problems = vec![];
    let mut hold = |what: &str, now: Option<Digest>, told: Option<Digest>| {
        if now != told {
            problems.push(record(None, format!("the rows name another {what} than the run wrote")));
        }
    };
    if let Some((_, hash)) = books.plan {
        hold("plan", books.run.plan, Some(hash));
    }
    if let Some(planned) = last("run-plan") {
        let begun: Vec<ConfigRow> = typed(books, "config");
        hold("configuration", begun.first().map(|row| row.config), digest(&planned.input["config"]));
    }
    if let Some(written) = last("run-dossier") {
        hold("dossier.json", books.run.dossier, digest(&written.output["dossier"]));
        hold("dossier.html", books.run.page, digest(&written.output["page"]));
    }
    if let (Some(content), Some(_), Some(_)) = (&books.content, &books.ledger.index, books.run.dossier) {
        let whole = Dossier::new(content.clone(), books.ledger.clone()).to_bytes();
        hold("dossier", books.run.dossier, whole.ok().map(|bytes| Digest::of(&bytes)));
    }
    problems
}

/// Rows whose sort key begins so; those that cannot be read are reported where documents are walked.
fn typed<T: DeserializeOwned>(books: &Books, prefix: &str) -> Vec<T> {
    let items = books.items.iter().filter(|item| item.key.sk.starts_with(prefix));
    items.filter_map(|item| serde_json::from_value(item.value.clone()).ok()).collect()
}
