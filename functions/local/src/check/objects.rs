//! Every stored document that a run refers to, read and hashed: what facts and rows name, what its steps were given
//! and gave, and what those documents name in turn.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use ideamine_core::ports::Item;
use ideamine_core::records::{
    BudgetRow, CallRow, ControlRow, GuardRow, Knowledge, PhaseRow, QuestionRow, ReplyRow, RunRow,
    SignedApproval,
};
use ideamine_core::references::{Form, Reference, References};
use ideamine_core::{Ctx, Digest};
use ideamine_ledger::{Problem, ProblemKind, phase_of};
use ideamine_orchestration::brief::AttemptRow;
use ideamine_orchestration::next::HoldRow;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::books::Books;
use super::record;
use ideamine_runs::recording::ConfigRow;

/// Fields of steps that name documents, with what those name in turn.
const FORMS: &[(&str, Form)] = &[
    ("app", Form::App),
    ("checks", Form::Evidence),
    ("evidence", Form::Evidence),
    ("inputs", Form::GateInputs),
    // What these name has facts of its own.
    ("answer", Form::Plain),
    ("call", Form::Plain),
    ("config", Form::Plain),
    ("content", Form::Plain),
    ("dossier", Form::Plain),
    ("findings", Form::Plain),
    ("finished", Form::Plain),
    ("openapi", Form::Plain),
    ("page", Form::Plain),
    ("plan", Form::Plain),
    ("problems", Form::Plain),
    ("request", Form::Plain),
    ("steps", Form::Plain),
    ("work", Form::Plain),
];

/// A document as it is named, and by what.
#[derive(Debug, Clone)]
pub(super) struct Named {
    reference: Reference,
    by: String,
    seq: Option<u64>,
    phase: Option<String>,
}

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Objects {
    /// Every document that is referred to, harmed or not.
    pub reached: BTreeSet<Digest>,
    /// Those that are gone or have other bytes.
    pub problems: Vec<Problem>,
}

/// What the run itself names; rows of a kind that is not known cannot be read and are findings.
pub(super) fn roots(books: &Books) -> (Vec<Named>, Vec<Problem>) {
    let (mut roots, mut problems) = (facts(books), vec![]);
    for item in &books.items {
        match row(item) {
            Ok(references) => {
                let by = format!("row `{}`", item.key.sk);
                roots.extend(references.into_iter().map(|reference| Named::new(reference, &by, None, None)));
            }
            Err(why) => problems.push(record(None, format!("row `{}`: {why}", item.key.sk))),
        }
    }
    for result in books.done() {
        let (by, phase) = (format!("step {}", result.step.step), phase_of(&result.step.step));
        let said = said("input", &result.input).into_iter().chain(said("output", &result.output));
        roots.extend(said.map(|reference| Named::new(reference, &by, None, phase)));
    }
    (roots, problems)
}

/// Reads every document that is named, and what it names.
pub(super) async fn check(ctx: &Ctx, roots: Vec<Named>) -> Objects {
    let mut objects = Objects::default();
    let mut seen = BTreeSet::new();
    let mut open = VecDeque::from(roots);
    while let Some(named) = open.pop_front() {
        let Reference { digest, form, name } = &named.reference;
        let again = !objects.reached.insert(*digest);
        if !seen.insert((*digest, *form)) || (again && *form == Form::Plain) {
            continue;
        }
        let nested = match ctx.get(digest).await {
            Ok(bytes) => form.nested(&bytes).map_err(|e| format!("{digest} does not have its form: {e}")),
            // Reported when it was named first.
            Err(_) if again => continue,
            Err(failure) => Err(failure.message),
        };
        match nested {
            Ok(nested) => open.extend(nested.into_iter().map(|inner| Named {
                by: format!("{name} of {}", named.by),
                reference: inner,
                ..named.clone()
            })),
            Err(why) => objects.problems.push(Problem {
                kind: ProblemKind::Artifact,
                seq: named.seq,
                phase: named.phase.clone(),
                what: format!("{name}, named by {}: {why}", named.by),
            }),
        }
    }
    objects
}

impl Named {
    fn new(reference: Reference, by: &str, seq: Option<u64>, phase: Option<&str>) -> Self {
        Self { reference, by: by.to_owned(), seq, phase: phase.map(str::to_owned) }
    }
}

/// What facts name, sealed ones with their row.
fn facts(books: &Books) -> Vec<Named> {
    let rows = books.ledger.rows.iter();
    let seqs: BTreeMap<_, u64> = rows.map(|row| (row.fact.place(), row.seq)).collect();
    let sealed = books.ledger.facts();
    let fresh = books.facts.iter().filter(|fact| !seqs.contains_key(&fact.place()));
    let named = sealed.chain(fresh).flat_map(|fact| {
        let seq = seqs.get(&fact.place()).copied();
        let references = fact.body.references().into_iter();
        references.map(move |reference| Named::new(reference, &fact.path, seq, phase_of(&fact.path)))
    });
    named.collect()
}

/// What a row names, by its kind.
fn row(item: &Item) -> Result<Vec<Reference>, String> {
    let kind = item.key.sk.split('#').next().unwrap_or_default();
    match kind {
        "run" => typed::<RunRow>(item),
        "phase" => typed::<PhaseRow>(item),
        "call" => typed::<CallRow>(item),
        "attempt" => typed::<AttemptRow>(item),
        "approval" => typed::<SignedApproval>(item),
        "guard" => typed::<GuardRow>(item),
        "config" => typed::<ConfigRow>(item),
        "budget" => typed::<BudgetRow>(item),
        "control" => typed::<ControlRow>(item),
        "hold" => typed::<HoldRow>(item),
        "question" => typed::<QuestionRow>(item),
        "reply" => typed::<ReplyRow>(item),
        "knowledge" => typed::<Knowledge>(item),
        _ => Err("is of a kind that this build does not know".to_owned()),
    }
}

fn typed<T: DeserializeOwned + References>(item: &Item) -> Result<Vec<Reference>, String> {
    let row: Result<T, _> = serde_json::from_value(item.value.clone());
    row.map(|row| row.references()).map_err(|e| format!("does not have its form: {e}"))
}

/// What a step was given or gave: states carry ids and digests, never documents, so every digest names one.
fn said(field: &str, value: &Value) -> Vec<Reference> {
    match value {
        Value::String(text) => text.parse().map(|digest| named(field, digest)).into_iter().collect(),
        Value::Array(items) => items.iter().flat_map(|item| said(field, item)).collect(),
        Value::Object(fields) => fields.iter().flat_map(|(name, value)| said(name, value)).collect(),
        _ => vec![],
    }
}

fn named(field: &str, digest: Digest) -> Reference {
    let form = FORMS.iter().find(|(name, _)| *name == field).map_or(Form::Plain, |(_, form)| *form);
    Reference { digest, form, name: field.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ideamine_core::ports::Key;
    use ideamine_core::records::key;
    use ideamine_core::{PhaseId, RunId, Tenant};
    use serde_json::json;

    #[test]
    fn every_kind_of_row_is_known() {
        let (tenant, run) = (Tenant::local(), RunId::new("r").unwrap());
        let phase = PhaseId::new("prd").unwrap();
        let keys = [
            key::run(&tenant, &run),
            key::control(&tenant, &run),
            key::hold(&tenant, &run, "s"),
            key::attempt(&tenant, &run, "s"),
            key::approval(&tenant, &run, &phase, "g"),
            key::budget(&tenant, &run),
            key::phase(&tenant, &run, 0, &phase),
            key::call(&tenant, &run, "s"),
            key::question(&tenant, &run, "q"),
            key::knowledge(&tenant, &run, "k"),
        ];
        for key in keys {
            let why = row(&Item { key: key.clone(), value: json!(null), version: 1 }).unwrap_err();
            assert!(why.contains("does not have its form"), "{}: {why}", key.sk);
        }
        let other = Key { pk: key::run_pk(&tenant, &run), sk: "other#1".to_owned() };
        let why = row(&Item { key: other, value: json!(null), version: 1 }).unwrap_err();
        assert!(why.contains("does not know"), "{why}");
    }

    #[test]
    fn digests_in_what_steps_say_are_documents() {
        let (a, b) = (Digest::of(b"a"), Digest::of(b"b"));
        let found =
            said("output", &json!({ "evidence": a, "list": [{ "work": b, "n": 1 }], "text": "sha256:x" }));
        let named: BTreeSet<_> = found.into_iter().map(|r| (r.name, r.form, r.digest)).collect();
        assert_eq!(
            named,
            BTreeSet::from([("evidence".to_owned(), Form::Evidence, a), ("work".to_owned(), Form::Plain, b)])
        );
    }

    /// Names of the fields of a schema that hold digests.
    fn digest_fields(schema: &Value, found: &mut BTreeSet<String>) {
        let Value::Object(fields) = schema else {
            return schema.as_array().into_iter().flatten().for_each(|inner| digest_fields(inner, found));
        };
        for (name, field) in fields.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let mut plain = field.clone();
            if let Some(fields) = plain.as_object_mut() {
                fields.remove("properties");
            }
            if plain.to_string().contains("#/$defs/Digest\"") {
                found.insert(name.clone());
            }
        }
        fields.values().for_each(|inner| digest_fields(inner, found));
    }

    #[test]
    fn it_is_known_of_every_document_that_a_function_takes_or_gives_whether_it_names_others() {
        let registry = crate::registry::described();
        let mut found = BTreeSet::new();
        for name in registry.names() {
            let (input, output) = registry.get(name).unwrap().schemas();
            digest_fields(&input, &mut found);
            digest_fields(&output, &mut found);
        }
        let known = FORMS.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(found, known);
    }
}
