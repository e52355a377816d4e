//! Every limit and timeout of the adapters.

use std::time::Duration;

/// Longest wait for a connection.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Longest wait for one answer.
pub const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest time of one call with all its tries.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// Most tries of one call; between them the SDK waits, longer each time, and at random.
pub const ATTEMPTS_MAX: u32 = 4;
/// Longest wait between two tries.
pub const BACKOFF_MAX: Duration = Duration::from_secs(5);
/// Longest time of one try that moves a document, or a part of one: a function has time for a second.
pub const TRANSFER_ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);
/// Longest time of one call that moves a document, and of reading its body.
pub const TRANSFER_TIMEOUT: Duration = Duration::from_secs(120);

/// Longest time of a model call: a Lambda has fifteen minutes.
pub const MODEL_TIMEOUT: Duration = Duration::from_secs(14 * 60);

/// Tries of a write that met another writer at the same rows or the same object.
pub const RACES_MAX: u32 = 6;
/// Longest wait before the second of them; each further one may take twice as long.
pub const RACE_WAIT: Duration = Duration::from_millis(25);

/// Largest document, bytes.
pub const ARTIFACT_BYTES_MAX: usize = 64 * 1024 * 1024;
/// How long the link to a document can be used: a client follows it at once, and a download that has begun goes on.
pub const LINK_AGE: Duration = Duration::from_secs(60);
/// Objects above this go up in parts of this size, bytes.
pub const PART_BYTES: usize = 8 * 1024 * 1024;

/// Sealed rows are packed into items of about this size, bytes.
pub const SEGMENT_BYTES: usize = 300 * 1024;

/// Progress events kept for one flush; above that, the oldest are lost.
pub const EVENTS_MAX: usize = 500;
/// How long a progress event can be read, seconds.
pub const EVENT_AGE_S: i64 = 7 * 24 * 60 * 60;

/// How long a secret is used before it is read again: the longest that a rotation takes to be seen.
pub const SECRET_AGE_MAX: Duration = Duration::from_secs(300);

/// Largest message of a queue, bytes: what a state machine may send.
pub const MESSAGE_BYTES_MAX: usize = 256 * 1024;
/// Longest wait for messages: the longest that SQS offers.
pub const POLL_WAIT: Duration = Duration::from_secs(20);
/// Longest time of one receive with all its tries: room for two that nobody answers.
pub const RECEIVE_TIMEOUT: Duration = Duration::from_secs(90);
/// Most messages received at once.
pub const RECEIVE_MAX: u32 = 10;
/// Longest that a message can be kept from others, from its receipt on.
pub const HIDDEN_MAX: Duration = Duration::from_secs(12 * 60 * 60);
/// Longest that a message can be held back before it arrives.
pub const DELAY_MAX: Duration = Duration::from_secs(15 * 60);

/// Largest input or output of an execution or a task, bytes.
pub const STATE_BYTES_MAX: usize = 256 * 1024;
/// Longest name of an execution, bytes.
pub const NAME_BYTES_MAX: usize = 80;
/// Most executions of one family whose histories are read; a run has some hundreds.
pub const FAMILY_MAX: usize = 10_000;

/// Times that a job is submitted before its step fails.
pub const JOB_ATTEMPTS_MAX: u32 = 3;
/// How long the two URLs of a job can be used, from its submission on: the job may wait for a machine. They end sooner
/// when the credentials do that signed them; a job that comes too late leaves nothing, and is submitted again.
pub const JOB_URL_AGE: Duration = Duration::from_secs(6 * 60 * 60);
/// What a job has on top of its own time, to fetch, unpack, collect and store.
pub const JOB_MARGIN: Duration = Duration::from_secs(120);
/// Largest result of a job, bytes.
pub const JOB_RESULT_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Most characters kept of why a job failed.
pub const JOB_REASON_CHARS_MAX: usize = 300;
