//! The rungs on which a phase's work is gone on with when it did not pass: who writes, and how much is to be mended.

use ideamine_core::artifacts::{GateFinding, Severity};
use ideamine_core::records::PhaseConfig;
use ideamine_unstick::Rung;

/// A smaller job is this part of the findings.
const SMALLER: usize = 3;

/// The ways in which a phase's work can be gone on with. `person`: whether one may decide at the end.
pub fn ladder(config: &PhaseConfig, person: bool) -> Vec<Rung> {
    let rung = |name: &String| match name.as_str() {
        PhaseConfig::SMALLER_JOB => Rung::Smaller,
        model => Rung::Model(model.to_owned()),
    };
    let fallback = config.fallback.iter().map(rung);
    std::iter::once(Rung::Same).chain(fallback).chain(person.then_some(Rung::Person)).collect()
}

/// The model of an attempt on this rung: the last one that was changed to, or `own`, the run's.
pub fn model(own: &str, config: &PhaseConfig, rung: u32) -> String {
    let taken = ladder(config, false).into_iter().take(rung as usize + 1).rev();
    let mut models = taken.filter_map(|rung| if let Rung::Model(model) = rung { Some(model) } else { None });
    models.next().unwrap_or_else(|| own.to_owned())
}

/// What an attempt on this rung is asked to mend: all that was found, or the worst third of it where the job is to be smaller.
pub fn job(config: &PhaseConfig, rung: u32, mut findings: Vec<GateFinding>) -> Vec<GateFinding> {
    if ladder(config, false).get(rung as usize) == Some(&Rung::Smaller) {
        // A stable sort: among equals the order of the gates.
        findings.sort_by_key(|finding| std::cmp::Reverse(weight(finding.severity)));
        findings.truncate(findings.len().div_ceil(SMALLER));
    }
    findings
}

/// How much a finding weighs beside others.
pub const fn weight(severity: Severity) -> u32 {
    match severity {
        Severity::Low => 1,
        Severity::Medium => 2,
        Severity::High => 4,
        Severity::Critical => 8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rung_of_an_attempt_names_its_model_and_its_job() {
        let config: PhaseConfig = serde_json::from_value(serde_json::json!({
            "id": "x", "title": "X", "agent": "prd", "output": "x.json", "prompt": "hi",
            "fallback": ["a/b", "smaller-job", "c/d"],
        }))
        .unwrap();
        let names: Vec<String> = ladder(&config, true).iter().map(|rung| rung.name().to_owned()).collect();
        assert_eq!(names, ["same", "a/b", "smaller-job", "c/d", "person"]);
        for (rung, name) in [(0, "own/model"), (1, "a/b"), (2, "a/b"), (3, "c/d")] {
            assert_eq!(model("own/model", &config, rung), name, "{rung}");
        }
        let finding = |severity, place: &str| GateFinding {
            rule: "r".to_owned(),
            severity,
            place: place.to_owned(),
            message: String::new(),
        };
        let found = vec![
            finding(Severity::Low, "1"),
            finding(Severity::High, "2"),
            finding(Severity::Medium, "3"),
            finding(Severity::High, "4"),
        ];
        let asked = |rung| job(&config, rung, found.clone()).into_iter().map(|f| f.place).collect::<String>();
        assert_eq!((asked(0), asked(1), asked(2)), ("1234".to_owned(), "1234".to_owned(), "24".to_owned()));
    }
}
