//! The page: self-contained, strict, escaped, and carrying the digest of what it was made from.

use ideamine_core::Digest;
use ideamine_core::artifacts::GateOutcome;
use ideamine_dossier::render;

use crate::support::{dossier, spelled};

const HOSTILE: &str =
    "</style></svg><script>alert(1)</script><img src=x onerror='y'> \"'`{{ c }} {% raw %} \u{202e}";

#[test]
fn the_page_loads_nothing_runs_nothing_and_carries_the_digest() {
    let dossier = dossier();
    let page = render(&dossier).unwrap();
    std::fs::write(concat!(env!("CARGO_TARGET_TMPDIR"), "/dossier.html"), &page).unwrap();
    let digest = Digest::of(&dossier.to_bytes().unwrap()).to_string();
    assert!(page.contains(&format!("name=\"ideamine-dossier\" content=\"{digest}\"")));
    for loads in
        ["src=", "<link", "<script", "http://", "https://", "@import", "url(", "javascript:", " style="]
    {
        let page = page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        assert!(!page.contains(loads), "{loads}");
    }
    assert!(page.contains("default-src &#x27;none&#x27;; style-src &#x27;sha256-"));
    for section in
        ["product", "matrix", "gates", "architecture", "choices", "costs", "risks", "papers", "check"]
    {
        assert!(page.contains(&format!("<section id=\"{section}\">")), "{section}");
    }
}

#[test]
fn the_page_is_the_same_each_time() {
    assert_eq!(render(&dossier()).unwrap(), render(&dossier()).unwrap());
}

#[test]
fn hostile_words_anywhere_are_only_words() {
    let (plain, hostile) = (dossier(), spelled(&|text| format!("{text} {HOSTILE}")));
    let tags = |page: &str| {
        let mut names: Vec<String> = page
            .split('<')
            .skip(1)
            .map(|tag| tag.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/').collect())
            .filter(|name: &String| !["text", "/text"].contains(&&**name))
            .collect();
        names.sort();
        names.dedup();
        names
    };
    let page = render(&hostile).unwrap();
    assert_eq!(tags(&page), tags(&render(&plain).unwrap()), "no tag comes in with the words");
    assert!(page.contains("alert(1)"), "the words themselves are there");
    assert!(!page.contains("<script") && !page.contains('\u{202e}'));
    for (at, _) in page.match_indices("onerror") {
        assert!(page[..at].rfind('>') > page[..at].rfind('<'), "inside a tag");
    }
    assert_eq!(page.matches("</style>").count(), 1);
}

#[test]
fn a_run_that_stopped_early_has_a_page_too() {
    let mut dossier = dossier();
    let content = &mut dossier.content;
    content.papers.clear();
    content.phases.truncate(1);
    content.diagrams.clear();
    content.matrix = Default::default();
    content.costs = Default::default();
    (content.timeline, content.risks, content.licences) = (vec![], vec![], vec![]);
    (content.decisions, content.questions) = (vec![], vec![]);
    let page = render(&dossier).unwrap();
    assert!(page.contains("The run did not come to requirements"));
}

#[test]
fn the_front_page_shows_each_failure_once() {
    let mut dossier = dossier();
    let content = &mut dossier.content;
    let qa = content.phases.iter_mut().find(|phase| phase.id.as_str() == "qa").unwrap();
    (qa.gates[0].outcome, qa.attempts) = (GateOutcome::Fail, 3);
    let told = "gate qa failed in phase qa after 3 attempts";
    content.run.reasons = vec![told.to_owned(), "1 blocking question is open".to_owned()];
    let page = render(&dossier).unwrap();
    assert!(!page.contains(told), "the light tells it");
    assert_eq!(page.matches("<small>fail after 3 attempts</small>").count(), 1);
    assert_eq!(page.matches("1 blocking question is open").count(), 1);
    // A reason about a gate that no light shows as failed stays.
    dossier.content.phases.retain(|phase| phase.id.as_str() != "qa");
    assert_eq!(render(&dossier).unwrap().matches(told).count(), 1);
}

#[test]
fn what_a_recording_states_is_not_shown_as_spent() {
    let mut dossier = dossier();
    assert!(!render(&dossier).unwrap().contains("by the recording"));
    let costs = &mut dossier.content.costs;
    costs.total.recorded_usd_micros = costs.total.usd_micros;
    costs.lines[0].usage.recorded_usd_micros = costs.lines[0].usage.usd_micros;
    let page = render(&dossier).unwrap();
    assert!(page.contains("<dd>$0.00<small> now, ") && page.contains("not in this run"));
    assert_eq!(page.matches("<small class=\"tag\">recorded</small>").count(), 1);
}
