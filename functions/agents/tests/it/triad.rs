//! Question, answer, validate: nothing is made up, and no model vouches for a model.

use ideamine_agents::typed::Typed;
use ideamine_agents::{answer, question, validate};
use ideamine_authoring::triad::{Questions, Reply, Ruling, RulingKind};
use ideamine_authoring::{Agent, Asked, Work};
use ideamine_core::Text;
use ideamine_core::records::Knowledge;

use crate::pipeline::{config, work};

const IDEA: &str =
    "Members reserve tools. Reservations are kept for two years and then deleted by the treasurer.";

fn asked(text: &str, why: &str) -> Work {
    let mut work = work(config("prd"), IDEA);
    work.question = Some(Asked { id: "prd-Q1".into(), text: text.into(), why: why.into() });
    work
}

fn known(statement: Text, question: Option<&str>, assumption: bool) -> Knowledge {
    Knowledge { id: "K-1".into(), statement, question: question.map(str::to_owned), assumption }
}

fn reply(work: &Work) -> Reply {
    serde_json::from_value(Typed(answer::Answerer).compose(work).unwrap()).unwrap()
}

fn ruling(reply: &Reply, knowledge: Vec<Knowledge>) -> Ruling {
    let mut work = asked("Who deletes old reservations?", "");
    work.inputs.insert("reply.json".into(), serde_json::to_string(reply).unwrap());
    work.knowledge = knowledge;
    serde_json::from_value(Typed(validate::Validator).compose(&work).unwrap()).unwrap()
}

#[test]
fn an_answer_stands_in_the_idea_or_the_knowledge_or_nowhere() {
    let found = reply(&asked("Who deletes reservations, and after how many years are they deleted?", ""));
    assert!(found.answer.unwrap().text.starts_with("Reservations are kept for two years"));
    assert_eq!(found.basis, ["idea"]);
    assert_eq!(reply(&asked("In which currency are fees charged?", "")).answer, None);
    let gap = "About “Reservations are kept for two years and then deleted by the treasurer”: who deletes reservations?";
    assert_eq!(reply(&asked(gap, "")).answer, None, "the quoted gap is no answer");
    let mut work = asked("In which currency are fees charged?", "");
    work.knowledge = vec![known(
        Text { text: "Euro".into(), origin: ideamine_core::Origin::Person },
        Some("prd-Q1"),
        false,
    )];
    assert_eq!(reply(&work).basis, ["K-1"]);
    work.knowledge[0].assumption = true;
    assert_eq!(reply(&work).answer, None, "an assumption answers nothing");
}

#[test]
fn only_the_persons_words_are_accepted() {
    let of = |text: Text, basis: &str| Reply { answer: Some(text), basis: vec![basis.to_owned()] };
    let check = |reply: &Reply, expected: RulingKind| assert_eq!(ruling(reply, vec![]).ruling, expected);
    check(&of(Text::quote("Members", 0, 7), "idea"), RulingKind::Accept);
    check(&of(Text::quote("Members", 1, 8), "idea"), RulingKind::Assume);
    check(&of(Text::model("The treasurer does."), "idea"), RulingKind::Assume);
    check(&Reply { answer: None, basis: vec![] }, RulingKind::Reject);
}

#[test]
fn a_model_cannot_accept_what_no_person_said() {
    let accept = serde_json::json!({ "ruling": "accept", "reason": "it fits" });
    let rules = |knowledge: Vec<Knowledge>, basis: &str| -> Vec<String> {
        let mut work = asked("Who deletes old reservations?", "");
        let reply = Reply { answer: Some(Text::model("x")), basis: vec![basis.to_owned()] };
        work.inputs.insert("reply.json".into(), serde_json::to_string(&reply).unwrap());
        work.knowledge = knowledge;
        Typed(validate::Validator).check(&work, &accept).into_iter().map(|p| p.rule).collect()
    };
    assert_eq!(rules(vec![known(Text::model("x"), None, false)], "K-1"), ["unvouched"]);
    assert_eq!(rules(vec![known(Text::rule("x", "r"), None, true)], "K-1"), ["unvouched"]);
    assert!(rules(vec![], "idea").is_empty());
}

#[test]
fn gaps_of_a_document_become_questions() {
    let mut work = work(config("beta"), IDEA);
    let document = serde_json::json!({ "body": { "a": Text::missing("how long it lasts"), "b": [Text::template("x")] } });
    work.inputs.insert("beta.json".into(), document.to_string());
    let asked: Questions =
        serde_json::from_value(Typed(question::Questioner).compose(&work).unwrap()).unwrap();
    assert_eq!(asked.questions.len(), 1);
    assert!(asked.questions[0].text.contains("how long it lasts"));
}

#[test]
fn what_a_person_answered_is_required_and_what_is_assumed_is_not() {
    let mut work = work(config("prd"), IDEA);
    let said = |text: &str| Text { text: text.into(), origin: ideamine_core::Origin::Person };
    work.knowledge =
        vec![known(said("Fees are in Swiss francs"), None, false), known(said("Nobody smokes"), None, true)];
    let prd: ideamine_core::artifacts::Prd =
        serde_json::from_value(Typed(ideamine_agents::prd::PrdWriter).compose(&work).unwrap()).unwrap();
    let holds =
        |text: &str| prd.requirements.iter().any(|r| r.statement == said(text) && r.id.starts_with("CR-"));
    assert!(holds("Fees are in Swiss francs") && !holds("Nobody smokes"), "{:#?}", prd.requirements);
}
