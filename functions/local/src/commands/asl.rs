//! `asl lint|draw|run|conform`: the state language on its own.

use std::collections::BTreeSet;
use std::path::Path;

use ideamine_asl::{Known, Machine, conform, draw, dry_run, lint};
use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use ideamine_embedded::files;
use serde_json::{Value, json};

use super::run::show;
use super::{Common, print};
use crate::cli::AslCommand;
use crate::definitions;
use crate::exit::Exit;

/// Largest machine, file of outcomes or file of recordings, bytes.
const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// `ideamine asl …`.
pub(super) fn asl(common: &Common, command: AslCommand) -> Result<Exit, Failure> {
    match command {
        AslCommand::Lint { files } => check(common, &files),
        AslCommand::Draw { file } => {
            print(draw(&machine(&file)?).trim_end());
            Ok(Exit::Ok)
        }
        AslCommand::Run { file, input, mocks } => run(common, &file, &input, mocks.as_deref()),
        AslCommand::Conform { file } => compare(common, &file),
    }
}

fn text(path: &Path) -> Result<String, Failure> {
    files::read_text(path, FILE_BYTES_MAX)
        .map_err(|e| Failure::input(format!("{}: cannot be read: {e}", path.display())))
}

fn machine(path: &Path) -> Result<Machine, Failure> {
    Machine::parse(&text(path)?).map_err(|e| Failure::input(format!("{}: {e}", path.display())))
}

/// What our own machines may name.
fn known() -> Known {
    let set = |names: &mut dyn Iterator<Item = String>| Some(names.collect::<BTreeSet<String>>());
    let mut errors: BTreeSet<String> = FailureKind::ALL.iter().map(|kind| kind.name().to_owned()).collect();
    errors.extend(AWS_ERRORS.iter().map(|name| (*name).to_owned()));
    Known {
        functions: Some(crate::registry::function_names()),
        machines: set(&mut definitions::MACHINES.iter().map(|(name, _)| (*name).to_owned())),
        queues: set(&mut crate::registry::QUEUES.iter().map(|name| (*name).to_owned())),
        errors: Some(errors),
        substitutions: Some(definitions::substitutions().into_keys().collect()),
    }
}

/// Names that AWS itself raises and our machines retry.
const AWS_ERRORS: &[&str] =
    &["Lambda.TooManyRequestsException", "Lambda.ServiceException", "Lambda.SdkClientException"];

fn check(common: &Common, files: &[std::path::PathBuf]) -> Result<Exit, Failure> {
    let known = known();
    let mut found = vec![];
    for file in files {
        for finding in lint(&text(file)?, &known) {
            found.push(json!({
                "file": file, "line": finding.line, "state": finding.state, "rule": finding.rule, "message": finding.message,
            }));
        }
    }
    let clean = found.is_empty();
    show(common, &json!({ "files": files.len(), "findings": found }), |value| {
        let lines: Vec<String> =
            value["findings"].as_array().map(Vec::as_slice).unwrap_or_default().iter().map(line).collect();
        if lines.is_empty() { format!("{} machines, nothing found", files.len()) } else { lines.join("\n") }
    });
    Ok(if clean { Exit::Ok } else { Exit::Unmet })
}

fn line(finding: &Value) -> String {
    let text = |field: &str| finding[field].as_str().unwrap_or("-").to_owned();
    format!(
        "{}:{}: state {}: {} [{}]",
        text("file"),
        finding["line"],
        text("state"),
        text("message"),
        text("rule")
    )
}

fn run(common: &Common, file: &Path, input: &str, mocks: Option<&Path>) -> Result<Exit, Failure> {
    let input: Value = serde_json::from_str(input).map_err(|e| Failure::input(format!("--input: {e}")))?;
    let mocks = mocks.map(text).transpose()?.unwrap_or_else(|| "{}".to_owned());
    let substituted = definitions::substitutions()
        .iter()
        .fold(text(file)?, |text, (name, value)| text.replace(&format!("${{{name}}}"), value));
    let machine =
        Machine::parse(&substituted).map_err(|e| Failure::input(format!("{}: {e}", file.display())))?;
    let mocks: dry_run::Mocks =
        serde_json::from_str(&mocks).map_err(|e| Failure::input(format!("--mocks: {e}")))?;
    let report = dry_run::run(machine, input, &mocks);
    let value = serde_json::to_value(&report).map_err(|e| Failure::bug(e.to_string()))?;
    show(common, &value, |value| serde_json::to_string_pretty(value).unwrap_or_default());
    Ok(if value["status"] == "SUCCEEDED" { Exit::Ok } else { Exit::Failed })
}

fn compare(common: &Common, file: &Path) -> Result<Exit, Failure> {
    let text = text(file)?;
    let mut rows = vec![];
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let row = conform::Row::parse(line).map_err(|e| {
            Failure::input(format!("{} line {number}: not a recorded execution: {e}", file.display()))
        })?;
        rows.push(row);
    }
    let report = conform::run_file(&rows);
    let translated = conform::run_translated(&rows);
    let value = json!({
        "n": report.n, "passed": report.passed, "failed": report.failed, "unsupported": report.unsupported,
        "failures": report.failures, "features": report.features, "causes": report.causes, "events": report.events,
        "unsupported_reasons": report.unsupported_reasons, "translated": translated,
    });
    show(common, &value, |value| serde_json::to_string_pretty(value).unwrap_or_default());
    Ok(Exit::Ok)
}
