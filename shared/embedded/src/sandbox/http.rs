//! A small HTTP/1.1 client over a Unix socket: one request per connection, every wait and size bounded.
//!
//! It speaks to code that nobody trusts: whatever comes back is a value or a reason, never a panic.

use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

/// Longest answer head, bytes.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Most header lines.
const HEADERS_MAX: usize = 64;
/// How long to let the server end the connection itself: one that is cut off while it still writes reports an error
/// sometimes, and its output would differ from run to run.
const LINGER: Duration = Duration::from_millis(100);
/// Longest answer body, bytes.
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A whole answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Lower case, empty when there is none.
    pub(super) content_type: String,
    pub(super) body: Vec<u8>,
}

/// Makes one request and reads its answer before `deadline`.
///
/// # Errors
/// Why there is no usable answer, for a person.
pub(super) fn request(
    socket: &Path,
    method: &str,
    path: &str,
    body: Option<(&str, &str)>,
    deadline: Instant,
) -> Result<Answer, String> {
    let stream = UnixStream::connect(socket).map_err(|e| format!("nothing listens: {e}"))?;
    let mut wire = Wire { stream, deadline, bytes: Vec::new() };
    // A server may answer and close before it read everything (too large, not allowed): the answer counts.
    let sent = wire.send(message(method, path, body).as_bytes());
    match wire.answer(method) {
        Err(reason) => Err(sent.err().map_or(reason, |e| format!("the request was not taken: {e}"))),
        Ok(answer) => {
            wire.linger();
            Ok(answer)
        }
    }
}

fn message(method: &str, path: &str, body: Option<(&str, &str)>) -> String {
    let head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: */*\r\n");
    match body {
        None => format!("{head}\r\n"),
        Some((text, kind)) => {
            format!("{head}Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{text}", text.len())
        }
    }
}

struct Wire {
    stream: UnixStream,
    deadline: Instant,
    bytes: Vec<u8>,
}

struct Head {
    status: u16,
    content_type: String,
    length: Option<usize>,
    chunked: bool,
    ends: usize,
}

impl Wire {
    fn left(&self) -> Result<Duration, String> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() { Err("no answer in time".to_owned()) } else { Ok(left) }
    }

    fn send(&mut self, mut rest: &[u8]) -> Result<(), String> {
        while !rest.is_empty() {
            let left = self.left()?;
            self.stream.set_write_timeout(Some(left)).map_err(|e| e.to_string())?;
            match self.stream.write(rest) {
                Ok(0) => return Err("the connection was closed".to_owned()),
                Ok(count) => rest = &rest[count..],
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(said(&e)),
            }
        }
        Ok(())
    }

    /// Reads more; `false` at the end of the stream.
    fn more(&mut self) -> Result<bool, String> {
        let mut chunk = [0; 16 * 1024];
        loop {
            let left = self.left()?;
            self.stream.set_read_timeout(Some(left)).map_err(|e| e.to_string())?;
            match self.stream.read(&mut chunk) {
                Ok(0) => return Ok(false),
                Ok(count) => {
                    self.bytes.extend(&chunk[..count]);
                    return Ok(true);
                }
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(said(&e)),
            }
        }
    }

    fn linger(&mut self) {
        self.deadline = self.deadline.min(Instant::now() + LINGER);
        // Whatever still comes is of no interest; neither is how it ends.
        while self.bytes.len() <= BODY_BYTES_MAX && matches!(self.more(), Ok(true)) {}
    }

    fn answer(&mut self, method: &str) -> Result<Answer, String> {
        let mut head = self.head()?;
        while (100..200).contains(&head.status) {
            self.bytes.drain(..head.ends);
            head = self.head()?;
        }
        self.bytes.drain(..head.ends);
        let bodiless = method == "HEAD" || matches!(head.status, 204 | 304);
        let body = match (bodiless, head.chunked, head.length) {
            (true, _, _) => Vec::new(),
            (_, true, _) => self.chunks()?,
            (_, _, Some(length)) => self.exactly(length)?,
            _ => self.until_end()?,
        };
        Ok(Answer { status: head.status, content_type: head.content_type, body })
    }

    fn head(&mut self) -> Result<Head, String> {
        loop {
            if let Some(head) = parse_head(&self.bytes)? {
                return Ok(head);
            }
            if self.bytes.len() > HEAD_BYTES_MAX {
                return Err(format!("the answer's head is over {HEAD_BYTES_MAX} bytes"));
            }
            if !self.more()? {
                return Err("the connection was closed before an answer".to_owned());
            }
        }
    }

    fn exactly(&mut self, length: usize) -> Result<Vec<u8>, String> {
        small_enough(length)?;
        while self.bytes.len() < length {
            if !self.more()? {
                let got = self.bytes.len();
                return Err(format!("the body broke off after {got} of {length} bytes"));
            }
        }
        Ok(self.bytes.drain(..length).collect())
    }

    fn until_end(&mut self) -> Result<Vec<u8>, String> {
        while self.more()? {
            small_enough(self.bytes.len())?;
        }
        Ok(std::mem::take(&mut self.bytes))
    }

    fn chunks(&mut self) -> Result<Vec<u8>, String> {
        let mut body = Vec::new();
        loop {
            let size = match httparse::parse_chunk_size(&self.bytes) {
                Err(_) => return Err("a chunk of the body has no readable size".to_owned()),
                Ok(httparse::Status::Partial) if self.bytes.len() > HEAD_BYTES_MAX => {
                    return Err("a chunk's size line is too long".to_owned());
                }
                Ok(httparse::Status::Partial) if self.more()? => continue,
                Ok(httparse::Status::Partial) => return Err("the body broke off between chunks".to_owned()),
                Ok(httparse::Status::Complete((line, size))) => {
                    self.bytes.drain(..line);
                    usize::try_from(size).unwrap_or(usize::MAX)
                }
            };
            // Trailers after the last chunk are of no interest: the connection is not used again.
            if size == 0 {
                return Ok(body);
            }
            small_enough(body.len().saturating_add(size))?;
            let with_line_end = self.exactly(size + 2)?;
            body.extend(&with_line_end[..size]);
        }
    }
}

fn small_enough(length: usize) -> Result<(), String> {
    if length > BODY_BYTES_MAX { Err(format!("the body is over {BODY_BYTES_MAX} bytes")) } else { Ok(()) }
}

fn said(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => "no answer in time".to_owned(),
        _ => error.to_string(),
    }
}

fn parse_head(bytes: &[u8]) -> Result<Option<Head>, String> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut response = httparse::Response::new(&mut headers);
    let parsed = response.parse(bytes).map_err(|e| format!("not an HTTP answer: {e}"))?;
    let httparse::Status::Complete(ends) = parsed else { return Ok(None) };
    let value = |name: &str| {
        let found = response.headers.iter().find(|h| h.name.eq_ignore_ascii_case(name));
        found.map(|h| String::from_utf8_lossy(h.value).trim().to_ascii_lowercase())
    };
    let length = value("content-length").map(|text| text.parse::<usize>()).transpose();
    Ok(Some(Head {
        status: response.code.unwrap_or_default(),
        content_type: value("content-type").unwrap_or_default(),
        length: length.map_err(|_| "the answer's content-length is not a number".to_owned())?,
        chunked: value("transfer-encoding").is_some_and(|v| v.contains("chunked")),
        ends,
    }))
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    fn ask(answer: &'static [u8], wait_ms: u64) -> Result<Answer, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s");
        let listener = UnixListener::bind(&path).unwrap();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut seen = [0; 1024];
            let _ = stream.read(&mut seen);
            let _ = stream.write_all(answer);
            // An answer that stops in the middle: the connection stays open until the client gives up.
            if answer.ends_with(b"...") {
                let _ = stream.read_to_end(&mut Vec::new());
            }
        });
        let deadline = Instant::now() + Duration::from_millis(wait_ms);
        let got = request(&path, "GET", "/", None, deadline);
        server.join().unwrap();
        got
    }

    #[test]
    fn every_way_to_send_a_body_is_read() {
        let check = |answer: &'static [u8], body: &str| {
            let got = ask(answer, 5_000).unwrap();
            assert_eq!((got.status, String::from_utf8(got.body).unwrap().as_str()), (200, body));
        };
        check(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more", "hello");
        check(b"HTTP/1.0 200 OK\r\n\r\nto the end", "to the end");
        check(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n", "abc0123456789");
        check(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok");
    }

    #[test]
    fn a_bad_answer_is_a_reason() {
        let check = |answer: &'static [u8], reason: &str| {
            let got = ask(answer, 300).unwrap_err();
            assert!(got.contains(reason), "{got}");
        };
        check(b"", "closed before an answer");
        check(b"nonsense\r\n\r\n", "not an HTTP answer");
        check(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", "broke off after 5 of 10");
        check(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", "over 4194304 bytes");
        check(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "content-length");
        check(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "no readable size");
        check(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFF\r\n",
            "over 4194304 bytes",
        );
        check(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n...", "no answer in time");
    }
}
