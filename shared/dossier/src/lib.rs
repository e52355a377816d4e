//! The release dossier: one JSON document, and the HTML rendered from it.
