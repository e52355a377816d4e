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
    let message = format!("cannot {what} {}: {error}{advice}", path.display());
    Failure::new(FailureKind::StoreUnavailable, message)
}

/// Whether the same write would fail again: not where the process was only short of something for a moment.
pub(crate) fn lasts(error: &io::Error) -> bool {
    let momentary = [Errno::MFILE, Errno::NFILE, Errno::NOMEM, Errno::INTR, Errno::AGAIN];
    Errno::from_io_error(error).is_none_or(|errno| !momentary.contains(&errno))
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

/// `Data.Corrupt` for a value of the projection that does not parse.
pub(crate) fn unreadable(what: &str, why: &serde_json::Error) -> Failure {
    Failure::corrupt(format!(
        "{what} does not parse ({why}); if `ideamine doctor` finds the record tables harmed, make them anew with \
         `ideamine doctor --rebuild`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_lasts_and_a_shortage_of_descriptors_does_not() {
        let check = |errno: Errno, expected: bool| assert_eq!(lasts(&errno.into()), expected, "{errno}");
        check(Errno::NOSPC, true);
        check(Errno::FBIG, true);
        check(Errno::IO, true);
        check(Errno::ROFS, true);
        check(Errno::NOTDIR, true);
        check(Errno::MFILE, false);
        check(Errno::INTR, false);
    }

    #[test]
    fn what_the_disk_says_and_what_lies_in_the_file_are_told_apart() {
        let path = Path::new("d/projection.redb");
        let full = projection("write", path, redb::Error::Io(Errno::NOSPC.into()));
        assert_eq!(full.kind, FailureKind::StoreUnavailable);
        assert!(
            full.message.contains("make room there") && full.message.contains("d/projection.redb"),
            "{full}"
        );
        for harm in [
            redb::Error::Corrupted("a checksum".to_owned()),
            redb::Error::Io(io::ErrorKind::UnexpectedEof.into()),
            redb::Error::UpgradeRequired(1),
        ] {
            let failure = projection("read", path, harm);
            assert_eq!(failure.kind, FailureKind::DataCorrupt);
            assert!(failure.message.contains("doctor --rebuild"), "{failure}");
        }
    }
}
