//! How an operating-system error becomes a failure that says what and where.

use std::io;
use std::path::Path;

use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use rustix::io::Errno;

/// `Store.Unavailable`: what was being done, on which file, and what the system said.
pub(crate) fn unavailable(what: &str, path: &Path, error: &io::Error) -> Failure {
    let advice = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "; make room there"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "; choose a directory that can be written"
        }
        _ => "",
    };
    let message = format!("cannot {what} {}: {}{advice}", path.display(), systems(error));
    Failure::new(FailureKind::StoreUnavailable, message)
}

/// Whether the same write would fail again: not where the process was only short of something for a moment.
pub(crate) fn lasts(error: &io::Error) -> bool {
    let momentary = [Errno::MFILE, Errno::NFILE, Errno::NOMEM, Errno::INTR, Errno::AGAIN];
    Errno::from_io_error(systems(error)).is_none_or(|errno| !momentary.contains(&errno))
}

/// The system's error below one that adds the name of a temporary file, which says nothing to a person.
fn systems(error: &io::Error) -> &io::Error {
    let below = error.get_ref().and_then(std::error::Error::source);
    below.and_then(|below| below.downcast_ref()).unwrap_or(error)
}

/// An error of the projection: the disk's, or of what lies in the file.
pub(crate) fn projection(what: &str, path: &Path, error: redb::Error) -> Failure {
    match error {
        // Those without a number are redb's own finding: too short, or not its file.
        redb::Error::Io(error) if error.raw_os_error().is_some() => {
            unavailable(&format!("{what} the projection"), path, &error)
        }
        redb::Error::PreviousIo | redb::Error::DatabaseClosed | redb::Error::DatabaseAlreadyOpen => {
            let message = format!("cannot {what} the projection {}: {error}; start again", path.display());
            Failure::new(FailureKind::StoreUnavailable, message)
        }
        harm => harmed(path, &harm.to_string()),
    }
}

/// `Data.Corrupt` for a projection that is not as it was left.
pub(crate) fn harmed(path: &Path, why: &str) -> Failure {
    let message = format!(
        "the projection {} is harmed ({why}); nothing is lost, the journal has it all: make it anew with \
         `ideamine doctor --rebuild`",
        path.display()
    );
    Failure::corrupt(message)
}
