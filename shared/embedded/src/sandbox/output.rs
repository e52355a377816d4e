//! Standard output and error of a job: drained all the time, kept only up to a limit.
//!
//! The beginning and the end are kept, the middle is left out: a traceback stands at the end.

use std::collections::VecDeque;
use std::io::Read;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long to wait for the last bytes once the job is dead.
const LAST_BYTES: Duration = Duration::from_secs(2);
const CHUNK: usize = 16 * 1024;

#[derive(Default)]
struct Kept {
    limit: usize,
    head: Vec<u8>,
    tail: VecDeque<u8>,
    left_out: usize,
}

impl Kept {
    fn take(&mut self, bytes: &[u8]) {
        let room = (self.limit / 2).saturating_sub(self.head.len()).min(bytes.len());
        let (head, rest) = bytes.split_at(room);
        self.head.extend(head);
        self.tail.extend(rest);
        let over = self.tail.len().saturating_sub(self.limit - self.limit / 2);
        self.tail.drain(..over);
        self.left_out += over;
    }

    fn text(&self) -> String {
        let head = String::from_utf8_lossy(&self.head);
        let tail: Vec<u8> = self.tail.iter().copied().collect();
        if self.left_out == 0 {
            return String::from_utf8_lossy(&[self.head.as_slice(), &tail].concat()).into_owned();
        }
        format!("{head}\n[… {} bytes left out …]\n{}", self.left_out, String::from_utf8_lossy(&tail))
    }
}

/// One stream being drained on a thread of its own.
pub(super) struct Drain {
    kept: Arc<Mutex<Kept>>,
    thread: Option<JoinHandle<()>>,
}

impl Drain {
    /// Drains to the end of the stream, keeping `limit` bytes.
    pub(super) fn start(mut stream: impl Read + Send + 'static, limit: usize) -> std::io::Result<Self> {
        let kept = Arc::new(Mutex::new(Kept { limit, ..Kept::default() }));
        let shared = kept.clone();
        let work = move || {
            let mut chunk = [0; CHUNK];
            while let Ok(count @ 1..) = stream.read(&mut chunk) {
                if let Ok(mut kept) = shared.lock() {
                    kept.take(&chunk[..count]);
                }
            }
        };
        let thread = std::thread::Builder::new().name("sandbox-output".to_owned()).spawn(work)?;
        Ok(Self { kept, thread: Some(thread) })
    }

    /// What was kept, once the stream ended or its last bytes are overdue.
    pub(super) fn finish(&mut self) -> String {
        let deadline = Instant::now() + LAST_BYTES;
        while self.thread.as_ref().is_some_and(|t| !t.is_finished()) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(1));
        }
        if let Some(thread) = self.thread.take_if(|t| t.is_finished()) {
            // A panic there loses output only.
            let _ = thread.join();
        }
        self.kept.lock().map(|kept| kept.text()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_and_the_end_are_kept() {
        let check = |limit, text: &'static str, kept: &str| {
            assert_eq!(Drain::start(text.as_bytes(), limit).unwrap().finish(), kept);
        };
        check(8, "", "");
        check(8, "12345678", "12345678");
        check(8, "123456789", "1234\n[… 1 bytes left out …]\n6789");
        check(7, "abcdefghij", "abc\n[… 3 bytes left out …]\nghij");
    }
}
