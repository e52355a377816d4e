//! `DIR/control.sock`: how another process speaks to the owner of a data directory.
//!
//! One JSON line asks, one JSON line answers. The socket is mode 600; a dead owner's is replaced.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

use crate::app::{App, CONTROL_SOCKET};
use crate::service::Ask;

/// Longest line either way, bytes: a dossier with all its documents fits.
const LINE_BYTES_MAX: usize = 64 * 1024 * 1024;

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
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let app = Arc::clone(&app);
            tokio::spawn(async move {
                // A caller that went away needs no answer.
                let _ = serve(&app, stream).await;
            });
        }
    });
    Ok(())
}

async fn serve(app: &Arc<App>, stream: UnixStream) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    while let Some(line) = read_line(&mut read).await? {
        let answer: Result<Value, Failure> = match serde_json::from_slice::<Ask>(&line) {
            Ok(ask) => app.handle(ask).await,
            Err(e) => {
                Err(Failure::input(format!("the owner of this data directory does not understand: {e}")))
            }
        };
        let mut line = serde_json::to_vec(&answer)?;
        line.push(b'\n');
        write.write_all(&line).await?;
    }
    Ok(())
}

async fn read_line(
    read: &mut BufReader<impl tokio::io::AsyncRead + Unpin>,
) -> std::io::Result<Option<Vec<u8>>> {
    let mut line = vec![];
    loop {
        let chunk = read.fill_buf().await?;
        if chunk.is_empty() {
            return Ok(None);
        }
        let end = chunk.iter().position(|b| *b == b'\n');
        let taken = end.map_or(chunk.len(), |at| at + 1);
        line.extend_from_slice(&chunk[..taken]);
        read.consume(taken);
        if end.is_some() {
            return Ok(Some(line));
        }
        if line.len() > LINE_BYTES_MAX {
            return Err(std::io::Error::other(format!("line over {LINE_BYTES_MAX} bytes")));
        }
    }
}

/// A connection to the owner.
pub(crate) struct Remote {
    read: BufReader<tokio::net::unix::OwnedReadHalf>,
    write: tokio::net::unix::OwnedWriteHalf,
}

impl Remote {
    /// Connects, if an owner listens.
    pub(crate) async fn connect(data_dir: &Path) -> std::io::Result<Self> {
        let (read, write) = UnixStream::connect(path(data_dir)).await?.into_split();
        Ok(Self { read: BufReader::new(read), write })
    }

    /// Asks; `None` when the owner is gone.
    pub(crate) async fn ask(&mut self, ask: &Ask) -> Option<Result<Value, Failure>> {
        let mut line = serde_json::to_vec(ask).ok()?;
        line.push(b'\n');
        self.write.write_all(&line).await.ok()?;
        let line = read_line(&mut self.read).await.ok()??;
        serde_json::from_slice(&line).ok()
    }
}
