//! The recorded executions, which are not part of the project: where they are missing, a test says
//! so and passes. `IDEAMINE_CORPORA` names their folder.

#![expect(clippy::print_stdout, reason = "figures are printed")]

use std::collections::BTreeMap;

mod common;

use common::lines;
use ideamine_asl::Machine;
use ideamine_asl::conform::{Report, Row, run_file, run_translated};

/// Recordings that do not come out as recorded, and why. A row that passes must leave this table.
const EXPECTED_FAILURES: &[(&str, &str)] = &[];

/// The same for rows re-expressed in JSONata.
const EXPECTED_TRANSLATED_FAILURES: &[(&str, &str)] = &[(
    "assign/test_assign_reference_variables.py::TestAssignReferenceVariables::\
     test_reference_in_map_state[MAP_STATE_REFERENCE_IN_MAX_CONCURRENCY_PATH]",
    "MaxConcurrencyPath reads the text \"1\" as a number; JSONata mode checks the type",
)];

/// Fewer recordings than this say little about a feature.
const FEW: usize = 5;
const LEAST_SHARE: f64 = 0.95;

fn rows() -> Option<Vec<Row>> {
    lines("dev.jsonl").map(|lines| {
        lines.iter().map(|line| Row::parse(line).unwrap_or_else(|why| panic!("{why}"))).collect()
    })
}

fn print(name: &str, report: &Report) {
    println!(
        "{name}: {} of {} in the subset pass ({} rows, {} outside); causes {}/{}, outputs {}/{}, events {}/{}",
        report.passed,
        report.passed + report.failed,
        report.n,
        report.unsupported,
        report.causes.matched,
        report.causes.n,
        report.outputs.matched,
        report.outputs.n,
        report.events.matched,
        report.events.n,
    );
    for (feature, figures) in &report.features {
        let few = if figures.n < FEW { " (fewer than five recordings)" } else { "" };
        println!("  {feature}: {}/{}{few}", figures.passed, figures.n);
    }
    for different in report.events.different.iter().chain(&report.outputs.different) {
        println!("  passes with other events or output: {different}");
    }
}

/// Every failure is expected, and every expected failure fails.
fn hold(report: &Report, expected: &[(&str, &str)]) {
    assert_eq!(report.passed + report.failed + report.unsupported, report.n);
    let failures: BTreeMap<&str, &str> =
        report.failures.iter().map(|f| (f.id.as_str(), f.reason.as_str())).collect();
    let expected: BTreeMap<&str, &str> = expected.iter().copied().collect();
    let unlisted: Vec<_> = failures.iter().filter(|(id, _)| !expected.contains_key(*id)).collect();
    let passing: Vec<_> = expected.keys().filter(|id| !failures.contains_key(*id)).collect();
    assert!(unlisted.is_empty(), "failures that are not listed: {unlisted:#?}");
    assert!(passing.is_empty(), "listed as failing, yet they pass: {passing:#?}");
    let share = report.passed as f64 / (report.passed + report.failed) as f64;
    assert!(share >= LEAST_SHARE, "{share:.3} of the rows in the subset pass");
}

#[test]
fn recorded_jsonata_executions_come_out_as_recorded() {
    let Some(rows) = rows() else { return };
    let report = run_file(&rows);
    print("recorded", &report);
    hold(&report, EXPECTED_FAILURES);
}

#[test]
fn recorded_control_flow_holds_when_re_expressed_in_jsonata() {
    let Some(rows) = rows() else { return };
    let report = run_translated(&rows);
    print("translated", &report);
    assert!(report.translated);
    hold(&report, EXPECTED_TRANSLATED_FAILURES);
}

/// Not recordings of the service but a validator's own cases: figures, with a floor for those in
/// JSONata. The rest is refused as JSONPath, valid or not.
#[test]
fn a_validators_jsonata_definitions_are_judged_alike() {
    let Some(lines) = lines("validation.jsonl") else { return };
    let (mut jsonata, mut agreed) = (0, 0);
    for line in lines {
        let row: serde_json::Value = serde_json::from_str(&line).unwrap();
        let text = row["definition_text"].as_str().unwrap();
        let parsed = Machine::parse(text);
        if !text.contains("\"JSONata\"") {
            continue;
        }
        jsonata += 1;
        let valid = row["valid"].as_bool().unwrap();
        agreed += usize::from(valid == parsed.is_ok());
        if valid != parsed.is_ok() {
            println!("  {} is {}: {:?}", row["id"], if valid { "valid" } else { "invalid" }, parsed.err());
        }
    }
    println!("validation: {agreed} of {jsonata} JSONata definitions judged alike");
    assert!(jsonata == 0 || agreed * 10 >= jsonata * 6, "{agreed} of {jsonata}");
}
