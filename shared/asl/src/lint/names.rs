//! Names: variables, error names, functions, machines, queues and substitutions.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Linter;
use crate::errors::{HEARTBEAT_TIMEOUT, RESERVED, TIMEOUT};
use crate::expression::Template;
use crate::machine::{RegionId, State, Work};

impl<'a> Linter<'a> {
    /// Variables that a state in `region` may read: assigned there or around it.
    pub(super) fn visible(&self, region: RegionId) -> BTreeSet<&'a str> {
        let mut names = BTreeSet::new();
        let mut at = Some(region);
        while let Some(region) = at {
            names.extend(self.assigned_in(region));
            at = self.outer(region);
        }
        names
    }

    fn outer(&self, region: RegionId) -> Option<RegionId> {
        self.machine.regions[region].owner.map(|owner| self.machine.states[owner].region)
    }

    fn assigned_in(&self, region: RegionId) -> BTreeSet<&'a str> {
        let states = &self.machine.regions[region].states;
        states.iter().flat_map(|state| assigned_by(&self.machine.states[*state])).collect()
    }

    pub(super) fn names(&mut self, state: &'a State) {
        self.shadowing(state);
        let retry = state.retry.iter().map(|retrier| ("Retry", &retrier.errors));
        let catch = state.catch.iter().map(|catcher| ("Catch", &catcher.errors));
        let entries: Vec<_> = retry.enumerate().chain(catch.enumerate()).collect();
        for (index, (field, errors)) in entries {
            let at = format!("{}/{field}/{index}", state.at);
            for error in errors {
                self.error_name(state, &at, error);
            }
            let has = |name: &str| errors.iter().any(|error| error.as_ref() == name);
            if has(TIMEOUT) != has(HEARTBEAT_TIMEOUT) {
                let message = format!(
                    "list both {TIMEOUT} and {HEARTBEAT_TIMEOUT}: a missed heartbeat is reported as either"
                );
                self.report("timeout-names", Some(state), &at, message);
            }
        }
    }

    fn shadowing(&mut self, state: &'a State) {
        let Some(outer) = self.outer(state.region) else { return };
        let outer = self.visible(outer);
        for name in assigned_by(state).into_iter().filter(|name| outer.contains(name)) {
            let message =
                format!("${name} is assigned outside too; inner and outer variables have different names");
            self.report("variable-shadowed", Some(state), &state.at, message);
        }
    }

    fn error_name(&mut self, state: &State, at: &str, error: &str) {
        let known = match &self.known.errors {
            _ if error.starts_with("States.") => RESERVED.contains(&error),
            Some(known) => known.contains(error),
            None => true,
        };
        if !known {
            self.report("error-name", Some(state), at, format!("no function fails with the name '{error}'"));
        }
    }

    /// Checks that a constant argument names something that exists.
    pub(super) fn target(&mut self, state: &State, arguments: &Template, field: &str) {
        let Some(name) = constant_member(arguments, field) else { return };
        if name.contains("${") {
            return;
        }
        let (known, rule) = match field {
            "FunctionName" => (&self.known.functions, "function-name"),
            "StateMachineArn" => (&self.known.machines, "machine-name"),
            _ => (&self.known.queues, "queue-name"),
        };
        let short = short_name(&name, field);
        if known.as_ref().is_some_and(|known| !known.contains(short)) {
            let at = format!("{}/Arguments/{field}", state.at);
            self.report(rule, Some(state), &at, format!("{field} '{name}' names nothing that exists"));
        }
    }

    /// `${Name}` is replaced at deployment, so only allowed names may stand there.
    pub(super) fn substitutions(&mut self, text: &str) {
        let Some(allowed) = &self.known.substitutions else { return };
        for (index, line) in text.lines().enumerate() {
            for name in line.split("${").skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
            {
                if !allowed.contains(name) {
                    let message = format!("${{{name}}} is not an allowed substitution");
                    let finding =
                        super::Finding { rule: "substitution", state: None, line: index + 1, message };
                    self.findings.push(finding);
                }
            }
        }
    }
}

fn assigned_by(state: &State) -> Vec<&str> {
    let rules = match &state.work {
        Work::Choice { rules, .. } => rules.as_slice(),
        _ => &[],
    };
    let templates =
        state.assign.iter().chain(state.catch.iter().filter_map(|catcher| catcher.assign.as_ref()));
    templates.chain(rules.iter().filter_map(|rule| rule.assign.as_ref())).flat_map(members).collect()
}

fn members(template: &Template) -> Vec<&str> {
    match template {
        Template::Object(fields) => fields.iter().map(|(name, _)| name.as_str()).collect(),
        Template::Constant(value) => {
            value.as_object().into_iter().flat_map(|o| o.keys()).map(String::as_str).collect()
        }
        _ => Vec::new(),
    }
}

fn constant_member(template: &Template, field: &str) -> Option<String> {
    let value: &Value = match template {
        Template::Constant(value) => value.get(field)?,
        Template::Object(fields) => match fields.iter().find(|(name, _)| name == field)? {
            (_, Template::Constant(value)) => value,
            _ => return None,
        },
        _ => return None,
    };
    value.as_str().map(str::to_owned)
}

/// The name in an ARN or URL; a function's version or alias is dropped.
fn short_name<'n>(name: &'n str, field: &str) -> &'n str {
    match field {
        "FunctionName" => {
            let name = name.rsplit_once("function:").map_or(name, |(_, rest)| rest);
            name.split(':').next().unwrap_or(name)
        }
        _ => name.rsplit([':', '/']).next().unwrap_or(name),
    }
}
