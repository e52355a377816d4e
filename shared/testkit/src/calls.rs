//! Rows of model calls as tests need them.

use ideamine_core::records::{CallRow, CallState};
use ideamine_core::{Digest, UsdMicros};

/// A call that was cut off: nobody knows whether it was charged.
pub fn cut_off_call(request: Digest, reserved: UsdMicros, reserved_tokens: u64) -> CallRow {
    CallRow {
        request,
        state: CallState::InFlight,
        owner: "nobody".to_owned(),
        reserved,
        reserved_tokens,
        cut_off: 0,
        answer: None,
        fact: None,
    }
}
