//! Reading one state of each type.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Reader, fields};
use crate::event::StateKind;
use crate::expression::{Template, place};
use crate::limits::{MAX_NAME_CHARS, MAX_SECONDS};
use crate::machine::{MapWork, RegionId, Rule, State, StateId, Task, Until, Work};

/// Most concurrent iterations that `MaxConcurrency` may ask for.
const MAX_CONCURRENCY: i64 = 10_000;

/// The names that `Next` may hold here.
pub(super) type Names<'a> = HashMap<&'a str, StateId>;
type Fields = Map<String, Value>;

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
                if let Template::Constant(text) = &template {
                    if text.as_str().and_then(crate::execution::parse_timestamp).is_none() {
                        self.report(&place, "Timestamp is an ISO 8601 instant like \"2030-01-31T08:00:00Z\"");
                    }
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
        {
            if heartbeat.as_f64() >= timeout.as_f64() {
                self.report(
                    &format!("{at}/HeartbeatSeconds"),
                    "HeartbeatSeconds is smaller than TimeoutSeconds",
                );
            }
        }
        Some(Task { resource, arguments: self.arguments(json, at), timeout, heartbeat })
    }

    fn parallel(&mut self, json: &Fields, at: &str, id: StateId) -> Option<Work> {
        let Some(Value::Array(branches)) =
            json.get("Branches").filter(|b| b.as_array().is_some_and(|b| !b.is_empty()))
        else {
            self.report(at, "Branches is missing: a list with at least one branch");
            return None;
        };
        let mut regions = Vec::new();
        for (index, branch) in branches.iter().enumerate() {
            let at = format!("{at}/Branches/{index}");
            match branch {
                Value::Object(branch) => {
                    self.only(branch, &at, fields::BRANCH);
                    regions.push(self.region(branch, &at, Some(id)));
                }
                _ => self.report(&at, "a branch is a JSON object"),
            }
        }
        Some(Work::Parallel { arguments: self.arguments(json, at), branches: regions })
    }

    fn map(&mut self, json: &Fields, at: &str, id: StateId) -> Option<MapWork> {
        let name = if json.contains_key("ItemProcessor") { "ItemProcessor" } else { "Iterator" };
        let Some(Value::Object(processor)) = json.get(name) else {
            self.report(at, "ItemProcessor is missing: an object with StartAt and States");
            return None;
        };
        let inner = format!("{at}/{name}");
        self.only(processor, &inner, fields::PROCESSOR);
        let distributed = self.processor_config(processor, &inner);
        let region = self.region(processor, &inner, Some(id));
        Some(MapWork {
            items: self.items(json, at),
            selector: self.optional(json, "ItemSelector", at),
            concurrency: self.number(json, "MaxConcurrency", at, 0, MAX_CONCURRENCY),
            tolerated_count: self.number(json, "ToleratedFailureCount", at, 0, i64::from(u32::MAX)),
            tolerated_percentage: self.number(json, "ToleratedFailurePercentage", at, 0, 100),
            processor: region,
            distributed,
        })
    }

    fn processor_config(&mut self, processor: &Fields, at: &str) -> bool {
        let Some(config) = processor.get("ProcessorConfig") else { return false };
        let at = format!("{at}/ProcessorConfig");
        let Value::Object(config) = config else {
            self.report(&at, "ProcessorConfig is an object with Mode");
            return false;
        };
        self.only(config, &at, fields::PROCESSOR_CONFIG);
        match config.get("Mode").map(Value::as_str) {
            None | Some(Some("INLINE")) => false,
            Some(Some("DISTRIBUTED")) => true,
            Some(_) => {
                self.report(&at, "Mode is \"INLINE\" or \"DISTRIBUTED\"");
                false
            }
        }
    }

    fn items(&mut self, json: &Fields, at: &str) -> Option<Template> {
        let items = json.get("Items")?;
        let place = format!("{at}/Items");
        let template = self.template(items, &place);
        if matches!(&template, Template::Constant(value) if !value.is_array()) {
            self.report(&place, "Items is a list or an expression in {% … %}");
        }
        Some(template)
    }

    fn arguments(&mut self, json: &Fields, at: &str) -> Option<Template> {
        self.optional(json, "Arguments", at)
    }

    fn optional(&mut self, json: &Fields, field: &str, at: &str) -> Option<Template> {
        json.get(field).map(|value| self.template(value, &format!("{at}/{field}")))
    }

    /// A string, or an expression that will yield one.
    fn text(&mut self, json: &Fields, field: &str, at: &str) -> Option<Template> {
        let template = self.optional(json, field, at)?;
        let fits = match &template {
            Template::Constant(value) => value.is_string(),
            Template::Expression(_) => true,
            _ => false,
        };
        if !fits {
            self.report(&format!("{at}/{field}"), format!("{field} is a string"));
        }
        Some(template)
    }

    fn seconds(&mut self, json: &Fields, field: &str, at: &str, least: i64) -> Option<Template> {
        self.number(json, field, at, least, MAX_SECONDS)
    }

    /// A whole number in range, or an expression that will yield one.
    fn number(&mut self, json: &Fields, field: &str, at: &str, least: i64, most: i64) -> Option<Template> {
        let value = json.get(field)?;
        let place = format!("{at}/{field}");
        let template = self.template(value, &place);
        match &template {
            Template::Constant(value) => {
                self.whole(&Arc::clone(value), &place, least, most);
            }
            Template::Expression(_) => {}
            _ => self.report(&place, format!("{field} is a whole number or an expression")),
        }
        Some(template)
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

    fn transition(&mut self, kind: StateKind, json: &Fields, at: &str, names: &Names<'_>) -> Option<StateId> {
        if matches!(kind, StateKind::Choice | StateKind::Succeed | StateKind::Fail) {
            return None;
        }
        match (json.get("Next"), json.get("End")) {
            (Some(next), None) => self.target(next, &format!("{at}/Next"), names),
            (None, Some(Value::Bool(true))) => None,
            (Some(_), Some(_)) => {
                self.report(at, "a state has either Next or End, not both");
                None
            }
            (None, _) => {
                self.report(at, "a state needs Next or \"End\": true");
                None
            }
        }
    }

    /// A mandatory `Next`.
    pub(super) fn next(&mut self, json: &Fields, at: &str, names: &Names<'_>) -> Option<StateId> {
        match json.get("Next") {
            Some(next) => self.target(next, &format!("{at}/Next"), names),
            None => {
                self.report(at, "Next is missing: the name of a state");
                None
            }
        }
    }

    fn target(&mut self, json: &Value, at: &str, names: &Names<'_>) -> Option<StateId> {
        let target = json.as_str().and_then(|name| names.get(name)).copied();
        if target.is_none() {
            self.report(at, format!("no state is named {json} here; a transition stays in its own States"));
        }
        target
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
