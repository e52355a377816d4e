//! What the shield looks for and what it says: threats, channels, operating points, findings.
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The ten types of attack. Names in JSON are those used by public corpora where one exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Threat {
    /// Orders to drop what the model was told.
    InstructionOverride,
    /// A role without rules.
    #[serde(rename = "roleplay_jailbreak_persona", alias = "roleplay")]
    Roleplay,
    /// Asking for the hidden prompt or rules.
    SystemPromptExtraction,
    /// Forged role markers and ends of sections.
    DelimiterFormatInjection,
    /// Meaning hidden in an encoding or in look-alike or invisible characters.
    EncodingObfuscation,
    /// Orders to a model in a document or a tool's result.
    IndirectInjection,
    /// An attack in pieces to be put together.
    #[serde(rename = "payload_splitting_multiturn", alias = "payload_splitting")]
    PayloadSplitting,
    /// A claim to a higher standing or mode.
    #[serde(rename = "privilege_escalation_devmode", alias = "privilege_escalation")]
    PrivilegeEscalation,
    /// Asking to send secrets or data away.
    #[serde(rename = "data_exfil_request", alias = "exfiltration_request")]
    ExfiltrationRequest,
    /// Any of these in another language than English.
    Multilingual,
}

impl Threat {
    /// Its name in labelled data, as it is serialised.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InstructionOverride => "instruction_override",
            Self::Roleplay => "roleplay_jailbreak_persona",
            Self::SystemPromptExtraction => "system_prompt_extraction",
            Self::DelimiterFormatInjection => "delimiter_format_injection",
            Self::EncodingObfuscation => "encoding_obfuscation",
            Self::IndirectInjection => "indirect_injection",
            Self::PayloadSplitting => "payload_splitting_multiturn",
            Self::PrivilegeEscalation => "privilege_escalation_devmode",
            Self::ExfiltrationRequest => "data_exfil_request",
            Self::Multilingual => "multilingual",
        }
    }
}

/// Where a text came from. A person may give orders; a document, a tool and another agent's text may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Typed by the person whom the model serves.
    #[default]
    User,
    /// Retrieved or attached.
    Document,
    /// Returned by a tool.
    Tool,
    /// Written by a model.
    Agent,
}

/// Operating points, fixed by the training report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Point {
    /// For texts that act on their own: at most 2 % false alarms are aimed at.
    Strict,
    /// At most 1 % false alarms are aimed at.
    #[default]
    Default,
}

/// One sign of an attack.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// Its type.
    pub threat: Threat,
    /// The bytes of the text that show it; the encoded run if it was encoded.
    pub span: Range<usize>,
    /// Probability of an attack from this sign alone, 0 to 1.
    pub score: f32,
    /// The rule, or `classifier`.
    pub rule: &'static str,
    /// In words, without the text itself.
    pub reason: &'static str,
}

/// The judgement of one text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Screening {
    /// Whether the text must not go on.
    pub blocked: bool,
    /// Probability of an attack, 0 to 1.
    pub score: f32,
    /// The signs, the strongest first.
    pub findings: Vec<Finding>,
    /// Whether a limit kept part of the text from being read; such a text is blocked.
    pub truncated: bool,
}

impl Screening {
    /// The types of what was found, each once, by the names of labelled data; what could not be read, or what the
    /// classifier alone says, counts as its type too.
    pub fn threats(&self) -> Vec<String> {
        let mut names: Vec<String> =
            self.findings.iter().map(|found| found.threat.name().to_owned()).collect();
        if names.is_empty() && self.blocked {
            names.push(UNNAMED.to_owned());
        }
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Stands for an attack without a finding.
const UNNAMED: &str = "attack";
