//! The job queue of one process: a bounded channel for each kind of work.
//!
//! Nothing is kept over a restart here: the engine sends every job again whose token is still unanswered.

use std::collections::BTreeMap;

use async_trait::async_trait;
use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{JobMessage, JobQueue};
use tokio::sync::{Mutex, mpsc};

/// Most jobs that wait in one queue; above that, senders wait.
pub const QUEUE_MESSAGES_MAX: usize = 1_024;

/// Queues by name, fixed when it is made: a job for a queue that nobody serves is refused, not kept for ever.
#[derive(Debug)]
pub struct LocalQueue {
    queues: BTreeMap<String, Channel>,
}

#[derive(Debug)]
struct Channel {
    sender: mpsc::Sender<JobMessage>,
    receiver: Mutex<mpsc::Receiver<JobMessage>>,
}

impl LocalQueue {
    /// Queues of these names (`model`, `sandbox`).
    pub fn new(names: &[&str]) -> Self {
        let channel = || {
            let (sender, receiver) = mpsc::channel(QUEUE_MESSAGES_MAX);
            Channel { sender, receiver: Mutex::new(receiver) }
        };
        Self { queues: names.iter().map(|name| ((*name).to_owned(), channel())).collect() }
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.queues.keys().map(String::as_str)
    }

    /// The next job, oldest first; waits for one. Any number of consumers may wait.
    ///
    /// # Errors
    /// `Input.Invalid` for an unknown queue.
    pub async fn receive(&self, queue: &str) -> Result<JobMessage, Failure> {
        let channel = self.channel(queue)?;
        let received = channel.receiver.lock().await.recv().await;
        // The sender lives as long as the queue does.
        received.ok_or_else(|| Failure::new(FailureKind::StoreUnavailable, "the queue was closed"))
    }

    fn channel(&self, queue: &str) -> Result<&Channel, Failure> {
        self.queues.get(queue).ok_or_else(|| {
            let known: Vec<_> = self.names().collect();
            Failure::input(format!("there is no queue `{queue}`; there are: {}", known.join(", ")))
        })
    }
}

#[async_trait]
impl JobQueue for LocalQueue {
    async fn send(&self, queue: &str, message: JobMessage) -> Result<(), Failure> {
        let sent = self.channel(queue)?.sender.send(message).await;
        sent.map_err(|_| Failure::new(FailureKind::StoreUnavailable, "the queue was closed"))
    }
}
