//! What attacks are, and what a search reports.

use std::collections::BTreeSet;

use ideamine_redteam::search::search;
use ideamine_redteam::{
    Attack, Channel, Effort, Mutation, Report, Sealed, Target, Trial, Vector, wilson_lower,
};

/// Resists what holds a word.
struct Word(&'static str);

impl Target for Word {
    fn try_attack(&self, attack: &Attack) -> Trial {
        let resisted = attack.text.to_lowercase().contains(self.0);
        Trial { resisted, nearness: if resisted { 0.0 } else { 1.0 } }
    }
}

fn run(target: &dyn Target, seed: u64) -> Report {
    search(target, "CANARY-1", &Effort { trials: 120, seed })
}

#[test]
fn every_vector_is_tried_and_one_seed_gives_one_report() {
    let report = run(&Word("ignore"), 3);
    assert_eq!(report.by_vector().keys().copied().collect::<Vec<_>>(), Vector::ALL);
    assert!(report.by_vector().values().all(|figure| figure.tried == 120));
    assert_eq!(report.json(), run(&Word("ignore"), 3).json());
    assert_eq!(report.cases(), run(&Word("ignore"), 3).cases());
    assert_ne!(report.cases(), run(&Word("ignore"), 4).cases());
}

#[test]
fn attacks_differ() {
    let report = run(&Word("\u{0}"), 1);
    let texts: BTreeSet<&str> = report.through().iter().map(|attack| attack.text.as_str()).collect();
    assert_eq!(texts.len(), report.through().len());
    assert!(texts.len() > 900, "{} of 1,200 are different", texts.len());
    for vector in [Vector::IndirectInjection, Vector::DataExfilRequest] {
        let user =
            report.through().iter().any(|attack| attack.vector == vector && attack.channel == Channel::User);
        assert!(!user, "{vector:?} comes from documents and tools");
    }
}

#[test]
fn the_search_finds_what_gets_through() {
    /// Resists everything but what is in base64.
    struct ButBase64;
    impl Target for ButBase64 {
        fn try_attack(&self, attack: &Attack) -> Trial {
            let through = attack.mutations.contains(&Mutation::Base64);
            Trial { resisted: !through, nearness: if through { 1.0 } else { 0.0 } }
        }
    }
    let report = run(&ButBase64, 5);
    let overall = report.overall();
    let blind: u64 = report.json()["vectors"]
        .as_object()
        .expect("vectors")
        .values()
        .map(|vector| {
            vector["blind"]["tried"].as_u64().expect("n") - vector["blind"]["resisted"].as_u64().expect("n")
        })
        .sum();
    let chosen = (overall.tried - overall.resisted) - blind;
    // Of blind attacks one in thirteen or so has it; a search that learns has it far more often.
    assert!(chosen > 4 * blind, "{chosen} chosen, {blind} blind");
}

#[test]
fn what_got_through_is_a_labelled_row() {
    let report = run(&Word("ignore"), 3);
    let row: serde_json::Value =
        serde_json::from_str(report.cases().lines().next().expect("a case")).expect("a row");
    assert_eq!(row["label"], "attack");
    assert!(Vector::ALL.iter().any(|vector| row["type"] == vector.name()));
    assert!(["user", "document", "tool"].iter().any(|channel| row["channel"] == *channel));
    assert_eq!(report.cases().lines().count(), report.through().len());
}

#[test]
fn figures_say_how_sure_they_are() {
    // Known values of the Wilson interval.
    let check = |successes, trials, expected: f64| {
        let lower = wilson_lower(successes, trials);
        assert!((lower - expected).abs() < 5e-5, "{successes}/{trials}: {lower}");
    };
    check(0, 0, 0.0);
    check(10, 10, 0.7225);
    check(95, 100, 0.8882);
    check(0, 100, 0.0);
    check(1000, 1000, 0.9962);
}

#[test]
fn a_sealed_set_is_the_one_that_was_committed_to() {
    let sealed = Sealed { salt: "00ff".to_owned(), rows: "{}\n".to_owned() };
    let commitment = sealed.commitment();
    assert_eq!(sealed.open(commitment), Ok("{}\n"));
    for changed in [
        Sealed { rows: "{} \n".to_owned(), ..sealed.clone() },
        Sealed { salt: "00ff\n{}".to_owned(), rows: "\n".to_owned() },
        Sealed { salt: "00fe".to_owned(), ..sealed },
    ] {
        assert!(changed.open(commitment).is_err(), "{changed:?}");
    }
}
