//! Ids, digests, verdicts, ports and record types that every function speaks.
