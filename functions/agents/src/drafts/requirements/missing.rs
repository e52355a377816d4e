//! Parts that a sentence does not have: gaps that are asked for, never filled.

use ideamine_core::Text;

/// Nothing says what starts it.
pub(super) fn no_trigger() -> Text {
    Text::missing("what starts this")
}

/// Nothing says what is to be seen.
pub(super) fn no_result() -> Text {
    Text::missing("how one can tell that this holds")
}
