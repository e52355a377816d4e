//! Tests over the whole workspace, in one binary.
