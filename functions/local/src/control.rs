//! `DIR/control.sock`: how another process speaks to the owner of a data directory.
//!
//! One JSON line asks, one JSON line answers. The socket is mode 600; a dead owner's is replaced. A caller that
//! sends half a line, reads nothing, or never goes away costs the owner one of a few places, for a while.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use serde_json::Value;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use crate::app::{App, CONTROL_SOCKET};
use crate::line;
use crate::service::Ask;

/// Most connections at once.
const CONNECTIONS_MAX: usize = 64;
/// Longest time between a connection's questions; a follower asks several times a second.
const IDLE_WAIT: Duration = Duration::from_secs(60);
/// Longest time from a line's first byte to its last.
const LINE_WAIT: Duration = Duration::from_secs(30);
/// Longest time for a caller to take its answer.
const ANSWER_WAIT: Duration = Duration::from_secs(60);
/// Longest time for the owner to say that it is there.
const PING_WAIT: Duration = Duration::from_secs(10);
/// After an accept that failed, for want of file descriptors for example.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Where the socket lies.
pub(crate) fn path(data_dir: &Path) -> PathBuf {
    data_dir.join(CONTROL_SOCKET)
}

/// Listens until the process ends. Called by the owner alone, so a socket that is there is a dead owner's.
pub(crate) fn listen(app: Arc<App>) -> Result<(), Failure> {
    let path = path(&app.data_dir);
    let cannot =
        |e: std::io::Error| Failure::new(FailureKind::StoreUnavailable, format!("{}: {e}", path.display()));
    match std::fs::remove_file(&path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(cannot(e)),
        _ => {}
    }
    let listener = UnixListener::bind(&path).map_err(cannot)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).map_err(cannot)?;
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let long = Arc::new(Semaphore::new(line::LONG_LINES_MAX));
    tokio::spawn(async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                sleep(ACCEPT_PAUSE).await;
                continue;
            };
            let (app, long) = (Arc::clone(&app), Arc::clone(&long));
            let place = Arc::clone(&places).try_acquire_owned();
            tokio::spawn(async move {
                // A caller that went away, or is too slow, needs no answer.
                let handle = |ask| {
                    let app = Arc::clone(&app);
                    async move { app.handle(ask).await }
                };
                let _ = match place {
                    Ok(_place) => serve(stream, &long, handle).await,
                    Err(_) => turn_away(stream).await,
                };
            });
        }
    });
    Ok(())
}

async fn turn_away(mut stream: UnixStream) -> std::io::Result<()> {
    let message =
        format!("the owner of this data directory has {CONNECTIONS_MAX} connections, the most; try again");
    answer(&mut stream, &Err(Failure::new(FailureKind::StoreUnavailable, message))).await
}

/// Answers one line after the other until the caller is done, or too slow.
async fn serve<F: Future<Output = Result<Value, Failure>>>(
    stream: impl AsyncRead + AsyncWrite,
    long: &Semaphore,
    handle: impl Fn(Ask) -> F,
) -> std::io::Result<()> {
    let (read, mut write) = tokio::io::split(stream);
    let mut read = BufReader::new(read);
    while begins(&mut read).await? {
        let Some(line) = timeout(LINE_WAIT, line::read(&mut read, long)).await?? else { break };
        let done = match serde_json::from_slice::<Ask>(&line.bytes) {
            Ok(ask) => handle(ask).await,
            Err(e) => {
                Err(Failure::input(format!("the owner of this data directory does not understand: {e}")))
            }
        };
        answer(&mut write, &done).await?;
    }
    Ok(())
}

/// Whether another line begins before the connection has been idle for too long.
async fn begins(read: &mut (impl AsyncBufRead + Unpin)) -> std::io::Result<bool> {
    Ok(!timeout(IDLE_WAIT, read.fill_buf()).await??.is_empty())
}

async fn answer(write: &mut (impl AsyncWrite + Unpin), done: &Result<Value, Failure>) -> std::io::Result<()> {
    let line = framed(done, line::LINE_BYTES_MAX)?;
    timeout(ANSWER_WAIT, write.write_all(&line)).await?
}

/// The answer as a line; one that its reader would not take says so instead.
fn framed(done: &Result<Value, Failure>, bytes_max: usize) -> std::io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(done)?;
    if line.len() > bytes_max {
        let message = format!("the answer has {} bytes, at most {bytes_max}", line.len());
        line = serde_json::to_vec(&Err::<Value, _>(Failure::new(FailureKind::OutputTooLarge, message)))?;
    }
    line.push(b'\n');
    Ok(line)
}

/// The owner in words.
pub(crate) fn process(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
}

/// A connection to the owner.
pub(crate) struct Remote {
    data_dir: PathBuf,
    /// The owner's process, if it is known.
    pid: Option<u32>,
    read: BufReader<tokio::net::unix::OwnedReadHalf>,
    write: tokio::net::unix::OwnedWriteHalf,
}

impl Remote {
    /// Connects, if an owner listens.
    pub(crate) async fn connect(data_dir: &Path, pid: Option<u32>) -> std::io::Result<Self> {
        let (read, write) = UnixStream::connect(path(data_dir)).await?.into_split();
        Ok(Self { data_dir: data_dir.to_owned(), pid, read: BufReader::new(read), write })
    }

    /// Holds that the owner answers; one that went away altogether is told by the next question.
    ///
    /// # Errors
    /// `Store.Unavailable` naming the process that does not answer within [`PING_WAIT`], and what to do; or why the
    /// owner turns this connection away.
    pub(crate) async fn ping(&mut self) -> Result<(), Failure> {
        match timeout(PING_WAIT, self.ask(&Ask::Ping)).await {
            Ok(Some(Err(failure))) if failure.kind == FailureKind::StoreUnavailable => Err(failure),
            // An owner of an older build does not know the question, and is there.
            Ok(_) => Ok(()),
            Err(_) => Err(Failure::new(FailureKind::StoreUnavailable, self.silent())),
        }
    }

    fn silent(&self) -> String {
        let advice = self.pid.map_or_else(String::new, |pid| {
            format!(
                ": if it is stopped, `kill -CONT {pid}` lets it go on; if it hangs, `kill -KILL {pid}` ends it, and its \
                 runs go on with `ideamine resume RUN`"
            )
        });
        let (dir, owner) = (self.data_dir.display(), process(self.pid));
        format!("{dir} is owned by {owner}, which did not answer within {} s{advice}", PING_WAIT.as_secs())
    }

    /// Asks; `None` when the owner is gone.
    pub(crate) async fn ask(&mut self, ask: &Ask) -> Option<Result<Value, Failure>> {
        let mut line = serde_json::to_vec(ask).ok()?;
        if line.len() > line::LINE_BYTES_MAX {
            let message = format!("the request has {} bytes, at most {}", line.len(), line::LINE_BYTES_MAX);
            return Some(Err(Failure::input(message)));
        }
        line.push(b'\n');
        // One who is turned away finds the answer there although nothing could be sent.
        let _ = self.write.write_all(&line).await;
        let long = Semaphore::new(1);
        let line = line::read(&mut self.read, &long).await.ok()??;
        serde_json::from_slice(&line.bytes).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use tokio::io::AsyncReadExt;

    /// What a caller that sends these bytes is answered until it is let go.
    async fn answered(bytes: &[u8], answer: &Value) -> Vec<u8> {
        let long = Semaphore::new(1);
        let (mut caller, owner) = tokio::io::duplex(64 * 1024);
        caller.write_all(bytes).await.unwrap();
        let served = serve(owner, &long, |_| std::future::ready(Ok(answer.clone())));
        let mut read = vec![];
        let (ended, _) = tokio::join!(served, caller.read_to_end(&mut read));
        drop(ended);
        read
    }

    #[tokio::test(start_paused = true)]
    async fn every_line_is_answered_and_half_a_line_is_not_waited_for() {
        let check = async |bytes: &[u8], expected: &str| {
            let read = answered(bytes, &json!([1])).await;
            assert_eq!(String::from_utf8(read).unwrap(), expected);
        };
        let list = "{\"ask\":\"list\"}";
        check(b"", "").await;
        check(list.as_bytes(), "").await;
        check(format!("{list}\n{list}\n{list}").as_bytes(), "{\"Ok\":[1]}\n{\"Ok\":[1]}\n").await;
        let read = answered(b"{\"ask\":\"dance\"}\n\xff\n", &json!([1])).await;
        let read = String::from_utf8(read).unwrap();
        assert_eq!(read.matches("does not understand").count(), 2, "{read}");
    }

    #[test]
    fn an_answer_too_long_to_be_read_says_so() {
        let of = |bytes_max| {
            let line = framed(&Ok(json!("a".repeat(100))), bytes_max).unwrap();
            serde_json::from_slice::<Result<Value, Failure>>(&line).unwrap()
        };
        assert!(of(200).is_ok());
        assert_eq!(of(99).unwrap_err().kind, FailureKind::OutputTooLarge);
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_that_takes_no_answer_is_let_go() {
        let long = Semaphore::new(1);
        let (mut caller, owner) = tokio::io::duplex(64);
        caller.write_all(b"{\"ask\":\"list\"}\n").await.unwrap();
        let served = serve(owner, &long, |_| std::future::ready(Ok(json!("a".repeat(1000))))).await;
        assert_eq!(served.unwrap_err().kind(), std::io::ErrorKind::TimedOut);
    }
}
