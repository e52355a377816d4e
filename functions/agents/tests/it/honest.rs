//! No document says of the skeleton what it is not, and what cannot be read twice is asked about.

use ideamine_agents::drafts::brief_of;
use ideamine_core::artifacts::{Architecture, Brief, Critique, Document, Release};
use serde::de::DeserializeOwned;

use crate::pipeline::compose;

const COMMAND: &str = "A command line tool that renames photos by the day they were taken. It lists every photo that has no date. \
No GUI, no web page, no server.\n";

#[test]
fn documents_of_a_command_say_that_the_skeleton_is_none() {
    let all = compose(COMMAND);
    fn body<T: DeserializeOwned>(text: &str) -> T {
        serde_json::from_str::<Document<T>>(text).unwrap().body
    }
    let a: Architecture = body(&all["architecture.json"]);
    assert!(a.decisions[0].choice.text.ends_with("is a command"), "{:#?}", a.decisions[0]);
    let skeleton = &a.decisions.last().unwrap().choice.text;
    assert!(skeleton.contains("small web application") && skeleton.contains("not built"), "{skeleton}");
    let python = |d: &ideamine_core::artifacts::Decision| d.choice.text.contains("A Python command");
    assert!(!a.decisions.iter().any(python), "{:#?}", a.decisions);
    assert!(all["app/README.md"].contains("the command itself is not built"));
    let critique: Critique = body(&all["critique.json"]);
    assert!(critique.findings.iter().any(|f| f.subject == "sort"), "{:#?}", critique.findings);
    let release: Release = body(&all["release.json"]);
    let known = |part: &str| release.known_issues.iter().any(|i| i.text.contains(part));
    assert!(known("the command itself is not built"), "{:#?}", release.known_issues);
    let sort = release.checklist.iter().find(|i| i.item.text.contains("of the sort that was asked for"));
    assert!(!sort.unwrap().done);
}

#[test]
fn a_contradiction_is_an_objection_and_a_question() {
    let all = compose("An app for entries. Entries can be changed. Entries must never be changed.");
    let critique: Document<Critique> = serde_json::from_str(&all["critique.json"]).unwrap();
    let told = critique.body.findings.iter().filter(|f| f.subject == "contradiction").count();
    assert_eq!(told, 1, "{:#?}", critique.body.findings);
    let brief: Document<Brief> = serde_json::from_str(&all["brief.json"]).unwrap();
    assert!(
        brief
            .body
            .questions
            .iter()
            .any(|q| q.text.starts_with("Which of the two holds: “Entries can be changed”"))
    );
}

#[test]
fn a_mark_of_the_byte_order_and_other_line_ends_change_nothing() {
    let plain = "# Tool shelf\n\nNeighbours lend tools.\n\nEach tool has a name and an owner.\n";
    let marked = format!("\u{feff}{}", plain.replace('\n', "\r\n"));
    let shown = |idea: &str| {
        let brief = brief_of(idea);
        let needs: Vec<String> = brief.needs.into_iter().map(|n| n.statement.text).collect();
        (brief.title.text, needs, brief.entities.into_iter().map(|e| e.name).collect::<Vec<_>>())
    };
    assert_eq!(shown(plain), shown(&marked));
}
