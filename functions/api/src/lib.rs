//! One axum router: REST over the ports.
