//! Runs a machine on a virtual clock with scripted task outcomes.
