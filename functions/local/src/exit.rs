//! Exit codes: what a script may rely on.

use std::process::ExitCode;

use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// As asked.
    Ok,
    /// The run failed.
    Failed,
    /// Input or usage is wrong.
    Usage,
    /// A demanded condition does not hold.
    Unmet,
    /// The run is paused, or was cancelled.
    Stopped,
    /// Interrupted; the run can be resumed.
    Interrupted,
}

impl Exit {
    /// The number.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Unmet => 3,
            Self::Stopped => 4,
            Self::Interrupted => 130,
        }
    }

    /// What a failure means to the caller.
    pub(crate) const fn of(failure: &Failure) -> Self {
        match failure.kind {
            FailureKind::InputInvalid
            | FailureKind::ConfigInvalid
            | FailureKind::NotFound
            // A person's decision that does not hold: nothing of ours failed.
            | FailureKind::SignatureInvalid
            | FailureKind::ModelConfig => Self::Usage,
            FailureKind::ControlStopped => Self::Stopped,
            _ => Self::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
