//! A phase file becomes a configuration, or is refused with file, line and what is expected.

use ideamine_authoring::{check::schema_problem, render::prompt_problem};
use ideamine_core::Failure;
use ideamine_core::records::{Aggregation, FanOutMode, Limits, PhaseConfig, QuestionPolicy};
use serde_saphyr::{budget, options};

use super::{invalid, shown};

/// Largest phase file, bytes.
pub const PHASE_BYTES_MAX: usize = 256 * 1024;
/// Most branches of a phase, as in an inline Map on AWS.
pub const BRANCHES_MAX: usize = 40;
/// Deepest nesting of a phase file.
const DEPTH_MAX: usize = 40;
/// Most inputs, dependencies, checks, gates or guards of a phase.
const NAMES_MAX: usize = 60;
/// Where every key of a phase file is described.
const SCHEMA: &str = "statemachines/phases/phase.schema.json";
/// What the name of a function that joins answers begins with.
pub(super) const AGGREGATE: &str = "run-aggregate-";

/// Reads phase files; each names its file when it is not usable.
///
/// # Errors
/// `Config.Invalid` with file, line and what is expected.
pub fn parse_all(files: &[(String, String)]) -> Result<Vec<PhaseConfig>, Failure> {
    files.iter().map(|(name, text)| parse(name, text)).collect()
}

/// Reads one phase file.
///
/// # Errors
/// As [`parse_all`].
pub fn parse(file: &str, text: &str) -> Result<PhaseConfig, Failure> {
    if text.len() > PHASE_BYTES_MAX {
        return Err(invalid(format!("{file}: {} bytes, at most {PHASE_BYTES_MAX}", text.len())));
    }
    // An alias can make a small file a large document; a phase file has no use for one.
    let limits = options! { budget: budget! { max_aliases: 0, max_depth: DEPTH_MAX, max_documents: 1 } };
    let mut place = String::new();
    let read = serde_saphyr::with_deserializer_from_str_with_options(text, limits, |from| {
        serde_path_to_error::deserialize(from).map_err(|error| {
            place = error.path().to_string();
            error.into_inner()
        })
    });
    let config: PhaseConfig = read.map_err(|error| {
        let at =
            if place.is_empty() || place == "." { String::new() } else { format!("{}: ", shown(&place)) };
        invalid(format!("{file}: {at}{}; what is allowed is in {SCHEMA}", error.without_snippet()))
    })?;
    let stem = file.rsplit('/').next().unwrap_or(file);
    let stem = stem.strip_suffix(".yaml").unwrap_or(stem);
    let problem = if config.id.as_str() == stem {
        problem(&config)
    } else {
        Some(("id", format!("`{}`, expected `{stem}` as in the file's name", config.id)))
    };
    match problem {
        Some((key, what)) => Err(invalid(format!("{file}{}: {key}: {what}", line_of(text, key)))),
        None => Ok(config),
    }
}

/// `, line 7` when the file has this key at the start of a line.
fn line_of(text: &str, key: &str) -> String {
    let key = key.split('.').next().unwrap_or(key);
    let begins = |line: &str| line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(':'));
    text.lines().position(begins).map_or_else(String::new, |at| format!(", line {}", at + 1))
}

/// The key that is not usable, and what is expected of it.
fn problem(config: &PhaseConfig) -> Option<(&'static str, String)> {
    let PhaseConfig { title, output, fan_out, questions, budget, timeout_s, retries, .. } = config;
    if title.trim().is_empty() || title.chars().count() > PhaseConfig::TITLE_CHARS_MAX || has_controls(title)
    {
        return Some((
            "title",
            format!("expected one line of 1 to {} characters", PhaseConfig::TITLE_CHARS_MAX),
        ));
    }
    if !PhaseConfig::is_output(output) {
        let most = PhaseConfig::OUTPUT_BYTES_MAX;
        let what = format!(
            "`{}` is not a plain file name: expected a-z, A-Z, 0-9, `.`, `_` or `-`, beginning with a letter or \
             digit, ending in .json, at most {most} bytes",
            shown(output)
        );
        return Some(("output", what));
    }
    let within = |key, value: u64, least: u64, most: u64| {
        let refused = || (key, format!("{value}, expected {least} to {most}"));
        (!(least..=most).contains(&value)).then(refused)
    };
    let branches = fan_out.branches.len() as u64;
    within("timeout_s", u64::from(*timeout_s), 1, u64::from(PhaseConfig::TIMEOUT_S_MAX))
        .or_else(|| within("retries", u64::from(*retries), 0, u64::from(PhaseConfig::RETRIES_MAX)))
        .or_else(|| {
            within("questions.rounds", u64::from(questions.rounds), 0, u64::from(QuestionPolicy::ROUNDS_MAX))
        })
        .or_else(|| {
            within(
                "questions.per_round",
                u64::from(questions.per_round),
                1,
                u64::from(QuestionPolicy::PER_ROUND_MAX),
            )
        })
        .or_else(|| within("budget.tokens", budget.tokens, 0, Limits::AMOUNT_MAX))
        .or_else(|| within("budget.usd_micros", budget.usd_micros, 0, Limits::AMOUNT_MAX))
        .or_else(|| {
            within("budget.tools_minutes", u64::from(budget.tools_minutes), 0, u64::from(Limits::TIME_MAX))
        })
        .or_else(|| within("budget.gpu_hours", u64::from(budget.gpu_hours), 0, u64::from(Limits::TIME_MAX)))
        .or_else(|| {
            let Limits { run_percent, story_percent, branch_percent, .. } = budget;
            let shares = [
                ("budget.run_percent", run_percent),
                ("budget.story_percent", story_percent),
                ("budget.branch_percent", branch_percent),
            ];
            let most = u64::from(Limits::PERCENT_MAX);
            shares.into_iter().find_map(|(name, percent)| within(name, u64::from(*percent), 0, most))
        })
        .or_else(|| within("fan_out.branches", branches, 0, BRANCHES_MAX as u64))
        .or_else(|| within("fallback", config.fallback.len() as u64, 0, PhaseConfig::FALLBACK_MAX as u64))
        .or_else(|| lists(config))
        .or_else(|| fallback_problem(config))
        .or_else(|| fan_out_problem(config))
        .or_else(|| texts(config))
}

/// Names in lists: not too many, none twice.
fn lists(config: &PhaseConfig) -> Option<(&'static str, String)> {
    let PhaseConfig { depends_on, inputs, checks, guards, gates, fallback, .. } = config;
    let lists: [(&str, Vec<&str>); 6] = [
        ("depends_on", depends_on.iter().map(|id| id.as_str()).collect()),
        ("inputs", inputs.iter().map(String::as_str).collect()),
        ("checks", checks.iter().map(|check| check.name()).collect()),
        ("guards", guards.iter().map(String::as_str).collect()),
        ("gates", gates.iter().map(String::as_str).collect()),
        ("fallback", fallback.iter().map(String::as_str).collect()),
    ];
    lists.into_iter().find_map(|(key, names)| {
        if names.len() > NAMES_MAX {
            return Some((key, format!("{} names, at most {NAMES_MAX}", names.len())));
        }
        let twice = names.iter().enumerate().find(|(at, name)| names[..*at].contains(name));
        twice.map(|(_, name)| (key, format!("`{}` is there twice", shown(name))))
    })
}

/// Only what can be asked by name wherever the run is worked: neither rules nor a script.
fn fallback_problem(config: &PhaseConfig) -> Option<(&'static str, String)> {
    let of_provider = |name: &&String| {
        let named = |(provider, model): (&str, &str)| !provider.is_empty() && !model.is_empty();
        !name.contains(':') && !has_controls(name) && name.split_once('/').is_some_and(named)
    };
    let usable = |name: &&String| *name == PhaseConfig::SMALLER_JOB || of_provider(name);
    let unusable = config.fallback.iter().find(|name| !usable(name))?;
    let smaller = PhaseConfig::SMALLER_JOB;
    Some(("fallback", format!("`{}`, expected {smaller} or PROVIDER/MODEL", shown(unusable))))
}

fn fan_out_problem(config: &PhaseConfig) -> Option<(&'static str, String)> {
    let tolerate = config.fan_out.tolerate as usize;
    if tolerate > 0 && config.fan_out.mode != FanOutMode::Partial {
        return Some(("fan_out.tolerate", "it is for mode `partial` alone".to_owned()));
    }
    if tolerate > 0 && tolerate >= config.branch_count() {
        return Some((
            "fan_out.tolerate",
            format!("{tolerate}, and at least one of the branches must succeed"),
        ));
    }
    if config
        .fan_out
        .branches
        .iter()
        .any(|branch| branch.role.trim().is_empty() || has_controls(&branch.role))
    {
        return Some(("fan_out.branches", "a role is one line of text".to_owned()));
    }
    match &config.aggregation {
        Aggregation::Custom(name) if !name.starts_with(AGGREGATE) => Some((
            "aggregation.custom",
            format!("expected the name of a function that begins with {AGGREGATE}"),
        )),
        _ => None,
    }
}

/// The prompt must be a template, and the schema a JSON Schema.
fn texts(config: &PhaseConfig) -> Option<(&'static str, String)> {
    if config.stories && config.output != "stories.json" {
        return Some(("stories", "needs `output: stories.json`, the stories to be worked".to_owned()));
    }
    if config.agent == "generic" && config.schema.is_none() {
        return Some(("agent", "`generic` needs `schema`, the JSON Schema of its output".to_owned()));
    }
    let schema = config.schema.as_ref().and_then(schema_problem).map(|what| ("schema", what));
    schema.or_else(|| prompt_problem(&config.prompt).map(|what| ("prompt", what)))
}

fn has_controls(text: &str) -> bool {
    text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "id: x\ntitle: X\nagent: prd\noutput: x.json\nprompt: hi\n";

    #[track_caller]
    fn refused(text: &str, says: &[&str]) {
        let error = parse("phases/x.yaml", text).unwrap_err().message;
        for part in ["phases/x.yaml"].iter().chain(says) {
            assert!(error.contains(part), "{part}: {error}");
        }
        assert!(!error.chars().any(|c| c.is_control() && c != '\n'), "{error:?}");
    }

    #[test]
    fn a_phase_file_says_where_it_is_wrong() {
        let check = |more: &str, says: &[&str]| refused(&format!("{BASE}{more}\n"), says);
        refused("id: x\n", &["title"]);
        refused("\u{0}", &[]);
        refused("- a\n- b\n", &[]);
        refused("", &[]);
        refused(&BASE.replace("id: x", "id: y"), &["line 1", "expected `x`"]);
        refused(&BASE.replace("id: x", "id: ../x"), &["usable id"]);
        check("colour: red", &["colour", "6"]);
        check("title: again", &["title", "6"]);
        check("timeout_s: 0", &["line 6", "timeout_s: 0, expected 1 to 900"]);
        check("timeout_s: 901", &["expected 1 to 900"]);
        check("timeout_s: 99999999999999999999999", &["timeout_s"]);
        check("retries: 6", &["expected 0 to 5"]);
        check("questions: { rounds: 11 }", &["line 6", "questions.rounds"]);
        check("questions: { per_round: 0 }", &["questions.per_round: 0, expected 1 to 40"]);
        check("budget: { tokens: 1000000000001 }", &["budget.tokens"]);
        check("budget: { tokens: -1 }", &["tokens"]);
        check("budget: { usd: 1 }", &["usd_micros"]);
        check("budget: { story_percent: 101 }", &["budget.story_percent: 101, expected 0 to 100"]);
        check("budget: { run_percent: 300 }", &["run_percent"]);
        check("checks: [fly]", &["fly", "held-out"]);
        check("gates: [qa, qa]", &["gates: `qa` is there twice"]);
        check("aggregation: { custom: run-plan }", &["run-aggregate-"]);
        check("fan_out: { tolerate: 1 }", &["mode `partial`"]);
        check(
            "fan_out: {mode: partial, branches: [{role: a, instruction: b}], tolerate: 1}",
            &["at least one"],
        );
        check("schema: { type: nothing }", &["line 6", "schema"]);
        check("schema: { $ref: 'http://somewhere.example/s.json' }", &["schema"]);
        refused(&BASE.replace("agent: prd", "agent: generic"), &["needs `schema`"]);
        refused(&BASE.replace("title: X", "title: \"a\\nb\""), &["line 2", "one line"]);
        refused(&BASE.replace("prompt: hi", "prompt: '{{ hi'"), &["line 5", "prompt"]);
        refused(&BASE.replace("prompt: hi", "prompt: '{{ nobody }}'"), &["prompt", "nobody"]);
        let endless =
            "prompt: '{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}'";
        refused(&BASE.replace("prompt: hi", endless), &["prompt"]);
        assert!(parse("x.yaml", BASE).is_ok());
    }

    #[test]
    fn an_output_is_a_plain_file_name() {
        for name in [
            "../../../etc/passwd.json",
            "/etc/x.json",
            "a/b.json",
            "..",
            ".json",
            ".x.json",
            "x",
            "x.html",
            "",
            "é.json",
        ] {
            refused(
                &BASE.replace("x.json", &format!("'{name}'")),
                &["line 4", "plain file name", "64 bytes"],
            );
        }
        refused(&BASE.replace("x.json", "\"a\\e[2J.json\""), &["plain file name"]);
        refused(&BASE.replace("x.json", &format!("{}.json", "a".repeat(60))), &["plain file name"]);
    }

    #[test]
    fn a_small_file_cannot_become_a_large_document() {
        let bomb = "schema:\n  a: &a [x, x]\n  b: &b [*a, *a]\n  c: [*b, *b]\n";
        refused(&format!("{BASE}{bomb}"), &["alias"]);
        refused(&format!("{BASE}schema: {}{}\n", "[".repeat(10_000), "]".repeat(10_000)), &[]);
        refused(&format!("{BASE}---\n{BASE}"), &[]);
        refused(&format!("{BASE}# {}\n", "x".repeat(PHASE_BYTES_MAX)), &["at most 262144"]);
    }
}
