//! HTML (placeholder until the templates stand).
