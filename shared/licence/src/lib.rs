//! Which licences a file is under, whether they suit what it is used for, and what they ask.
pub mod library;
pub mod tokens;
