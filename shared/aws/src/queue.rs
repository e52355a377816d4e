//! The job queue on SQS: messages are JSON, a queue's URL is a prefix and its name.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::SdkError;
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use ideamine_core::Failure;
use ideamine_core::ports::{JobMessage, JobQueue};

use crate::error::failure;
use crate::limits::{
    ATTEMPT_TIMEOUT, CONNECT_TIMEOUT, DELAY_MAX, HIDDEN_MAX, MESSAGE_BYTES_MAX, POLL_WAIT, RECEIVE_MAX,
    RECEIVE_TIMEOUT,
};
use crate::settings::{QUEUE_PREFIX, Settings, needed};

/// What SQS says of a queue that is not there, by its two protocols.
const UNKNOWN_QUEUE: &[&str] = &["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"];
/// What SQS says of a delivery that is over.
const OVER: &[&str] = &["ReceiptHandleIsInvalid", "MessageNotInflight", "InvalidParameterValue"];

/// Every queue of the stack, from the sender's side.
#[derive(Clone)]
pub(crate) struct Queues {
    client: Client,
    /// Waits for messages inside its call.
    waiting: Client,
    settings: Arc<Settings>,
}

impl Queues {
    pub(crate) fn new(config: &SdkConfig, settings: Arc<Settings>) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .operation_attempt_timeout(ATTEMPT_TIMEOUT + POLL_WAIT)
            .operation_timeout(RECEIVE_TIMEOUT)
            .build();
        let waiting = aws_sdk_sqs::config::Builder::from(config).timeout_config(timeouts).build();
        Self { client: Client::new(config), waiting: Client::from_conf(waiting), settings }
    }

    fn url(&self, queue: &str) -> Result<String, Failure> {
        Ok(format!("{}{queue}", needed(&self.settings.queue_prefix, QUEUE_PREFIX)?))
    }

    async fn send_after(&self, queue: &str, message: JobMessage, delay: Duration) -> Result<(), Failure> {
        let body = serde_json::to_string(&message);
        let body = body.map_err(|e| Failure::bug(format!("a job for queue `{queue}` is no JSON: {e}")))?;
        if body.len() > MESSAGE_BYTES_MAX {
            let message = format!(
                "a job for queue `{queue}` has {} bytes, over the limit of {MESSAGE_BYTES_MAX}",
                body.len()
            );
            return Err(Failure::input(message));
        }
        let request = self.client.send_message().queue_url(self.url(queue)?).message_body(body);
        let delay = Some(seconds(delay.min(DELAY_MAX))).filter(|seconds| *seconds > 0);
        let sent = request.set_delay_seconds(delay).send().await;
        sent.map(drop).map_err(|e| refused(&format!("send a job to queue `{queue}`"), queue, &e))
    }
}

#[async_trait]
impl JobQueue for Queues {
    async fn send(&self, queue: &str, message: JobMessage) -> Result<(), Failure> {
        self.send_after(queue, message, Duration::ZERO).await
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
    queues: Queues,
    queue: String,
}

impl Receiver {
    pub(crate) fn new(queues: Queues, queue: &str) -> Self {
        Self { queues, queue: queue.to_owned() }
    }

    /// Waits up to [`POLL_WAIT`] for messages; at most `most` of them, and never more than [`RECEIVE_MAX`].
    ///
    /// # Errors
    /// `Input.Invalid` for an unknown queue, `Store.Unavailable`.
    pub async fn receive(&self, most: u32) -> Result<Vec<Received>, Failure> {
        let most = i32::try_from(most.clamp(1, RECEIVE_MAX)).unwrap_or(1);
        let request =
            self.queues.waiting.receive_message().queue_url(self.url()?).max_number_of_messages(most);
        let request = request.wait_time_seconds(seconds(POLL_WAIT));
        let count = MessageSystemAttributeName::ApproximateReceiveCount;
        let answer = request.message_system_attribute_names(count).send().await;
        let answer = answer.map_err(|e| self.refused("receive from", &e))?;
        Ok(answer.messages.unwrap_or_default().into_iter().map(|message| self.received(message)).collect())
    }

    /// Keeps a message from others for so long from now on, within [`HIDDEN_MAX`] of its receipt; zero gives it back.
    ///
    /// # Errors
    /// `Data.NotFound` when the delivery is over: others may have the message by now; `Store.Unavailable`.
    pub async fn extend(&self, receipt: &str, hidden: Duration) -> Result<(), Failure> {
        let request =
            self.queues.client.change_message_visibility().queue_url(self.url()?).receipt_handle(receipt);
        let sent = request.visibility_timeout(seconds(hidden.min(HIDDEN_MAX))).send().await;
        sent.map(drop).map_err(|e| self.refused("keep a message of", &e))
    }

    /// Removes a message that is done.
    ///
    /// # Errors
    /// As [`Receiver::extend`].
    pub async fn delete(&self, receipt: &str) -> Result<(), Failure> {
        let request = self.queues.client.delete_message().queue_url(self.url()?).receipt_handle(receipt);
        request.send().await.map(drop).map_err(|e| self.refused("remove a message of", &e))
    }

    /// Sends a message that shall arrive later, within [`DELAY_MAX`].
    ///
    /// # Errors
    /// As [`JobQueue::send`].
    pub async fn send_after(&self, message: JobMessage, delay: Duration) -> Result<(), Failure> {
        self.queues.send_after(&self.queue, message, delay).await
    }

    fn received(&self, message: Message) -> Received {
        let count = message.attributes.as_ref();
        let count = count.and_then(|all| all.get(&MessageSystemAttributeName::ApproximateReceiveCount));
        let deliveries = count.and_then(|count| count.parse().ok()).unwrap_or(1);
        // The body may hold anything: what is wrong with it is said without it.
        let unreadable = |error: serde_json::Error| {
            let place = format!("line {} column {}", error.line(), error.column());
            Failure::input(format!("a message of queue `{}` is no job: see its {place}", self.queue))
        };
        let body = message.body.unwrap_or_default();
        let receipt = message.receipt_handle.unwrap_or_default();
        Received { message: serde_json::from_str(&body).map_err(unreadable), receipt, deliveries }
    }

    fn url(&self) -> Result<String, Failure> {
        self.queues.url(&self.queue)
    }

    fn refused<E>(&self, doing: &str, error: &SdkError<E, HttpResponse>) -> Failure
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let what = format!("{doing} queue `{}`", self.queue);
        match error.code() {
            Some(code) if OVER.contains(&code) => {
                Failure::not_found(format!("cannot {what}: the delivery is over"))
            }
            _ => refused(&what, &self.queue, error),
        }
    }
}

fn refused<E>(what: &str, queue: &str, error: &SdkError<E, HttpResponse>) -> Failure
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match error.code() {
        Some(code) if UNKNOWN_QUEUE.contains(&code) => Failure::input(format!("there is no queue `{queue}`")),
        _ => failure(what, error),
    }
}

fn seconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_secs()).unwrap_or(i32::MAX)
}
