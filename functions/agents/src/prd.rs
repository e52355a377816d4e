//! `agent-prd`: requirements with ids, each traced to needs and with a way to tell whether it holds.
//!
//! | rule | what |
//! |---|---|
//! | `prd/need` | every need is a functional requirement, in the person's own words |
//! | `prd/bound` | every constraint is a requirement; measurable ones are qualities |
//! | `prd/bound` | what a person answered during the run is a requirement as well |
//! | `prd/care` | every kind of data that needs care is a constraint |
//! | `prd/then-…` | what is to be seen, by the verb of the need; no verb, no guess |

use std::collections::BTreeSet;

use ideamine_authoring::check::unknown;
use ideamine_authoring::{Problem, Work};
use ideamine_core::artifacts::{
    Acceptance, Brief, Concepts, Metric, Need, OpenQuestion, Prd, Priority, Quantity, Requirement,
    RequirementKind,
};
use ideamine_core::{Failure, Origin, Text};

use crate::composer::Reading;
use crate::composer::cues::Strength;
use crate::composer::phrases::deeds;
use crate::shape::{brief, clip, parsed, question, says, strength, thing};
use crate::trace::{Pair, each};
use crate::typed::Body;

/// Most questions about requirements that cannot be told.
const ASKS_MAX: usize = 5;
/// Most metrics.
const METRICS_MAX: usize = 5;
#[rustfmt::skip]
const QUALITY: &[&str] = &[
    "fast", "second", "seconds", "minute", "minutes", "percent", "available", "availability", "uptime", "accessib*",
    "accessible", "secure", "reliable", "battery", "waterproof", "weatherproof", "weigh*", "lasts", "last",
    "at the same time", "responsive",
];

/// The PRD agent.
pub struct PrdWriter;

impl Body for PrdWriter {
    type Answer = Prd;
    const NAME: &'static str = "agent-prd";
    const FORM: &'static str = "prd";

    fn compose(&self, work: &Work) -> Result<Prd, Failure> {
        // In an iterative fan-out the draft is complete already: rules have nothing to revise.
        Ok(work.before_as().filter(|_| work.findings.is_empty()).unwrap_or_else(|| prd_of(work)))
    }
    fn check(&self, work: &Work, prd: &Prd) -> Vec<Problem> {
        let needs: BTreeSet<String> = brief(work).needs.into_iter().map(|n| n.id).collect();
        let mut problems = Vec::new();
        for (index, r) in prd.requirements.iter().enumerate() {
            problems.extend(unknown(
                &format!("/requirements/{index}/serves"),
                "need",
                r.serves.iter(),
                &needs,
            ));
            if r.priority == Priority::Must && r.acceptance.is_empty() {
                let place = format!("/requirements/{index}/acceptance");
                problems.push(Problem::new(
                    place,
                    "acceptance",
                    "a `must` needs at least one acceptance criterion",
                ));
            }
            if r.serves.is_empty() && r.kind == RequirementKind::Functional {
                let place = format!("/requirements/{index}/serves");
                problems.push(Problem::new(
                    place,
                    "untraced",
                    "a functional requirement serves at least one need",
                ));
            }
        }
        problems
    }
    fn number(prd: &mut Prd) {
        number(prd);
    }
    fn traces(prd: &Prd) -> Vec<Pair> {
        prd.requirements.iter().flat_map(|r| each(&r.id, &r.serves)).collect()
    }
    fn questions(prd: &mut Prd) -> Option<&mut Vec<OpenQuestion>> {
        Some(&mut prd.questions)
    }
}

fn number(prd: &mut Prd) {
    for kind in [RequirementKind::Functional, RequirementKind::Quality, RequirementKind::Constraint] {
        let of_kind = prd.requirements.iter_mut().filter(|r| r.kind == kind);
        for (index, requirement) in of_kind.enumerate() {
            requirement.id = format!("{}-{}", kind.prefix(), index + 1);
        }
    }
}

/// The requirements of a brief, with their ids assigned.
pub fn prd_of(work: &Work) -> Prd {
    let brief = brief(work);
    let reading = Reading::of(&work.idea);
    let served: BTreeSet<String> = work
        .body::<Concepts>("concepts.json")
        .and_then(|c| crate::ideation::chosen(&c).map(|c| c.serves.iter().cloned().collect()))
        .unwrap_or_else(|| brief.needs.iter().map(|n| n.id.clone()).collect());
    let (now, later): (Vec<&Need>, Vec<&Need>) = brief.needs.iter().partition(|n| served.contains(&n.id));
    let mut requirements: Vec<Requirement> = now.iter().map(|n| functional(&brief, &reading, n)).collect();
    requirements.extend(brief.constraints.iter().map(|c| bound(&brief, c)));
    requirements.extend(brief.sensitive_data.iter().map(|kind| care(&brief, kind)));
    let told = work.knowledge.iter().filter(|k| !k.assumption && k.statement.origin == Origin::Person);
    requirements.extend(told.map(|k| bound(&brief, &k.statement)));
    let left = later.iter().map(|n| Text::rule(format!("Later: “{}”.", clip(&n.statement)), "prd/later"));
    let non_goals = brief.exclusions.iter().cloned().chain(left).collect();
    let questions = asks(&requirements);
    let summary = brief.summary.clone();
    let mut prd = Prd { summary, requirements, non_goals, metrics: metrics(&brief), questions };
    number(&mut prd);
    prd
}

fn functional(brief: &Brief, reading: &Reading, need: &Need) -> Requirement {
    let priority = match strength(reading, &need.statement) {
        Strength::Must | Strength::Plain => Priority::Must,
        Strength::Should => Priority::Should,
        Strength::Could => Priority::Could,
    };
    let who = need.actor.clone().map_or_else(|| "someone".to_owned(), |a| format!("“{a}”"));
    let given = Text::rule(format!("{} is in use by {who}", thing(brief)), "prd/given");
    let acceptance = vec![Acceptance { given, when: need.statement.clone(), then: outcome(need) }];
    Requirement {
        id: String::new(),
        kind: RequirementKind::Functional,
        priority,
        statement: need.statement.clone(),
        acceptance,
        serves: vec![need.id.clone()],
    }
}

/// What is to be seen, by the first verb that a rule knows; nothing is guessed for other verbs.
fn outcome(need: &Need) -> Text {
    let thing =
        need.entities.first().map_or_else(|| "it".to_owned(), |e| format!("the {}", e.replace('_', " ")));
    let who = need.actor.clone().map_or_else(|| "the person".to_owned(), |a| format!("“{a}”"));
    let clauses = parsed(&need.statement);
    let verbs: Vec<&str> = clauses.iter().flat_map(|c| deeds(&c.tokens)).collect();
    let known: [(&[&str], &str, String); 8] = [
        (
            &["notify", "remind", "alert", "warn", "message", "inform", "send"],
            "prd/then-told",
            format!("the message reaches {who}, once, and says what it is about"),
        ),
        (
            &["approve", "reject", "confirm", "sign", "release"],
            "prd/then-decided",
            format!("the decision stands with {thing}, with who made it and when"),
        ),
        (
            &["cancel", "delete", "remove"],
            "prd/then-gone",
            format!("{thing} no longer counts, and everyone who relied on it can see that"),
        ),
        (&["search", "find", "filter"], "prd/then-found", format!("{who} sees what fits and nothing else")),
        (
            &["see", "view", "show", "display", "list", "print", "read", "check", "monitor"],
            "prd/then-shown",
            format!("{who} sees the current state of {thing}"),
        ),
        (
            &["pay", "refund", "invoice", "bill"],
            "prd/then-paid",
            format!("the amount is recorded with {thing}, to the smallest unit of its currency"),
        ),
        (
            &["measure", "detect", "weigh", "sense"],
            "prd/then-measured",
            "the value is there, with its unit and its moment".to_owned(),
        ),
        (
            &[
                "add", "assign", "book", "borrow", "change", "create", "edit", "enter", "log", "mark",
                "note", "offer", "order", "record", "register", "rent", "report", "request", "reserve",
                "return", "save", "schedule", "store", "submit", "take", "track", "update", "upload",
                "write",
            ],
            "prd/then-kept",
            format!("{thing} is kept and is there again after a restart"),
        ),
    ];
    let told = says(&need.statement, &["reminder*", "notification*", "alarm*", "warning*"]);
    let first = |v: &&str| known.iter().position(|(of, ..)| of.contains(v));
    let found = verbs.iter().find_map(first).or_else(|| told.then_some(0));
    match found.and_then(|at| known.into_iter().nth(at)) {
        Some((_, rule, text)) => Text::rule(text, rule),
        None => Text::missing("how one can tell that this holds"),
    }
}

fn bound(brief: &Brief, constraint: &Text) -> Requirement {
    let measured = brief.quantities.iter().any(|q| q.about == *constraint);
    let kind = if says(constraint, QUALITY) { RequirementKind::Quality } else { RequirementKind::Constraint };
    let given = Text::rule(format!("{} as it is delivered", thing(brief)), "prd/given");
    let when = Text::rule("someone looks at it with this in hand", "prd/bound");
    let then = if measured || kind == RequirementKind::Constraint {
        constraint.clone()
    } else {
        Text::missing("the value from which this holds")
    };
    let serves = brief.needs.iter().filter(|n| shares_words(&n.statement, constraint)).map(|n| n.id.clone());
    Requirement {
        id: String::new(),
        kind,
        priority: Priority::Must,
        statement: constraint.clone(),
        acceptance: vec![Acceptance { given, when, then }],
        serves: serves.take(3).collect(),
    }
}

/// Whether two texts share two nouns or verbs of some length.
fn shares_words(a: &Text, b: &Text) -> bool {
    const LETTERS_MIN: usize = 5;
    let words = |t: &Text| -> BTreeSet<String> {
        let clauses = parsed(t);
        let long =
            clauses.iter().flat_map(|c| &c.tokens).filter(|w| w.is_word() && w.lower.len() >= LETTERS_MIN);
        long.map(|w| crate::composer::inflection::singular(&w.lower)).collect()
    };
    words(a).intersection(&words(b)).count() >= 2
}

fn care(brief: &Brief, kind: &Text) -> Requirement {
    let cue = kind.text.split(['“', '”']).nth(1).unwrap_or_default().to_lowercase();
    let touched = |n: &&Need| !cue.is_empty() && n.statement.text.to_lowercase().contains(&cue);
    let statement =
        format!("Only those who need {} see it, and it is deleted when it is no longer needed", clip(kind));
    let acceptance = Acceptance {
        given: Text::rule(format!("someone without a need for {}", clip(kind)), "prd/care"),
        when: Text::rule("they ask for it", "prd/care"),
        then: Text::rule("they do not get it", "prd/care"),
    };
    Requirement {
        id: String::new(),
        kind: RequirementKind::Constraint,
        priority: Priority::Must,
        statement: Text::rule(statement, "prd/care"),
        acceptance: vec![acceptance],
        serves: brief.needs.iter().filter(touched).map(|n| n.id.clone()).collect(),
    }
}

fn metrics(brief: &Brief) -> Vec<Metric> {
    let mut metrics = Vec::new();
    if brief.problem.is_substance() {
        let name =
            Text::rule(format!("Less of what is wrong today: “{}”", clip(&brief.problem)), "prd/metric");
        metrics.push(Metric { name, target: Text::missing("how much less, and by when") });
    }
    let goals = |q: &&Quantity| {
        ["%", "percent"].contains(&q.unit.as_str())
            || says(&q.about, &["within", "less than", "at most", "under"])
    };
    for q in brief.quantities.iter().filter(goals) {
        let target = Text::rule(format!("{} {}", q.value, q.unit).trim().to_owned(), "prd/metric");
        if !metrics.iter().any(|m| m.name == q.about) {
            metrics.push(Metric { name: q.about.clone(), target });
        }
    }
    metrics.truncate(METRICS_MAX);
    if metrics.is_empty() {
        metrics.push(Metric {
            name: Text::missing("what success looks like"),
            target: Text::missing("a value"),
        });
    }
    metrics
}

fn asks(requirements: &[Requirement]) -> Vec<OpenQuestion> {
    let untold = |r: &&Requirement| r.acceptance.iter().any(|a| !a.then.is_substance());
    let ask = |r: &Requirement| {
        let text = format!("How would one see that this holds: “{}”?", clip(&r.statement));
        question(text, "No rule knows what is to be observed, and the idea does not say.")
    };
    requirements.iter().filter(untold).take(ASKS_MAX).map(ask).collect()
}
