//! What holds over the whole workspace; see `it/`.
