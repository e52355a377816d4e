//! Answers from a file, chosen by a request's label: tests, examples and recorded runs.
//!
//! A JSON-lines file, one object a line:
//!
//! ```json
//! {"label": "prd/a1/b00/r0", "json": {"title": "…"}, "usage": {"tokens_in": 900, "tokens_out": 300}}
//! {"label": "build/*", "text": "not JSON"}
//! {"label": "qa/*", "json": {}, "fail": {"kind": "Model.Throttled"}, "fail_times": 2}
//! ```
//!
//! An exact label wins over the longest one that ends in `*`. `fail` alone fails every call; with
//! `fail_times` the first calls of each label fail and then the answer comes: that count is the only state.
//! `model` (a catalogue name) or `price` says what the answers would have cost, once for the whole file;
//! without it they cost nothing, which is true. When `IDEAMINE_SCRIPTED_LOG` names a file, each call adds
//! its label as one line to it, so that a test can count calls across processes; no document is written.

mod file;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Mutex;

use async_trait::async_trait;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Answer, Model, Request, Usage};
use ideamine_core::{Failure, UsdMicros};

use crate::catalogue::{Catalogue, Price};
use crate::tokens;
use file::{Fault, Line};

/// Names a file to which every call's label is appended.
pub const LOG_VARIABLE: &str = "IDEAMINE_SCRIPTED_LOG";

/// A model that takes its answers from a script.
pub struct Scripted {
    name: String,
    exact: BTreeMap<String, Line>,
    /// By the label without its `*`.
    wildcards: BTreeMap<String, Line>,
    price: Option<Price>,
    log: Option<PathBuf>,
    /// How often each label has failed on purpose so far.
    failed: Mutex<BTreeMap<String, u32>>,
}

impl Scripted {
    /// Checks the whole script; `name` is its file's, for messages. The log is the one that the environment names.
    ///
    /// # Errors
    /// [`FailureKind::ConfigInvalid`] naming file and line.
    pub fn new(name: &str, bytes: &[u8]) -> Result<Self, Failure> {
        let log = std::env::var_os(LOG_VARIABLE).filter(|name| !name.is_empty()).map(PathBuf::from);
        Self::with_log(name, bytes, log)
    }

    /// [`Scripted::new`] with the log named by the caller instead of the environment.
    ///
    /// # Errors
    /// As [`Scripted::new`].
    pub fn with_log(name: &str, bytes: &[u8], log: Option<PathBuf>) -> Result<Self, Failure> {
        let script = file::parse(bytes, &Catalogue::bundled()?).map_err(|(number, what)| {
            let message = format!("script {name}, line {number}: {what}");
            Failure::new(FailureKind::ConfigInvalid, message)
        })?;
        let mut exact = BTreeMap::new();
        let mut wildcards = BTreeMap::new();
        for line in script.lines {
            match line.label.strip_suffix('*') {
                Some(prefix) => wildcards.insert(prefix.to_owned(), line),
                None => exact.insert(line.label.clone(), line),
            };
        }
        let failed = Mutex::new(BTreeMap::new());
        Ok(Self { name: name.to_owned(), exact, wildcards, price: script.price, log, failed })
    }

    fn line(&self, label: &str) -> Option<&Line> {
        let longest = || self.wildcards.iter().filter(|(prefix, _)| label.starts_with(prefix.as_str()));
        self.exact
            .get(label)
            .or_else(|| longest().max_by_key(|(prefix, _)| prefix.len()).map(|(_, line)| line))
    }

    fn note(&self, label: &str) -> Result<(), Failure> {
        let Some(log) = &self.log else { return Ok(()) };
        let line = format!("{}\n", label.replace(char::is_control, " "));
        let mut options = std::fs::OpenOptions::new();
        // One write of one short line: appends of several processes do not mix.
        let written =
            options.create(true).append(true).open(log).and_then(|mut f| f.write_all(line.as_bytes()));
        written.map_err(|e| {
            let message = format!("{LOG_VARIABLE}: {} cannot be written: {e}", log.display());
            Failure::new(FailureKind::ConfigInvalid, message)
        })
    }

    /// The failure that this call is to end with, if it is one of those that do.
    fn fault(&self, line: &Line, label: &str) -> Option<Failure> {
        let Fault { kind, retry_after_ms } = line.fail.as_ref()?;
        if let Some(times) = line.fail_times {
            let mut failed = self.failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let so_far = failed.entry(label.to_owned()).or_default();
            if *so_far >= times {
                return None;
            }
            *so_far += 1;
        }
        let mut failure = Failure::new(*kind, format!("scripted failure of `{label}`"));
        failure.retry_after_ms = *retry_after_ms;
        Some(failure)
    }
}

#[async_trait]
impl Model for Scripted {
    async fn call(&self, request: &Request) -> Result<Answer, Failure> {
        self.note(&request.label)?;
        let missing = || {
            let message = format!("no line of {} answers label `{}`", self.name, request.label);
            Failure::new(FailureKind::ModelNotRecorded, message)
        };
        let line = self.line(&request.label).ok_or_else(missing)?;
        if let Some(failure) = self.fault(line, &request.label) {
            return Err(failure);
        }
        let text = line.answer.clone().ok_or_else(missing)?;
        Ok(Answer { text, usage: line.usage.clone() })
    }

    /// Never below what the line says that it used: a recorded answer may come from a longer prompt.
    fn ceiling(&self, request: &Request) -> Option<UsdMicros> {
        let Some(price) = self.price else { return Some(UsdMicros::ZERO) };
        let recorded = self.line(&request.label).and_then(|line| price.of(&line.usage));
        price.ceiling(request).max(recorded)
    }

    fn tokens(&self, request: &Request) -> u64 {
        let usage = self.line(&request.label).map(|line| line.usage.clone()).unwrap_or_default();
        let recorded = usage.tokens_in.unwrap_or(0).saturating_add(usage.tokens_out.unwrap_or(0));
        tokens::most(request).max(recorded)
    }

    fn price(&self, _model: &str, usage: &Usage) -> Option<UsdMicros> {
        self.price.map_or(Some(UsdMicros::ZERO), |price| price.of(usage))
    }

    fn is_recorded(&self, _model: &str) -> bool {
        true
    }
}

#[cfg(test)]
mod tests;
