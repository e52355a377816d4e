//! A run and a gate in words, for people; the same is in `--json`.

use serde_json::Value;

/// Questions shown at the end of a run; `show` shows all that are open.
const QUESTIONS_SHOWN: usize = 8;
/// Columns of a list of names.
const COLUMNS: usize = 100;
/// Columns before the names of a phase's artifacts.
const INDENT: usize = 17;

/// What a run came to and why, phase by phase, what is open, and where to read on.
///
/// `place` is what commands that are advised need besides, to be about the same runs.
pub(crate) fn summary(run: &Value, place: &str) -> String {
    let mut lines = head(run);
    let open = open(run);
    if !open.is_empty() {
        lines.push(format!("\n{}", counted(&open)));
        lines.extend(open.iter().take(QUESTIONS_SHOWN).map(|q| question(q)));
        if open.len() > QUESTIONS_SHOWN {
            lines.push(format!("  all of them: ideamine show {}{place}", text(&run["run_id"])));
        }
    }
    lines.extend(tail(run, place));
    lines.join("\n")
}

/// [`summary`] with the names of the artifacts and every open question.
pub(crate) fn details(run: &Value, place: &str) -> String {
    let mut lines = head(run);
    let id = text(&run["run_id"]);
    let made = || items(&run["phases"]).filter(|phase| items(&phase["artifacts"]).next().is_some());
    if made().next().is_some() {
        lines.push(format!("\nartifacts (read one with: ideamine artifact {id} NAME{place})"));
        lines.extend(made().map(names));
    }
    lines.extend(budget(&run["budget"]));
    let open = open(run);
    if !open.is_empty() {
        lines.push(format!("\n{}", counted(&open)));
        lines.extend(open.iter().map(|q| question(q)));
        if run["status"] == "running" || run["status"] == "paused" {
            lines.push(format!("  answer one: ideamine answer {id} QUESTION TEXT{place}"));
        }
    }
    lines.extend(tail(run, place));
    lines.join("\n")
}

/// A run's status in a word for a person: also whether it was interrupted.
pub(crate) fn status(run: &Value) -> &str {
    match () {
        () if run["interrupted"] == true => "interrupted",
        () if run["pause_requested"] == true => "pause requested",
        () => run["status"].as_str().unwrap_or("-"),
    }
}

/// A gate that judged again: what it says, what it measured against which threshold, and what to mend.
pub(crate) fn gate(judged: &Value) -> String {
    let same = if judged["same"] == true { "as recorded" } else { "NOT as recorded" };
    let head = format!(
        "gate {} of phase {}: {} ({same})",
        text(&judged["gate"]),
        text(&judged["phase"]),
        text(&judged["outcome"])
    );
    let mut lines = vec![head, String::new()];
    let width = items(&judged["measures"]).map(|m| text(&m["name"]).len()).max().unwrap_or(0);
    lines.extend(items(&judged["measures"]).map(|measure| {
        let relation = text(&measure["relation"]).replace('_', " ");
        let (mark, otherwise) = match measure["holds"] == true {
            true => ("ok", String::new()),
            false => ("NO", format!(": {}", text(&measure["otherwise"]))),
        };
        let (name, value) = (text(&measure["name"]), measure["value"].to_string());
        let threshold = &measure["threshold"];
        format!("  {mark}  {name:<width$}  {value:>6}  {relation} {threshold}{otherwise}")
    }));
    let mut findings = items(&judged["findings"]).peekable();
    if findings.peek().is_some() {
        lines.push("\nto mend:".to_owned());
    }
    lines.extend(findings.map(|finding| {
        let [severity, message, place] = ["severity", "message", "place"].map(|field| text(&finding[field]));
        format!("  - {severity}: {message} ({place})")
    }));
    lines.push(format!("\nevidence  {}", text(&judged["evidence"])));
    lines.join("\n")
}

fn head(run: &Value) -> Vec<String> {
    let verdict = run["verdict"].as_str().map_or_else(String::new, |verdict| format!(", {verdict}"));
    let mut lines = vec![format!("{}: {}{verdict}", text(&run["idea"]), status(run))];
    let resume = format!("ideamine resume {}", text(&run["run_id"]));
    let reason = |reason| format!("  - {}", text(reason).replace("ideamine resume RUN", &resume));
    lines.extend(items(&run["reasons"]).map(reason));
    lines.push(String::new());
    lines.extend(items(&run["phases"]).map(phase_line));
    lines
}

fn tail(run: &Value, place: &str) -> Vec<String> {
    let usage = &run["usage"];
    let mut lines = vec![format!(
        "\n{} model calls, {} answered from the store, {}; ledger of {} rows; {} s",
        usage["model_calls"],
        usage["cache_hits"],
        money(usage),
        run["ledger"]["entries"],
        run["duration_ms"].as_i64().unwrap_or(0) / 1000
    )];
    if let Some(page) = run["dossier"]["html"].as_str() {
        lines.push(format!("dossier  {page}\nverify   ideamine verify {}", text(&run["dossier"]["json"])));
    } else if run["dossier"]["digest"].is_string() {
        let id = text(&run["run_id"]);
        lines.push(format!("dossier  ideamine dossier {id}{place} --format html --out dossier.html\nverify   ideamine verify {id}{place}"));
    } else {
        lines.push(format!("go on    ideamine resume {}{place}", text(&run["run_id"])));
    }
    lines
}

/// What was spent now; what recordings state is named beside it.
fn money(usage: &Value) -> String {
    let [all, recorded] = ["usd", "usd_recorded"].map(|field| usage[field].as_f64().unwrap_or(0.0));
    let now = format!("${:.4}", (all - recorded).max(0.0));
    if recorded > 0.0 { format!("{now} spent now (${recorded:.4} by the recording)") } else { now }
}

/// The budget's tree, one level a line; nothing where nothing is limited and nothing was used.
fn budget(run: &Value) -> Vec<String> {
    let mut lines: Vec<String> = vec![];
    let mut levels: Vec<(usize, &Value)> = vec![(0, run)];
    while let Some((depth, level)) = levels.pop() {
        let amounts = [
            ("usd", "$", ""),
            ("tokens", "", " tokens"),
            ("tools_minutes", "", " min"),
            ("gpu_hours", "", " h of GPU"),
        ];
        let said = amounts.into_iter().filter_map(|(name, before, after)| {
            let (used, limit) = (&level["used"][name], &level["limits"][name]);
            let figure = |value: &Value| match value.as_u64() {
                Some(whole) => format!("{before}{whole}"),
                None => format!("{before}{:.2}", value.as_f64().unwrap_or(0.0)),
            };
            let of = if limit.is_null() { String::new() } else { format!(" of {}", figure(limit)) };
            (used.as_f64() > Some(0.0) || !limit.is_null()).then(|| format!("{}{of}{after}", figure(used)))
        });
        let said = said.collect::<Vec<_>>().join(", ");
        let granted = match level["grants"].as_u64() {
            Some(times) if times > 0 => format!(" (granted {times} more)"),
            _ => String::new(),
        };
        let name = format!("{:depth$}{}", "", level["id"].as_str().unwrap_or("run"), depth = 2 + 2 * depth);
        if !said.is_empty() {
            lines.push(format!("{name:<18} {said}{granted}"));
        }
        let parts: Vec<&Value> = items(&level["parts"]).collect();
        levels.extend(parts.into_iter().rev().map(|part| (depth + 1, part)));
    }
    if !lines.is_empty() {
        lines.insert(0, "\nbudget, used of what may be used".to_owned());
    }
    lines
}

fn phase_line(phase: &Value) -> String {
    let gates: Vec<String> = items(&phase["gates"])
        .map(|gate| format!("{} {}", text(&gate["id"]), text(&gate["outcome"])))
        .collect();
    let count = items(&phase["artifacts"]).count();
    let attempts = match phase["attempts"].as_u64() {
        Some(n) if n > 1 => format!(", {n} attempts"),
        _ => String::new(),
    };
    let stopped = phase["stopped"].as_str().map_or_else(String::new, |reason| format!(" ({reason})"));
    let (id, status) = (text(&phase["id"]), text(&phase["status"]));
    let plural = if count == 1 { "artifact" } else { "artifacts" };
    let made = format!("{count:>3} {plural}{attempts}{stopped}");
    let line = format!("  {id:<14} {status:<9} {made:<25} {}", gates.join(", "));
    line.trim_end().to_owned()
}

/// A phase's artifacts by name, broken into lines.
fn names(phase: &Value) -> String {
    let all: Vec<String> = items(&phase["artifacts"]).map(|artifact| text(&artifact["name"])).collect();
    let mut lines = vec![format!("  {:<width$}", text(&phase["id"]), width = INDENT - 2)];
    let mut columns = INDENT;
    for (at, name) in all.iter().enumerate() {
        let comma = if at + 1 < all.len() { ", " } else { "" };
        let width = name.chars().count() + comma.len();
        if columns > INDENT && columns + width > COLUMNS {
            lines.push(" ".repeat(INDENT));
            columns = INDENT;
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(name);
            line.push_str(comma);
        }
        columns += width;
    }
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

fn open(run: &Value) -> Vec<&Value> {
    items(&run["questions"]).filter(|q| q["state"] == "open" || q["state"] == "asked").collect()
}

fn counted(open: &[&Value]) -> String {
    let blocking = open.iter().filter(|q| q["blocking"] == true).count();
    let plural = if open.len() == 1 { "question" } else { "questions" };
    match blocking {
        0 => format!("{} open {plural}, none of them stands against a release:", open.len()),
        _ => {
            format!("{} open {plural}, {blocking} of them must be answered before a release (!):", open.len())
        }
    }
}

fn question(question: &Value) -> String {
    let mark = if question["blocking"] == true { "!" } else { " " };
    format!("  {mark} {}: {}", text(&question["id"]), text(&question["text"]))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("-").to_owned()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_gate_says_what_it_measured_against_which_threshold() {
        let measure = |name: &str, value: i64, holds: bool| json!({ "name": name, "value": value, "threshold": 80, "relation": "at_least", "holds": holds, "otherwise": "fail" });
        let said = gate(&json!({
            "gate": "qa", "phase": "qa", "outcome": "fail", "same": true, "evidence": "sha256:e",
            "measures": [measure("requirements-shown-percent", 75, false), measure("tests", 90, true)],
            "findings": [{ "severity": "high", "message": "FR-1 has no test", "place": "qa.json", "rule": "r" }],
        }));
        for line in [
            "gate qa of phase qa: fail (as recorded)",
            "  NO  requirements-shown-percent      75  at least 80: fail",
            "  ok  tests                           90  at least 80",
            "  - high: FR-1 has no test (qa.json)",
        ] {
            assert!(said.lines().any(|found| found == line), "{line}\n{said}");
        }
    }

    fn run(questions: usize, recorded: f64) -> Value {
        let question =
            |n| json!({ "id": format!("prd-Q{n}"), "text": "Who?", "state": "open", "blocking": n == 0 });
        let artifact = |n| json!({ "name": format!("app/module_{n}.py") });
        json!({
            "run_id": "01R", "idea": "Shed", "status": "completed", "verdict": "held", "reasons": ["r"],
            "phases": [
                { "id": "prd", "status": "passed", "attempts": 2, "artifacts": [{ "name": "prd.json" }], "gates": [] },
                { "id": "build", "status": "passed", "attempts": 1, "gates": [],
                  "artifacts": (0..12).map(artifact).collect::<Vec<_>>() },
            ],
            "questions": (0..questions).map(question).collect::<Vec<_>>(),
            "usage": { "usd": 5.0, "usd_recorded": recorded, "model_calls": 2, "cache_hits": 0 },
            "ledger": { "entries": 7 }, "duration_ms": 1000, "dossier": { "html": null, "json": null },
        })
    }

    #[test]
    fn a_run_tells_how_many_questions_are_open_and_where_all_are() {
        let few = summary(&run(3, 0.0), "");
        assert!(few.contains("3 open questions, 1 of them must be answered") && !few.contains("all of them"));
        let many = summary(&run(20, 0.0), "");
        assert!(
            many.contains("20 open questions") && many.contains("all of them: ideamine show 01R"),
            "{many}"
        );
        assert_eq!(many.matches("Who?").count(), QUESTIONS_SHOWN);
        assert_eq!(details(&run(20, 0.0), "").matches("Who?").count(), 20);
        assert!(!details(&run(20, 0.0), "").contains("ideamine answer"), "an ended run takes no answers");
        assert!(!summary(&run(0, 0.0), "").contains("question"));
    }

    #[test]
    fn artifacts_are_listed_by_name_within_the_columns() {
        let said = details(&run(0, 0.0), "");
        assert!(said.contains("prd.json") && (0..12).all(|n| said.contains(&format!("app/module_{n}.py"))));
        assert!(said.lines().all(|line| line.chars().count() <= COLUMNS), "{said}");
        assert!(!summary(&run(0, 0.0), "").contains("prd.json"), "the end of a run only counts them");
    }

    #[test]
    fn a_budget_is_told_level_by_level() {
        let part = json!({ "id": "ST-1", "used": { "tokens": 50 }, "limits": { "tokens": 200 }, "grants": 1, "parts": [] });
        let phase = json!({ "id": "story-loop", "used": { "tokens": 70, "tools_minutes": 0.5 }, "limits": { "tools_minutes": 60.0 },
            "grants": 0, "parts": [part] });
        let mut run = run(0, 0.0);
        assert!(!details(&run, "").contains("budget"));
        run["budget"] = json!({ "used": { "usd": 1.25, "tokens": 70, "gpu_hours": 0.0 }, "limits": { "usd": 5.0 }, "parts": [phase] });
        let said = details(&run, "");
        for line in [
            "  run              $1.25 of $5.00, 70 tokens",
            "    story-loop     70 tokens, 0.50 of 60.00 min",
            "      ST-1         50 of 200 tokens (granted 1 more)",
        ] {
            assert!(said.lines().any(|found| found == line), "{line}\n{said}");
        }
    }

    #[test]
    fn what_a_recording_states_is_not_said_to_be_spent() {
        assert!(summary(&run(0, 0.0), "").contains("$5.0000;"));
        assert!(summary(&run(0, 5.0), "").contains("$0.0000 spent now ($5.0000 by the recording)"));
        assert!(summary(&run(0, 2.0), "").contains("$3.0000 spent now ($2.0000 by the recording)"));
    }
}
