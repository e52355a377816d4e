//! Plan, control, model call, aggregate, seal, dossier, close.
