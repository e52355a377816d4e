//! Decisions that the idea has taken itself, and those that someone must still take.

use ideamine_core::Text;
use ideamine_core::artifacts::{Brief, Decision, DecisionStatus, Prd, Requirement};

use super::parts::OFFLINE_CUES;
use crate::composer::Reading;
use crate::composer::product::ProductKind;
use crate::shape::{named, of_prefix, says};

/// A point that words raise.
struct Topic {
    /// Words of requirements that raise it.
    cues: &'static [&'static str],
    title: &'static str,
    options: &'static [&'static str],
    /// Words of a requirement or another system that settle it.
    settled: &'static [&'static str],
}

#[rustfmt::skip]
const TOPICS: &[Topic] = &[
    Topic { cues: OFFLINE_CUES, title: "Work without a connection",
        options: &["Keep a local copy and bring changes together later", "Allow reading only while offline", "Refuse to work offline and say so"],
        settled: &[] },
    Topic { cues: &["photo*", "picture*", "image*", "video*", "camera"], title: "Where pictures are kept",
        options: &["As files beside the records", "In an object store", "Not at all: keep a reference only"], settled: &[] },
    Topic { cues: &["sms", "whatsapp", "e-mail*", "email*", "notif*", "remind*"], title: "Which channel tells people",
        options: &["A provider for that channel", "Only inside the application", "A person tells them"],
        settled: &["by e-mail", "by email", "by sms", "by whatsapp", "by phone", "by post"] },
    Topic { cues: &["pay", "pays", "paid", "invoice*", "deposit*", "refund*", "fee", "fees", "billed"], title: "How money is handled",
        options: &["A payment provider; the application keeps references", "Recorded here, paid elsewhere", "Not handled in the first version"],
        settled: &["in cash", "by bank transfer", "by card", "stripe", "paypal", "sumup", "direct debit"] },
    Topic { cues: &["retention", "gdpr", "personal data", "privacy", "phone number*", "address*", "must be deleted", "no longer needed"],
        title: "How long data about people is kept",
        options: &["Deleted after a stated time", "Deleted on request", "Made anonymous and kept for statistics"],
        settled: &["deleted within", "deleted after", "longer than", "kept for"] },
    Topic { cues: &["log in", "login", "password*", "account*", "only the", "may see", "role*", "permission*", "api key", "may change"],
        title: "How people are known to it",
        options: &["Accounts of its own", "An identity provider that is there already", "One shared place without accounts"],
        settled: &["single sign-on", "sso", "no account*", "without account*", "api key*", "active directory", "with a code"] },
    Topic { cues: &["gps", "location*", "map*", "route*"], title: "Where someone is",
        options: &["Asked of the device each time", "Entered by hand", "Not kept"], settled: &[] },
    Topic { cues: &["sensor*", "bluetooth", "lora*", "wifi", "wi-fi", "radio"], title: "How the device reports",
        options: &["Radio with low power", "The network of the place", "Read out by hand"], settled: &["over lora", "over bluetooth", "over wifi", "by radio"] },
    Topic { cues: &["import*", "spreadsheet*", "excel", "csv"], title: "What is taken over from today's records",
        options: &["Once, by hand", "By an import that can be repeated", "Nothing: start empty"], settled: &[] },
];

/// What is decided by the idea's own words, and what they only raise.
pub(super) fn decisions(
    idea: &str,
    reading: &Reading,
    brief: &Brief,
    prd: &Prd,
    answer: Option<&Text>,
) -> Vec<Decision> {
    let kind = reading.product.kind;
    let mut decisions = vec![sort(idea, reading, brief, answer)];
    decisions.extend(language(idea, reading));
    let keeps = !kind.is_called() && kind != ProductKind::People;
    decisions.extend(TOPICS.iter().filter(|_| keeps).filter_map(|topic| raised(topic, prd)));
    decisions.push(skeleton(brief, prd, kind));
    decisions
}

fn rule(text: impl Into<String>) -> Text {
    Text::rule(text, "architecture/decision")
}

fn options(texts: &[&str]) -> Vec<Text> {
    texts.iter().map(|o| rule(*o)).collect()
}

/// Rule `architecture/sort`: the words say what sort of thing it is, or somebody must.
fn sort(idea: &str, reading: &Reading, brief: &Brief, answer: Option<&Text>) -> Decision {
    let product = &reading.product;
    let label = product.kind.label();
    let said = answer.cloned().or_else(|| product.said.map(|span| reading.quote(idea, span)));
    let status = if said.is_some() { DecisionStatus::Decided } else { DecisionStatus::Candidate };
    let choice = match (&said, product.kind) {
        (_, ProductKind::Open) => Text::missing("what sort of thing it is"),
        (Some(_), _) => Text::rule(format!("{} is {label}", named(brief)), "architecture/sort"),
        (None, _) => Text::rule(
            format!("{} is drawn up as {label}, because things are recorded and looked up", named(brief)),
            "architecture/sort",
        ),
    };
    Decision {
        id: String::new(),
        title: rule("What sort of thing it is"),
        context: said.unwrap_or_else(|| brief.summary.clone()),
        options: options(&[
            "A page that people open",
            "A command, a library or an interface for programs",
            "A device",
            "Something that people do, without software",
        ]),
        choice,
        status,
        serves: Vec::new(),
    }
}

/// The language that the idea names; the skeleton is in the one that is run here.
fn language(idea: &str, reading: &Reading) -> Option<Decision> {
    let product = &reading.product;
    if !product.kind.is_called() {
        return None;
    }
    let named = product.language.map(|span| reading.quote(idea, span).text);
    let (choice, status) = match &named {
        Some(language) if language.eq_ignore_ascii_case("python") => (
            rule(format!("{language}, as the idea says, for what is built after the skeleton")),
            DecisionStatus::Decided,
        ),
        Some(language) => (
            rule(format!(
                "{language}, as the idea says; what is built here first is a small web application in Python, and not the thing itself"
            )),
            DecisionStatus::Decided,
        ),
        None => (Text::missing("in which language it is written"), DecisionStatus::Candidate),
    };
    let first = named.unwrap_or_else(|| "The language of those who will use it".to_owned());
    Some(Decision {
        id: String::new(),
        title: rule("In which language it is written"),
        context: product
            .said
            .map_or_else(|| Text::missing("where it will be used"), |span| reading.quote(idea, span)),
        options: options(&[&first, "Python, like the first skeleton"]),
        choice,
        status,
        serves: Vec::new(),
    })
}

fn raised(topic: &Topic, prd: &Prd) -> Option<Decision> {
    let about: Vec<&Requirement> =
        prd.requirements.iter().filter(|r| says(&r.statement, topic.cues)).collect();
    let first = about.first()?;
    let settled =
        prd.requirements.iter().find(|r| r.statement.is_substance() && says(&r.statement, topic.settled));
    let (choice, status) = match settled {
        Some(r) => (r.statement.clone(), DecisionStatus::Decided),
        None => (Text::missing("which of the options; someone must decide"), DecisionStatus::Candidate),
    };
    Some(Decision {
        id: String::new(),
        title: Text::rule(topic.title, "architecture/candidate"),
        context: first.statement.clone(),
        options: options(topic.options),
        choice,
        status,
        serves: about.iter().map(|r| r.id.clone()).collect(),
    })
}

/// What the generated application is made of.
fn skeleton(brief: &Brief, prd: &Prd, kind: ProductKind) -> Decision {
    let rule = |text: &str| Text::rule(text, "architecture/skeleton");
    let (choice, other) = match (kind, brief.entities.is_empty()) {
        (ProductKind::Library, _) => (
            "A small web application on Python's standard library that says what is asked for and holds the records, if any; \
             the library itself is not built",
            "A package with the calls that the idea names",
        ),
        (ProductKind::Command, _) => (
            "A small web application on Python's standard library that says what is asked for and holds the records, if any; \
             the command itself is not built",
            "A command with the arguments that the idea names",
        ),
        (ProductKind::People | ProductKind::Device, true) => (
            "One page that says what is asked for and what is open; nothing of the thing itself",
            "No software at all",
        ),
        (_, true) => (
            "One page on Python's standard library that says what is asked for and what is open",
            "A framework and a database server",
        ),
        (_, false) => {
            ("Python's standard library and one file of records", "A framework and a database server")
        }
    };
    Decision {
        id: String::new(),
        title: rule("What the first skeleton is made of"),
        context: rule(
            "It must run anywhere, without a service or an account, so that people can look at it.",
        ),
        options: vec![rule(choice), rule(other)],
        choice: rule(&format!("{choice}; nothing of it binds what is built later")),
        status: DecisionStatus::Decided,
        serves: of_prefix(prd, "FR").map(|r| r.id.clone()).collect(),
    }
}
