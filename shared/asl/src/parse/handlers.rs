//! Reading `Retry` and `Catch`.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::states::Names;
use super::{Reader, fields};
use crate::errors::ALL;
use crate::limits::MAX_SECONDS;
use crate::machine::{Catcher, Retrier};

const DEFAULT_INTERVAL_S: u32 = 1;
const DEFAULT_ATTEMPTS: u32 = 3;
const DEFAULT_BACKOFF: f64 = 2.0;
/// Exclusive upper bound of `MaxDelaySeconds`: one year.
const MAX_DELAY_S: i64 = 31_622_400;

type Fields = Map<String, Value>;

impl Reader {
    pub(super) fn retry(&mut self, json: &Fields, at: &str) -> Vec<Retrier> {
        let entries = self.entries(json, "Retry", at, fields::RETRIER);
        entries.into_iter().map(|(entry, errors, at)| self.retrier(&entry, errors, &at)).collect()
    }

    pub(super) fn catch(&mut self, json: &Fields, at: &str, names: &Names<'_>) -> Vec<Catcher> {
        let mut catchers = Vec::new();
        for (entry, errors, at) in self.entries(json, "Catch", at, fields::CATCHER) {
            let Some(next) = self.next(&entry, &at, names) else { continue };
            let output = entry.get("Output").map(|output| self.template(output, &format!("{at}/Output")));
            catchers.push(Catcher { errors, next, assign: self.assign(&entry, &at), output });
        }
        catchers
    }

    fn entries(
        &mut self,
        json: &Fields,
        field: &str,
        at: &str,
        allowed: &[&str],
    ) -> Vec<(Fields, Vec<Arc<str>>, String)> {
        let at = format!("{at}/{field}");
        let list = match json.get(field) {
            None => return Vec::new(),
            Some(Value::Array(list)) => list,
            Some(_) => {
                self.report(&at, format!("{field} is a list"));
                return Vec::new();
            }
        };
        let mut entries = Vec::new();
        for (index, entry) in list.iter().enumerate() {
            let at = format!("{at}/{index}");
            let Value::Object(entry) = entry else {
                self.report(&at, format!("an entry of {field} is an object"));
                continue;
            };
            self.only(entry, &at, allowed);
            let errors = self.errors(entry, &at, index + 1 == list.len());
            entries.push((entry.clone(), errors, at));
        }
        entries
    }

    fn errors(&mut self, entry: &Fields, at: &str, last: bool) -> Vec<Arc<str>> {
        let names: Option<Vec<Arc<str>>> = entry
            .get("ErrorEquals")
            .and_then(Value::as_array)
            .and_then(|names| names.iter().map(|name| name.as_str().map(Arc::from)).collect());
        let names = names.unwrap_or_default();
        if names.is_empty() {
            self.report(at, "ErrorEquals is missing: a list of error names");
        }
        if names.iter().any(|name| name.as_ref() == ALL) && (names.len() > 1 || !last) {
            self.report(at, "States.ALL stands alone, in the last entry");
        }
        names
    }

    fn retrier(&mut self, entry: &Fields, errors: Vec<Arc<str>>, at: &str) -> Retrier {
        let interval_s = self.bounded(entry, "IntervalSeconds", at, 1, MAX_SECONDS);
        let max_delay_s = self.bounded(entry, "MaxDelaySeconds", at, 1, MAX_DELAY_S - 1);
        if max_delay_s.is_some_and(|delay| delay <= interval_s.unwrap_or(DEFAULT_INTERVAL_S)) {
            self.report(&format!("{at}/MaxDelaySeconds"), "MaxDelaySeconds is greater than IntervalSeconds");
        }
        Retrier {
            errors,
            interval_s: interval_s.unwrap_or(DEFAULT_INTERVAL_S),
            max_attempts: self.bounded(entry, "MaxAttempts", at, 0, MAX_SECONDS).unwrap_or(DEFAULT_ATTEMPTS),
            backoff_rate: self.backoff(entry, at),
            max_delay_s,
            full_jitter: self.jitter(entry, at),
        }
    }

    fn bounded(&mut self, entry: &Fields, field: &str, at: &str, least: i64, most: i64) -> Option<u32> {
        let value = entry.get(field)?;
        self.whole(value, &format!("{at}/{field}"), least, most)
    }

    fn backoff(&mut self, entry: &Fields, at: &str) -> f64 {
        let Some(rate) = entry.get("BackoffRate") else { return DEFAULT_BACKOFF };
        match rate.as_f64() {
            Some(rate) if rate >= 1.0 => rate,
            _ => {
                self.report(&format!("{at}/BackoffRate"), "BackoffRate is a number of at least 1.0");
                DEFAULT_BACKOFF
            }
        }
    }

    fn jitter(&mut self, entry: &Fields, at: &str) -> bool {
        match entry.get("JitterStrategy").map(Value::as_str) {
            None | Some(Some("NONE")) => false,
            Some(Some("FULL")) => true,
            Some(_) => {
                self.report(&format!("{at}/JitterStrategy"), "JitterStrategy is \"FULL\" or \"NONE\"");
                false
            }
        }
    }
}
