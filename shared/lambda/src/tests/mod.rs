//! Events in, answers out, over ports that stand still and time that is told.

mod calls;
mod events;
#[cfg(feature = "http")]
mod http;
mod jobs;
mod world;
