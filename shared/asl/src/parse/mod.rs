//! Reading a definition by AWS's own rules; JSONPath is refused, naming state and line.
//!
//! The rules are those of CreateStateMachine: structure, field names, transitions, reachability,
//! ranges of numbers, and JSONata syntax. House rules are in [`crate::lint()`].

mod fields;
mod graph;
mod handlers;
pub(crate) mod lines;
mod nested;
mod states;
mod values;

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};
use sha2::Digest;

use crate::expression::{Template, place};
use crate::limits::{MAX_DEFINITION_BYTES, MAX_NAME_CHARS, MAX_SECONDS};
use crate::machine::{Machine, Region, RegionId, State, StateId};
use lines::Lines;

/// One violated rule of the language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The state at fault; absent for a problem of the machine as a whole.
    pub state: Option<String>,
    /// Line of the definition, from 1.
    pub line: usize,
    /// What is wrong and what is expected.
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.state {
            Some(state) => write!(to, "line {}, state '{state}': {}", self.line, self.message),
            None => write!(to, "line {}: {}", self.line, self.message),
        }
    }
}

/// A definition that AWS would refuse, or that is outside JSONata mode; lists every problem found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// In order of lines.
    pub problems: Vec<Problem>,
}

impl std::fmt::Display for ParseError {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let problems: Vec<String> = self.problems.iter().map(Problem::to_string).collect();
        to.write_str(&problems.join("; "))
    }
}

impl std::error::Error for ParseError {}

impl Machine {
    /// Reads, checks and compiles a definition.
    ///
    /// # Errors
    /// Every problem found, with its state and line.
    pub fn parse(text: &str) -> Result<Machine, ParseError> {
        let one = |line, message| ParseError { problems: vec![Problem { state: None, line, message }] };
        if text.len() > MAX_DEFINITION_BYTES {
            return Err(one(1, format!("a definition has at most {MAX_DEFINITION_BYTES} bytes")));
        }
        let json: Value = serde_json::from_str(text)
            .map_err(|why| one(why.line().max(1), format!("the definition is not JSON: {why}")))?;
        let mut reader = Reader::new(Lines::of(text));
        let timeout_s = reader.machine(&json);
        reader.finish(text, timeout_s)
    }
}

/// What is read so far. Every method reports problems and goes on.
pub(crate) struct Reader {
    lines: Lines,
    problems: Vec<Problem>,
    regions: Vec<Region>,
    states: Vec<Option<State>>,
    by_name: HashMap<Arc<str>, StateId>,
    /// The state being read.
    current: Option<Arc<str>>,
    /// True while the top level says JSONata, so that a state need not.
    jsonata_by_default: bool,
}

impl Reader {
    fn new(lines: Lines) -> Reader {
        Reader {
            lines,
            problems: Vec::new(),
            regions: Vec::new(),
            states: Vec::new(),
            by_name: HashMap::new(),
            current: None,
            jsonata_by_default: false,
        }
    }

    fn report(&mut self, at: &str, message: impl Into<String>) {
        let state = self.current.as_ref().map(ToString::to_string);
        self.problems.push(Problem { state, line: self.lines.line(at), message: message.into() });
    }

    fn machine(&mut self, json: &Value) -> Option<u32> {
        for duplicate in std::mem::take(&mut self.lines.duplicates) {
            self.report(&duplicate, format!("the field {duplicate} is given twice"));
        }
        let Value::Object(top) = json else {
            self.report("", "a definition is a JSON object");
            return None;
        };
        match top.get("QueryLanguage").map(Value::as_str) {
            None => {}
            Some(Some("JSONata")) => self.jsonata_by_default = true,
            Some(Some("JSONPath")) => {
                self.report(
                    "/QueryLanguage",
                    "JSONPath is not supported; write \"QueryLanguage\": \"JSONata\"",
                );
            }
            Some(_) => self.report("/QueryLanguage", "QueryLanguage is \"JSONata\""),
        }
        self.only(top, "", fields::MACHINE);
        self.region(top, "", None);
        let timeout = top.get("TimeoutSeconds")?;
        self.whole(timeout, "/TimeoutSeconds", 1, MAX_SECONDS)
    }

    /// Reads `StartAt` and `States` of the machine, a branch or an item processor.
    fn region(&mut self, json: &Map<String, Value>, at: &str, owner: Option<StateId>) -> RegionId {
        let region = self.regions.len();
        self.regions.push(Region { start: None, states: Vec::new(), owner, at: at.to_owned() });
        let Some(Value::Object(states)) = json.get("States") else {
            self.report(at, "States is missing: an object with at least one state");
            return region;
        };
        if states.is_empty() {
            self.report(&format!("{at}/States"), "States needs at least one state");
        }
        let mut pending = Vec::new();
        for (name, state) in states {
            let at = place(&format!("{at}/States"), name);
            let id = self.states.len();
            self.states.push(None);
            self.regions[region].states.push(id);
            self.name(name, id, &at);
            pending.push((id, Arc::<str>::from(name.as_str()), state, at));
        }
        let names: HashMap<&str, StateId> =
            pending.iter().map(|(id, name, ..)| (name.as_ref(), *id)).collect();
        match json.get("StartAt").map(Value::as_str) {
            Some(Some(start)) => match names.get(start) {
                Some(id) => self.regions[region].start = Some(*id),
                None => {
                    self.report(&format!("{at}/StartAt"), format!("StartAt names no state here: '{start}'"))
                }
            },
            _ => self.report(at, "StartAt is missing: the name of the first state"),
        }
        for (id, name, state, at) in &pending {
            let outer = self.current.replace(Arc::clone(name));
            self.states[*id] = self.state(state, at, *id, region, &names);
            self.current = outer;
        }
        region
    }

    fn name(&mut self, name: &str, id: StateId, at: &str) {
        let outer = self.current.replace(name.into());
        if name.is_empty() || name.chars().count() > MAX_NAME_CHARS {
            self.report(at, format!("a state name has 1 to {MAX_NAME_CHARS} characters"));
        }
        if self.by_name.insert(name.into(), id).is_some() {
            self.report(at, format!("the state name '{name}' is used twice; names are unique in a machine"));
        }
        self.current = outer;
    }

    /// Compiles a template, reporting expressions that do not parse.
    fn template(&mut self, json: &Value, at: &str) -> Template {
        let mut found = Vec::new();
        let template = Template::compile(json, at, &mut |place, why| found.push((place.to_owned(), why)));
        for (place, why) in found {
            self.report(&place, why);
        }
        template
    }

    fn only(&mut self, json: &Map<String, Value>, at: &str, allowed: &[&str]) {
        for field in json.keys() {
            if fields::is_json_path(field) {
                self.report(
                    &place(at, field),
                    format!("the field {field} belongs to JSONPath, which is not supported; use Arguments, Output and Assign"),
                );
            } else if !allowed.contains(&field.as_str()) {
                self.report(&place(at, field), format!("the field {field} is not supported here"));
            }
        }
    }

    fn whole(&mut self, json: &Value, at: &str, least: i64, most: i64) -> Option<u32> {
        let number = json.as_i64().or_else(|| json.as_f64().filter(|n| n.fract() == 0.0).map(|n| n as i64));
        match number.filter(|n| (least..=most).contains(n)) {
            Some(number) => u32::try_from(number).ok(),
            None => {
                self.report(at, format!("expected a whole number from {least} to {most}, found {json}"));
                None
            }
        }
    }

    fn finish(mut self, text: &str, timeout_s: Option<u32>) -> Result<Machine, ParseError> {
        self.check_reachability();
        if self.problems.is_empty() {
            let digest = hex::encode(sha2::Sha256::digest(text));
            let states: Option<Vec<State>> = self.states.into_iter().collect();
            if let Some(states) = states {
                return Ok(Machine {
                    text: text.to_owned(),
                    digest,
                    regions: self.regions,
                    states,
                    by_name: self.by_name,
                    timeout_s,
                });
            }
        }
        self.problems.sort_by_key(|problem| problem.line);
        Err(ParseError { problems: self.problems })
    }
}

#[cfg(test)]
mod tests;
