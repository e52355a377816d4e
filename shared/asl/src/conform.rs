//! Runs recorded executions and reports how many come out as recorded.
