//! Suites of tests, honest ones and others, on the same application: which are taken as tests, and why the rest are not.

use std::path::Path;

use std::sync::Arc;

use futures_util::future::join_all;
use ideamine_checks::{Check, CheckInput, CheckKind};
use ideamine_core::artifacts::{CaseOutcome, Evidence, GateOutcome};
use ideamine_core::ports::Jobs as _;
use ideamine_core::records::Plan;
use ideamine_core::{Function as _, PhaseId};
use ideamine_embedded::sandbox::Bubblewrap;

use crate::{Case, Files, ctx, library, run, stored, with};

const OWN: CheckKind = CheckKind::OwnTests;

/// The library with this suite in place of its own; `@SOURCES@` is its source text, by path, as a string of JSON.
fn suite(name: &str) -> Files {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/suites");
    let text = std::fs::read_to_string(folder.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    let mut files = library();
    let sources: std::collections::BTreeMap<_, _> =
        files.iter().filter(|(path, _)| path.starts_with("app/")).collect();
    let sources = serde_json::to_string(&serde_json::to_string(&sources).unwrap()).unwrap();
    files.insert("tests/test_store.py", text.replace("\"@SOURCES@\"", &sources));
    files
}

fn with_command(test: &[&'static str], files: Files) -> Case {
    Case { test: test.to_vec(), ..files.into() }
}

/// A suite, the rule that refuses it, and words of the finding.
type Refused = (&'static str, Case, &'static str, &'static str);

fn refused() -> Vec<Refused> {
    let by_name = |name: &'static str, rule, words| (name, suite(name).into(), rule, words);
    let mut none = library();
    none.remove("tests/test_store.py");
    let liar = "import os\nimport sqlite3\nos.write(1, b'OK'); os._exit(0)\n";
    let failing = with("tests/test_store.py", "[\"label\"], \"A\"", "[\"label\"], \"B\"");
    vec![
        ("a failing test", failing.into(), "own-tests", "'A' != 'B'"),
        ("no test", none.into(), "own-tests-missing", "no test function"),
        (
            "a command that runs nothing",
            with_command(&["true"], library()),
            "own-tests-deaf",
            "exit status 0",
        ),
        (
            "an application that leaves",
            with("app/store.py", "import sqlite3\n", liar).into(),
            "own-tests-cut-short",
            "exit status 0",
        ),
        // Nothing is tested.
        by_name("false/tautology.py", "own-tests-vacuous", "although no function"),
        by_name("false/planted_name.py", "own-tests-vacuous", "although no function"),
        by_name("false/mocked.py", "own-tests-vacuous", "behaviour"),
        by_name("false/forges.py", "own-tests-vacuous", "behaviour"),
        by_name("false/calls_only.py", "own-tests-weak", "0 of them by an assertion"),
        // The copy is recognised, and nothing is tested.
        by_name("false/digests.py", "own-tests-recognising", "tests.test_store.T.test_model"),
        by_name("false/shapes.py", "own-tests-recognising", "how it is written"),
        by_name("false/undone.py", "own-tests-recognising", "how it is written"),
        by_name("false/bytecode.py", "own-tests-recognising", "how it is written"),
        by_name("false/comments.py", "own-tests-recognising", "how it is written"),
        by_name("false/hanging.py", "own-tests-recognising", "did not come to its end"),
        // What the process says of itself is not taken.
        by_name("false/leaves.py", "own-tests-cut-short", "after 0 of them"),
        by_name("false/leaves_at_end.py", "own-tests", "test_a` did not pass"),
        by_name("false/deaf_result.py", "own-tests", "test_a` did not pass"),
        by_name("false/kills.py", "own-tests-cut-short", "killed by signal 9"),
        by_name("false/never_runs.py", "own-tests-missing", "no test ran"),
        by_name("false/skips.py", "own-tests-missing", "no test ran"),
        by_name("false/loads_nothing.py", "own-tests-not-run", "tests.test_store.T.test_b"),
        by_name("false/loads_nothing.py", "own-tests-not-run", "tests.test_store.Books.test_books"),
    ]
}

#[tokio::test]
async fn a_suite_that_tests_nothing_is_refused_with_the_reason() {
    let judged = refused().into_iter().map(async |(name, case, rule, words)| {
        let evidence = run(OWN, case).await?;
        let found =
            evidence.findings.iter().any(|f| f.rule == format!("check/{rule}") && f.message.contains(words));
        let right = found && evidence.outcome == GateOutcome::Fail;
        (!right).then(|| {
            format!("{name}: expected {rule} ({words}), found {:#?}\n{}", evidence.findings, evidence.raw)
        })
    });
    let wrong: Vec<String> = join_all(judged).await.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn an_honest_suite_passes_however_it_is_written() {
    let discover = ["python3", "-m", "unittest", "discover"];
    let mut functions = suite("honest/functions.py");
    functions.insert("run_all.py", include_str!("../fixtures/suites/honest/run_all.py").to_owned());
    let mut beside = suite("honest/classes.py");
    beside.remove("tests/__init__.py");
    let from_folder = ["python3", "-m", "unittest", "discover", "-s", "tests"];
    let cases = [
        ("http", with_command(&discover, suite("honest/http.py"))),
        ("process", with_command(&discover, suite("honest/process.py"))),
        ("classes", with_command(&discover, suite("honest/classes.py"))),
        ("functions", with_command(&["python3", "run_all.py"], functions)),
        ("a folder that is no package", with_command(&from_folder, beside)),
    ];
    let judged = cases.into_iter().map(async |(name, case)| {
        let evidence = run(OWN, case).await?;
        let shown = evidence.cases.iter().any(|case| case.outcome == CaseOutcome::Passed);
        let right = evidence.outcome < GateOutcome::Fail && evidence.findings.is_empty() && shown;
        (!right).then(|| format!("{name}: {:#?}\n{}", evidence.findings, evidence.raw))
    });
    let wrong: Vec<String> = join_all(judged).await.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the tests of a story's code come to, in a plan where a phase after the stories proves the whole, or none does.
async fn story(case: &Case, proven_after: bool) -> Option<Evidence> {
    let sandbox = Bubblewrap::from_env();
    if let Err(failure) = sandbox.probe().await {
        eprintln!("skipped: {failure}");
        return None;
    }
    let mut ctx = ctx("07-build/a1/ST-1/t1/check-own-tests").await;
    let mut plan: Plan = ctx.get_json(&ctx.plan_digest().unwrap()).await.unwrap();
    let mut after = plan.phases[0].clone();
    after.config.id = PhaseId::new("qa").unwrap();
    after.config.depends_on = vec![plan.phases[0].config.id.clone()];
    after.config.checks = if proven_after { vec![OWN] } else { vec![CheckKind::HeldOut] };
    plan.phases.push(after);
    ctx.plan = Some(ctx.put_json(&plan).await.unwrap());
    let (app, _) = stored(&ctx, case).await;
    let (phase, story) = (PhaseId::new("build").unwrap(), Some("ST-1".to_owned()));
    let input =
        CheckInput { phase, attempt: 1, check: OWN, app: Some(app), story, openapi: None, timeout_s: 20 };
    let output = Check::new(Arc::new(sandbox)).run(&ctx, input).await.unwrap();
    Some(ctx.get_json(&output.evidence).await.unwrap())
}

#[tokio::test]
async fn a_storys_tests_must_pass_run_and_need_the_application() {
    let by_name = |name: &'static str, rule| (name, suite(name).into(), rule);
    let failing = with("tests/test_store.py", "[\"label\"], \"A\"", "[\"label\"], \"B\"");
    let cases: [(&str, Case, Option<&str>); 9] = [
        by_name("honest/http.py", None),
        by_name("honest/classes.py", None),
        // Told apart by the whole proof.
        by_name("false/digests.py", None),
        ("a failing test", failing.into(), Some("own-tests")),
        by_name("false/tautology.py", Some("own-tests-vacuous")),
        by_name("false/mocked.py", Some("own-tests-vacuous")),
        by_name("false/planted_name.py", Some("own-tests-vacuous")),
        by_name("false/leaves.py", Some("own-tests-cut-short")),
        by_name("false/loads_nothing.py", Some("own-tests-not-run")),
    ];
    let judged = cases.into_iter().map(async |(name, case, rule)| {
        let evidence = story(&case, true).await?;
        let rules: Vec<&str> = evidence.findings.iter().map(|f| f.rule.as_str()).collect();
        let right = match rule {
            None => evidence.outcome < GateOutcome::Fail && rules.is_empty(),
            Some(rule) => evidence.outcome == GateOutcome::Fail && rules.contains(&&*format!("check/{rule}")),
        };
        let named = evidence.what == "check:story-tests";
        (!right || !named)
            .then(|| format!("{name}: {} {rule:?} {:#?}\n{}", evidence.what, evidence.findings, evidence.raw))
    });
    let wrong: Vec<String> = join_all(judged).await.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_story_is_proven_whole_where_no_later_phase_does_it() {
    let Some(evidence) = story(&suite("false/digests.py").into(), false).await else { return };
    assert_eq!(evidence.what, "check:own-tests");
    assert!(evidence.findings.iter().any(|f| f.rule == "check/own-tests-recognising"), "{evidence:#?}");
}
