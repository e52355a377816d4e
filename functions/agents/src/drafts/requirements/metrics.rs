//! How success would be seen: only what the idea calls its goal, or states as a share of something.
//!
//! A number that bounds ("at most 200 guests", "within 3 days") measures nothing: it is a constraint and no target.

use ideamine_core::Text;
use ideamine_core::artifacts::{Metric, Quantity};

use super::taken::Thing;
use crate::composer::Reading;
use crate::composer::cues::Role;
use crate::composer::segment::Clause;
use crate::composer::words::{Token, TokenKind};
use crate::drafts::answers::{Answered, Wanted};
use crate::shape::clip;

/// Most metrics.
const METRICS_MAX: usize = 5;

/// The metrics; never empty: where none is said, that is said.
pub(super) fn metrics(thing: &Thing, answers: &[Answered]) -> Vec<Metric> {
    let reading = thing.reading;
    let goals =
        reading.clauses.iter().filter(|c| reading.role(c) == Role::Goal || is_share(reading.role(c), c));
    let mut metrics: Vec<Metric> = goals.map(|c| metric(thing, c)).take(METRICS_MAX).collect();
    metrics.extend(answers.iter().filter(|a| a.wanted == Wanted::Success).map(|a| told(&a.text)));
    if metrics.is_empty() && thing.brief.problem.is_substance() {
        let text = format!("Less of what is wrong today: “{}”", clip(&thing.brief.problem));
        let target = Text::missing("how much less of what is wrong today, and by when");
        metrics.push(Metric { name: Text::rule(text, "prd/metric"), target });
    }
    if metrics.is_empty() {
        metrics.push(Metric {
            name: Text::missing("what success looks like"),
            target: Text::missing("from which value on it is a success"),
        });
    }
    metrics
}

/// What a person answered, with the numbers in it as target.
fn told(answer: &Text) -> Metric {
    let reading = Reading::of(&answer.text);
    let stated = |q: &crate::composer::quantities::Quantity| {
        format!("{} {}", q.value.of(&answer.text), q.unit.map_or("", |u| u.of(&answer.text)))
            .trim()
            .to_owned()
    };
    Metric { name: answer.clone(), target: target(reading.quantities.iter().map(stated).collect()) }
}

fn target(values: Vec<String>) -> Text {
    if values.is_empty() {
        Text::missing("from which value on it is a success")
    } else {
        Text::rule(values.join("; "), "prd/metric")
    }
}

fn metric(thing: &Thing, clause: &Clause) -> Metric {
    let name = thing.reading.quote(thing.idea, clause.span);
    let stated = |q: &&Quantity| q.about == name;
    let values = thing.brief.quantities.iter().filter(stated);
    let values: Vec<String> = values.map(|q| format!("{} {}", q.value, q.unit).trim().to_owned()).collect();
    Metric { name, target: target(values) }
}

/// "95 % of requests should answer within 800 ms", "at least 8 of 10 should recommend it".
fn is_share(role: Role, clause: &Clause) -> bool {
    let tokens = &clause.tokens;
    let number = |t: Option<&Token>| t.is_some_and(|t| t.kind == TokenKind::Number);
    let of = |at: usize| {
        let percent = tokens[at].any(&["%", "percent"]) && tokens.get(at + 1).is_some_and(|t| t.is("of"));
        let ratio = tokens[at].is("of") && at > 0 && number(tokens.get(at - 1)) && number(tokens.get(at + 1));
        percent || ratio
    };
    matches!(role, Role::Need(_)) && clause.says(&["should", "must"]) && (0..tokens.len()).any(of)
}
