//! What the guards of a run said.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Fact, FactBody};
use crate::{Digest, PhaseId};

/// When a guard looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GuardAt {
    /// Before the first phase, at the idea.
    Pre,
    /// In a phase: at a call before it is made, or at what the phase leaves.
    Phase,
    /// After the last phase, at the run's whole work.
    Post,
}

/// What a guard said; the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GuardOutcome {
    /// Nothing that must not be.
    Pass,
    /// What leaves the run leaves without what was found.
    Redacted,
    /// It ends the run.
    Blocked,
    /// It could not look; that ends the run too.
    Error,
}

impl GuardOutcome {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Redacted => "redacted",
            Self::Blocked => "blocked",
            Self::Error => "error",
        }
    }
    /// Whether the run ends by it.
    pub const fn stops(self) -> bool {
        matches!(self, Self::Blocked | Self::Error)
    }
}

/// What one guard said of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// Which guard: `exfil`.
    pub id: String,
    /// What it said.
    pub outcome: GuardOutcome,
    /// How many findings.
    pub findings: u64,
    /// What it found where: an evidence pack `guard:exfil`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Digest>,
    /// What a person must look at before anything is released: codes, no text of anybody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub review: Vec<String>,
    /// Why it ends the run, for a person; without anything of what was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Said {
    /// [`FactBody::Decision::decision`] of what a guard said.
    pub const DECISION: &'static str = "guard";

    /// The fact of it, which `by` writes.
    pub fn fact(&self, by: &str) -> FactBody {
        FactBody::Decision {
            decision: Self::DECISION.to_owned(),
            choice: self.choice(),
            by: by.to_owned(),
            subject: self.evidence,
        }
    }

    /// The facts of what several guards said at one step: one for all that found nothing, and one for each other.
    pub fn facts(all: &[Self], by: &str) -> Vec<FactBody> {
        let (quiet, others): (Vec<&Self>, Vec<&Self>) = all.iter().partition(|said| said.evidence.is_none());
        let choice = quiet.iter().map(|said| said.choice()).collect::<Vec<_>>().join(",");
        let (decision, by) = (Self::DECISION.to_owned(), by.to_owned());
        let quiet = (!quiet.is_empty()).then(|| FactBody::Decision {
            decision,
            choice,
            by: by.clone(),
            subject: None,
        });
        quiet.into_iter().chain(others.into_iter().map(|said| said.fact(&by))).collect()
    }

    fn choice(&self) -> String {
        format!("{}:{}:{}", self.id, self.outcome.name(), self.findings)
    }
}

/// What guards said at one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardRow {
    /// When.
    pub at: GuardAt,
    /// In which phase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<PhaseId>,
    /// What a step was about to do it to: the request of a call, the application of a job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Digest>,
    /// What each said.
    pub said: Vec<Said>,
}

/// [`super::ControlRow::by`] of a run that a guard ended.
pub const BY_GUARD: &str = "guard";

/// What a guard said over a phase, or before or after all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardSum {
    /// Which guard.
    pub id: String,
    /// When.
    pub at: GuardAt,
    /// In which phase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<PhaseId>,
    /// The worst that it said.
    pub outcome: GuardOutcome,
    /// How many findings.
    pub findings: u64,
    /// How many things it looked at.
    pub looks: u64,
}

impl GuardSum {
    /// The sums of what rows say, in the order of time, of phases by id, and of names.
    pub fn of(rows: &[GuardRow]) -> Vec<Self> {
        let looks = rows.iter().flat_map(|row| row.said.iter().map(move |said| (row, said)));
        Self::add(looks.map(|(row, said)| Self {
            id: said.id.clone(),
            at: row.at,
            phase: row.phase.clone(),
            outcome: said.outcome,
            findings: said.findings,
            looks: 1,
        }))
    }

    /// The same sums from the ledger. `phase` tells the phase of a path's first component, `03-prd`.
    pub fn of_facts<'a>(
        facts: impl IntoIterator<Item = &'a Fact>,
        phase: impl Fn(&str) -> Option<PhaseId>,
    ) -> Vec<Self> {
        let looks = facts.into_iter().flat_map(|fact| {
            let told = match &fact.body {
                FactBody::Decision { decision, choice, .. } => told(decision, choice, &fact.path),
                _ => vec![],
            };
            let (head, rest) = fact.path.split_once('/').unwrap_or((&fact.path, ""));
            let phase = phase(head);
            let at = match &phase {
                Some(_) => GuardAt::Phase,
                None if rest.starts_with(BEFORE) => GuardAt::Pre,
                None => GuardAt::Post,
            };
            told.into_iter().map(move |(id, outcome, findings)| Self {
                id: id.to_owned(),
                at,
                phase: phase.clone(),
                outcome,
                findings,
                looks: 1,
            })
        });
        Self::add(looks)
    }

    fn add(looks: impl Iterator<Item = Self>) -> Vec<Self> {
        let mut sums: Vec<Self> = Vec::new();
        for look in looks {
            let same = |sum: &&mut Self| (&sum.id, sum.at, &sum.phase) == (&look.id, look.at, &look.phase);
            match sums.iter_mut().find(same) {
                Some(sum) => {
                    sum.outcome = sum.outcome.max(look.outcome);
                    sum.findings += look.findings;
                    sum.looks += 1;
                }
                None => sums.push(look),
            }
        }
        sums.sort_by(|a, b| (a.at, &a.phase, &a.id).cmp(&(b.at, &b.phase, &b.id)));
        sums
    }
}

/// Steps of guards before the first phase lie at `run/before/…`.
const BEFORE: &str = "before";
/// [`FactBody::Decision::decision`] of the policy, before the kind of the action.
const POLICY: &str = "policy";

/// What a decision says of guards: id, outcome, and number of findings of each. The policy's decision on an action is what it
/// says as a guard; one that a guard asked for is part of what that guard says.
fn told<'a>(decision: &str, choice: &'a str, path: &str) -> Vec<(&'a str, GuardOutcome, u64)> {
    match decision {
        Said::DECISION => choice.split(',').filter_map(said).collect(),
        _ => ruled(decision, choice, path).into_iter().collect(),
    }
}

/// One of [`Said::facts`].
fn said(choice: &str) -> Option<(&str, GuardOutcome, u64)> {
    let mut parts = choice.splitn(3, ':');
    let (id, outcome, findings) = (parts.next()?, parts.next()?, parts.next()?);
    let all = [GuardOutcome::Pass, GuardOutcome::Redacted, GuardOutcome::Blocked, GuardOutcome::Error];
    let outcome = all.into_iter().find(|known| known.name() == outcome)?;
    Some((id, outcome, findings.parse().ok()?))
}

/// What the policy decided.
fn ruled(decision: &str, choice: &str, path: &str) -> Option<(&'static str, GuardOutcome, u64)> {
    decision.strip_prefix(POLICY)?.strip_prefix(':')?;
    if path.rsplit('/').next()?.starts_with("guard-") {
        return None;
    }
    let (answer, rules) = choice.split_once(':')?;
    Some(match answer {
        "allowed" => ("policy", GuardOutcome::Pass, 0),
        _ => ("policy", GuardOutcome::Blocked, 1 + rules.matches('+').count() as u64),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(at: GuardAt, phase: Option<&str>, said: &[(&str, GuardOutcome, u64)]) -> GuardRow {
        let phase = phase.map(|id| PhaseId::new(id).unwrap_or_else(|bad| panic!("{bad}")));
        let said = said.iter().map(|(id, outcome, findings)| Said {
            id: (*id).to_owned(),
            outcome: *outcome,
            findings: *findings,
            evidence: None,
            review: vec![],
            why: None,
        });
        GuardRow { at, phase, subject: None, said: said.collect() }
    }

    #[test]
    fn sums_keep_times_and_phases_apart_and_the_worst_counts() {
        use GuardOutcome::{Blocked, Pass, Redacted};
        let rows = [
            row(GuardAt::Post, None, &[("exfil", Pass, 0)]),
            row(GuardAt::Phase, Some("prd"), &[("exfil", Redacted, 2), ("policy", Pass, 0)]),
            row(GuardAt::Phase, Some("prd"), &[("exfil", Pass, 1)]),
            row(GuardAt::Phase, Some("qa"), &[("exfil", Blocked, 1)]),
            row(GuardAt::Pre, None, &[("terms", Pass, 0)]),
        ];
        let told: Vec<String> = GuardSum::of(&rows)
            .iter()
            .map(|sum| {
                let phase = sum.phase.as_ref().map_or("-", PhaseId::as_str);
                format!(
                    "{:?} {phase} {} {} {} {}",
                    sum.at,
                    sum.id,
                    sum.outcome.name(),
                    sum.findings,
                    sum.looks
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "Pre - terms pass 0 1",
                "Phase prd exfil redacted 3 2",
                "Phase prd policy pass 0 1",
                "Phase qa exfil blocked 1 1",
                "Post - exfil pass 0 1",
            ]
        );
    }
}
