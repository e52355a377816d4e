//! What is derived, judged from outside: by SQLite, by JSON Schema, by Python and over HTTP.

mod document;
mod hostile;
mod run;
mod samples;
mod stories;
mod tree;
