//! The application before any story: server, page, storage, errors and their tests, but no records yet.

use std::collections::{BTreeMap, BTreeSet};

use ideamine_core::Text;
use ideamine_core::artifacts::{AppAnswer, AppKind, Architecture, OpenQuestion, Prd};
use ideamine_core::ports::SourceFile;

use super::HEADER;
use super::escape::{markdown, one_line, python, python_wrapped};
use super::python::{RESOURCES, registration};
use super::theme::theme;

/// Said on every page of the application and in its README.
const NOTICE: &str =
    "Composed by rules from the words of the idea. No AI model was used. This is a skeleton.";

/// Files that are the same in every application.
const STATIC_FILES: &[(&str, &str)] = &[
    ("LICENSE", include_str!("template/LICENSE")),
    ("app/__init__.py", include_str!("template/app/__init__.py")),
    ("app/__main__.py", include_str!("template/app/__main__.py")),
    ("app/api.py", include_str!("template/app/api.py")),
    ("app/application.py", include_str!("template/app/application.py")),
    ("app/forms.py", include_str!("template/app/forms.py")),
    ("app/layout.py", include_str!("template/app/layout.py")),
    ("app/markup.py", include_str!("template/app/markup.py")),
    ("app/messages.py", include_str!("template/app/messages.py")),
    ("app/model.py", include_str!("template/app/model.py")),
    ("app/pages.py", include_str!("template/app/pages.py")),
    ("app/problems.py", include_str!("template/app/problems.py")),
    ("app/routing.py", include_str!("template/app/routing.py")),
    ("app/server.py", include_str!("template/app/server.py")),
    ("app/static/style.css", include_str!("template/app/static/style.css")),
    ("app/storage.py", include_str!("template/app/storage.py")),
    ("tests/__init__.py", include_str!("template/tests/__init__.py")),
    ("tests/base/__init__.py", include_str!("template/tests/base/__init__.py")),
    ("tests/base/test_application.py", include_str!("template/tests/base/test_application.py")),
    ("tests/base/test_records.py", include_str!("template/tests/base/test_records.py")),
    ("tests/base/test_server.py", include_str!("template/tests/base/test_server.py")),
    ("tests/base/test_storage.py", include_str!("template/tests/base/test_storage.py")),
    ("tests/example.py", include_str!("template/tests/example.py")),
    ("tests/support.py", include_str!("template/tests/support.py")),
];

/// An application that runs and passes its tests; the code of each story adds its records to it. The seed chooses
/// its colours. No requirement is served yet, so none is claimed.
pub fn skeleton(architecture: &Architecture, prd: &Prd, seed: u64) -> AppAnswer {
    let file = |path: &str, content: String| SourceFile { path: path.to_owned(), content };
    let mut files: Vec<SourceFile> =
        STATIC_FILES.iter().map(|(path, content)| file(path, (*content).to_owned())).collect();
    files.push(file("README.md", readme(architecture, prd)));
    files.push(file("app/about.py", about(architecture, prd)));
    files.push(file("app/static/theme.css", theme(seed)));
    files.push(file(&format!("{RESOURCES}__init__.py"), registration(std::iter::empty())));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    AppAnswer {
        summary: Text::template(
            "A web application on Python's standard library: server, page, storage, errors and tests; no records yet.",
        ),
        kind: AppKind::Service,
        files,
        start: command(&["python3", "-m", "app"]),
        test: command(&[
            "python3",
            "-m",
            "unittest",
            "discover",
            "--start-directory",
            "tests",
            "--top-level-directory",
            ".",
        ]),
        serves: BTreeMap::new(),
    }
}

/// Said where the thing is to be something else than what is built here.
fn notice(architecture: &Architecture) -> String {
    let thing = match architecture.kind {
        AppKind::Library => "library",
        AppKind::Command => "command",
        AppKind::Service => return NOTICE.to_owned(),
    };
    format!(
        "{NOTICE} The idea asks for a {thing}: this is a small web application that says what is asked for and holds the \
         records, and the {thing} itself is not built."
    )
}

fn command(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn about(architecture: &Architecture, prd: &Prd) -> String {
    let items: String = questions(architecture, prd)
        .iter()
        .map(|question| format!("    {},\n", python_wrapped(question, 4)))
        .collect();
    let questions = if items.is_empty() { "()".to_owned() } else { format!("(\n{items})") };
    format!(
        "# {HEADER}\n\"\"\"What the application says about itself.\"\"\"\n\n\
         NAME = {name}\nSUMMARY = {summary}\nNOTICE = {notice}\nQUESTIONS = {questions}\n",
        name = python(&name(architecture)),
        summary = python_wrapped(&one_line(&prd.summary.text), 0),
        notice = python_wrapped(&notice(architecture), 0),
    )
}

fn name(architecture: &Architecture) -> String {
    match one_line(&architecture.system.text) {
        empty if empty.is_empty() => "Application".to_owned(),
        name => name,
    }
}

/// Open questions of both documents, each once, in their order.
fn questions(architecture: &Architecture, prd: &Prd) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let text = |question: &OpenQuestion| one_line(&question.text);
    let all = prd.questions.iter().chain(&architecture.questions).map(text);
    all.filter(|text| !text.is_empty() && seen.insert(text.clone())).collect()
}

fn readme(architecture: &Architecture, prd: &Prd) -> String {
    let list = |items: Vec<String>, otherwise: &str| match items.is_empty() {
        true => format!("{otherwise}\n"),
        false => items.iter().map(|item| format!("- {item}\n")).collect(),
    };
    let requirement = |id: &str, text: &str| format!("{}: {}", markdown(id), markdown(text));
    let requirements = prd.requirements.iter().map(|r| requirement(&r.id, &r.statement.text)).collect();
    let open = questions(architecture, prd).iter().map(|question| markdown(question)).collect();
    include_str!("template/README.md")
        .replace("{notice}", &notice(architecture))
        .replace("{requirements}\n", &list(requirements, "None are stated."))
        .replace("{questions}\n", &list(open, "None."))
        .replace("{summary}", &markdown(&prd.summary.text))
        .replace("{name}", &markdown(&name(architecture)))
}
