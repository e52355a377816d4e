//! `eval COMPONENT`: figures on labelled rows.

use ideamine_core::Failure;
use serde_json::{Map, Value, json};

use super::Common;
use super::run::show;
use crate::cli::{By, EvalArgs};
use crate::eval::{Figures, NAMES, Outcome, component, evaluate, groups, read};
use crate::exit::Exit;

/// `ideamine eval COMPONENT --data FILE.jsonl…`.
pub(super) fn eval(common: &Common, args: &EvalArgs) -> Result<Exit, Failure> {
    let component = component(&args.component, args.point).ok_or_else(|| {
        Failure::input(format!("`{}` cannot be evaluated; there are: {}", args.component, NAMES.join(", ")))
    })?;
    let mut rows = Vec::new();
    for file in &args.data {
        rows.extend(read(file).map_err(Failure::input)?);
    }
    if rows.is_empty() {
        return Err(Failure::input("the files hold no rows: nothing was evaluated"));
    }
    let outcomes = evaluate(&component, &rows).map_err(Failure::input)?;
    let figures = Figures::of(outcomes.iter());
    let by = args.by.map(|by| match by {
        By::Type => groups(&outcomes, |outcome| &outcome.kind),
        By::Source => groups(&outcomes, |outcome| &outcome.source),
    });
    let by = by.unwrap_or_default();

    let mut value = Map::from_iter([("component".to_owned(), json!(component.name))]);
    value.extend(figures.json());
    value.insert("misses".to_owned(), ids(&outcomes, |outcome| outcome.actual && !outcome.said));
    value.insert("false_alarms".to_owned(), ids(&outcomes, |outcome| !outcome.actual && outcome.said));
    let in_groups: Map<String, Value> =
        by.iter().map(|(name, figures)| (name.clone(), Value::Object(figures.json()))).collect();
    value.insert("groups".to_owned(), Value::Object(in_groups));
    show(common, &Value::Object(value), |_| {
        let groups = by.iter().map(|(name, figures)| format!("  {name}: {}", figures.line()));
        std::iter::once(format!("{}: {}", component.name, figures.line()))
            .chain(groups)
            .collect::<Vec<_>>()
            .join("\n")
    });

    // A share of nothing is no share that was reached.
    let enough = args.min_recall.is_none_or(|least| figures.recall().is_some_and(|recall| recall >= least));
    let quiet = args.max_fpr.is_none_or(|most| figures.fpr().is_some_and(|fpr| fpr <= most));
    Ok(if enough && quiet { Exit::Ok } else { Exit::Unmet })
}

fn ids(outcomes: &[Outcome], which: impl Fn(&Outcome) -> bool) -> Value {
    json!(outcomes.iter().filter(|outcome| which(outcome)).map(|outcome| &outcome.id).collect::<Vec<_>>())
}
