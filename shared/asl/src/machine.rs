//! A definition, parsed and compiled: what the interpreter walks. Made by [`Machine::parse`] alone.

/// A parsed, checked and compiled state machine. `Send + Sync`; share it by `Arc`.
#[derive(Debug)]
pub struct Machine {
    pub(crate) text: String,
    pub(crate) digest: String,
}

impl Machine {
    /// SHA-256 of the text in lower-case hex: the name under which an execution pins it.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The definition as given.
    pub fn text(&self) -> &str {
        &self.text
    }
}
