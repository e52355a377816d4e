//! `agent-beta`: who tries it first, what is watched, when to stop.
//!
//! | rule | what |
//! |---|---|
//! | `beta/cohort` | the named people, without a count that nobody stated |
//! | `beta/ask` | one question for each of the first needs |
//! | `beta/stop` | harm, loss and broken promises end it |

use ideamine_authoring::Work;
use ideamine_core::artifacts::{BetaPlan, Brief, Metric, OpenQuestion};
use ideamine_core::{Failure, Text};

use crate::drafts::{brief, requirements};
use crate::shape::{clip, question, thing};
use crate::typed::Body;

/// Most needs that participants are asked about.
const ASKED_MAX: usize = 5;

/// The beta agent.
pub struct Beta;

impl Body for Beta {
    type Answer = BetaPlan;
    const NAME: &'static str = "agent-beta";
    const FORM: &'static str = "beta";

    fn compose(&self, work: &Work) -> Result<BetaPlan, Failure> {
        let brief = brief(work);
        Ok(BetaPlan {
            cohort: cohort(&brief),
            duration: Text::missing("how long the beta lasts"),
            metrics: metrics(work),
            feedback_questions: feedback(&brief),
            stop_rules: stop_rules(&brief),
            support: Text::missing("whom participants reach, and how"),
            questions: asks(&brief),
        })
    }
    fn questions(plan: &mut BetaPlan) -> Option<&mut Vec<OpenQuestion>> {
        Some(&mut plan.questions)
    }
}

fn cohort(brief: &Brief) -> Text {
    let names: Vec<String> = brief.actors.iter().take(3).map(|a| format!("“{}”", clip(&a.name))).collect();
    if names.is_empty() {
        return Text::missing("who takes part");
    }
    Text::rule(format!("A few of those who are named: {}.", names.join(", ")), "beta/cohort")
}

fn metrics(work: &Work) -> Vec<Metric> {
    requirements(work).metrics
}

fn feedback(brief: &Brief) -> Vec<Text> {
    let ask = |text: String| Text::rule(text, "beta/ask");
    let about = brief.needs.iter().take(ASKED_MAX);
    let mut questions: Vec<Text> =
        about.map(|n| ask(format!("How did this go for you: “{}”?", clip(&n.statement)))).collect();
    questions.push(ask(format!("What did you do instead of using {}, and why?", thing(brief))));
    questions.push(ask("What surprised you?".to_owned()));
    questions
}

fn stop_rules(brief: &Brief) -> Vec<Text> {
    let stop = |text: String| Text::rule(text, "beta/stop");
    let mut rules = vec![
        stop("Someone is harmed or could have been.".to_owned()),
        stop("Data is lost or reaches someone who must not have it.".to_owned()),
    ];
    let promises = brief.constraints.iter().take(3);
    rules.extend(promises.map(|c| stop(format!("This no longer holds: “{}”.", clip(c)))));
    rules
}

fn asks(brief: &Brief) -> Vec<OpenQuestion> {
    vec![
        question(
            format!("Who of the named people would try {} first, and for how long?", thing(brief)),
            "A beta needs people who agreed to it.",
        ),
        question("Whom do participants reach when something goes wrong?", "Nobody is named for support."),
    ]
}
