"""The recorded answers that are documents, by label."""
