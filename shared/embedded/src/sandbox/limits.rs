//! Limits that the kernel holds for each process of a job, and whether this process may give them.

use ideamine_core::Failure;
use ideamine_core::ports::JobLimits;
use rustix::process::{Resource, getrlimit};

use super::failed;

/// Open files of one process.
const OPEN_FILES: u64 = 256;

/// One limit: `prlimit`'s option, the shell's letter for it, the kernel's, and its value.
type Limit = (&'static str, char, Resource, u64);

fn of(limits: &JobLimits) -> [Limit; 8] {
    [
        ("core", 'c', Resource::Core, 0),
        ("cpu", 't', Resource::Cpu, limits.cpu_s),
        ("as", 'v', Resource::As, limits.memory_bytes),
        ("nproc", 'u', Resource::Nproc, limits.processes),
        ("fsize", 'f', Resource::Fsize, limits.file_bytes),
        ("nofile", 'n', Resource::Nofile, OPEN_FILES),
        ("memlock", 'l', Resource::Memlock, 0),
        ("msgqueue", 'q', Resource::Msgqueue, 0),
    ]
}

/// Arguments of `prlimit`. Set inside the user namespace, where processes are counted for the job alone (since Linux 5.14).
pub(super) fn arguments(limits: &JobLimits) -> Vec<String> {
    of(limits).iter().map(|(name, _, _, value)| format!("--{name}={value}")).collect()
}

/// Whether a job can have its limits: it cannot have more than this process was given, and would then end differently from
/// machine to machine.
///
/// # Errors
/// `Sandbox.Failed` for the first limit that was inherited lower.
pub(super) fn can_be_given(limits: &JobLimits) -> Result<(), Failure> {
    of(limits).into_iter().try_for_each(|limit| fits(limit, getrlimit(limit.2).maximum))
}

/// `most`: the hard limit of this process; `None` is no limit.
fn fits((name, letter, _, wanted): Limit, most: Option<u64>) -> Result<(), Failure> {
    match most {
        Some(most) if most < wanted => Err(failed(format!(
            "a job needs the limit `{name}` at {wanted}, and this process was started with a hard limit of {most}: start \
             it where `ulimit -H -{letter}` shows more (a shell, a service's Limit{}=)",
            name.to_uppercase()
        ))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use ideamine_core::failure::FailureKind;

    use super::*;

    #[test]
    fn a_limit_that_was_inherited_lower_is_named_with_what_to_do() {
        for limit in of(&JobLimits::default()) {
            let (name, letter, _, wanted) = limit;
            assert_eq!(fits(limit, None), Ok(()));
            assert_eq!(fits(limit, Some(wanted)), Ok(()));
            let Some(less) = wanted.checked_sub(1) else { continue };
            let failure = fits(limit, Some(less)).unwrap_err();
            assert_eq!(failure.kind, FailureKind::SandboxFailed);
            for word in
                [format!("`{name}` at {wanted}"), format!("of {less}"), format!("ulimit -H -{letter}")]
            {
                assert!(failure.message.contains(&word), "{failure}");
            }
        }
    }
}
