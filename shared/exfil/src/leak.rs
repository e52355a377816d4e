//! What a scan says: kinds, leaks, the context of a scan, the decision that follows.
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::ops::Range;

/// The seven kinds of violation; the names on the wire are those of the labelled corpora.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A key or token of a service.
    ApiKey,
    /// A password, or a login with its secret.
    Credential,
    /// The private half of a key pair.
    PrivateKey,
    /// Data about a person.
    #[serde(rename = "pii")]
    PersonalData,
    /// A host, address or share that only exists inside.
    InternalHost,
    /// Something of the other kinds, encoded or in pieces.
    EncodedPayload,
    /// A way out: an image, link, name or request that carries data to a third party.
    ExfilChannel,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Leak {
    /// What leaks.
    pub kind: Kind,
    /// The rule's stable id, e.g. `github.pat`; `registered` for a known secret.
    pub rule: Cow<'static, str>,
    /// Bytes in the source text.
    pub span: Range<usize>,
    /// Between 0 and 1; a leak counts from the operating point's threshold on.
    pub score: f32,
    /// Why, without the value.
    pub reason: Cow<'static, str>,
}

impl Leak {
    pub(crate) fn new(
        kind: Kind,
        rule: &'static str,
        span: Range<usize>,
        score: f32,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { kind, rule: Cow::Borrowed(rule), span, score, reason: reason.into() }
    }
}

/// How much evidence a leak needs. Both points were fixed from what the rules mean, and then measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Point {
    /// For everything that leaves: at most one false alarm in a hundred harmless texts.
    #[default]
    Default,
    /// For what must be looked at by a person anyway: weak evidence counts too.
    Strict,
}

impl Point {
    /// The lowest score that counts.
    pub fn threshold(self) -> f32 {
        match self {
            Self::Default => 0.5,
            Self::Strict => 0.25,
        }
    }
}

/// What is known about a text besides itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// The operating point.
    pub point: Point,
    /// The name of the file that the text is, if it is one: lock files hold hashes by the thousand.
    pub file: Option<&'a str>,
}

/// What to do with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It may leave as it is.
    Allow,
    /// It may leave once its leaks are replaced.
    Redact,
    /// It may not leave.
    Block,
}

/// The decision for what a scan found. A registered secret, a private key, and anything encoded or on its way through a
/// channel is nobody's slip: the text stays. The rest may leave redacted.
pub fn decide(leaks: &[Leak]) -> Decision {
    let blocks = |leak: &Leak| {
        leak.rule == crate::known::RULE
            || matches!(leak.kind, Kind::PrivateKey | Kind::EncodedPayload | Kind::ExfilChannel)
    };
    match leaks {
        [] => Decision::Allow,
        some if some.iter().any(blocks) => Decision::Block,
        _ => Decision::Redact,
    }
}
