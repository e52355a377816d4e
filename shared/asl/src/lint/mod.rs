//! The house rules for machines, beyond what AWS demands.
//!
//! They keep machines portable between this interpreter and the service (expressions, resources),
//! bounded (timeouts, retries, loops, fan-out) and honest about failure (nothing fails inside a
//! branch). Each rule has a name, and each finding the state and the line.

mod expressions;
mod flow;
mod names;
mod tasks;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::expression::{Expression, Template};
use crate::machine::{Machine, Rule, State, Until, Work};
use crate::parse::lines::Lines;

/// What a machine may name. `None`: not checked.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Function names that a constant `FunctionName` may hold.
    pub functions: Option<BTreeSet<String>>,
    /// Machine names that a constant `StateMachineArn` may end with.
    pub machines: Option<BTreeSet<String>>,
    /// Queue names that a constant `QueueUrl` may end with.
    pub queues: Option<BTreeSet<String>>,
    /// Error names that `ErrorEquals` may hold besides `States.*`.
    pub errors: Option<BTreeSet<String>>,
    /// Names that `${…}` may hold.
    pub substitutions: Option<BTreeSet<String>>,
}

/// One violated rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Name of the rule, for example `task-timeout`; `aws` for the language's own.
    pub rule: &'static str,
    /// The state at fault; absent for the machine as a whole.
    pub state: Option<String>,
    /// Line of the definition, from 1.
    pub line: usize,
    /// What is wrong and what is expected.
    pub message: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.state {
            Some(state) => {
                write!(to, "line {}, state '{state}': {} [{}]", self.line, self.message, self.rule)
            }
            None => write!(to, "line {}: {} [{}]", self.line, self.message, self.rule),
        }
    }
}

/// Checks a definition against AWS's rules, and if it keeps them against the house rules. Findings
/// come in order of lines; none means that the machine may be deployed.
pub fn lint(text: &str, known: &Known) -> Vec<Finding> {
    let machine = match Machine::parse(text) {
        Ok(machine) => machine,
        Err(error) => return error.problems.into_iter().map(Finding::from).collect(),
    };
    let mut linter = Linter { machine: &machine, known, lines: Lines::of(text), findings: Vec::new() };
    linter.substitutions(text);
    linter.declared_at_the_top(text);
    linter.flow();
    for state in &machine.states {
        linter.state(state);
    }
    let mut findings = linter.findings;
    findings.sort_by(|a, b| (a.line, a.rule, &a.message).cmp(&(b.line, b.rule, &b.message)));
    findings.dedup();
    findings
}

impl From<crate::parse::Problem> for Finding {
    fn from(problem: crate::parse::Problem) -> Finding {
        Finding { rule: "aws", state: problem.state, line: problem.line, message: problem.message }
    }
}

struct Linter<'a> {
    machine: &'a Machine,
    known: &'a Known,
    lines: Lines,
    findings: Vec<Finding>,
}

impl<'a> Linter<'a> {
    fn report(&mut self, rule: &'static str, state: Option<&State>, at: &str, message: impl Into<String>) {
        let line = self.lines.line(at);
        let state = state.map(|state| state.name.to_string());
        self.findings.push(Finding { rule, state, line, message: message.into() });
    }

    fn declared_at_the_top(&mut self, text: &str) {
        let top: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        if top["QueryLanguage"] != "JSONata" {
            self.report("query-language", None, "", "write \"QueryLanguage\": \"JSONata\" at the top");
        }
    }

    fn state(&mut self, state: &'a State) {
        self.names(state);
        self.tasks(state);
        self.failure(state);
        each_field(state, &mut |at, template| {
            template.each_expression(at, &mut |at, expression| self.expression(state, at, expression));
        });
    }

    /// Nothing fails inside a branch or an iteration: it ends with an outcome.
    fn failure(&mut self, state: &State) {
        if state.region == 0 {
            return;
        }
        if matches!(state.work, Work::Fail { .. }) {
            self.report(
                "fail-in-branch",
                Some(state),
                &state.at,
                "a branch or iteration does not fail; end with an outcome and let a Choice after the join decide",
            );
        }
    }
}

/// Calls `visit` with every template of a state and its JSON pointer.
fn each_field<'a>(state: &'a State, visit: &mut dyn FnMut(&str, &'a Template)) {
    let mut fields =
        vec![("Assign".to_owned(), state.assign.as_ref()), ("Output".to_owned(), state.output.as_ref())];
    for (index, catcher) in state.catch.iter().enumerate() {
        fields.push((format!("Catch/{index}/Assign"), catcher.assign.as_ref()));
        fields.push((format!("Catch/{index}/Output"), catcher.output.as_ref()));
    }
    fields.extend(work_fields(&state.work));
    for (at, template) in fields {
        if let Some(template) = template {
            visit(&format!("{}/{at}", state.at), template);
        }
    }
}

fn work_fields(work: &Work) -> Vec<(String, Option<&Template>)> {
    let named: Vec<(&str, Option<&Template>)> = match work {
        Work::Pass | Work::Succeed => Vec::new(),
        Work::Fail { error, cause } => vec![("Error", error.as_ref()), ("Cause", cause.as_ref())],
        Work::Wait(Until::Seconds(template)) => vec![("Seconds", Some(template))],
        Work::Wait(Until::Timestamp(template)) => vec![("Timestamp", Some(template))],
        Work::Choice { rules, .. } => return rules.iter().enumerate().flat_map(rule_fields).collect(),
        Work::Task(task) => vec![
            ("Arguments", task.arguments.as_ref()),
            ("TimeoutSeconds", task.timeout.as_ref()),
            ("HeartbeatSeconds", task.heartbeat.as_ref()),
        ],
        Work::Parallel { arguments, .. } => vec![("Arguments", arguments.as_ref())],
        Work::Map(map) => vec![
            ("Items", map.items.as_ref()),
            ("ItemSelector", map.selector.as_ref()),
            ("MaxConcurrency", map.concurrency.as_ref()),
            ("ToleratedFailureCount", map.tolerated_count.as_ref()),
            ("ToleratedFailurePercentage", map.tolerated_percentage.as_ref()),
        ],
    };
    named.into_iter().map(|(name, template)| (name.to_owned(), template)).collect()
}

fn rule_fields((index, rule): (usize, &Rule)) -> Vec<(String, Option<&Template>)> {
    vec![
        (format!("Choices/{index}/Condition"), Some(&rule.condition)),
        (format!("Choices/{index}/Assign"), rule.assign.as_ref()),
        (format!("Choices/{index}/Output"), rule.output.as_ref()),
    ]
}

/// The expression that a template is, if it is one as a whole.
fn whole_expression(template: &Template) -> Option<&Expression> {
    match template {
        Template::Expression(expression) => Some(expression),
        _ => None,
    }
}
