//! How an operating-system error becomes a failure that says what and where.

use std::io;
use std::path::Path;

use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;

/// `Store.Unavailable`: what was being done, on which file, and what the system said.
pub(crate) fn unavailable(what: &str, path: &Path, error: &io::Error) -> Failure {
    let advice = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "; free some space and start again"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "; choose a directory that can be written"
        }
        _ => "",
    };
    let message = format!("cannot {what} {}: {error}{advice}", path.display());
    Failure::new(FailureKind::StoreUnavailable, message)
}

/// `Store.Unavailable` for an error of the projection.
pub(crate) fn projection(what: &str, path: &Path, error: impl std::fmt::Display) -> Failure {
    let message = format!(
        "cannot {what} the projection {}: {error}; if it is harmed, `ideamine doctor --rebuild` makes it anew \
         from the journal",
        path.display()
    );
    Failure::new(FailureKind::StoreUnavailable, message)
}
