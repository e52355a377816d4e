//! A bundle's own tests: rules named `test_…` in modules named `…_test.rego`, as the Rego world writes them.

use serde::Serialize;

use crate::Policy;
use crate::bundle::{BadBundle, Bundle};
use crate::decide::engine;

/// One test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Case {
    /// Module and rule.
    pub name: String,
    /// Whether it holds: its rule is `true`.
    pub passed: bool,
    /// What went wrong, where more can be said than that it is not true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What a bundle's tests say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suite {
    /// Each test, by module and name.
    pub cases: Vec<Case>,
}

impl Suite {
    /// Runs the tests of a bundle.
    ///
    /// # Errors
    /// When it does not compile.
    pub fn run(bundle: &Bundle) -> Result<Self, BadBundle> {
        // Not for its decisions: a rule that calls itself would end the process, and is refused there. What the tests
        // themselves define is not looked at, since only the interpreter knows their `with`.
        Policy::new(bundle)?;
        let mut engine = engine(bundle, |_| true)?;
        let mut cases = Vec::new();
        for (module, text) in bundle.modules.iter().filter(|(name, _)| Bundle::is_test(name)) {
            for rule in rules(text) {
                let path = format!("data.{}.{rule}", package(text));
                let (passed, why) = match engine.eval_rule(path) {
                    Ok(value) => (value == regorus::Value::Bool(true), None),
                    Err(trouble) => (false, Some(trouble.to_string())),
                };
                cases.push(Case { name: format!("{module}: {rule}"), passed, why });
            }
        }
        Ok(Self { cases })
    }

    /// Whether there are tests, and all hold.
    pub fn holds(&self) -> bool {
        !self.cases.is_empty() && self.cases.iter().all(|case| case.passed)
    }
}

/// The names of test rules: heads of rules that begin a line.
fn rules(text: &str) -> Vec<&str> {
    let head = |line: &'_ str| line.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(line.len());
    let mut rules: Vec<&str> =
        text.lines().filter(|line| line.starts_with("test_")).map(|line| &line[..head(line)]).collect();
    rules.dedup();
    rules
}

fn package(text: &str) -> &str {
    text.lines().find_map(|line| line.strip_prefix("package ")).unwrap_or_default().trim()
}
