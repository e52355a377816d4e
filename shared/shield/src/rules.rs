//! Rules: concepts that make an attack when they stand close together, whatever the language and the order of words.
//! One pass over the concepts with a sliding window; nothing depends on the length of the text but linearly.
use crate::concepts::{Concept, Concept::*, Hit};
use crate::threat::{Channel, Threat, Threat::*};

/// Concepts within `within` bytes of each other.
pub(crate) struct Rule {
    pub(crate) name: &'static str,
    pub(crate) threat: Threat,
    pub(crate) all: &'static [Concept],
    pub(crate) within: usize,
    /// Probability of an attack where the rule fires, from a user and from elsewhere.
    pub(crate) user: f32,
    pub(crate) other: f32,
    pub(crate) reason: &'static str,
}

/// A rule whose score is at least this blocks by itself at both operating points.
pub(crate) const BLOCKING_SCORE: f32 = 0.9;

macro_rules! rules {
    ($($name:literal $threat:ident [$($concept:ident)+] $within:literal $user:literal $other:literal $reason:literal;)+) => {
        &[$(Rule { name: $name, threat: $threat, all: &[$($concept),+], within: $within, user: $user, other: $other, reason: $reason }),+]
    };
}

/// Scores are classes of precision, set by hand after counting on the labelled rows (see the training report).
#[rustfmt::skip]
pub(crate) const RULES: &[Rule] = rules! {
    "drop-prior-orders" InstructionOverride [Drop Prior Orders] 70 0.95 0.97 "orders to drop earlier instructions";
    "drop-hidden" InstructionOverride [Drop Hidden] 50 0.95 0.97 "orders to drop the model's own instructions";
    "drop-prior-new" InstructionOverride [Drop Prior Neworder] 90 0.85 0.92 "orders to drop what came before for something new";
    "drop-orders-new" InstructionOverride [Drop Orders Neworder] 90 0.92 0.93 "orders to replace instructions";
    "drop-orders-mine" InstructionOverride [Drop Orders Mine] 110 0.92 0.95 "orders to follow the writer in place of instructions";
    "drop-you-orders" InstructionOverride [Drop You Orders] 45 0.92 0.92 "orders to drop the model's own rules";
    "unbound-orders-drop" Roleplay [Unbound Orders Drop] 110 0.92 0.92 "freedom in place of rules";
    "unbound-mine" Roleplay [Unbound Mine] 90 0.92 0.92 "freedom to follow the writer alone";
    "answer-model" IndirectInjection [Answer Model] 120 0.3 0.92 "tells a reading model how to answer";
    "answer-say" IndirectInjection [Answer Say] 90 0.3 0.92 "tells a reader what to answer";
    "answer" IndirectInjection [Answer] 60 0.1 0.9 "shapes the answer of whoever reads it";
    "drop-prior-say" InstructionOverride [Drop Prior Say] 90 0.92 0.95 "orders to drop what came before and say something";
    "drop-prior-reveal" InstructionOverride [Drop Prior Reveal] 60 0.8 0.9 "orders to drop what came before and reveal something";
    "reveal-hidden" SystemPromptExtraction [Reveal Hidden] 50 0.85 0.9 "asks for hidden instructions";
    "reveal-prior-hidden" SystemPromptExtraction [Reveal Prior Hidden] 70 0.92 0.95 "asks for all hidden instructions";
    "persona-unbound" Roleplay [Persona Unbound] 120 0.92 0.93 "a role without rules";
    "persona-unbound-refuse" Roleplay [Persona Unbound Norefuse] 400 0.92 0.95 "a role that never refuses";
    "persona-unbound-orders" Roleplay [Persona Unbound Orders] 160 0.92 0.93 "a role freed of its rules";
    "persona-drop-orders" Roleplay [Persona Drop Orders] 120 0.92 0.93 "a role that drops its rules";
    "marker-orders" DelimiterFormatInjection [Marker Orders] 60 0.8 0.95 "a forged role marker with instructions";
    "marker-drop" DelimiterFormatInjection [Marker Drop] 80 0.92 0.95 "a forged role marker with orders to drop instructions";
    "marker-unbound" DelimiterFormatInjection [Marker Unbound] 80 0.92 0.95 "a forged role marker with freedom from rules";
    "marker-you" DelimiterFormatInjection [Marker You Persona] 60 0.92 0.95 "a forged role marker with a new role";
    "marker-hidden" DelimiterFormatInjection [Marker Reveal Hidden] 90 0.92 0.95 "a forged role marker that asks for hidden instructions";
    "privilege-unbound" PrivilegeEscalation [Privilege Unbound] 70 0.85 0.92 "a higher mode without rules";
    "privilege-drop" PrivilegeEscalation [Privilege Drop Orders] 90 0.92 0.93 "a higher standing to drop instructions";
    "privilege-hidden" PrivilegeEscalation [Privilege Reveal Hidden] 100 0.92 0.95 "a higher standing to see hidden instructions";
    "privilege-persona" PrivilegeEscalation [Privilege Persona You] 50 0.85 0.9 "puts the model in a higher mode";
    "send-hidden" ExfiltrationRequest [Send Hidden Place] 120 0.92 0.95 "sends hidden instructions away";
    "send-data-place" ExfiltrationRequest [Send Data Place] 100 0.5 0.7 "sends data to an outside address";
    "quiet-send" ExfiltrationRequest [Quiet Send] 90 0.5 0.7 "sends something without telling";
    "decode-obey" EncodingObfuscation [Decode Encoding Obey] 100 0.92 0.95 "orders to decode and obey";
    "split-obey" PayloadSplitting [Split Obey Decode] 160 0.92 0.93 "puts pieces together and obeys them";
    "split-reveal-hidden" PayloadSplitting [Split Reveal Hidden] 160 0.92 0.95 "asks for hidden instructions in pieces";
    "split-drop" PayloadSplitting [Split Drop Orders] 160 0.92 0.93 "orders to drop instructions in pieces";
    "note-model-say" IndirectInjection [Note Model Say] 160 0.92 0.93 "tells a reading model what to say";
    "note-model-send" IndirectInjection [Note Model Send] 160 0.92 0.93 "tells a reading model to send something";
    "note-model-reveal" IndirectInjection [Note Model Reveal Data] 160 0.92 0.93 "tells a reading model to reveal data";
    "note-model-tool" IndirectInjection [Note Model Tool] 160 0.92 0.93 "tells a reading model to act";
    "note-model-drop" IndirectInjection [Note Model Drop] 160 0.92 0.95 "tells a reading model to drop instructions";
    "model-quiet" IndirectInjection [Model Quiet] 120 0.92 0.93 "tells a model to keep something from its user";
    "drop-new-you" IndirectInjection [Drop Neworder You] 90 0.8 0.9 "gives a reader new instructions";
};

/// A rule that fired.
pub(crate) struct Fired {
    pub(crate) rule: &'static Rule,
    pub(crate) at: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) foreign: bool,
}

impl Fired {
    /// The score on a channel.
    pub(crate) fn score(&self, channel: Channel) -> f32 {
        if channel == Channel::User { self.rule.user } else { self.rule.other }
    }
}

/// The rules that fire on `hits`, each where it first does.
pub(crate) fn fire(hits: &[Hit]) -> Vec<Fired> {
    let all = hits.iter().fold(0, |bits, hit| bits | hit.concept.bit());
    let candidates = RULES.iter().enumerate();
    candidates
        .filter(|(_, rule)| rule.all.iter().all(|concept| all & concept.bit() != 0))
        .filter_map(|(at, rule)| {
            first(rule, hits).map(|(start, end, foreign)| Fired { rule, at, start, end, foreign })
        })
        .collect()
}

/// The first place where all concepts of `rule` stand within its reach: the last place of each is remembered.
fn first(rule: &Rule, hits: &[Hit]) -> Option<(usize, usize, bool)> {
    let mut last = [None::<&Hit>; 4];
    for hit in hits {
        let Some(slot) = rule.all.iter().position(|concept| *concept == hit.concept) else { continue };
        last[slot] = Some(hit);
        let placed = &last[..rule.all.len()];
        let start = placed.iter().map(|hit| hit.map_or(0, |hit| hit.start)).min()?;
        let end = placed.iter().map(|hit| hit.map_or(usize::MAX, |hit| hit.end)).max()?;
        if end - start <= rule.within {
            return Some((start, end, placed.iter().flatten().any(|hit| hit.foreign)));
        }
    }
    None
}
