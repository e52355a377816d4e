//! The house rules for machines, beyond what AWS demands.

/// What a machine may name. `None` or an empty set: not checked.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Function names that `FunctionName` may hold.
    pub functions: Option<std::collections::BTreeSet<String>>,
    /// Machine names that `StateMachineArn` may hold.
    pub machines: Option<std::collections::BTreeSet<String>>,
    /// Queue names that `QueueUrl` may hold.
    pub queues: Option<std::collections::BTreeSet<String>>,
    /// Error names that `ErrorEquals` may hold besides `States.*`.
    pub errors: Option<std::collections::BTreeSet<String>>,
    /// Names that `${…}` may hold.
    pub substitutions: Option<std::collections::BTreeSet<String>>,
}

/// One violated rule.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// Name of the rule, for example `task-timeout`.
    pub rule: &'static str,
    /// The state at fault; absent for the machine as a whole.
    pub state: Option<String>,
    /// Line of the definition, from 1.
    pub line: usize,
    /// What is wrong and what is expected.
    pub message: String,
}

/// Checks a definition against AWS's rules and the house rules, in order of lines.
pub fn lint(text: &str, known: &Known) -> Vec<Finding> {
    let _ = (text, known);
    Vec::new()
}
