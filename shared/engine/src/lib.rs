//! Runs state machines over the ports: durable, concurrent, resumable.
