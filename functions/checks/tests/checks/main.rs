//! Each check passes a correct small application and finds every planted defect, in the real sandbox.
//! Where there is no sandbox the tests say so and pass.

#![expect(clippy::unwrap_used, reason = "tests may unwrap")]

mod meter;
mod suites;

use std::collections::BTreeMap;
use std::sync::Arc;

use ideamine_checks::{Check, CheckInput, CheckKind};
use ideamine_core::artifacts::{App, AppKind, CaseOutcome, Document, Evidence, GateOutcome, Tree, TreeEntry};
use ideamine_core::ports::Jobs;
use ideamine_core::records::{Generator, Plan};
use ideamine_core::{Ctx, Digest, Function, PhaseId, RunId, Tenant, Text};
use ideamine_embedded::sandbox::Bubblewrap;
use ideamine_testkit::Memory;

type Files = BTreeMap<&'static str, String>;

fn library() -> Files {
    macro_rules! files {
        ($($path:literal),* $(,)?) => {
            BTreeMap::from([$(($path, include_str!(concat!("../fixtures/library/", $path)).to_owned())),*])
        };
    }
    files!(
        "app/__init__.py",
        "app/__main__.py",
        "app/model.py",
        "app/page.py",
        "app/server.py",
        "app/store.py",
        "tests/__init__.py",
        "tests/test_store.py",
    )
}

/// The library with `old` in a file replaced.
fn with(path: &'static str, old: &str, new: &str) -> Files {
    let mut files = library();
    let text = files.get_mut(path).unwrap();
    assert!(text.contains(old), "{path} has no `{old}`");
    *text = text.replace(old, new);
    files
}

struct Case {
    kind: AppKind,
    files: Files,
    test: Vec<&'static str>,
    openapi: Option<&'static str>,
}

impl From<Files> for Case {
    fn from(files: Files) -> Self {
        let openapi = Some(include_str!("../fixtures/library/openapi.json"));
        Self { kind: AppKind::Service, files, test: vec!["python3", "-m", "unittest", "discover"], openapi }
    }
}

async fn ctx(step: &str) -> Ctx {
    ctx_with(step, 0).await
}

/// A context whose plan gives the phase `build` this many minutes of tools; 0 is no limit.
async fn ctx_with(step: &str, tools_minutes: u32) -> Ctx {
    let (env, _) = Memory::env();
    let build = serde_json::json!({
        "order": 0, "wave": 0,
        "config": {
            "id": "build", "title": "Build", "agent": "build", "output": "app.json", "prompt": "build it",
            "budget": { "tools_minutes": tools_minutes },
        },
    });
    let mut ctx = Ctx {
        env,
        tenant: Tenant::local(),
        run: RunId::new("run").unwrap(),
        plan: None,
        step: step.to_owned(),
    };
    let plan = Plan {
        version: 1,
        build: "test".to_owned(),
        idea: Digest::of(b"idea"),
        idea_media_type: "text/plain".to_owned(),
        seed: 7,
        model: "composer".to_owned(),
        ask: false,
        phases: vec![serde_json::from_value(build).unwrap()],
        machines: BTreeMap::new(),
        approvers: Vec::new(),
        policy: None,
        before: Vec::new(),
        after: Vec::new(),
        ask_anew: None,
    };
    ctx.plan = Some(ctx.put_json(&plan).await.unwrap());
    ctx
}

async fn stored(ctx: &Ctx, case: &Case) -> (Digest, Option<Digest>) {
    let mut tree = Tree::default();
    for (path, content) in &case.files {
        let digest = ctx.put(content.clone().into_bytes()).await.unwrap();
        tree.files.push(TreeEntry { path: (*path).to_owned(), digest, bytes: content.len() as u64 });
    }
    let words = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    let app = App {
        summary: Text::model("A library."),
        kind: case.kind,
        tree,
        start: words(&["python3", "-m", "app"]),
        test: words(&case.test),
        serves: BTreeMap::new(),
    };
    let app = Document::wrap("app", Generator::Model, app).unwrap();
    let app = ctx.put_json(&app).await.unwrap();
    match case.openapi {
        Some(text) => (app, Some(ctx.put(text.into()).await.unwrap())),
        None => (app, None),
    }
}

async fn checked_by(jobs: Arc<dyn Jobs>, check: CheckKind, case: &Case, step: &str) -> Evidence {
    let ctx = ctx(step).await;
    let (app, openapi) = stored(&ctx, case).await;
    let phase = PhaseId::new("build").unwrap();
    let input = CheckInput { phase, attempt: 1, check, app: Some(app), story: None, openapi, timeout_s: 20 };
    let output = Check::new(jobs).run(&ctx, input).await.unwrap();
    let evidence: Evidence = ctx.get_json(&output.evidence).await.unwrap();
    assert_eq!(evidence.outcome, output.outcome);
    evidence
}

/// Runs a check in the real sandbox; `None` where there is none.
async fn run(check: CheckKind, case: impl Into<Case>) -> Option<Evidence> {
    let sandbox = Bubblewrap::from_env();
    if let Err(failure) = sandbox.probe().await {
        eprintln!("skipped: {failure}");
        return None;
    }
    Some(checked_by(Arc::new(sandbox), check, &case.into(), "07-build/a1/check").await)
}

async fn passes(check: CheckKind, case: impl Into<Case>) {
    let Some(evidence) = run(check, case).await else { return };
    assert_eq!(evidence.outcome, GateOutcome::Pass, "{:#?}\n{}", evidence.findings, evidence.raw);
    assert!(evidence.findings.is_empty(), "{:#?}", evidence.findings);
}

/// The check fails with a finding of this rule that says these words.
async fn finds(check: CheckKind, case: impl Into<Case>, rule: &str, words: &str) {
    let Some(evidence) = run(check, case).await else { return };
    assert_eq!(evidence.outcome, GateOutcome::Fail, "{rule}: {words}");
    let found = |f: &&ideamine_core::artifacts::GateFinding| {
        f.rule == format!("check/{rule}") && (f.message.contains(words) || f.place.contains(words))
    };
    assert!(evidence.findings.iter().any(|f| found(&f)), "{rule} {words}: {:#?}", evidence.findings);
}

#[tokio::test]
async fn a_correct_application_passes_every_check() {
    passes(CheckKind::Compile, library()).await;
    passes(CheckKind::Start, library()).await;
    passes(CheckKind::OwnTests, library()).await;
    passes(CheckKind::HeldOut, library()).await;
}

#[tokio::test]
async fn pages_are_kept_as_they_were_served() {
    let names = async |check| {
        let evidence = run(check, library()).await?;
        Some(
            evidence
                .inputs
                .into_iter()
                .map(|(name, _)| name)
                .filter(|n| n.starts_with("page:"))
                .collect::<Vec<_>>(),
        )
    };
    let Some(empty) = names(CheckKind::Start).await else { return };
    assert_eq!(empty, ["page:/"]);
    let with_records = names(CheckKind::HeldOut).await.unwrap();
    assert!(with_records.contains(&"page:/view/1".to_owned()), "{with_records:?}");
}

#[tokio::test]
async fn compile_names_file_and_line() {
    let broken = with("app/page.py", "def page(store):", "def page(store:");
    finds(CheckKind::Compile, broken, "compile", "app/app/page.py:6").await;
    let mut none = library();
    none.retain(|path, _| !path.ends_with(".py"));
    none.insert("README.md", "nothing".to_owned());
    finds(CheckKind::Compile, none, "nothing-to-compile", "no Python").await;
}

#[tokio::test]
async fn compile_says_for_which_language_there_is_no_compiler() {
    let mut files = library();
    files.insert("app/static/extra.ts", "let x: number = 1".to_owned());
    let Some(evidence) = run(CheckKind::Compile, files).await else { return };
    assert_eq!(evidence.outcome, GateOutcome::Concerns);
    assert!(evidence.findings[0].message.contains("no compiler for `.ts`"), "{:?}", evidence.findings);
}

#[tokio::test]
async fn start_finds_what_does_not_come_up() {
    let start = CheckKind::Start;
    let health = with("app/server.py", "\"/health\"", "\"/healthy\"");
    finds(start, health, "start-health", "answered 404").await;
    let plain = with("app/server.py", "text/html; charset=utf-8", "text/plain");
    finds(start, plain, "start-page", "text/plain").await;
    let evidence = run(start, with("app/page.py", "<ul>{rows}", "<a href='/lost'>x</a><ul>{rows}")).await;
    assert_eq!(evidence.map_or(GateOutcome::Concerns, |e| e.outcome), GateOutcome::Concerns);
    let crash = with("app/__main__.py", "options = parser.parse_args()", "raise SystemExit('no licence')");
    finds(start, crash, "start-health", "no licence").await;
    let deaf = with(
        "app/__main__.py",
        "server.socket = socket.socket(fileno=0)",
        "server.socket = socket.create_server(('127.0.0.1', 0))",
    );
    finds(start, deaf, "start-health", "file descriptor 0").await;
}

#[tokio::test]
async fn held_out_requests_find_each_planted_defect() {
    let check = async |path, old, new, rule: &str, words: &str| {
        finds(CheckKind::HeldOut, with(path, old, new), &format!("held-out-{rule}"), words).await;
    };
    let server = "app/server.py";
    check(
        server,
        "self.send(201, {\"id\": key, **record})",
        "self.send(200, {\"id\": key, **record})",
        "create",
        "answered 200",
    )
    .await;
    check(server, "self.send(201, {\"id\": key, **record})", "self.send(201, record)", "create", "no `id`")
        .await;
    check(
        "app/store.py",
        "cursor = self.db",
        "record = {**record, 'pages': 1} if 'pages' in record else record\n        cursor = self.db",
        "read-back",
        "`pages` came back as `1`",
    )
    .await;
    check("app/store.py", "order by id", "order by id limit 0", "list", "not among the 0").await;
    check(server, "self.store.replace(table, key, record)\n", "pass\n", "replace", "came back").await;
    check("app/model.py", "if required:", "if False:", "required-field", "without the required field").await;
    check(
        "app/model.py",
        "isinstance(value, int) and not isinstance(value, bool)",
        "True",
        "wrong-type",
        "as `pages`",
    )
    .await;
    check(server, "or self.store.get(parts[0], int(parts[1])) is None", "", "unknown-id", "does not exist")
        .await;
    check(server, "self.store.delete(table, key)\n", "pass\n", "delete", "after it was deleted").await;
    check(server, "raise Refused(400, \"not JSON\") from error", "raise", "malformed-body", "malformed JSON")
        .await;
    check(
        server,
        "raise Refused(404, \"no such path\")",
        "raise Refused(200, 'here')",
        "unknown-path",
        "answered 200",
    )
    .await;
    check("app/model.py", "and len(value) <= 2000", "", "long-text", "over its maxLength").await;
    check(
        "app/model.py",
        "        record[name] = value\n",
        "        record[name] = value.replace(\"'\", '') if kind == 'text' else value\n",
        "hostile-text",
        "came back",
    )
    .await;
    check("app/page.py", "'>{escape(book['title'])}</a>", "'>{book['title']}</a>", "escaping", "html.escape")
        .await;
    check(
        "app/page.py",
        "<p>{escape(book['title'])}</p>",
        "<p>{book['title']}</p>",
        "escaping",
        "GET /view/",
    )
    .await;
    check(
        "app/store.py",
        "values ({marks})\", tuple(record.values()))",
        "values ({', '.join(repr(v) if v is not None else 'null' for v in record.values())})\")",
        "hostile-text",
        "",
    )
    .await;
    check(
        server,
        "    def put(self):\n",
        "    def put(self):\n        import os; os._exit(3)\n",
        "replace",
        "no answer",
    )
    .await;
}

#[tokio::test]
async fn answers_without_measure_fail_the_check_that_asked() {
    let served = |old: &str, new: &str| with("app/server.py", old, new);
    let header = "self.send_header(\"Content-Type\", kind)";
    let headers =
        served(header, &format!("{header}\n        [self.send_header('A', 'b') for _ in range(999)]"));
    let body = "self.wfile.write(body)";
    let length = "self.send_header(\"Content-Length\", str(len(body)))\n";
    let long = served(length, "pass\n");
    let long = BTreeMap::from_iter(long.into_iter().map(|(path, text)| {
        (path, text.replace(body, "\n        while True: self.wfile.write(b' ' * 65536)"))
    }));
    let intricate = served(length, &format!("body = b'[' + b'[],' * 300_000 + b'[]]'\n        {length}"));
    for (files, words) in [
        (headers, "too many headers"),
        (long, "the answer is over 4194304 bytes"),
        (intricate, "JSON has over 200000 values"),
    ] {
        finds(CheckKind::Start, files.clone(), "start-health", words).await;
        finds(CheckKind::HeldOut, files, "held-out-health", words).await;
    }
}

#[tokio::test]
async fn held_out_says_of_each_operation_how_it_went() {
    let outcome = async |files: Files, operation: &str| {
        let evidence = run(CheckKind::HeldOut, files).await?;
        evidence.cases.into_iter().find(|case| case.name == operation).map(|case| case.outcome)
    };
    let broken = || with("app/server.py", "self.store.replace(table, key, record)\n", "pass\n");
    for (files, operation, expected) in [
        (library(), "POST /books", CaseOutcome::Passed),
        (library(), "GET /books/{id}", CaseOutcome::Passed),
        (library(), "GET /health", CaseOutcome::Passed),
        (broken(), "GET /books/{id}", CaseOutcome::Failed),
        (broken(), "GET /shelves", CaseOutcome::Passed),
    ] {
        let found = outcome(files, operation).await;
        assert!(found.is_none_or(|found| found == expected), "{operation}: {found:?}");
    }
}

#[tokio::test]
async fn held_out_needs_an_interface() {
    let case = |openapi| Case { openapi, ..library().into() };
    finds(CheckKind::HeldOut, case(None), "interface-missing", "no openapi.json").await;
    finds(CheckKind::HeldOut, case(Some("{\"paths\": {}}")), "interface-unusable", "no paths").await;
}

/// A command that sorts the lines of a file, with one passage replaced.
fn command(kind: AppKind, old: &str, new: &str) -> Case {
    let main = include_str!("../fixtures/command/app/__main__.py");
    assert!(main.contains(old), "no `{old}`");
    let files = BTreeMap::from([("app/__main__.py", main.replace(old, new))]);
    Case { kind, files, test: vec!["true"], openapi: None }
}

#[tokio::test]
async fn a_command_is_tried_with_arguments_and_a_library_by_its_example() {
    let (start, held_out) = (CheckKind::Start, CheckKind::HeldOut);
    let of = |old, new| command(AppKind::Command, old, new);
    passes(start, of("sort", "sort")).await;
    passes(held_out, of("sort", "sort")).await;
    finds(start, of("import sys\n", "import syss\n"), "start-command", "syss").await;
    finds(start, of("import sys\n", "import sys\nsys.exit(0)\n"), "start-command", "printed nothing").await;
    let careless = of("(OSError, ValueError)", "KeyError");
    finds(held_out, careless, "held-out-bears-any-argument", "Traceback").await;
    let deaf = of("parser.parse_args()", "parser.parse_known_args()[0]");
    finds(held_out, deaf, "held-out-refuses-unknown-options", "exit status 0").await;
    let library = |old, new| command(AppKind::Library, old, new);
    passes(start, library("sort", "sort")).await;
    finds(start, library("return print", "raise KeyError"), "start-command", "KeyError").await;
    let Some(evidence) = run(held_out, library("sort", "sort")).await else { return };
    assert_eq!(evidence.outcome, GateOutcome::Concerns, "{:?}", evidence.findings);
}

#[tokio::test]
async fn a_path_that_leads_outside_is_the_applications_fault() {
    let mut files = library();
    files.insert("../escape.py", String::new());
    finds(CheckKind::Compile, files, "app-unusable", "plain relative path").await;
}

#[tokio::test]
async fn paths_that_cannot_stand_together_are_the_applications_fault() {
    for path in ["app/store.py/evil.py", "app/Store.py", "App/x.py", "app/stör.py"] {
        let mut files = library();
        files.insert(path, String::new());
        finds(CheckKind::OwnTests, files, "app-unusable", path).await;
    }
}

#[tokio::test]
async fn without_a_sandbox_the_evidence_says_what_to_install() {
    let nothing: Arc<dyn Jobs> = Arc::new(Bubblewrap::new("/nonexistent"));
    let evidence = checked_by(nothing, CheckKind::OwnTests, &library().into(), "a/check").await;
    assert_eq!(evidence.outcome, GateOutcome::Fail);
    assert_eq!(evidence.findings[0].rule, "check/sandbox-missing");
    assert!(evidence.findings[0].message.contains("apt install bubblewrap"), "{:?}", evidence.findings);
}

#[tokio::test]
async fn the_same_step_sees_the_same_and_another_attempt_other_values() {
    let sandbox = Bubblewrap::from_env();
    if sandbox.probe().await.is_err() {
        return;
    }
    let jobs: Arc<dyn Jobs> = Arc::new(sandbox);
    let case: Case = library().into();
    let first = checked_by(jobs.clone(), CheckKind::HeldOut, &case, "07-build/a1/check-held-out").await;
    let again = checked_by(jobs.clone(), CheckKind::HeldOut, &case, "07-build/a1/check-held-out").await;
    assert_eq!(first, again);
    let other = checked_by(jobs, CheckKind::HeldOut, &case, "07-build/a2/check-held-out").await;
    assert_ne!(first.raw, other.raw);
}
