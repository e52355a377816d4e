//! Lines of the control socket, bounded in bytes, and in how many long ones are held at once.

use tokio::io::{AsyncBufRead, AsyncBufReadExt};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Longest line either way, bytes: a dossier with all its documents fits.
pub(crate) const LINE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Longest line that needs no place among the long ones, bytes: every question but the start of a run.
const SHORT_BYTES_MAX: usize = 64 * 1024;
/// Most lines that are longer, at once.
pub(crate) const LONG_LINES_MAX: usize = 4;

/// A line without its end; it keeps its place while it lives.
pub(crate) struct Line<'a> {
    /// Its bytes.
    pub bytes: Vec<u8>,
    place: Option<SemaphorePermit<'a>>,
}

/// Reads one line; `None` at the end of the stream, in the middle of a line too. `long` holds the places of long
/// lines.
///
/// # Errors
/// The stream's own, and a line over [`LINE_BYTES_MAX`].
pub(crate) async fn read<'a>(
    from: &mut (impl AsyncBufRead + Unpin),
    long: &'a Semaphore,
) -> std::io::Result<Option<Line<'a>>> {
    let mut line = Line { bytes: vec![], place: None };
    loop {
        let chunk = from.fill_buf().await?;
        if chunk.is_empty() {
            return Ok(None);
        }
        let end = chunk.iter().position(|byte| *byte == b'\n');
        let taken = end.unwrap_or(chunk.len());
        let length = line.bytes.len() + taken;
        if length > LINE_BYTES_MAX {
            return Err(std::io::Error::other(format!("a line over {LINE_BYTES_MAX} bytes")));
        }
        if length > SHORT_BYTES_MAX && line.place.is_none() {
            line.place = Some(long.acquire().await.map_err(std::io::Error::other)?);
        }
        line.bytes.extend_from_slice(&chunk[..taken]);
        from.consume(end.map_or(taken, |at| at + 1));
        if end.is_some() {
            return Ok(Some(line));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;
    use tokio::io::{AsyncReadExt, BufReader};

    #[tokio::test]
    async fn lines_are_read_one_by_one_within_their_limits() {
        let long = Semaphore::new(1);
        let mut from = Cursor::new(b"one\n\nhalf".to_vec());
        assert_eq!(read(&mut from, &long).await.unwrap().unwrap().bytes, b"one");
        assert_eq!(read(&mut from, &long).await.unwrap().unwrap().bytes, b"");
        assert!(read(&mut from, &long).await.unwrap().is_none());
        let mut endless = BufReader::new(tokio::io::repeat(b'a'));
        let refused = read(&mut endless, &long).await.err().unwrap().to_string();
        assert!(refused.contains("67108864"), "{refused}");
    }

    #[tokio::test]
    async fn a_long_line_waits_for_a_place_and_a_short_one_does_not() {
        let long = Semaphore::new(1);
        let of = |bytes: u64| {
            let line = tokio::io::repeat(b'a').take(bytes).chain(&b"\n"[..]);
            Box::pin(BufReader::new(line))
        };
        let over = SHORT_BYTES_MAX as u64 + 1;
        let held = read(&mut of(over), &long).await.unwrap();
        let mut second = of(over);
        let mut waiting = Box::pin(read(&mut second, &long));
        assert!(futures_util::poll!(&mut waiting).is_pending());
        assert!(read(&mut of(over - 1), &long).await.unwrap().is_some());
        drop(held);
        assert!(waiting.await.unwrap().is_some());
    }
}
