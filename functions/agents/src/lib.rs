//! The thirteen phase agents, and question, answer, validate.

pub mod application;
pub mod composer;
