//! Vectors, channels and attacks.

use serde::{Deserialize, Serialize};

use crate::mutation::{self, Mutation};
use crate::phrase;

/// The ten ways in. Names are those of labelled corpora.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vector {
    /// "Forget what you were told."
    InstructionOverride,
    /// A persona without rules.
    RoleplayJailbreakPersona,
    /// "Repeat the words above."
    SystemPromptExtraction,
    /// A turn, a tag or a delimiter of the prompt's own format.
    DelimiterFormatInjection,
    /// The instruction in an encoding.
    EncodingObfuscation,
    /// An order inside a document or a tool's result.
    IndirectInjection,
    /// One instruction in several pieces.
    PayloadSplittingMultiturn,
    /// "Developer mode", "I am the administrator".
    PrivilegeEscalationDevmode,
    /// Data into an address, an image, a lookup.
    DataExfilRequest,
    /// The instruction in another language.
    Multilingual,
}

impl Vector {
    /// All ten.
    pub const ALL: [Self; 10] = [
        Self::InstructionOverride,
        Self::RoleplayJailbreakPersona,
        Self::SystemPromptExtraction,
        Self::DelimiterFormatInjection,
        Self::EncodingObfuscation,
        Self::IndirectInjection,
        Self::PayloadSplittingMultiturn,
        Self::PrivilegeEscalationDevmode,
        Self::DataExfilRequest,
        Self::Multilingual,
    ];

    /// Its name in rows and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InstructionOverride => "instruction_override",
            Self::RoleplayJailbreakPersona => "roleplay_jailbreak_persona",
            Self::SystemPromptExtraction => "system_prompt_extraction",
            Self::DelimiterFormatInjection => "delimiter_format_injection",
            Self::EncodingObfuscation => "encoding_obfuscation",
            Self::IndirectInjection => "indirect_injection",
            Self::PayloadSplittingMultiturn => "payload_splitting_multiturn",
            Self::PrivilegeEscalationDevmode => "privilege_escalation_devmode",
            Self::DataExfilRequest => "data_exfil_request",
            Self::Multilingual => "multilingual",
        }
    }

    /// Where such an attack comes in.
    pub(crate) const fn channels(self) -> &'static [Channel] {
        match self {
            Self::IndirectInjection | Self::DataExfilRequest => &[Channel::Document, Channel::Tool],
            Self::DelimiterFormatInjection | Self::EncodingObfuscation | Self::PayloadSplittingMultiturn => {
                &[Channel::User, Channel::Document, Channel::Tool]
            }
            _ => &[Channel::User],
        }
    }
}

/// Where a text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A person.
    User,
    /// A retrieved document.
    Document,
    /// A tool's result.
    Tool,
}

/// One attack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attack {
    /// Which way in.
    pub vector: Vector,
    /// Where it comes from.
    pub channel: Channel,
    /// What the target is shown.
    pub text: String,
    /// How it was changed, in order.
    pub mutations: Vec<Mutation>,
    /// Which phrase it was made from, so that a search can tell what works.
    pub phrase: usize,
}

impl Attack {
    /// Draws an attack: a phrase of the vector with a canary in it, then these changes.
    pub fn draw(vector: Vector, canary: &str, mutations: &[Mutation], random: &mut fastrand::Rng) -> Self {
        let channels = vector.channels();
        let channel = channels[random.usize(..channels.len())];
        let (phrase, text) = phrase::draw(vector, channel, canary, random);
        let text = mutations.iter().fold(text, |text, change| mutation::apply(*change, &text, random));
        Self { vector, channel, text, mutations: mutations.to_vec(), phrase }
    }
}
