//! Kinds of data that need care, and the words that say so.
//!
//! Rule `data/sensitive`: a cue word of the kind stands in a clause that is not an exclusion.

use super::Reading;
use super::actors::mentions;
use super::cues::Role;
use super::inflection::singular;
use super::span::Span;
use super::words::Token;

/// A kind of data that needs care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Who someone is and how to reach them.
    Contact,
    /// Cards, accounts, sums owed.
    Payment,
    /// Body and mind.
    Health,
    /// Pictures, sound, film.
    Recording,
    /// Where someone is.
    Location,
    /// About children.
    Children,
    /// Secrets that open things.
    Credentials,
    /// Features of the body that identify.
    Biometric,
    /// Hours, pay and conduct at work.
    Employment,
    /// What people write to each other.
    Correspondence,
}

impl Kind {
    /// For people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Contact => "contact details",
            Self::Payment => "payment data",
            Self::Health => "health data",
            Self::Recording => "pictures and recordings",
            Self::Location => "location",
            Self::Children => "data about children",
            Self::Credentials => "credentials",
            Self::Biometric => "biometric data",
            Self::Employment => "employment data",
            Self::Correspondence => "correspondence",
        }
    }
}

#[rustfmt::skip]
const CUES: &[(Kind, &[&str])] = &[
    (Kind::Contact, &["phone number", "e-mail address", "email address", "home address", "birthday", "contact detail",
        "customer data", "personal data", "date of birth", "address", "telephone"]),
    (Kind::Payment, &["iban", "credit card", "debit card", "bank account", "card payment", "payment", "invoice",
        "paypal", "stripe", "sepa", "deposit", "refund"]),
    (Kind::Health, &["patient", "medical", "allergy", "diagnosis", "medication", "medicine", "symptom", "blood",
        "prescription", "disease", "illness", "pregnancy", "therapy", "vaccination", "insulin", "glucose",
        "mental health"]),
    (Kind::Recording, &["photo", "picture", "camera", "video", "photograph", "microphone", "selfie", "recording"]),
    (Kind::Location, &["gps", "location", "whereabouts", "geolocation"]),
    (Kind::Children, &["child", "kid", "pupil", "minor", "toddler", "teenager", "kindergarten"]),
    (Kind::Credentials, &["password", "pin code", "access code", "login", "credential", "api key"]),
    (Kind::Biometric, &["fingerprint", "face recognition", "facial recognition", "iris scan", "voiceprint"]),
    (Kind::Employment, &["salary", "wage", "payroll", "sick leave", "overtime", "performance review", "time sheet",
        "timesheet", "working hour"]),
    (Kind::Correspondence, &["chat message", "private message", "direct message", "inbox", "correspondence"]),
];

/// A kind with the words that gave it away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sensitive {
    /// Which kind.
    pub kind: Kind,
    /// The words.
    pub cue: Span,
    /// The clause they stand in.
    pub clause: Span,
}

/// The kinds that the idea touches, each once, in order of first mention.
pub fn sensitive(reading: &Reading) -> Vec<Sensitive> {
    let mut found: Vec<Sensitive> = Vec::new();
    for clause in reading.clauses.iter().filter(|c| reading.role(c) != Role::Exclusion) {
        for at in 0..clause.tokens.len() {
            let Some((kind, cue)) = cue(&clause.tokens, at) else { continue };
            if !found.iter().any(|s| s.kind == kind) {
                found.push(Sensitive { kind, cue, clause: clause.span });
            }
        }
    }
    found
}

fn cue(tokens: &[Token], at: usize) -> Option<(Kind, Span)> {
    let one = singular(&tokens[at].lower);
    let two = tokens.get(at + 1).map(|t| format!("{} {}", tokens[at].lower, singular(&t.lower)));
    // "no cameras" keeps none.
    if at > 0 && tokens[at - 1].any(&["no", "not", "without", "never"]) {
        return None;
    }
    let said = |words: &str| words == one || two.as_deref() == Some(words);
    let all = CUES.iter().flat_map(|(kind, cues)| cues.iter().map(|words| (*kind, *words)));
    let (kind, words) = all.into_iter().find(|(_, words)| said(words))?;
    // A bare address may be a place or a verb: it counts with a person beside it.
    let vague = matches!(words, "address" | "location" | "deposit" | "minor");
    if vague && mentions(tokens).is_empty() {
        return None;
    }
    let last = if words.contains(' ') { at + 1 } else { at };
    Some((kind, Span::new(tokens[at].span.start, tokens[last].span.end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cue_words_give_a_kind_away_once() {
        let check = |idea: &str, expected: &[Kind]| {
            let reading = Reading::of(idea);
            let kinds: Vec<Kind> = reading.sensitive.iter().map(|s| s.kind).collect();
            assert_eq!(kinds, expected, "{idea}");
        };
        check("The customer takes photos and another photo.", &[Kind::Recording]);
        check("We must keep the phone number of each member.", &[Kind::Contact]);
        check("We must address the noise.", &[]);
        check("The nurse sees the patient's diagnosis and IBAN.", &[Kind::Health, Kind::Payment]);
        check("No photos in the first version.", &[]);
    }
}
