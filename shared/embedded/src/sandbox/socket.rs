//! The listening socket of a probed job. It has no name by the time the job starts: nothing else can connect, and
//! nothing stays behind.
//!
//! Unix, not TCP: a listening TCP socket of the host could be shut down by the job and connected anew, to anywhere
//! in the host's network.

use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};

use rustix::fs::{CWD, Mode, OFlags, openat};

/// Our end: where to connect to.
pub(super) struct Socket(OwnedFd);

impl Socket {
    /// A socket and its listening end, which the job inherits.
    ///
    /// # Errors
    /// When none can be made.
    pub(super) fn listen() -> io::Result<(Self, OwnedFd)> {
        let folder =
            tempfile::Builder::new().prefix("ideamine-socket-").tempdir().map_err(|e| no_room(&e))?;
        let path = folder.path().join("http");
        let listener = UnixListener::bind(&path).map_err(|e| no_room(&e))?;
        let socket = openat(CWD, &path, OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())?;
        Ok((Self(socket), listener.into()))
    }

    /// A new connection.
    ///
    /// # Errors
    /// When nothing listens any more.
    pub(super) fn connect(&self) -> io::Result<UnixStream> {
        UnixStream::connect(format!("/proc/self/fd/{}", self.0.as_raw_fd()))
    }
}

/// Where the socket could not be put, and what to do about it.
fn no_room(error: &io::Error) -> io::Error {
    let folder = std::env::temp_dir();
    let message = format!(
        "the folder for temporary files {} takes no socket ({error}): free space there, or name another folder in TMPDIR",
        folder.display()
    );
    io::Error::new(error.kind(), message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_takes_no_socket_is_named_with_what_to_do() {
        let told = no_room(&io::Error::from(io::ErrorKind::StorageFull)).to_string();
        let folder = std::env::temp_dir();
        assert!(told.contains(folder.to_str().unwrap()) && told.contains("TMPDIR"), "{told}");
    }

    #[test]
    fn a_socket_without_a_name_is_connected_to_until_its_listener_is_gone() {
        let (socket, listener) = Socket::listen().unwrap();
        assert!(socket.connect().is_ok());
        drop(listener);
        assert_eq!(socket.connect().unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
    }
}
