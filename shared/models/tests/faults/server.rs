//! A server on loopback that misbehaves as told: it can dribble, fall silent, cut and reset.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One thing that a connection does after it has read a request.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Sends these bytes.
    Send(Vec<u8>),
    /// Sends these bytes one by one, with a turn of the scheduler after each.
    Dribble(Vec<u8>),
    /// Sends this piece again and again, with a pause between, for ever.
    Repeat(Vec<u8>, Duration),
    /// Says nothing more and keeps the connection.
    Silence,
    /// Ends the connection with a reset instead of a close.
    Reset,
}

/// What one connection does; it is closed afterwards.
pub(crate) type Script = Vec<Act>;

/// Runs until dropped.
pub(crate) struct FaultServer {
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl FaultServer {
    /// The n-th connection follows the n-th script, and every later one the last.
    pub(crate) async fn start(scripts: Vec<Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let task = tokio::spawn(serve(listener, scripts, Arc::clone(&requests)));
        Self { port, requests, task }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Every request so far, head and body as text.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, scripts: Vec<Script>, requests: Arc<Mutex<Vec<String>>>) {
    let mut connections = tokio::task::JoinSet::new();
    for number in 0.. {
        let Ok((stream, _)) = listener.accept().await else { return };
        let script = scripts[number.min(scripts.len() - 1)].clone();
        let requests = Arc::clone(&requests);
        connections.spawn(async move {
            // A client that goes away in the middle is part of the game.
            let _ = play(stream, script, &requests).await;
        });
    }
}

async fn play(mut stream: TcpStream, script: Script, requests: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let request = read_request(&mut stream).await?;
    requests.lock().unwrap().push(request);
    for act in script {
        match act {
            Act::Send(bytes) => stream.write_all(&bytes).await?,
            Act::Dribble(bytes) => {
                stream.set_nodelay(true)?;
                for byte in bytes {
                    stream.write_all(&[byte]).await?;
                    tokio::task::yield_now().await;
                }
            }
            Act::Repeat(bytes, pause) => loop {
                stream.write_all(&bytes).await?;
                tokio::time::sleep(pause).await;
            },
            Act::Silence => std::future::pending().await,
            Act::Reset => return stream.set_zero_linger(),
        }
    }
    stream.shutdown().await
}

async fn read_request(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                return Ok(text);
            }
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
}

/// A whole answer with a length.
pub(crate) fn http(status: u16, headers: &str, body: &str) -> Script {
    let length = body.len();
    let fixed = "content-type: application/json\r\nconnection: close\r\n";
    let head = format!("HTTP/1.1 {status} Status\r\n{fixed}{headers}content-length: {length}\r\n\r\n");
    vec![Act::Send(format!("{head}{body}").into_bytes())]
}

/// The head of a stream that ends when the connection does.
pub(crate) fn stream_head() -> Vec<u8> {
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n".to_vec()
}

/// The head of a stream whose end can be told from a cut: it is sent in chunks.
pub(crate) fn chunked_head() -> Vec<u8> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n";
    format!("{head}transfer-encoding: chunked\r\nconnection: close\r\n\r\n").into_bytes()
}

/// One HTTP chunk.
pub(crate) fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}
