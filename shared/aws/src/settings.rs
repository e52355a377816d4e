//! What a function is told about its stack: environment variables, read once.

use std::collections::BTreeMap;
use std::fmt;

use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;

/// Table of mutable rows.
pub const RECORDS_TABLE: &str = "IDEAMINE_RECORDS_TABLE";
/// Table of facts, rows and heads, into which its functions may only insert.
pub const LEDGER_TABLE: &str = "IDEAMINE_LEDGER_TABLE";
/// Bucket of documents and of what goes to and comes from sandboxed jobs.
pub const BUCKET: &str = "IDEAMINE_BUCKET";
/// Bucket that keeps a copy of every signed head under Object Lock.
pub const HEADS_BUCKET: &str = "IDEAMINE_HEADS_BUCKET";
/// What precedes a function's name in Lambda; may be empty.
pub const FUNCTION_PREFIX: &str = "IDEAMINE_FUNCTION_PREFIX";
/// What precedes a machine's name in its ARN: `arn:aws:states:REGION:ACCOUNT:stateMachine:STACK-`.
pub const MACHINE_PREFIX: &str = "IDEAMINE_MACHINE_PREFIX";
/// Machines that are started in a published version, each as `NAME:NUMBER`, separated by commas; others are started
/// as they are now.
pub const MACHINE_VERSIONS: &str = "IDEAMINE_MACHINE_VERSIONS";
/// What precedes a queue's name in its URL.
pub const QUEUE_PREFIX: &str = "IDEAMINE_QUEUE_PREFIX";
/// The key that signs heads: `kms:` and its id, ARN or alias.
pub const SIGNER: &str = "IDEAMINE_SIGNER";
/// Who runs sandboxed jobs: `batch` or `worker`.
pub const JOBS: &str = "IDEAMINE_JOBS";
/// The Batch job queue.
pub const BATCH_QUEUE: &str = "IDEAMINE_BATCH_QUEUE";
/// The Batch job definition.
pub const BATCH_JOB: &str = "IDEAMINE_BATCH_JOB";

/// What precedes a KMS key in [`SIGNER`].
const KMS: &str = "kms:";

/// Who runs sandboxed jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runner {
    /// AWS Batch: one container for one job.
    Batch,
    /// A worker process that serves the sandbox queue and has a sandbox of its own.
    Worker,
}

/// The settings of one function. What a function does not use may be absent; a port that needs it says so
/// (`Config.Invalid`) when it is used.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// [`RECORDS_TABLE`].
    pub records_table: Option<String>,
    /// [`LEDGER_TABLE`].
    pub ledger_table: Option<String>,
    /// [`BUCKET`].
    pub bucket: Option<String>,
    /// [`HEADS_BUCKET`].
    pub heads_bucket: Option<String>,
    /// [`FUNCTION_PREFIX`].
    pub function_prefix: Option<String>,
    /// [`MACHINE_PREFIX`].
    pub machine_prefix: Option<String>,
    /// Names with versions out of [`MACHINE_VERSIONS`].
    pub machine_versions: BTreeMap<String, String>,
    /// [`QUEUE_PREFIX`].
    pub queue_prefix: Option<String>,
    /// The key of [`SIGNER`], without `kms:`.
    pub signing_key: Option<String>,
    /// [`JOBS`].
    pub jobs: Option<Runner>,
    /// [`BATCH_QUEUE`].
    pub batch_queue: Option<String>,
    /// [`BATCH_JOB`].
    pub batch_job: Option<String>,
}

impl Settings {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// `Config.Invalid` naming a variable whose value cannot be used.
    pub fn from_env() -> Result<Self, Failure> {
        Self::from_vars(|name| std::env::var(name).ok())
    }

    /// [`Settings::from_env`] with another source of variables. An empty variable counts as absent, but for
    /// [`FUNCTION_PREFIX`], where both say the same.
    ///
    /// # Errors
    /// As [`Settings::from_env`].
    pub fn from_vars(var: impl Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        let read = |name: &str| var(name).filter(|value| !value.is_empty());
        let jobs = match read(JOBS).as_deref() {
            None => None,
            Some("batch") => Some(Runner::Batch),
            Some("worker") => Some(Runner::Worker),
            Some(other) => return Err(invalid(format!("{JOBS} is `{other}`: expected `batch` or `worker`"))),
        };
        let key = |value: String| {
            let key = value.strip_prefix(KMS).filter(|key| !key.is_empty()).map(str::to_owned);
            key.ok_or_else(|| {
                invalid(format!("{SIGNER} is `{value}`: expected `kms:` and a key's id or alias"))
            })
        };
        Ok(Self {
            records_table: read(RECORDS_TABLE),
            ledger_table: read(LEDGER_TABLE),
            bucket: read(BUCKET),
            heads_bucket: read(HEADS_BUCKET),
            function_prefix: read(FUNCTION_PREFIX),
            machine_prefix: read(MACHINE_PREFIX),
            machine_versions: machine_versions(&read(MACHINE_VERSIONS).unwrap_or_default())?,
            queue_prefix: read(QUEUE_PREFIX),
            signing_key: read(SIGNER).map(key).transpose()?,
            jobs,
            batch_queue: read(BATCH_QUEUE),
            batch_job: read(BATCH_JOB),
        })
    }
}

fn machine_versions(value: &str) -> Result<BTreeMap<String, String>, Failure> {
    let one = |entry: &str| match entry.split_once(':') {
        Some((name, number)) if !name.is_empty() && number.parse::<u32>().is_ok() => {
            Ok((name.to_owned(), number.to_owned()))
        }
        _ => Err(invalid(format!("{MACHINE_VERSIONS} has `{entry}`: expected `NAME:NUMBER`"))),
    };
    value.split(',').filter(|entry| !entry.is_empty()).map(one).collect()
}

/// A setting that a port cannot do without.
pub(crate) fn needed<'a>(value: &'a Option<String>, name: &str) -> Result<&'a str, Failure> {
    value.as_deref().ok_or_else(|| invalid(format!("{name} is not set, and this function needs it")))
}

pub(crate) fn invalid(message: String) -> Failure {
    Failure::new(FailureKind::ConfigInvalid, message)
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Settings")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(vars: &[(&str, &str)]) -> Result<Settings, Failure> {
        let find =
            |name: &str| vars.iter().find(|(var, _)| *var == name).map(|(_, value)| (*value).to_owned());
        Settings::from_vars(find)
    }

    #[test]
    fn what_is_absent_is_named_by_the_port_that_needs_it_and_what_is_wrong_at_once() {
        let settings = from(&[(RECORDS_TABLE, "rows"), (SIGNER, "kms:alias/seal"), (BUCKET, "")]).unwrap();
        assert_eq!(needed(&settings.records_table, RECORDS_TABLE), Ok("rows"));
        assert_eq!(settings.signing_key.as_deref(), Some("alias/seal"));
        let missing = needed(&settings.bucket, BUCKET).unwrap_err();
        assert_eq!(missing.kind, FailureKind::ConfigInvalid);
        assert!(missing.message.contains(BUCKET), "{missing}");
        assert_eq!(from(&[(JOBS, "worker")]).unwrap().jobs, Some(Runner::Worker));
        let versions = from(&[(MACHINE_VERSIONS, "run:7,phase:12")]).unwrap().machine_versions;
        assert_eq!(versions["run"], "7");
        assert_eq!(versions["phase"], "12");
        let wrong =
            [(JOBS, "Batch"), (SIGNER, "alias/seal"), (SIGNER, "kms:"), (MACHINE_VERSIONS, "run:new")];
        for (name, value) in wrong {
            let wrong = from(&[(name, value)]).unwrap_err();
            assert_eq!(wrong.kind, FailureKind::ConfigInvalid);
            assert!(wrong.message.contains(name) && wrong.message.contains(value), "{wrong}");
        }
    }
}
