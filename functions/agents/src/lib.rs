//! The thirteen phase agents, and question, answer, validate.
