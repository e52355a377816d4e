//! A small HTTP/1.1 client: one request per connection, every wait and size bounded.
//!
//! It speaks to code that nobody trusts: whatever comes back is a value or a reason, never a panic.

use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// Longest answer head, bytes.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Most header lines.
const HEADERS_MAX: usize = 64;
/// Most interim answers (`100 Continue`) before the answer itself.
const INTERIM_MAX: usize = 4;
/// How long to let the server end the connection itself: one that is cut off while it still writes reports an error
/// sometimes, and its output would differ from run to run.
const LINGER: Duration = Duration::from_millis(100);

/// How much of an answer is read, and for how long.
#[derive(Debug, Clone)]
pub(super) struct Bounds {
    /// Everything counts: head, framing, body.
    pub(super) bytes: usize,
    /// The reason when it is more.
    pub(super) over: String,
    /// For request and answer together.
    pub(super) deadline: Instant,
}

/// A whole answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Lower case, empty when there is none.
    pub(super) content_type: String,
    pub(super) body: Vec<u8>,
}

/// Makes one request and reads its answer within bounds.
///
/// # Errors
/// Why there is no usable answer, for a person.
pub(super) fn request(
    stream: UnixStream,
    method: &str,
    path: &str,
    body: Option<(&str, &str)>,
    bounds: Bounds,
) -> Result<Answer, String> {
    let mut wire = Wire { stream, bounds, bytes: Vec::new() };
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
    /// What is left of them.
    bounds: Bounds,
    bytes: Vec<u8>,
}

struct Head {
    status: u16,
    content_type: String,
    length: Option<usize>,
    chunked: bool,
}

impl Wire {
    fn left(&self) -> Result<Duration, String> {
        let left = self.bounds.deadline.saturating_duration_since(Instant::now());
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
                    let left = self.bounds.bytes.checked_sub(count);
                    self.bounds.bytes = left.ok_or_else(|| self.bounds.over.clone())?;
                    self.bytes.extend(&chunk[..count]);
                    return Ok(true);
                }
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(said(&e)),
            }
        }
    }

    fn linger(&mut self) {
        self.bounds.deadline = self.bounds.deadline.min(Instant::now() + LINGER);
        // Whatever still comes is of no interest; neither is how it ends.
        while matches!(self.more(), Ok(true)) {
            self.bytes.clear();
        }
    }

    fn answer(&mut self, method: &str) -> Result<Answer, String> {
        let mut head = self.head()?;
        let mut interim = 0;
        while (100..200).contains(&head.status) {
            interim += 1;
            if interim > INTERIM_MAX {
                return Err(format!("over {INTERIM_MAX} interim answers and no answer"));
            }
            head = self.head()?;
        }
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
            if let Some((head, ends)) = parse_head(&self.bytes)? {
                self.bytes.drain(..ends);
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
        self.has_room_for(length)?;
        while self.bytes.len() < length {
            if !self.more()? {
                let got = self.bytes.len();
                return Err(format!("the body broke off after {got} of {length} bytes"));
            }
        }
        Ok(self.bytes.drain(..length).collect())
    }

    fn until_end(&mut self) -> Result<Vec<u8>, String> {
        while self.more()? {}
        Ok(std::mem::take(&mut self.bytes))
    }

    /// Says at once that an announced length is too much.
    fn has_room_for(&self, length: usize) -> Result<(), String> {
        let fits = length.saturating_sub(self.bytes.len()) <= self.bounds.bytes;
        if fits { Ok(()) } else { Err(self.bounds.over.clone()) }
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
            let with_line_end = self.exactly(size.saturating_add(2))?;
            body.extend(&with_line_end[..size]);
        }
    }
}

fn said(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => "no answer in time".to_owned(),
        _ => error.to_string(),
    }
}

/// The head and its length, once it is all there.
fn parse_head(bytes: &[u8]) -> Result<Option<(Head, usize)>, String> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut response = httparse::Response::new(&mut headers);
    let parsed = response.parse(bytes).map_err(|e| format!("not an HTTP answer: {e}"))?;
    let httparse::Status::Complete(ends) = parsed else { return Ok(None) };
    let value = |name: &str| {
        let found = response.headers.iter().find(|h| h.name.eq_ignore_ascii_case(name));
        found.map(|h| String::from_utf8_lossy(h.value).trim().to_ascii_lowercase())
    };
    let length = value("content-length").map(|text| text.parse::<usize>()).transpose();
    let head = Head {
        status: response.code.unwrap_or_default(),
        content_type: value("content-type").unwrap_or_default(),
        length: length.map_err(|_| "the answer's content-length is not a number".to_owned())?,
        chunked: value("transfer-encoding").is_some_and(|v| v.contains("chunked")),
    };
    Ok(Some((head, ends)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BYTES: usize = 200_000;

    /// A server's bytes: a beginning, a part that comes again and again, and whether it then waits.
    struct Served(&'static [u8], &'static [u8], Then);

    #[derive(Clone, Copy, PartialEq)]
    enum Then {
        Closes,
        Waits,
    }

    fn ask(served: Served, wait_ms: u64) -> Result<Answer, String> {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let server = std::thread::spawn(move || {
            let Served(once, again, then) = served;
            let _ = theirs.read(&mut [0; 1024]);
            let _ = theirs.write_all(once);
            while !again.is_empty() && theirs.write_all(again).is_ok() {}
            if then == Then::Waits {
                let _ = theirs.read_to_end(&mut Vec::new());
            }
        });
        let deadline = Instant::now() + Duration::from_millis(wait_ms);
        let bounds = Bounds { bytes: BYTES, over: "the answer is over".to_owned(), deadline };
        let got = request(ours, "GET", "/", None, bounds);
        server.join().unwrap();
        got
    }

    #[test]
    fn every_way_to_send_a_body_is_read() {
        let check = |answer: &'static [u8], body: &str| {
            let got = ask(Served(answer, b"", Then::Closes), 5_000).unwrap();
            assert_eq!((got.status, String::from_utf8(got.body).unwrap().as_str()), (200, body));
        };
        check(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more", "hello");
        check(b"HTTP/1.0 200 OK\r\n\r\nto the end", "to the end");
        check(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n", "abc0123456789");
        check(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok");
    }

    #[test]
    fn a_bad_answer_is_a_reason() {
        let check = |once: &'static [u8], again: &'static [u8], then: Then, reason: &str| {
            let got = ask(Served(once, again, then), 300).unwrap_err();
            assert!(got.contains(reason), "{got}");
        };
        let closed = Then::Closes;
        check(b"", b"", closed, "closed before an answer");
        check(b"nonsense\r\n\r\n", b"", closed, "not an HTTP answer");
        check(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", b"", closed, "broke off after 5 of 10");
        check(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", b"", closed, "content-length");
        check(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n...", b"", Then::Waits, "no answer in time");
        check(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"",
            closed,
            "no readable size",
        );
    }

    #[test]
    fn an_answer_without_end_is_a_reason() {
        const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let check = |once: &'static [u8], again: &'static [u8], reason: &str| {
            let got = ask(Served(once, again, Then::Closes), 20_000).unwrap_err();
            assert!(got.contains(reason), "{got}");
        };
        check(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", b"", "the answer is over");
        check(b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n", b"", "the answer is over");
        check(b"HTTP/1.1 200 OK\r\n\r\n", b"x", "the answer is over");
        check(b"HTTP/1.1 200 OK\r\n", b"a: b\r\n", "not an HTTP answer: too many headers");
        check(b"HTTP/1.1 200 OK\r\na: ", b"b", "the answer's head is over 65536 bytes");
        check(b"", b"HTTP/1.1 100 Continue\r\n\r\n", "over 4 interim answers");
        check(CHUNKED, b"1\r\nx\r\n", "the answer is over");
        check(CHUNKED, b"FFFFFFFFFFFFFFF\r\n", "the answer is over");
        check(CHUNKED, b"1;x=", "a chunk's size line is too long");
    }
}
