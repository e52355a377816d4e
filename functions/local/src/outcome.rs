//! A run in words, and what it means for the exit code.

use ideamine_core::records::RunStatus;
use serde_json::Value;

use crate::exit::Exit;

/// What a run that was followed to its end means to the caller.
pub(crate) fn exit(shown: &Value, require_release: bool) -> Exit {
    let is = |field: &str, value: &str| shown[field] == value;
    if is("status", "paused") || is("status", "cancelled") {
        return Exit::Stopped;
    }
    if !is("status", "completed") {
        return Exit::Failed;
    }
    if require_release && !is("verdict", "released") { Exit::Unmet } else { Exit::Ok }
}

/// Whether following is over.
pub(crate) fn is_over(status: &Value) -> bool {
    let paused = serde_json::to_value(RunStatus::Paused).unwrap_or_default();
    status["ended"] == true || status["status"] == paused
}

/// Questions shown to a person at the end of a run; all are in the dossier.
const QUESTIONS_SHOWN: usize = 8;

/// A run in words: what it came to and why, phase by phase, what is open, and where to read on.
pub(crate) fn summary(run: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let mut lines = vec![format!("{}: {}, {}", text(&run["idea"]), status_word(run), text(&run["verdict"]))];
    lines.extend(items(&run["reasons"]).map(|reason| format!("  - {}", text(reason))));
    lines.push(String::new());
    lines.extend(items(&run["phases"]).map(phase_line));
    let open: Vec<&Value> =
        items(&run["questions"]).filter(|q| q["state"] == "open" || q["state"] == "asked").collect();
    if !open.is_empty() {
        lines.push(format!("\n{} open questions, the first:", open.len()));
        lines.extend(open.iter().take(QUESTIONS_SHOWN).map(|q| {
            let mark = if q["blocking"] == true { "!" } else { " " };
            format!("  {mark} {}: {}", text(&q["id"]), text(&q["text"]))
        }));
    }
    let usage = &run["usage"];
    lines.push(format!(
        "\n{} model calls, {} answered from the store, ${}; ledger of {} rows; {} s",
        usage["model_calls"],
        usage["cache_hits"],
        usage["usd"],
        run["ledger"]["entries"],
        run["duration_ms"].as_i64().unwrap_or(0) / 1000
    ));
    if let Some(page) = run["dossier"]["html"].as_str() {
        lines.push(format!("dossier  {page}\nverify   ideamine verify {}", text(&run["dossier"]["json"])));
    } else {
        lines.push(format!("go on    ideamine resume {}", text(&run["run_id"])));
    }
    lines.join("\n")
}

/// A run's status in a word for a person: also whether it was interrupted.
pub(crate) fn status_word(run: &Value) -> &str {
    if run["interrupted"] == true { "interrupted" } else { run["status"].as_str().unwrap_or("-") }
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn phase_line(phase: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let gates: Vec<String> = items(&phase["gates"])
        .map(|gate| format!("{} {}", text(&gate["id"]), text(&gate["outcome"])))
        .collect();
    let count = items(&phase["artifacts"]).count();
    let attempts = match phase["attempts"].as_u64() {
        Some(n) if n > 1 => format!(", {n} attempts"),
        _ => String::new(),
    };
    format!(
        "  {:<14} {:<9} {count:>3} artifacts{attempts}  {}",
        text(&phase["id"]),
        text(&phase["status"]),
        gates.join(", ")
    )
}
