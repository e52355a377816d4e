//! Who gets what it may use once more: `PHASE`, or `PHASE/PART` for a story or a branch.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::PhaseId;
use crate::id::BadId;

/// A phase, or one story or branch of it: `story-loop`, `story-loop/ST-1`, `prd/b00`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Grant {
    /// The phase.
    pub phase: PhaseId,
    /// Its story or branch, as paths name it.
    pub part: Option<String>,
}

impl FromStr for Grant {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        let (phase, part) = text.split_once('/').map_or((text, None), |(phase, part)| (phase, Some(part)));
        // A part is named as an id is, and nothing else may stand in a path of the ledger.
        let part = part.map(|part| PhaseId::new(part).map(String::from)).transpose()?;
        Ok(Self { phase: PhaseId::new(phase)?, part })
    }
}

impl TryFrom<String> for Grant {
    type Error = BadId;
    fn try_from(text: String) -> Result<Self, BadId> {
        text.parse()
    }
}

impl From<Grant> for String {
    fn from(grant: Grant) -> Self {
        grant.to_string()
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.part {
            Some(part) => write!(f, "{}/{part}", self.phase),
            None => write!(f, "{}", self.phase),
        }
    }
}
