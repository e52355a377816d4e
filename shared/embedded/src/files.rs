//! Reading a file that a person named: a regular file, and never more of it than a limit.

use std::fs::{self, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;

/// The bytes of the regular file at `path`, at most `max_bytes` of them; links are followed.
///
/// A pipe could wait for ever and a device never ends, so both are refused before anything is read. The limit
/// holds while reading: a file that grows meanwhile does not pass it.
///
/// # Errors
/// The system's own; [`io::ErrorKind::InvalidInput`] when it is no regular file and
/// [`io::ErrorKind::FileTooLarge`] when it has more bytes. The message does not name the file.
pub fn read(path: &Path, max_bytes: u64) -> io::Result<Vec<u8>> {
    regular(&fs::metadata(path)?)?;
    // What lies there may be another thing by now: opening it must not wait either.
    let nonblocking = OFlags::NONBLOCK.bits().cast_signed();
    let file = OpenOptions::new().read(true).custom_flags(nonblocking).open(path)?;
    let metadata = file.metadata()?;
    regular(&metadata)?;
    let mut bytes = Vec::new();
    if metadata.len() <= max_bytes {
        file.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    }
    if metadata.len() > max_bytes || bytes.len() as u64 > max_bytes {
        let message = format!("larger than {max_bytes} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

/// [`read`] as UTF-8 text.
///
/// # Errors
/// As [`read`]; [`io::ErrorKind::InvalidData`] with the line and byte that is not UTF-8.
pub fn read_text(path: &Path, max_bytes: u64) -> io::Result<String> {
    String::from_utf8(read(path, max_bytes)?).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        let message = format!("line {line}, byte {at}: not UTF-8; save it as UTF-8 text");
        io::Error::new(io::ErrorKind::InvalidData, message)
    })
}

fn regular(metadata: &fs::Metadata) -> io::Result<()> {
    let kind = metadata.file_type();
    let what = match kind {
        _ if kind.is_file() => return Ok(()),
        _ if kind.is_dir() => "a folder",
        _ if kind.is_fifo() => "a pipe",
        _ if kind.is_socket() => "a socket",
        _ if kind.is_char_device() || kind.is_block_device() => "a device",
        _ => "something else",
    };
    Err(io::Error::new(io::ErrorKind::InvalidInput, format!("it is {what}, expected a regular file")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_regular_file_within_its_limit_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        fs::write(path("five"), "fïve").unwrap();
        fs::write(path("latin1"), b"one\ncaf\xe9").unwrap();
        std::os::unix::fs::symlink(path("five"), path("link")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, path("pipe"), rustix::fs::Mode::RWXU).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(path("socket")).unwrap();
        let check = |path: &Path, limit: u64, expected: Result<&str, &str>| {
            let found = read_text(path, limit).map_err(|error| error.to_string());
            match (&found, expected) {
                (Ok(text), Ok(expected)) => assert_eq!(text, expected),
                (Err(message), Err(part)) => assert!(message.contains(part), "{message}"),
                _ => panic!("{}: {found:?}, expected {expected:?}", path.display()),
            }
        };
        check(&path("five"), 5, Ok("fïve"));
        check(&path("link"), 5, Ok("fïve"));
        check(&path("five"), 4, Err("larger than 4 bytes"));
        check(&path("latin1"), 99, Err("line 2, byte 7"));
        check(&path("pipe"), 99, Err("a pipe"));
        check(&path("socket"), 99, Err("a socket"));
        check(dir.path(), 99, Err("a folder"));
        check(Path::new("/dev/zero"), 99, Err("a device"));
        check(&path("none"), 99, Err("No such file"));
        // Says that it has no bytes, and has some: the limit holds while reading.
        check(Path::new("/proc/self/status"), 99, Err("larger than 99 bytes"));
    }
}
