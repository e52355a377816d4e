//! The quality gates: deterministic verdicts over typed artifacts and evidence.
