//! Reading one state of each type.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Reader, fields};
use crate::event::StateKind;
use crate::expression::{Template, place};
use crate::limits::MAX_NAME_CHARS;
use crate::machine::{RegionId, Rule, State, StateId, Task, Until, Work};

/// The names that `Next` may hold here.
pub(super) type Names<'a> = HashMap<&'a str, StateId>;
pub(super) type Fields = Map<String, Value>;

impl Reader {
    pub(super) fn state(
        &mut self,
        json: &Value,
        at: &str,
        id: StateId,
        region: RegionId,
        names: &Names<'_>,
    ) -> Option<State> {
        let Value::Object(json) = json else {
            self.report(at, "a state is a JSON object");
            return None;
        };
        let kind = self.kind(json, at)?;
        self.query_language(json, at)?;
        self.only(json, at, &fields::of_state(kind));
        let work = self.work(kind, json, at, id, names)?;
        Some(State {
            name: self.current.clone().unwrap_or_default(),
            kind,
            region,
            work,
            next: self.transition(kind, json, at, names),
            assign: self.assign(json, at),
            output: self.optional(json, "Output", at),
            retry: self.retry(json, at),
            catch: self.catch(json, at, names),
            at: at.to_owned(),
        })
    }

    fn kind(&mut self, json: &Fields, at: &str) -> Option<StateKind> {
        let kind = json.get("Type").and_then(|kind| serde_json::from_value(kind.clone()).ok());
        if kind.is_none() {
            self.report(
                &format!("{at}/Type"),
                "Type is one of Task, Choice, Parallel, Map, Wait, Pass, Succeed, Fail",
            );
        }
        kind
    }

    fn query_language(&mut self, json: &Fields, at: &str) -> Option<()> {
        let named = json.get("QueryLanguage").map(Value::as_str);
        match named {
            Some(Some("JSONata")) => return Some(()),
            None if self.jsonata_by_default => return Some(()),
            Some(Some("JSONPath")) | None => self.report(
                at,
                "this state is in JSONPath, which is not supported; write \"QueryLanguage\": \"JSONata\" at the top",
            ),
            Some(_) => self.report(&format!("{at}/QueryLanguage"), "QueryLanguage is \"JSONata\""),
        }
        None
    }

    fn work(
        &mut self,
        kind: StateKind,
        json: &Fields,
        at: &str,
        id: StateId,
        names: &Names<'_>,
    ) -> Option<Work> {
        Some(match kind {
            StateKind::Pass => Work::Pass,
            StateKind::Succeed => Work::Succeed,
            StateKind::Fail => {
                Work::Fail { error: self.text(json, "Error", at), cause: self.text(json, "Cause", at) }
            }
            StateKind::Wait => Work::Wait(self.wait(json, at)?),
            StateKind::Choice => self.choice(json, at, names)?,
            StateKind::Task => Work::Task(self.task(json, at)?),
            StateKind::Parallel => self.parallel(json, at, id)?,
            StateKind::Map => Work::Map(self.map(json, at, id)?),
        })
    }

    fn wait(&mut self, json: &Fields, at: &str) -> Option<Until> {
        match (json.get("Seconds"), json.get("Timestamp")) {
            (Some(_), None) => self.seconds(json, "Seconds", at, 0).map(Until::Seconds),
            (None, Some(timestamp)) => {
                let place = format!("{at}/Timestamp");
                let template = self.template(timestamp, &place);
                let instant = |text: &Value| text.as_str().and_then(crate::execution::parse_timestamp);
                if matches!(&template, Template::Constant(text) if instant(text).is_none()) {
                    self.report(&place, "Timestamp is an ISO 8601 instant like \"2030-01-31T08:00:00Z\"");
                }
                Some(Until::Timestamp(template))
            }
            _ => {
                self.report(at, "a Wait state has either Seconds or Timestamp");
                None
            }
        }
    }

    fn choice(&mut self, json: &Fields, at: &str, names: &Names<'_>) -> Option<Work> {
        let Some(Value::Array(choices)) =
            json.get("Choices").filter(|c| c.as_array().is_some_and(|c| !c.is_empty()))
        else {
            self.report(at, "Choices is missing: a list with at least one rule");
            return None;
        };
        let mut rules = Vec::new();
        for (index, choice) in choices.iter().enumerate() {
            rules.extend(self.rule(choice, &format!("{at}/Choices/{index}"), names));
        }
        let default =
            json.get("Default").and_then(|target| self.target(target, &format!("{at}/Default"), names));
        Some(Work::Choice { rules, default })
    }

    fn rule(&mut self, json: &Value, at: &str, names: &Names<'_>) -> Option<Rule> {
        let Value::Object(json) = json else {
            self.report(at, "a choice rule is a JSON object");
            return None;
        };
        self.only(json, at, fields::RULE);
        let condition = match json.get("Condition") {
            Some(condition) => self.template(condition, &format!("{at}/Condition")),
            None => {
                self.report(at, "Condition is missing: a boolean or an expression");
                return None;
            }
        };
        if matches!(&condition, Template::Constant(value) if !value.is_boolean())
            || matches!(condition, Template::Array(_) | Template::Object(_))
        {
            self.report(&format!("{at}/Condition"), "Condition is a boolean or an expression in {% … %}");
        }
        let next = self.next(json, at, names)?;
        Some(Rule {
            condition,
            next,
            assign: self.assign(json, at),
            output: self.optional(json, "Output", at),
        })
    }

    fn task(&mut self, json: &Fields, at: &str) -> Option<Task> {
        let resource = match json.get("Resource").and_then(Value::as_str) {
            Some(resource) if !resource.is_empty() && !resource.starts_with("{%") => Arc::from(resource),
            _ => {
                self.report(at, "Resource is missing: a constant ARN");
                return None;
            }
        };
        let timeout = self.seconds(json, "TimeoutSeconds", at, 1);
        let heartbeat = self.seconds(json, "HeartbeatSeconds", at, 1);
        if let (Some(Template::Constant(timeout)), Some(Template::Constant(heartbeat))) =
            (&timeout, &heartbeat)
            && heartbeat.as_f64() >= timeout.as_f64()
        {
            self.report(&format!("{at}/HeartbeatSeconds"), "HeartbeatSeconds is smaller than TimeoutSeconds");
        }
        Some(Task { resource, arguments: self.arguments(json, at), timeout, heartbeat })
    }

    pub(super) fn arguments(&mut self, json: &Fields, at: &str) -> Option<Template> {
        self.optional(json, "Arguments", at)
    }

    /// `Assign`: an object whose keys are names of variables.
    pub(super) fn assign(&mut self, json: &Fields, at: &str) -> Option<Template> {
        let assign = json.get("Assign")?;
        let place_of = format!("{at}/Assign");
        let Value::Object(variables) = assign else {
            self.report(&place_of, "Assign is an object of variables");
            return None;
        };
        for name in variables.keys() {
            if let Some(why) = bad_variable(name) {
                self.report(&place(&place_of, name), format!("'{name}' cannot name a variable: {why}"));
            }
        }
        Some(self.template(assign, &place_of))
    }
}

/// Why `name` cannot name a variable.
fn bad_variable(name: &str) -> Option<String> {
    let mut letters = name.chars();
    let starts = letters.next().is_some_and(|first| first.is_alphabetic());
    if name == "states" {
        return Some("the name is reserved".into());
    }
    if name.chars().count() > MAX_NAME_CHARS {
        return Some(format!("a name has at most {MAX_NAME_CHARS} characters"));
    }
    let valid = starts && letters.all(|letter| letter.is_alphanumeric() || letter == '_');
    (!valid).then(|| "a name starts with a letter and goes on with letters, digits and _".into())
}
