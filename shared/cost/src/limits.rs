//! Quotas, and how many runs a second each of them lets through.
//!
//! Default quotas of the three big regions as on the public quota pages in November 2026; where a page gives
//! bucket and refill, the refill binds. All but the hard ones can be raised on request.

use serde::Serialize;

use crate::price::lambda_seconds;
use crate::{Assumptions, Profile};

/// One quota beside a run's use of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Limit {
    /// Which.
    pub what: &'static str,
    /// The quota, per second unless the name says otherwise.
    pub quota: f64,
    /// What one run takes of it.
    pub per_run: f64,
    /// How many runs may start each second before it is reached; `None` where it does not hang on the rate.
    pub runs_per_s: Option<f64>,
    /// Whether it holds for one run at all (true for rates).
    pub holds: bool,
}

/// Every limit, the one that is reached first at the head.
pub fn limits(profile: &Profile, assumed: &Assumptions) -> Vec<Limit> {
    let executions = profile.executions() as f64;
    let messages: u64 = profile.messages.values().sum();
    let longest = profile.machines.values().map(|machine| machine.events_max).max().unwrap_or(0);
    let mut all = vec![
        records_of_one_history(longest as f64),
        rate("Step Functions: transitions", 5_000.0, profile.transitions() as f64),
        rate("Step Functions: StartExecution", 300.0, executions),
        rate("Step Functions: GetExecutionHistory, once for each execution", 20.0, executions),
        rate("Step Functions: SendTaskSuccess", 500.0, profile.callbacks as f64),
        rate(
            "Lambda: concurrent executions (seconds inside, per second)",
            1_000.0,
            lambda_seconds(profile, assumed),
        ),
        rate(
            "SQS: messages in flight (seconds in work, per second)",
            120_000.0,
            messages as f64 * assumed.model_s,
        ),
        rate("KMS: signatures", 300.0, profile.signatures as f64),
    ];
    let key = |limit: &Limit| if limit.holds { limit.runs_per_s.unwrap_or(f64::MAX) } else { -1.0 };
    all.sort_by(|a, b| key(a).total_cmp(&key(b)));
    all
}

fn rate(what: &'static str, quota: f64, per_run: f64) -> Limit {
    let runs_per_s = (per_run > 0.0).then(|| quota / per_run);
    Limit { what, quota, per_run, runs_per_s, holds: true }
}

/// The one hard limit: it does not hang on the rate.
fn records_of_one_history(longest: f64) -> Limit {
    let quota = 25_000.0;
    let what = "Step Functions: records of one history (hard)";
    Limit { what, quota, per_run: longest, runs_per_s: None, holds: longest <= quota }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MachineUse;

    #[test]
    fn the_tightest_limit_is_at_the_head() {
        let mut profile = Profile::default();
        let used = MachineUse { executions: 80, transitions: 1_000, events: 4_000, events_max: 900 };
        profile.machines.insert("author".to_owned(), used);
        let first = |profile: &Profile| limits(profile, &Assumptions::default()).remove(0);
        let tightest = first(&profile);
        assert_eq!((tightest.quota, tightest.runs_per_s), (20.0, Some(0.25)));
        profile.machines.entry("run".to_owned()).or_default().events_max = 30_000;
        assert!(!first(&profile).holds, "a hard limit that one run breaks comes before every rate");
    }
}
