//! stub
use crate::settings::Settings;
use async_trait::async_trait;
use aws_config::SdkConfig;
use ideamine_core::Failure;
use ideamine_core::ports::{JobMessage, JobQueue};
use std::sync::Arc;
use std::time::Duration;
#[derive(Clone)]
pub(crate) struct Queues {
    _s: Arc<Settings>,
}
impl Queues {
    pub(crate) fn new(_: &SdkConfig, _s: Arc<Settings>) -> Self {
        Self { _s }
    }
}
#[async_trait]
impl JobQueue for Queues {
    async fn send(&self, _: &str, _: JobMessage) -> Result<(), Failure> {
        Err(Failure::bug("unfinished"))
    }
}
/// One message as it was received.
#[derive(Debug)]
pub struct Received {
    /// What it says, or why it cannot be read (`Input.Invalid`): then leave it to the dead-letter queue.
    pub message: Result<JobMessage, Failure>,
    /// Names this delivery for [`Receiver::extend`] and [`Receiver::delete`].
    pub receipt: String,
    /// How often it was received, this time included.
    pub deliveries: u32,
}
/// The receiving side of one queue.
#[derive(Clone)]
pub struct Receiver {
    _q: Queues,
    _n: String,
}
impl Receiver {
    pub(crate) fn new(_q: Queues, name: &str) -> Self {
        Self { _q, _n: name.to_owned() }
    }
    /// Waits for messages, at most this many (1 to 10); an empty list when none came in twenty seconds.
    ///
    /// # Errors
    /// `Input.Invalid` for an unknown queue, `Store.Unavailable`.
    pub async fn receive(&self, _most: u32) -> Result<Vec<Received>, Failure> {
        Err(Failure::bug("unfinished"))
    }
    /// Keeps a message hidden from others for this long from now, at most twelve hours in all; zero gives it back.
    ///
    /// # Errors
    /// `Data.NotFound` when the delivery is over, `Store.Unavailable`.
    pub async fn extend(&self, _receipt: &str, _hidden: Duration) -> Result<(), Failure> {
        Err(Failure::bug("unfinished"))
    }
    /// Removes a message that is done.
    ///
    /// # Errors
    /// `Store.Unavailable`.
    pub async fn delete(&self, _receipt: &str) -> Result<(), Failure> {
        Err(Failure::bug("unfinished"))
    }
}
