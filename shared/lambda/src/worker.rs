//! A process that serves a queue by itself: where a job needs more than a Lambda has (a sandbox of its own).

use std::sync::Arc;
use std::time::Duration;

use ideamine_aws::{Aws, Receiver, Settings};
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{JobSource, Receipt, Received};
use ideamine_core::{Failure, Registry};
use tokio::task::JoinSet;

use crate::job::Done;
use crate::serve::open;
use crate::server::Server;

/// How long a message stays hidden without being heard of: then another worker takes it up.
const HIDDEN: Duration = Duration::from_secs(60);
/// How often it is kept hidden.
const KEEP: Duration = Duration::from_secs(20);
/// Wait after a failed receive.
const PAUSE: Duration = Duration::from_secs(5);
/// Most messages of one receive.
const RECEIVE_MAX: usize = 10;

/// Works the messages of the queues of `kind` (`sandbox`) for `function`, at most `limit` at once, until `stop` is ready; what is under way
/// then is given back.
///
/// # Errors
/// What is wrong with the configuration.
pub async fn work_queue<F>(
    family: &str,
    function: &str,
    kind: &str,
    limit: usize,
    functions: F,
    stop: impl Future<Output = ()>,
) -> Result<(), Failure>
where
    F: AsyncFnOnce(&Aws, &str) -> Result<Registry, Failure>,
{
    let receiver = Aws::connect(Settings::from_env()?).await?.receiver();
    let server = Arc::new(open(family, function, functions).await?);
    let mut jobs = JoinSet::new();
    tokio::pin!(stop);
    loop {
        while jobs.try_join_next().is_some() {}
        let room = limit.max(1).saturating_sub(jobs.len());
        if room == 0 {
            tokio::select! {
                () = &mut stop => break,
                _ = jobs.join_next() => continue,
            }
        }
        let received = tokio::select! {
            () = &mut stop => break,
            received = receiver.receive(kind, room.min(RECEIVE_MAX)) => received,
        };
        match received {
            Ok(messages) => {
                for message in messages {
                    jobs.spawn(serve(Arc::clone(&server), receiver.clone(), message));
                }
            }
            Err(failure) => {
                tracing::error!(
                    error = failure.kind.name(),
                    message = failure.message,
                    "the queue cannot be read"
                );
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    // Broken off: their messages become visible again, and another worker takes them up.
    jobs.shutdown().await;
    Ok(())
}

async fn serve(server: Arc<Server>, receiver: Receiver, received: Received) {
    let receipt = received.receipt;
    let queue = receipt.queue.as_str();
    let job = match received.message {
        Ok(job) if job.function == server.function() => job,
        Ok(_) => {
            return tracing::error!(
                queue,
                "a message names another function; it is left for the dead-letter queue"
            );
        }
        Err(failure) => {
            return tracing::error!(
                queue,
                error = failure.message,
                "a message cannot be read; it is left for the dead-letter queue"
            );
        }
    };
    let done = tokio::select! {
        done = server.received(queue, &job) => done,
        () = keep_hidden(&receiver, &receipt) => return,
    };
    let told = match done {
        Done::Yes => receiver.done(&receipt).await,
        Done::No => receiver.give_back(&receipt).await,
    };
    if let Err(failure) = told {
        tracing::warn!(queue, error = failure.kind.name(), "a message comes again");
    }
}

/// Keeps a message hidden until its delivery is over.
async fn keep_hidden(receiver: &Receiver, receipt: &Receipt) {
    loop {
        match receiver.keep(receipt, HIDDEN).await {
            Err(failure) if failure.kind == FailureKind::NotFound => return,
            Err(failure) => tracing::warn!(error = failure.kind.name(), "a message may come again"),
            Ok(()) => {}
        }
        tokio::time::sleep(KEEP).await;
    }
}
