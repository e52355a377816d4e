//! `agent-architecture`: the typed model from which diagrams, interface and schema are derived.
//!
//! | rule | what |
//! |---|---|
//! | `architecture/page`, `…/interface`, `…/records` | what every application with records has |
//! | `architecture/messages`, `…/timer`, `…/offline`, `…/device`, `…/gateway` | only when the words ask for it |
//! | `architecture/crud` | each entity can be listed, made, read, changed and removed |
//! | `architecture/flow` | the main flow is the primary actor keeping the primary entity |
//! | `architecture/candidate` | what the words raise is a candidate decision, never a decided one |

use std::collections::BTreeSet;

use ideamine_authoring::check::{repeated, unknown};
use ideamine_authoring::{NewArtifact, Problem, Work};
use ideamine_core::artifacts::{
    Architecture, Brief, Component, Decision, DecisionStatus, Endpoint, Entity, External, Method,
    OpenQuestion, Person, Prd, Relation, Requirement, SequenceStep, assign_ids,
};
use ideamine_core::digest::canonical;
use ideamine_core::{Failure, Text};

use crate::application;
use crate::composer::{Reading, Sort};
use crate::intake::check_entities;
use crate::shape::{
    brief, clip, names_entity, of_prefix, question, requirement_ids, requirements, says, thing,
};
use crate::trace::{Pair, each};
use crate::typed::Body;

const PAGE: &str = "page";
const INTERFACE: &str = "interface";
const RECORDS: &str = "records";
const MESSAGES: &str = "messages";
const TIMER: &str = "timer";
const OFFLINE: &str = "offline copy";
const DEVICE: &str = "device";
const GATEWAY: &str = "gateway";

const TELLING: &[&str] = &[
    "notif*", "remind*", "alert*", "warn*", "sms", "e-mail*", "email*", "whatsapp", "message*", "send",
    "sends",
];
const TIMED: &[&str] = &[
    "every day",
    "daily",
    "weekly",
    "monthly",
    "every week",
    "every month",
    "each month",
    "each week",
    "overdue",
    "deleted after",
    "automatically",
    "before the",
    "days before",
    "hours before",
    "expire*",
    "at night",
    "every morning",
    "every evening",
];
const OFFLINE_CUES: &[&str] =
    &["offline", "without internet", "no internet", "no reception", "without a connection"];

/// The architecture agent.
pub struct Architect;

impl Body for Architect {
    type Answer = Architecture;
    const NAME: &'static str = "agent-architecture";
    const FORM: &'static str = "architecture";

    fn compose(&self, work: &Work) -> Result<Architecture, Failure> {
        Ok(architecture_of(work))
    }
    fn check(&self, work: &Work, a: &Architecture) -> Vec<Problem> {
        check(a, &requirement_ids(&requirements(work)))
    }
    fn number(a: &mut Architecture) {
        assign_ids("ADR", a.decisions.iter_mut().map(|d| &mut d.id));
    }
    fn traces(a: &Architecture) -> Vec<Pair> {
        let components = a.components.iter().flat_map(|c| each(&format!("component:{}", c.name), &c.carries));
        let endpoints =
            a.endpoints.iter().flat_map(|e| each(&format!("endpoint:{}", operation(e)), &e.serves));
        let decisions = a.decisions.iter().flat_map(|d| each(&d.id, &d.serves));
        components.chain(endpoints).chain(decisions).collect()
    }
    fn questions(a: &mut Architecture) -> Option<&mut Vec<OpenQuestion>> {
        Some(&mut a.questions)
    }
    fn artifacts(&self, work: &Work, a: Architecture) -> Result<Vec<NewArtifact>, Failure> {
        let (context, sequence) = application::diagrams(&a);
        let openapi = canonical(&application::openapi(&a, &clip(&a.system)))?;
        let sql = application::sql(&a);
        let traces = Self::traces(&a);
        let openapi = NewArtifact {
            name: "openapi.json".to_owned(),
            media_type: "application/vnd.oai.openapi+json;version=3.1".to_owned(),
            bytes: openapi,
            traces: Vec::new(),
        };
        Ok(vec![
            NewArtifact::document(&work.phase.output, Self::FORM, work.generator(), a, traces)?,
            NewArtifact::text("context.mmd", "text/vnd.mermaid", context),
            NewArtifact::text("sequence.mmd", "text/vnd.mermaid", sequence),
            openapi,
            NewArtifact::text("schema.sql", "application/sql", sql),
        ])
    }
}

/// `GET /tools/{id}`.
pub fn operation(e: &Endpoint) -> String {
    let method = match e.method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
    };
    format!("{method} {}", e.path)
}

fn check(a: &Architecture, requirements: &BTreeSet<String>) -> Vec<Problem> {
    let mut problems = check_entities(&a.entities);
    let named = a.people.iter().map(|p| &p.name).chain(a.externals.iter().map(|e| &e.name));
    let named: Vec<String> = named.chain(a.components.iter().map(|c| &c.name)).cloned().collect();
    problems.extend(repeated("/components", named.iter().map(String::as_str)));
    let mut known: BTreeSet<String> = named.into_iter().collect();
    known.extend(["system".to_owned(), a.system.text.clone()]);
    let ends = a.relations.iter().flat_map(|r| [&r.from, &r.to]);
    problems.extend(unknown("/relations", "person, external, component or `system`", ends, &known));
    let ends = a.sequence.iter().flat_map(|s| [&s.from, &s.to]);
    problems.extend(unknown("/sequence", "person, external, component or `system`", ends, &known));
    for (place, ids) in [
        ("/components", a.components.iter().flat_map(|c| &c.carries).collect::<Vec<_>>()),
        ("/endpoints", a.endpoints.iter().flat_map(|e| &e.serves).collect()),
        ("/decisions", a.decisions.iter().flat_map(|d| &d.serves).collect()),
    ] {
        problems.extend(unknown(place, "requirement", ids.into_iter(), requirements));
    }
    let entities: BTreeSet<String> = a.entities.iter().map(|e| e.name.clone()).collect();
    problems.extend(unknown(
        "/endpoints",
        "entity",
        a.endpoints.iter().filter_map(|e| e.entity.as_ref()),
        &entities,
    ));
    let operations: Vec<String> = a.endpoints.iter().map(operation).collect();
    problems.extend(repeated("/endpoints", operations.iter().map(String::as_str)));
    problems.extend(a.endpoints.iter().filter(|e| !is_path(&e.path)).map(|e| {
        Problem::new(
            "/endpoints",
            "path",
            format!("`{}` is no path template such as `/things/{{id}}`", e.path),
        )
    }));
    problems
}

fn is_path(path: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'{' | b'}' | b'.');
    path.starts_with('/') && path.len() <= 200 && path.bytes().all(plain) && !path.contains("//")
}

/// The architecture of the requirements, with its ids assigned.
pub fn architecture_of(work: &Work) -> Architecture {
    let (brief, prd) = (brief(work), requirements(work));
    let sort = Reading::of(&work.idea).sort;
    let parts = components(&brief, &prd, sort);
    let people = people(&brief);
    let externals = externals(&brief, &people, &parts);
    let mut a = Architecture {
        system: system(&brief),
        relations: relations(&people, &externals, &parts),
        sequence: sequence(&brief, &people, &externals, &parts),
        entities: brief.entities.clone(),
        endpoints: endpoints(&brief, &prd),
        decisions: decisions(&brief, &prd, sort),
        questions: asks(&brief, &parts),
        people,
        externals,
        components: parts,
    };
    Architect::number(&mut a);
    a
}

fn system(brief: &Brief) -> Text {
    if brief.title.is_substance() { brief.title.clone() } else { Text::template("The system") }
}

fn people(brief: &Brief) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    for actor in &brief.actors {
        let name = clip(&actor.name);
        let does = brief.needs.iter().find(|n| n.actor.as_deref() == Some(actor.name.text.as_str()));
        let does = does.map_or_else(|| Text::missing("what they do with it"), |n| n.statement.clone());
        if !people.iter().any(|p| p.name == name) && !RESERVED.contains(&name.as_str()) {
            people.push(Person { name, does });
        }
    }
    people
}

const RESERVED: &[&str] = &[PAGE, INTERFACE, RECORDS, MESSAGES, TIMER, OFFLINE, DEVICE, GATEWAY, "system"];

fn externals(brief: &Brief, people: &[Person], parts: &[Component]) -> Vec<External> {
    let mut externals: Vec<External> = Vec::new();
    for i in &brief.integrations {
        let name = clip(i);
        let taken = externals.iter().any(|e| e.name == name)
            || people.iter().any(|p| p.name == name)
            || parts.iter().any(|c| c.name == name)
            || RESERVED.contains(&name.as_str());
        if taken {
            continue;
        }
        let lower = name.to_lowercase();
        let said = brief.needs.iter().map(|n| &n.statement).chain(&brief.constraints);
        let purpose = said.into_iter().find(|t| t.text.to_lowercase().contains(&lower));
        let purpose = purpose.cloned().unwrap_or_else(|| Text::missing("what it is used for"));
        externals.push(External { name, purpose });
    }
    externals
}

/// Which requirements each part carries: by the words of the requirement, the records for the rest.
fn components(brief: &Brief, prd: &Prd, sort: Sort) -> Vec<Component> {
    let mut parts: Vec<(&str, &str, Vec<String>)> = vec![
        (PAGE, "Shows what is kept and takes in what people enter.", Vec::new()),
        (INTERFACE, "Answers requests about records and refuses wrong ones.", Vec::new()),
        (RECORDS, "Keeps records so that they are there after a restart.", Vec::new()),
        (MESSAGES, "Tells people something through a channel that is not ours.", Vec::new()),
        (TIMER, "Does what is due without anyone asking.", Vec::new()),
        (OFFLINE, "Lets people work without a connection and brings the copies together later.", Vec::new()),
        (DEVICE, "The thing itself: measures, shows or moves something.", Vec::new()),
        (GATEWAY, "Speaks to other systems that messages do not reach.", Vec::new()),
    ];
    for requirement in &prd.requirements {
        for place in carriers(brief, requirement, sort) {
            if let Some(part) = parts.iter_mut().find(|p| p.0 == place) {
                part.2.push(requirement.id.clone());
            }
        }
    }
    let always = |name: &str| sort != Sort::Hardware && [PAGE, INTERFACE, RECORDS].contains(&name);
    let wanted = |p: &(&str, &str, Vec<String>)| !p.2.is_empty() || always(p.0);
    let part = |(name, what, carries): (&str, &str, Vec<String>)| Component {
        name: name.to_owned(),
        responsibility: Text::rule(what, format!("architecture/{}", name.replace(' ', "-"))),
        carries,
    };
    let kept: Vec<Component> = parts.into_iter().filter(wanted).map(part).collect();
    if kept.is_empty() { vec![part((DEVICE, "The thing itself.", Vec::new()))] } else { kept }
}

fn carriers(brief: &Brief, requirement: &Requirement, sort: Sort) -> Vec<&'static str> {
    let text = &requirement.statement;
    let mut carriers = Vec::new();
    let entity = brief.entities.iter().any(|e| names_entity(text, &e.name));
    let integration =
        brief.integrations.iter().any(|i| text.text.to_lowercase().contains(&i.text.to_lowercase()));
    let telling = says(text, TELLING);
    for (holds, name) in [
        (telling, MESSAGES),
        (says(text, TIMED), TIMER),
        (says(text, OFFLINE_CUES), OFFLINE),
        (integration && !telling, GATEWAY),
        (sort == Sort::Hardware && !entity, DEVICE),
        (entity, INTERFACE),
        (entity, RECORDS),
    ] {
        if holds {
            carriers.push(name);
        }
    }
    if carriers.is_empty() {
        // What no word gives away is something that people see or enter; a bound without a place holds everywhere.
        carriers.push(if requirement.id.starts_with("FR") { PAGE } else { INTERFACE });
    }
    carriers
}

fn relation(from: &str, to: &str, label: &str) -> Relation {
    Relation { from: from.to_owned(), to: to.to_owned(), label: Text::rule(label, "architecture/relation") }
}

fn relations(people: &[Person], externals: &[External], parts: &[Component]) -> Vec<Relation> {
    let there = |name: &str| parts.iter().any(|c| c.name == name);
    let door = if there(PAGE) { PAGE } else { parts.first().map_or("system", |c| c.name.as_str()) };
    let mut relations: Vec<Relation> = people.iter().map(|p| relation(&p.name, door, "uses")).collect();
    for (from, to, label) in [
        (PAGE, INTERFACE, "asks and tells"),
        (INTERFACE, RECORDS, "reads and writes"),
        (TIMER, RECORDS, "looks for what is due"),
        (TIMER, MESSAGES, "has something to tell"),
        (INTERFACE, MESSAGES, "has something to tell"),
        (PAGE, OFFLINE, "works on"),
        (OFFLINE, INTERFACE, "brings changes"),
        (DEVICE, INTERFACE, "reports"),
        (INTERFACE, GATEWAY, "asks others"),
    ] {
        if there(from) && there(to) {
            relations.push(relation(from, to, label));
        }
    }
    let speaker = |e: &External| {
        let wanted = if says(&e.purpose, TELLING) { MESSAGES } else { GATEWAY };
        [wanted, MESSAGES, GATEWAY, INTERFACE].into_iter().find(|n| there(n)).unwrap_or("system")
    };
    relations.extend(externals.iter().map(|e| relation(speaker(e), &e.name, "uses")));
    relations
}

/// The main flow. With records: someone keeps one and sees it again. Without: someone uses the thing.
fn sequence(
    brief: &Brief,
    people: &[Person],
    externals: &[External],
    parts: &[Component],
) -> Vec<SequenceStep> {
    let there = |name: &str| parts.iter().any(|c| c.name == name);
    let who = people.first().map_or("system", |p| p.name.as_str());
    let step = |from: &str, to: &str, message: Text| SequenceStep {
        from: from.to_owned(),
        to: to.to_owned(),
        message,
    };
    let rule = |text: String| Text::rule(text, "architecture/flow");
    let entity = brief.entities.first().map(|e| e.name.replace('_', " "));
    let mut steps = Vec::new();
    match entity.filter(|_| there(PAGE) && there(INTERFACE) && there(RECORDS)) {
        Some(entity) => {
            steps.push(step(who, PAGE, rule(format!("enters a {entity}"))));
            steps.push(step(PAGE, INTERFACE, rule(format!("create the {entity}"))));
            steps.push(step(INTERFACE, RECORDS, rule(format!("keep the {entity}"))));
            steps.push(step(RECORDS, INTERFACE, rule("kept, with its id".to_owned())));
            steps.push(step(INTERFACE, PAGE, rule(format!("the {entity} as it was kept"))));
            steps.push(step(PAGE, who, rule(format!("shows the {entity}"))));
        }
        None => {
            let part = parts.first().map_or("system", |c| c.name.as_str());
            let said = brief.needs.first().map(|n| n.statement.clone());
            steps.push(step(who, part, said.unwrap_or_else(|| Text::missing("what people do with it"))));
            steps.push(step(part, who, Text::missing("what they get back")));
        }
    }
    let told = externals.iter().find(|e| says(&e.purpose, TELLING));
    if let Some(external) = told.filter(|_| there(MESSAGES)) {
        let from = if there(INTERFACE) { INTERFACE } else { MESSAGES };
        if from != MESSAGES {
            steps.push(step(from, MESSAGES, rule("there is something to tell".to_owned())));
        }
        steps.push(step(MESSAGES, &external.name, external.purpose.clone()));
    }
    steps
}

fn endpoints(brief: &Brief, prd: &Prd) -> Vec<Endpoint> {
    brief.entities.iter().flat_map(|entity| crud(entity, prd)).collect()
}

fn crud(entity: &Entity, prd: &Prd) -> Vec<Endpoint> {
    let about = prd.requirements.iter().filter(|r| names_entity(&r.statement, &entity.name));
    let serves: Vec<String> = about.map(|r| r.id.clone()).collect();
    let path = format!("/{}", application::plural(&entity.name));
    let words = entity.name.replace('_', " ");
    let one = |method, path: String, what: &str| Endpoint {
        method,
        path,
        entity: Some(entity.name.clone()),
        summary: Text::rule(format!("{what} {words}"), "architecture/crud"),
        serves: serves.clone(),
    };
    let item = format!("{path}/{{id}}");
    vec![
        one(Method::Get, path.clone(), "List records of the kind"),
        one(Method::Post, path, "Create a"),
        one(Method::Get, item.clone(), "Read a"),
        one(Method::Put, item.clone(), "Replace a"),
        one(Method::Delete, item, "Remove a"),
    ]
}

/// Checklist entries that words raise: cue words, title, options.
const TOPICS: &[(&[&str], &str, &[&str])] = &[
    (
        OFFLINE_CUES,
        "Work without a connection",
        &[
            "Keep a local copy and bring changes together later",
            "Allow reading only while offline",
            "Refuse to work offline and say so",
        ],
    ),
    (
        &["photo*", "picture*", "image*", "video*", "camera"],
        "Where pictures are kept",
        &["As files beside the records", "In an object store", "Not at all: keep a reference only"],
    ),
    (
        &["sms", "whatsapp", "e-mail*", "email*", "notif*", "remind*"],
        "Which channel tells people",
        &["A provider for that channel", "Only inside the application", "A person tells them"],
    ),
    (
        &["pay*", "invoice*", "deposit*", "refund*", "fee", "fees", "price*"],
        "How money is handled",
        &[
            "A payment provider; the application keeps references",
            "Recorded here, paid elsewhere",
            "Not handled in the first version",
        ],
    ),
    (
        &["delete*", "retention", "gdpr", "personal data", "privacy", "phone number*", "address*"],
        "How long data about people is kept",
        &["Deleted after a stated time", "Deleted on request", "Made anonymous and kept for statistics"],
    ),
    (
        &[
            "log in",
            "login",
            "password*",
            "account*",
            "only the",
            "only they",
            "may see",
            "role*",
            "permission*",
        ],
        "How people are known to it",
        &[
            "Accounts of its own",
            "An identity provider that is there already",
            "One shared place without accounts",
        ],
    ),
    (
        &["gps", "location*", "map*", "route*"],
        "Where someone is",
        &["Asked of the device each time", "Entered by hand", "Not kept"],
    ),
    (
        &["sensor*", "battery", "bluetooth", "lora*", "wifi", "wi-fi"],
        "How the device reports",
        &["Radio with low power", "The network of the place", "Read out by hand"],
    ),
    (
        &["import*", "spreadsheet*", "excel", "csv"],
        "What is taken over from today's records",
        &["Once, by hand", "By an import that can be repeated", "Nothing: start empty"],
    ),
];

fn decisions(brief: &Brief, prd: &Prd, sort: Sort) -> Vec<Decision> {
    let candidate = |title: &str, options: &[&str], about: &Requirement, serves: Vec<String>| Decision {
        id: String::new(),
        title: Text::rule(title, "architecture/candidate"),
        context: about.statement.clone(),
        options: options.iter().map(|o| Text::rule(*o, "architecture/candidate")).collect(),
        choice: Text::missing("which of the options; someone must decide"),
        status: DecisionStatus::Candidate,
        serves,
    };
    let mut decisions = Vec::new();
    for (cues, title, options) in TOPICS {
        let about: Vec<&Requirement> = prd.requirements.iter().filter(|r| says(&r.statement, cues)).collect();
        if let Some(first) = about.first() {
            decisions.push(candidate(title, options, first, about.iter().map(|r| r.id.clone()).collect()));
        }
    }
    if sort != Sort::Hardware || !brief.entities.is_empty() {
        decisions.push(skeleton_decision(brief, prd));
    }
    decisions
}

/// The one thing that is decided: what the generated application is made of.
fn skeleton_decision(brief: &Brief, prd: &Prd) -> Decision {
    let rule = |text: &str| Text::rule(text, "architecture/skeleton");
    Decision {
        id: String::new(),
        title: rule("What the first skeleton is made of"),
        context: rule(
            "It must run anywhere, without a service or an account, so that people can look at it.",
        ),
        options: vec![
            rule("Python's standard library and one file of records"),
            rule("A framework and a database server"),
        ],
        choice: rule(
            "Python's standard library and one file of records; nothing of it binds what is built later",
        ),
        status: DecisionStatus::Decided,
        serves: of_prefix(prd, "FR")
            .filter(|r| brief.entities.iter().any(|e| names_entity(&r.statement, &e.name)))
            .map(|r| r.id.clone())
            .collect(),
    }
}

fn asks(brief: &Brief, parts: &[Component]) -> Vec<OpenQuestion> {
    let mut asks = Vec::new();
    if brief.entities.is_empty() {
        let text = format!("What should {} keep records of, if anything?", thing(brief));
        asks.push(question(
            text,
            "No record was found in the idea, so there is no interface and no schema to derive.",
        ));
    }
    if parts.iter().any(|c| c.name == OFFLINE) {
        asks.push(question(
            "Which records must be on the device, and how old may they be?",
            "It is to work without a connection.",
        ));
    }
    if brief.actors.len() > 1 && !brief.entities.is_empty() {
        let names: Vec<String> =
            brief.actors.iter().take(3).map(|a| format!("“{}”", clip(&a.name))).collect();
        let text = format!("Which records may {} each see and change?", names.join(", "));
        asks.push(question(
            text,
            "Several people use the same records, and the interface must know who may do what.",
        ));
    }
    asks
}
