//! A sans-IO interpreter of the Amazon States Language in JSONata mode: parse, lint, step, draw.
