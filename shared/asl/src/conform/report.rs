//! Adding up what became of the rows.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Verdict;

/// Figures over a set of rows: `passed + failed + unsupported = n`.
#[derive(Serialize, Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after what they count")]
pub struct Report {
    pub n: usize,
    pub passed: usize,
    pub failed: usize,
    pub unsupported: usize,
    /// True if the rows were re-expressed in JSONata before they were run.
    pub translated: bool,
    pub failures: Vec<Failure>,
    /// Rows inside the subset, by the features they use.
    pub features: BTreeMap<String, Feature>,
    /// Of the passed rows that record a cause: whose wording agrees.
    pub causes: Score,
    /// Of the passed rows: whose types of history records agree.
    pub events: Score,
    /// Of the passed rows with an output: whose output agrees.
    pub outputs: Score,
    /// Why rows are outside the subset, and how many.
    pub unsupported_reasons: BTreeMap<String, usize>,
}

/// A row that did not come out as recorded.
#[derive(Serialize, Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "self-explanatory")]
pub struct Failure {
    pub id: String,
    pub reason: String,
}

/// Figures of one feature.
#[derive(Serialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after what they count")]
pub struct Feature {
    pub n: usize,
    pub passed: usize,
    pub failed: usize,
}

/// How many agree, of how many.
#[derive(Serialize, Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after what they count")]
pub struct Score {
    pub n: usize,
    pub matched: usize,
    /// Ids of the rows that do not agree.
    pub different: Vec<String>,
}

impl Score {
    fn add(&mut self, id: &str, matched: bool) {
        self.n += 1;
        self.matched += usize::from(matched);
        if !matched {
            self.different.push(id.to_owned());
        }
    }
}

impl Report {
    pub(super) fn add(&mut self, id: &str, tags: &[String], verdict: &Verdict) {
        self.n += 1;
        let passed = match verdict {
            Verdict::Unsupported(why) => {
                self.unsupported += 1;
                *self.unsupported_reasons.entry(why.clone()).or_default() += 1;
                return;
            }
            Verdict::Failed(reason) => {
                self.failed += 1;
                self.failures.push(Failure { id: id.to_owned(), reason: reason.clone() });
                false
            }
            Verdict::Passed(agreement) => {
                self.passed += 1;
                agreement.cause.iter().for_each(|matched| self.causes.add(id, *matched));
                agreement.output.iter().for_each(|matched| self.outputs.add(id, *matched));
                self.events.add(id, agreement.events);
                true
            }
        };
        for tag in tags {
            let feature = self.features.entry(tag.clone()).or_default();
            feature.n += 1;
            feature.passed += usize::from(passed);
            feature.failed += usize::from(!passed);
        }
    }
}
