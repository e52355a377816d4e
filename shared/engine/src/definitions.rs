//! The machines that can be started, by name, each with its `${…}` filled in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ideamine_asl::Machine;
use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use serde_json::Value;

use crate::resource::Resource;

/// What `${Name}` may stand for; anything else in a definition is refused.
pub type Substitutions = BTreeMap<String, String>;

/// Parsed definitions by machine name. Clones are cheap.
#[derive(Debug, Clone, Default)]
pub struct Definitions {
    machines: Arc<BTreeMap<String, Arc<Machine>>>,
}

impl Definitions {
    /// Reads definitions: fills in the substitutions, parses, and refuses resources that the engine cannot run.
    ///
    /// # Errors
    /// `Config.Invalid` naming the machine, and the state, substitution or resource at fault.
    pub fn load<N: Into<String>, T: AsRef<str>>(
        texts: impl IntoIterator<Item = (N, T)>,
        substitutions: &Substitutions,
    ) -> Result<Self, Failure> {
        let mut machines = BTreeMap::new();
        for (name, text) in texts {
            let name = name.into();
            let text = substitute(text.as_ref(), substitutions).map_err(|e| invalid(&name, &e))?;
            let machine = Machine::parse(&text).map_err(|e| invalid(&name, &e.to_string()))?;
            check_resources(&name, &text)?;
            machines.insert(name, Arc::new(machine));
        }
        Ok(Self { machines: Arc::new(machines) })
    }

    /// A machine by name.
    ///
    /// # Errors
    /// `Input.Invalid` naming the machines that there are.
    pub fn get(&self, name: &str) -> Result<&Arc<Machine>, Failure> {
        self.machines.get(name).ok_or_else(|| {
            let known: Vec<_> = self.machines.keys().map(String::as_str).collect();
            Failure::input(format!("there is no state machine `{name}`; there are: {}", known.join(", ")))
        })
    }

    /// All machines by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Arc<Machine>)> {
        self.machines.iter().map(|(name, machine)| (name.as_str(), machine))
    }
}

/// Replaces every `${Name}`; values are escaped, for they stand inside JSON strings.
fn substitute(text: &str, substitutions: &Substitutions) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let (before, after) = rest.split_at(start);
        let end = after.find('}').ok_or("a `${` is never closed")?;
        let name = &after[2..end];
        let value = substitutions.get(name).ok_or_else(|| {
            let known: Vec<_> = substitutions.keys().map(String::as_str).collect();
            format!("`${{{name}}}` is not among the substitutions: {}", known.join(", "))
        })?;
        let quoted = Value::from(value.as_str()).to_string();
        out.push_str(before);
        out.push_str(&quoted[1..quoted.len() - 1]);
        rest = &after[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

fn check_resources(name: &str, text: &str) -> Result<(), Failure> {
    let definition: Value = serde_json::from_str(text).map_err(|e| invalid(name, &e.to_string()))?;
    let mut found = BTreeSet::new();
    collect_resources(&definition, &mut found);
    match found.into_iter().find(|resource| Resource::parse(resource).is_none()) {
        None => Ok(()),
        Some(other) => {
            let known: Vec<_> = Resource::ALL.iter().map(|resource| resource.arn()).collect();
            Err(invalid(
                name,
                &format!("resource `{other}` is not supported; supported: {}", known.join(", ")),
            ))
        }
    }
}

/// `Resource` of every Task state; machines of our own have no other field of that name.
fn collect_resources<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(fields) => {
            if fields.get("Type").is_some_and(|kind| kind == "Task") {
                found.extend(fields.get("Resource").and_then(Value::as_str));
            }
            fields.values().for_each(|field| collect_resources(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_resources(item, found)),
        _ => {}
    }
}

fn invalid(machine: &str, what: &str) -> Failure {
    Failure::new(FailureKind::ConfigInvalid, format!("state machine `{machine}`: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(resource: &str) -> String {
        format!(
            r#"{{"QueryLanguage":"JSONata","StartAt":"Go","States":{{"Go":{{"Type":"Task","Resource":"{resource}",
               "Arguments":{{"FunctionName":"${{Prefix}}f","Payload":{{}}}},"End":true}}}}}}"#
        )
    }

    #[test]
    fn substitutions_are_filled_in_and_unknown_ones_refused() {
        let known = Substitutions::from([("Prefix".to_owned(), "a\"b\\".to_owned())]);
        let text = machine("arn:aws:states:::lambda:invoke");
        let loaded = Definitions::load([("m", &text)], &known).unwrap();
        let parsed: Value = serde_json::from_str(loaded.get("m").unwrap().text()).unwrap();
        assert_eq!(parsed["States"]["Go"]["Arguments"]["FunctionName"], "a\"b\\f");

        let refused = Definitions::load([("m", &text)], &Substitutions::new()).unwrap_err();
        assert_eq!(refused.kind, FailureKind::ConfigInvalid);
        assert!(refused.message.contains("${Prefix}"), "{refused}");
    }

    #[test]
    fn a_resource_that_cannot_be_run_is_refused_by_name() {
        let known = Substitutions::from([("Prefix".to_owned(), String::new())]);
        for resource in Resource::ALL {
            Definitions::load([("m", machine(resource.arn()))], &known).unwrap();
        }
        for other in ["arn:aws:states:::dynamodb:getItem", "arn:aws:states:::lambda:invoke.sync"] {
            let refused = Definitions::load([("m", machine(other))], &known).unwrap_err();
            assert!(refused.message.contains(other), "{refused}");
        }
    }

    #[test]
    fn an_unknown_machine_is_answered_with_the_known_ones() {
        let known = Substitutions::from([("Prefix".to_owned(), String::new())]);
        let loaded = Definitions::load([("one", machine("arn:aws:states:::lambda:invoke"))], &known).unwrap();
        let refused = loaded.get("two").unwrap_err();
        assert!(refused.message.contains("two") && refused.message.contains("one"), "{refused}");
    }
}
