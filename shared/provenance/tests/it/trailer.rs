use std::path::PathBuf;

use ideamine_core::Digest;
use ideamine_provenance::Author;
use ideamine_provenance::trailer::{declared, lines, trailers};

#[test]
fn trailers_are_the_last_paragraph() {
    let found =
        trailers("fix: a thing\n\nnot: this\n\nSigned-off-by: A <a@b.c>\nnot a trailer\nRefs: #1\n\n");
    let found: Vec<_> = found.iter().map(|trailer| (trailer.key, trailer.value)).collect();
    assert_eq!(found, [("Signed-off-by", "A <a@b.c>"), ("Refs", "#1")]);
}

#[test]
fn what_is_declared_is_found() {
    let check = |line: &str, expected: Option<&str>| {
        let vendors: Vec<_> = declared(line).iter().map(|declared| declared.vendor).collect();
        assert_eq!(vendors.first().copied(), expected, "{line}");
    };
    check("Co-authored-by: Claude <noreply@anthropic.com>", Some("anthropic"));
    check("Co-Authored-By: Copilot <1+Copilot@users.noreply.github.com>", Some("github"));
    check("co-authored-by: Cursor Agent <cursoragent@cursor.com>", Some("cursor"));
    check("Assisted-by: an assistant of our own", Some("unnamed"));
    check("Generated with [Some Tool](https://claude.ai/code)", Some("anthropic"));
    check("Co-authored-by: aider (openai/gpt-4o) <noreply@aider.chat>", Some("aider"));
    // Persons, and words that only contain a name.
    check("Co-authored-by: Claude Dupont <claude.dupont@example.org>", None);
    check("Co-authored-by: Ampere <ampere@example.org>", None);
    check("Signed-off-by: Claude <noreply@anthropic.com>", None);
    check("Generated with love", None);
    check("fix: the copilot page", None);
    check("dependabot: bump x", None);
    check("Co-authored-by: dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>", None);
}

#[test]
fn an_origin_becomes_trailers() {
    let model = Author::Model { model: "openai/gpt-5".to_owned(), request: Digest::of(b"a") };
    let said = lines([&model, &model, &Author::Person { source: None }], Digest::of(b"s"));
    assert_eq!(
        said,
        ["Generated-by: openai/gpt-5".to_owned(), format!("Origin-statement: {}", Digest::of(b"s"))]
    );
    assert_eq!(declared(&said.join("\n")).len(), 1);
}

/// Real commits with and without a declared tool, labelled by others.
#[test]
fn declarations_of_real_commits_are_found() {
    let corpora = std::env::var_os("IDEAMINE_CORPORA").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
        PathBuf::from,
    );
    let file = corpora.join("code/provenance/commit_trailers.jsonl");
    let Ok(text) = std::fs::read_to_string(&file) else {
        eprintln!("skipped: no corpus at {}", file.display());
        return;
    };
    let (mut rows, mut wrong) = (0, Vec::new());
    for line in text.lines() {
        let row: serde_json::Value = serde_json::from_str(line).expect("a row");
        let lines: Vec<&str> =
            row["trailers"].as_array().expect("trailers").iter().filter_map(|t| t.as_str()).collect();
        let found = !declared(&lines.join("\n")).is_empty();
        rows += 1;
        if row["ai_declared"] != found {
            wrong.push(format!("{}: {lines:?}", row["id"]));
        }
    }
    eprintln!("{rows} commits, {} read otherwise than labelled", wrong.len());
    assert!(wrong.len() * 100 <= rows, "{wrong:#?}");
}
