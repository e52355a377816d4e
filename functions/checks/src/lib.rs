//! Sandboxed checks of generated applications, judged from outside.
