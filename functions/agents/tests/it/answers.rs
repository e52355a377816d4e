//! What a person answers lands in the field that the question was asked for, and is not asked again.

use ideamine_agents::architecture::Architect;
use ideamine_agents::ideation::Ideation;
use ideamine_agents::intake::Intake;
use ideamine_agents::prd::PrdWriter;
use ideamine_agents::question::Questioner;
use ideamine_agents::typed::{Body, Typed};
use ideamine_authoring::triad::Questions;
use ideamine_authoring::{Agent, Work};
use ideamine_core::artifacts::{Architecture, Brief, Document, Prd};
use ideamine_core::records::Knowledge;
use ideamine_core::{Origin, Text};

use crate::pipeline::{config, work};

const IDEA: &str = "The swap shelf of our street.\n\nEach tool has a name. A neighbour can offer a tool.";

fn intake(idea: &str) -> (String, Brief) {
    let work = work(config("intake"), idea);
    let agent = Typed(Intake);
    let finish = agent.finish(&work, agent.compose(&work).unwrap()).unwrap();
    let text = String::from_utf8(finish.artifacts[0].bytes.clone()).unwrap();
    let document: Document<Brief> = serde_json::from_str(&text).unwrap();
    (text, document.body)
}

/// A later phase of the idea, with answers to intake questions that hold these words.
fn later(phase: &str, idea: &str, told: &[(&str, &str)]) -> Work {
    let (text, brief) = intake(idea);
    let mut work = work(config(phase), idea);
    work.inputs.insert("brief.json".into(), text);
    work.knowledge = told
        .iter()
        .map(|(part, answer)| {
            let question = brief.questions.iter().find(|q| q.text.contains(part));
            let id = &question.unwrap_or_else(|| panic!("{part}: {:#?}", brief.questions)).id;
            let statement = said(answer);
            let question = Some(format!("intake-{id}"));
            Knowledge { id: format!("K-intake-{id}"), statement, question, assumption: false }
        })
        .collect();
    work
}

fn said(text: &str) -> Text {
    Text { text: text.into(), origin: Origin::Person }
}

fn answered(idea: &str, question: &str, answer: &str) -> (Brief, Prd) {
    let work = later("ideation", idea, &[(question, answer)]);
    let agent = Typed(Ideation);
    let finish = agent.finish(&work, agent.compose(&work).unwrap()).unwrap();
    let brief = finish.artifacts.iter().find(|a| a.name == "brief.json").unwrap();
    let brief: Document<Brief> = serde_json::from_slice(&brief.bytes).unwrap();
    assert!(finish.questions.iter().all(|q| !q.text.contains(question)), "{question} is asked again");
    let prd = PrdWriter.compose(&later("prd", idea, &[(question, answer)])).unwrap();
    (brief.body, prd)
}

#[test]
fn an_answer_lands_in_the_field_it_was_asked_for() {
    type There = fn(&Brief, &Prd, &Text) -> bool;
    let cases: &[(&str, &str, There)] = &[
        ("leave out?", "Payments and photos are left out", |b, p, t| {
            b.exclusions.contains(t) && p.non_goals.contains(t)
        }),
        ("What goes wrong today", "Nobody knows who has the ladder", |b, p, t| {
            b.problem == *t && p.metrics.iter().all(|m| m.name.origin != Origin::Missing)
        }),
        ("was worth it?", "At least 20 swaps a month", |_, p, t| {
            p.metrics.iter().any(|m| m.name == *t && m.target.text.contains("20 swaps"))
        }),
        ("What else must", "Neighbours can search the tools", |b, p, t| {
            b.needs.iter().any(|n| n.statement == *t)
                && p.requirements.iter().any(|r| r.statement == *t && r.id.starts_with("FR-"))
        }),
        ("come up in a usual week", "About 15 tools", |b, _, t| {
            b.quantities.iter().any(|q| q.value == "15" && q.about == *t)
        }),
        (
            "What must be recorded about each tool",
            "a name, an owner, a due date and an optional photo",
            |b, _, t| {
                let tool = &b.entities.iter().find(|e| e.name == "tool").unwrap().fields;
                let has = |name: &str, required: bool| {
                    tool.iter().any(|f| f.name == name && f.required == required)
                };
                has("name", true)
                    && has("owner", true)
                    && has("due_date", true)
                    && has("photo", false)
                    && tool.iter().any(|f| f.reason == *t)
            },
        ),
        ("What may", "At most 5 EUR a month", |b, p, t| {
            b.constraints.contains(t) && p.requirements.iter().any(|r| r.statement == *t)
        }),
        ("What have you tried instead", "A chat group", |b, _, t| !b.constraints.contains(t)),
    ];
    for (question, answer, there) in cases {
        let (brief, prd) = answered(IDEA, question, answer);
        assert!(
            there(&brief, &prd, &said(answer)),
            "{answer}: {:?} {:?} {:?} {:?}",
            brief.entities,
            brief.exclusions,
            brief.quantities,
            prd.metrics
        );
        let bound = *question == "What may";
        let must = prd.requirements.iter().any(|r| r.statement == said(answer) && r.id.starts_with("CR-"));
        assert_eq!(must, bound, "{answer}");
    }
}

#[test]
fn the_sort_that_a_person_names_is_the_sort() {
    let idea = "The swap shelf of our street. Neighbours are glad about it.";
    for (answer, label) in [
        ("A page that people open", "a page that people open"),
        ("Not an app: a command for the terminal", "a command"),
        ("Something that people do", "something that people do, without software"),
    ] {
        let work = later("architecture", idea, &[("a page that people open", answer)]);
        let a: Architecture = Architect.compose(&work).unwrap();
        let sort = &a.decisions[0];
        assert!(sort.choice.text.ends_with(label), "{answer}: {sort:#?}");
        assert_eq!(sort.context, said(answer));
    }
}

#[test]
fn what_was_answered_is_no_gap_that_is_asked_for() {
    let asked = |told: &[(&str, &str)]| -> Vec<String> {
        let mut work = later("critique", IDEA, told);
        let document = serde_json::json!({ "body": { "a": Text::missing("what goes wrong today") } });
        work.inputs.insert("critique.json".into(), document.to_string());
        let asked: Questions = serde_json::from_value(Typed(Questioner).compose(&work).unwrap()).unwrap();
        asked.questions.into_iter().map(|q| q.text).collect()
    };
    assert_eq!(asked(&[]).len(), 1);
    assert_eq!(asked(&[("What goes wrong today", "The ladder is lost")]), [""; 0]);
    // Nor what the document asks itself.
    let (text, _) = intake(IDEA);
    let mut work = work(config("intake"), IDEA);
    work.inputs.insert("brief.json".into(), text);
    let raised: Questions = serde_json::from_value(Typed(Questioner).compose(&work).unwrap()).unwrap();
    assert!(raised.questions.iter().all(|q| !q.text.contains("goes wrong")), "{raised:#?}");
}
