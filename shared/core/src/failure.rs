//! The stable names of everything that can go wrong.
//!
//! A failure's name is what a Lambda reports as its error type and what a state machine's
//! `ErrorEquals` matches; a test holds the two sets equal.

use serde::{Deserialize, Serialize};

macro_rules! failures {
    ($($name:ident = $text:literal, $again:literal, $doc:literal;)*) => {
        /// Why a function failed; [`FailureKind::name`] is stable for ever.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum FailureKind { $(#[doc = $doc] #[serde(rename = $text)] $name,)* }

        impl FailureKind {
            /// Every kind there is.
            pub const ALL: &'static [FailureKind] = &[$(FailureKind::$name,)*];
            /// The name a state machine matches.
            pub const fn name(self) -> &'static str { match self { $(FailureKind::$name => $text,)* } }
            /// Whether the same call can succeed later with nothing changed.
            pub const fn can_succeed_again(self) -> bool { match self { $(FailureKind::$name => $again,)* } }
        }
    };
}

failures! {
    InputInvalid = "Input.Invalid", false, "What was handed in is not usable; the message says which field.";
    ConfigInvalid = "Config.Invalid", false, "A phase file, a policy or a setting is not usable.";
    NotFound = "Data.NotFound", false, "A record or an object that should be there is not.";
    DataCorrupt = "Data.Corrupt", false, "Stored bytes do not match their digest or do not parse.";
    StoreUnavailable = "Store.Unavailable", true, "The store could not be read or written now.";
    StoreConflict = "Store.Conflict", true, "Another writer changed the row first.";
    StepInProgress = "Step.InProgress", true, "The same step is being worked by someone else.";
    StepConflict = "Step.Conflict", false, "The same step came with another input.";
    OutputTooLarge = "Output.TooLarge", false, "A function's output is over its limit; documents belong in the store.";
    ControlStopped = "Control.Stopped", false, "The run was asked to pause or cancel before a paid call.";
    GuardBlocked = "Guard.Blocked", false, "A guard let something not pass; the run ends. The message says which guard and why.";
    BudgetExhausted = "Budget.Exhausted", false, "The call would exceed what is left of a budget.";
    AnswerRejected = "Answer.Rejected", false, "An answer is not of the form or the content that was asked for.";
    ModelThrottled = "Model.Throttled", true, "The provider asks to come back later.";
    ModelUnavailable = "Model.Unavailable", true, "The provider is overloaded, down or not reachable.";
    ModelCircuitOpen = "Model.CircuitOpen", true, "The model failed so often that it is not asked for a while; the message says how long.";
    ModelTimeout = "Model.Timeout", true, "No answer in time.";
    ModelStreamBroken = "Model.StreamBroken", true, "The answer broke off half way.";
    ModelQuotaExhausted = "Model.QuotaExhausted", false, "The account's quota or credit is used up.";
    ModelContextTooLong = "Model.ContextTooLong", false, "The request is larger than the model's window.";
    ModelRefused = "Model.Refused", false, "The model declined to answer.";
    ModelTruncated = "Model.Truncated", false, "The answer reached the output limit before its end.";
    ModelConfig = "Model.Config", false, "Key, model name or region is not accepted; the message names the setting.";
    ModelNotRecorded = "Model.NotRecorded", false, "A replay asked for an answer that was never recorded.";
    SandboxMissing = "Sandbox.Missing", false, "No sandbox on this machine; nothing is run without one.";
    SandboxFailed = "Sandbox.Failed", true, "The sandbox itself could not be set up.";
    SandboxPending = "Sandbox.Pending", false, "The job was handed over; its end sends the message again. No token is answered with it.";
    JobPurged = "Job.Purged", false, "A person removed the job from its queue.";
    SignatureInvalid = "Signature.Invalid", false, "A signature does not fit its key or what it signs.";
    Bug = "Internal.Bug", false, "A state that should be impossible; please report it.";
}

/// A failed function: a stable kind, and what happened for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}: {message}", kind.name())]
pub struct Failure {
    /// Which failure.
    pub kind: FailureKind,
    /// What failed, for which id, and what to do. Never a secret, a prompt or a document.
    pub message: String,
    /// How long to wait before the next try, when the other side said so, milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

impl Failure {
    /// A failure of this kind with a message for a person.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), retry_after_ms: None }
    }
    /// [`FailureKind::InputInvalid`].
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(FailureKind::InputInvalid, message)
    }
    /// [`FailureKind::NotFound`].
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(FailureKind::NotFound, message)
    }
    /// [`FailureKind::DataCorrupt`].
    pub fn corrupt(message: impl Into<String>) -> Self {
        Self::new(FailureKind::DataCorrupt, message)
    }
    /// [`FailureKind::Bug`].
    pub fn bug(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Bug, message)
    }
}

impl From<crate::digest::NotCanonical> for Failure {
    fn from(error: crate::digest::NotCanonical) -> Self {
        Self::bug(format!("a document has no canonical form: {error}"))
    }
}
