//! Ids: what a key, a path or a log line may name.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest id accepted anywhere, bytes: an id is part of keys, file names and execution names.
pub const ID_BYTES_MAX: usize = 64;

/// An id that cannot be used: the text and what an id must look like.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a usable id: expected 1 to {ID_BYTES_MAX} of a-z, A-Z, 0-9, `-` or `_`")]
pub struct BadId(pub String);

fn checked(text: &str) -> Result<String, BadId> {
    let fits = !text.is_empty() && text.len() <= ID_BYTES_MAX;
    if fits && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
        return Ok(text.to_owned());
    }
    Err(BadId(text.chars().take(ID_BYTES_MAX).collect()))
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks and takes the id.
            ///
            /// # Errors
            /// [`BadId`] when it is empty, too long or holds other characters.
            pub fn new(text: &str) -> Result<Self, BadId> {
                checked(text).map(Self)
            }
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl TryFrom<String> for $name {
            type Error = BadId;
            fn try_from(text: String) -> Result<Self, BadId> {
                Self::new(&text)
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// Whose data it is. `local` on one machine; on AWS from the verified token only. Every key begins with it.
    Tenant
);
id!(
    /// One idea's journey; a ULID by default, so that runs sort by creation.
    RunId
);
id!(
    /// A phase, as named by its configuration file (`prd`, `story-loop`).
    PhaseId
);

impl Tenant {
    /// The only tenant of one machine.
    pub fn local() -> Self {
        Self("local".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_one_plain_word() {
        let check = |text: &str, good: bool| assert_eq!(RunId::new(text).is_ok(), good, "{text:?}");
        check("01J8-x_Y", true);
        check("", false);
        check("a/b", false);
        check("..", false);
        check("é", false);
        check(&"a".repeat(64), true);
        check(&"a".repeat(65), false);
    }
}
