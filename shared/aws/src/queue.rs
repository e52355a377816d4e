//! The job queue on SQS: messages are JSON, a queue's URL is a prefix and its name.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::SdkError;
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName, QueueAttributeName};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use ideamine_core::Failure;
use ideamine_core::ports::{JobMessage, JobQueue, JobSource, Priority, QueueDepth, Receipt, Received};

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

/// The receiving side of every queue, for a process that serves some by itself.
///
/// SQS knows no priority: the three queues of a kind are asked in turns of which `TURNS` gives each priority its
/// share, so none starves. A queue that has nothing gives its turn to the next.
#[derive(Clone)]
pub struct Receiver {
    queues: Queues,
    turn: Arc<AtomicUsize>,
}

/// Whose turn it is first: of six turns three are of high priority, two of normal and one of low.
const TURNS: [Priority; 6] = {
    use Priority::{High, Low, Normal};
    [High, Normal, High, Low, High, Normal]
};
/// How long the queue whose turn it is is waited for when all are empty: the others wait that long for theirs.
const TURN_WAIT: Duration = Duration::from_secs(2);

impl Receiver {
    pub(crate) fn new(queues: Queues) -> Self {
        Self { queues, turn: Arc::default() }
    }

    /// Sends a message that shall arrive later, within [`DELAY_MAX`].
    ///
    /// # Errors
    /// As [`JobQueue::send`].
    pub async fn send_after(&self, queue: &str, message: JobMessage, delay: Duration) -> Result<(), Failure> {
        self.queues.send_after(queue, message, delay).await
    }

    async fn receive_from(&self, queue: &str, most: i32, wait: Duration) -> Result<Vec<Received>, Failure> {
        let request = self.queues.waiting.receive_message().queue_url(self.queues.url(queue)?);
        let request = request.max_number_of_messages(most).wait_time_seconds(seconds(wait));
        let count = MessageSystemAttributeName::ApproximateReceiveCount;
        let answer = request.message_system_attribute_names(count).send().await;
        let answer = answer.map_err(|e| told("receive from", queue, &e))?;
        let messages = answer.messages.unwrap_or_default();
        Ok(messages.into_iter().map(|message| received(queue, message)).collect())
    }

    /// Messages that are visible and those that are not; about as many, as SQS says.
    async fn count(&self, queue: &str) -> Result<(u64, u64), Failure> {
        use QueueAttributeName::{ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible};
        let request = self.queues.client.get_queue_attributes().queue_url(self.queues.url(queue)?);
        let request = request.attribute_names(ApproximateNumberOfMessages);
        let answer = request.attribute_names(ApproximateNumberOfMessagesNotVisible).send().await;
        let all =
            answer.map_err(|e| told("count the messages of", queue, &e))?.attributes.unwrap_or_default();
        let number = |name| all.get(&name).and_then(|text: &String| text.parse().ok()).unwrap_or(0);
        Ok((number(ApproximateNumberOfMessages), number(ApproximateNumberOfMessagesNotVisible)))
    }
}

#[async_trait]
impl JobSource for Receiver {
    /// At most [`RECEIVE_MAX`] at once.
    async fn receive(&self, kind: &str, most: usize) -> Result<Vec<Received>, Failure> {
        let most = i32::try_from(most.clamp(1, RECEIVE_MAX as usize)).unwrap_or(1);
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % TURNS.len();
        let first = TURNS[turn];
        let others = Priority::ALL.into_iter().filter(|priority| *priority != first);
        for priority in [first].into_iter().chain(others) {
            let found = self.receive_from(&priority.queue(kind), most, Duration::ZERO).await?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        self.receive_from(&first.queue(kind), most, TURN_WAIT).await
    }

    /// Within [`HIDDEN_MAX`] of its receipt. SQS may take a late word for a delivery that another followed: who works
    /// the job is told by the row of its step.
    async fn keep(&self, receipt: &Receipt, hidden: Duration) -> Result<(), Failure> {
        let Receipt { queue, handle } = receipt;
        let request = self.queues.client.change_message_visibility().queue_url(self.queues.url(queue)?);
        let request = request.receipt_handle(handle).visibility_timeout(seconds(hidden.min(HIDDEN_MAX)));
        request.send().await.map(drop).map_err(|e| told("keep a message of", queue, &e))
    }

    async fn give_back(&self, receipt: &Receipt) -> Result<(), Failure> {
        self.keep(receipt, Duration::ZERO).await
    }

    async fn done(&self, receipt: &Receipt) -> Result<(), Failure> {
        let Receipt { queue, handle } = receipt;
        let request = self.queues.client.delete_message().queue_url(self.queues.url(queue)?);
        let sent = request.receipt_handle(handle).send().await;
        sent.map(drop).map_err(|e| told("remove a message of", queue, &e))
    }

    async fn depth(&self, kind: &str) -> Result<Vec<QueueDepth>, Failure> {
        let mut depths = vec![];
        for priority in Priority::ALL {
            let queue = priority.queue(kind);
            let (waiting, working) = self.count(&queue).await?;
            let (dead, taken) = self.count(&format!("{queue}-dead")).await?;
            depths.push(QueueDepth { kind: kind.to_owned(), priority, waiting, working, dead: dead + taken });
        }
        Ok(depths)
    }
}

fn received(queue: &str, message: Message) -> Received {
    let count = message.attributes.as_ref();
    let count = count.and_then(|all| all.get(&MessageSystemAttributeName::ApproximateReceiveCount));
    let deliveries = count.and_then(|count| count.parse().ok()).unwrap_or(1);
    // The body may hold anything: what is wrong with it is said without it.
    let unreadable = |error: serde_json::Error| {
        let place = format!("line {} column {}", error.line(), error.column());
        Failure::input(format!("a message of queue `{queue}` is no job: see its {place}"))
    };
    let body = message.body.unwrap_or_default();
    let receipt = Receipt { queue: queue.to_owned(), handle: message.receipt_handle.unwrap_or_default() };
    Received { message: serde_json::from_str(&body).map_err(unreadable), receipt, deliveries }
}

fn told<E>(doing: &str, queue: &str, error: &SdkError<E, HttpResponse>) -> Failure
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let what = format!("{doing} queue `{queue}`");
    match error.code() {
        Some(code) if OVER.contains(&code) => {
            Failure::not_found(format!("cannot {what}: the delivery is over"))
        }
        _ => refused(&what, queue, error),
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
