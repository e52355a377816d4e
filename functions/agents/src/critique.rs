//! `agent-critique`: objections that rules can raise from what is said and what is not.
//!
//! | rule | who sees it | objection |
//! |---|---|---|
//! | `critique/care` | users | data needs care and its access is open |
//! | `critique/nobody` | users | a need is said of nobody |
//! | `critique/depends` | operator | another system can fail |
//! | `critique/limits` | operator | nobody states a volume |
//! | `critique/no-problem`, `critique/thin` | sceptic | no problem, or hardly a need, is stated |
//! | `critique/vague` | sceptic | a need cannot be measured |
//! | `critique/contradiction` | sceptic | two sentences cannot both hold |
//! | `critique/sort` | operator | what is built here is of another sort than the thing |

use std::collections::BTreeSet;

use ideamine_authoring::{NewArtifact, Work};
use ideamine_core::artifacts::{
    Brief, Critique, Finding, Need, OpenQuestion, Recommendation, Risk, Severity, assign_ids,
};
use ideamine_core::{Failure, Text};

use crate::composer::Reading;
use crate::composer::contradictions::contradictions;
use crate::drafts::answers::{Answered, answers};
use crate::drafts::{brief, reading};
use crate::shape::{clip, says};
use crate::trace::Pair;
use crate::typed::Body;

/// Most findings of one point of view.
const FINDINGS_MAX: usize = 8;
/// Fewest needs that can be cut into something.
const NEEDS_MIN: usize = 3;
#[rustfmt::skip]
const VAGUE: &[&str] = &[
    "fast", "quick*", "easy", "easily", "simple", "cheap", "secure", "user-friendly", "modern", "intuitive", "many",
    "often", "funny", "nice", "smart", "efficient",
];

/// The critique agent.
pub struct Critic;

impl Body for Critic {
    type Answer = Critique;
    const NAME: &'static str = "agent-critique";
    const FORM: &'static str = "critique";

    fn compose(&self, work: &Work) -> Result<Critique, Failure> {
        let answers = answers(work);
        let raised = sorts(&reading(work)).into_iter().collect::<Vec<_>>();
        let against = contradicting(work, &answers);
        Ok(critique(&brief(work), work.role.as_ref().map(|r| r.role.as_str()), raised, against))
    }
    fn number(critique: &mut Critique) {
        assign_ids("F", critique.findings.iter_mut().map(|f| &mut f.id));
        assign_ids("R", critique.risks.iter_mut().map(|r| &mut r.id));
    }
    fn traces(critique: &Critique) -> Vec<Pair> {
        let is_id = |s: &str| s.rsplit_once('-').is_some_and(|(_, n)| n.bytes().all(|b| b.is_ascii_digit()));
        let about = critique.findings.iter().filter(|f| is_id(&f.subject));
        about.map(|f| (f.id.clone(), f.subject.clone())).collect()
    }
    fn artifacts(&self, work: &Work, mut critique: Critique) -> Result<Vec<NewArtifact>, Failure> {
        if work.composes() {
            // Joined points of view recommend what the gravest of their findings asks for.
            (critique.recommendation, critique.reason) = recommend(&brief(work), &critique.findings);
        }
        let traces = Self::traces(&critique);
        Ok(vec![NewArtifact::document(&work.phase.output, Self::FORM, work.generator(), critique, traces)?])
    }
    fn questions(critique: &mut Critique) -> Option<&mut Vec<OpenQuestion>> {
        Some(&mut critique.questions)
    }
}

/// What is built here is of another sort than the thing.
fn sorts(reading: &Reading) -> Option<Finding> {
    let kind = reading.product.kind;
    let unbuilt = kind.unbuilt()?;
    let text = format!(
        "It is to be {}, and what is built here is a small web application: {unbuilt}.",
        kind.label()
    );
    Some(finding(Severity::Medium, "sort", Text::rule(text, "critique/sort")))
}

/// Sentences that cannot both hold; a person's answer to the question about them answers the objection.
fn contradicting(work: &Work, answers: &[Answered]) -> Vec<Finding> {
    let reading = reading(work);
    let pairs = contradictions(&work.idea, &reading).into_iter();
    pairs
        .map(|pair| {
            let question = pair.question(&work.idea);
            let answer = answers.iter().find(|a| a.question.as_deref() == Some(question.as_str()));
            let text = Text::rule(pair.objection(&work.idea), "critique/contradiction");
            Finding {
                answer: answer.map(|a| a.text.clone()),
                ..finding(Severity::High, "contradiction", text)
            }
        })
        .collect()
}

fn critique(brief: &Brief, role: Option<&str>, sort: Vec<Finding>, against: Vec<Finding>) -> Critique {
    let sees = |view: &str| role.is_none_or(|r| r == view || !["users", "operator", "sceptic"].contains(&r));
    let mut findings = Vec::new();
    let mut risks = Vec::new();
    if sees("users") {
        findings.extend(care(brief).chain(nobody(brief)).take(FINDINGS_MAX));
    }
    if sees("operator") {
        findings.extend(sort.into_iter().chain(depends(brief)).take(FINDINGS_MAX));
        risks.extend(outages(brief));
    }
    if sees("sceptic") {
        findings.extend(against.into_iter().chain(thin(brief)).chain(vague(brief)).take(FINDINGS_MAX));
        risks.push(unused(brief));
    }
    let (recommendation, reason) = recommend(brief, &findings);
    Critique {
        findings,
        assumptions: assumptions(brief),
        risks,
        recommendation,
        reason,
        questions: Vec::new(),
    }
}

fn recommend(brief: &Brief, findings: &[Finding]) -> (Recommendation, Text) {
    let grave = |f: &Finding| f.severity >= Severity::High && f.answer.is_none();
    let (recommendation, reason, rule) = if brief.needs.is_empty() {
        (Recommendation::Stop, "Nothing is stated that it must do.", "critique/thin")
    } else if findings.iter().any(grave) {
        let reason = "There are objections that must be answered before anyone relies on it.";
        (Recommendation::Revise, reason, "critique/grave")
    } else {
        (Recommendation::Proceed, "No rule found an objection that stops it.", "critique/none")
    };
    (recommendation, Text::rule(reason, rule))
}

fn finding(severity: Severity, subject: &str, statement: Text) -> Finding {
    Finding { id: String::new(), severity, subject: subject.to_owned(), statement, answer: None }
}

fn care(brief: &Brief) -> impl Iterator<Item = Finding> + '_ {
    brief.sensitive_data.iter().map(|kind| {
        // Whether a stated constraint speaks of the same words decides if the objection is answered.
        let cue = kind.text.split(['“', '”']).nth(1).unwrap_or_default().to_lowercase();
        let answer =
            brief.constraints.iter().find(|c| !cue.is_empty() && c.text.to_lowercase().contains(&cue));
        let text = format!("It touches {}: who may see it, for how long, and on what ground?", clip(kind));
        let objection = finding(Severity::High, "data", Text::rule(text, "critique/care"));
        Finding { answer: answer.cloned(), ..objection }
    })
}

fn nobody(brief: &Brief) -> impl Iterator<Item = Finding> + '_ {
    let silent = brief.needs.iter().filter(|n| n.actor.is_none()).take(4);
    silent.map(|n| {
        let text = format!("Nobody is named who wants this: “{}”.", clip(&n.statement));
        finding(Severity::Low, &n.id, Text::rule(text, "critique/nobody"))
    })
}

fn depends(brief: &Brief) -> impl Iterator<Item = Finding> + '_ {
    let relies = |i: &Text| {
        let text = format!(
            "It relies on {}: nothing is said about what happens while that is away or refuses.",
            clip(i)
        );
        finding(Severity::Medium, "integrations", Text::rule(text, "critique/depends"))
    };
    let unlimited = (brief.quantities.is_empty() && !brief.needs.is_empty()).then(|| {
        let text = "No number is stated: how many people, records or requests it must bear is open.";
        finding(Severity::Medium, "volume", Text::rule(text, "critique/limits"))
    });
    brief.integrations.iter().map(relies).chain(unlimited)
}

fn outages(brief: &Brief) -> Vec<Risk> {
    let relies = |i: &Text| Risk {
        id: String::new(),
        statement: Text::rule(
            format!("{} changes its terms, its price or its interface.", clip(i)),
            "critique/depends",
        ),
        likelihood: Severity::Medium,
        impact: Severity::Medium,
        mitigation: Text::rule(
            "Keep it behind one component, so that another can take its place.",
            "critique/depends",
        ),
    };
    brief.integrations.iter().take(4).map(relies).collect()
}

fn thin(brief: &Brief) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !brief.problem.is_substance() {
        let text = "No problem is stated: without one, nobody can say whether this solves it.";
        findings.push(finding(Severity::High, "problem", Text::rule(text, "critique/no-problem")));
    }
    if brief.needs.len() < NEEDS_MIN {
        let text = "Hardly anything is stated that it must do: what comes out of it is mostly gaps.";
        findings.push(finding(Severity::High, "needs", Text::rule(text, "critique/thin")));
    }
    findings
}

fn vague(brief: &Brief) -> impl Iterator<Item = Finding> + '_ {
    let unclear = |n: &&Need| says(&n.statement, VAGUE);
    brief.needs.iter().filter(unclear).map(|n| {
        let text = format!("This cannot be measured as it stands: “{}”.", clip(&n.statement));
        finding(Severity::Medium, &n.id, Text::rule(text, "critique/vague"))
    })
}

fn unused(brief: &Brief) -> Risk {
    let who = brief.actors.first().map_or_else(|| "People".to_owned(), |a| format!("“{}”", clip(&a.name)));
    Risk {
        id: String::new(),
        statement: Text::rule(format!("{who} keep doing it the way they do now."), "critique/unused"),
        likelihood: Severity::Medium,
        impact: Severity::High,
        mitigation: Text::missing("what would make them change"),
    }
}

fn assumptions(brief: &Brief) -> Vec<Text> {
    let mut seen = BTreeSet::new();
    let actors = brief.needs.iter().filter_map(|n| n.actor.as_ref()).filter(|a| seen.insert((*a).clone()));
    let willing = actors
        .take(4)
        .map(|a| Text::rule(format!("“{a}” are able and willing to use it."), "critique/assumption"));
    let accounts = brief.integrations.iter().take(4);
    let held = accounts.map(|i| {
        Text::rule(format!("Someone has, or can get, access to {}.", clip(i)), "critique/assumption")
    });
    willing.chain(held).collect()
}
