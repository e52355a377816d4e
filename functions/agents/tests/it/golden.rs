//! What the composer makes of four very different ideas, kept to be read; UPDATE=1 writes it anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ideamine_core::Text;
use ideamine_core::artifacts::{
    Architecture, Brief, BusinessCase, Concepts, Critique, Document, Prd, QaPlan, SecurityReview, Stories,
};
use serde::de::DeserializeOwned;

use crate::ideas::ideas;
use crate::pipeline::{compose, root};

fn body<T: DeserializeOwned>(artifacts: &BTreeMap<String, String>, name: &str) -> T {
    serde_json::from_str::<Document<T>>(&artifacts[name]).unwrap().body
}

fn line(text: &Text) -> String {
    text.marked().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shown(artifacts: &BTreeMap<String, String>) -> String {
    let mut out = String::new();
    brief(&mut out, &body(artifacts, "brief.json"));
    let concepts: Concepts = body(artifacts, "concepts.json");
    for c in &concepts.concepts {
        let _ = writeln!(out, "\nconcept {} ({}): serves {}", c.name, c.lens, c.serves.join(" "));
        c.drawbacks.iter().for_each(|d| writeln!(out, "  - {}", line(d)).unwrap());
    }
    let critique: Critique = body(artifacts, "critique.json");
    let _ = writeln!(out, "\ncritique: {:?}, {}", critique.recommendation, line(&critique.reason));
    for f in &critique.findings {
        let _ = writeln!(out, "  {:?} {}: {}", f.severity, f.subject, line(&f.statement));
    }
    let prd: Prd = body(artifacts, "prd.json");
    let _ = writeln!(out, "\nrequirements");
    for r in &prd.requirements {
        let then = r.acceptance.first().map_or_else(String::new, |a| line(&a.then));
        let _ = writeln!(
            out,
            "  {} {:?} [{}] {} => {then}",
            r.id,
            r.priority,
            r.serves.join(" "),
            line(&r.statement)
        );
    }
    later_documents(&mut out, artifacts);
    out
}

fn brief(out: &mut String, brief: &Brief) {
    for (what, text) in [("title", &brief.title), ("summary", &brief.summary), ("problem", &brief.problem)] {
        let _ = writeln!(out, "{what}: {}", line(text));
    }
    for a in &brief.actors {
        let _ = writeln!(out, "  actor {}", line(&a.name));
    }
    for n in &brief.needs {
        let actor = n.actor.as_deref().unwrap_or("-");
        let _ = writeln!(out, "  {} ({actor}; {}) {}", n.id, n.entities.join(" "), line(&n.statement));
    }
    let lists = [
        ("constraint", &brief.constraints),
        ("exclusion", &brief.exclusions),
        ("integration", &brief.integrations),
        ("care", &brief.sensitive_data),
    ];
    for (what, texts) in lists {
        texts.iter().for_each(|t| writeln!(out, "  {what}: {}", line(t)).unwrap());
    }
    for q in &brief.quantities {
        let _ = writeln!(out, "  number: {} {}", q.value, q.unit);
    }
    for e in &brief.entities {
        let fields: Vec<String> = e.fields.iter().map(|f| format!("{}: {:?}", f.name, f.kind)).collect();
        let _ = writeln!(out, "  record {} ({})", e.name, fields.join(", "));
    }
    for q in &brief.questions {
        let _ = writeln!(out, "  {}{} {}", if q.blocking { "!" } else { "?" }, q.id, q.text);
    }
}

fn later_documents(out: &mut String, artifacts: &BTreeMap<String, String>) {
    let case: BusinessCase = body(artifacts, "business-case.json");
    let _ = writeln!(out, "\nbusiness: {}", line(&case.value));
    for l in case.revenue.iter().chain(&case.costs) {
        let _ = writeln!(out, "  {} = {}", line(&l.item), line(&l.amount));
    }
    let a: Architecture = body(artifacts, "architecture.json");
    let _ = writeln!(out, "\narchitecture");
    for c in &a.components {
        let _ = writeln!(out, "  {}: {}", c.name, c.carries.join(" "));
    }
    for d in &a.decisions {
        let _ = writeln!(out, "  {} {:?} {}", d.id, d.status, line(&d.title));
    }
    let security: SecurityReview = body(artifacts, "security.json");
    let _ = writeln!(out, "\nsecurity");
    for f in &security.findings {
        let _ = writeln!(
            out,
            "  {:?} {} ({})",
            f.severity,
            line(&f.statement),
            f.answer.as_ref().map_or_else(|| "open".to_owned(), line)
        );
    }
    let stories: Stories = body(artifacts, "stories.json");
    let _ = writeln!(out, "\nstories");
    for s in &stories.stories {
        let _ = writeln!(
            out,
            "  {} {} [{}] {}",
            s.id,
            if s.coded { "coded" } else { "open" },
            s.implements.join(" "),
            line(&s.title)
        );
    }
    let qa: QaPlan = body(artifacts, "qa.json");
    let automated = qa.cases.iter().filter(|c| c.kind != ideamine_core::artifacts::CaseKind::Manual).count();
    let _ = writeln!(out, "\ncases: {} automated, {} by hand", automated, qa.cases.len() - automated);
}

#[test]
fn four_ideas_are_composed_as_they_were() {
    for (name, idea) in ideas() {
        let text = shown(&compose(&idea));
        let path = root().join(format!("functions/agents/tests/golden/{name}.txt"));
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let there = std::fs::read_to_string(&path).unwrap_or_default();
        let differs = there.lines().zip(text.lines()).find(|(a, b)| a != b);
        assert!(there == text, "{name}: {differs:?}; if it is meant, run with UPDATE=1");
    }
}
