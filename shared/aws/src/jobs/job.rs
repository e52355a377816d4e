//! One job: what identifies it, where its parts lie, and the row that remembers it while it is away.

use ideamine_core::ports::{JobMessage, JobSpec, Key};
use ideamine_core::records::key::jobs_pk;
use ideamine_core::{Digest, Failure, RunId, Tenant};
use serde::{Deserialize, Serialize};

use super::Delivery;

/// Hex digits of a job's id that come from its run, and from itself.
const RUN_DIGITS: usize = 16;
const JOB_DIGITS: usize = 40;

/// A job by everything that decides it: the same step asking the same again is the same job.
pub(super) struct Job {
    pub(super) tenant: Tenant,
    pub(super) run: RunId,
    pub(super) digest: Digest,
}

impl Job {
    pub(super) fn new(delivery: &Delivery, spec: &JobSpec) -> Result<Self, Failure> {
        let Delivery { tenant, run, step, .. } = delivery;
        let digest = Digest::of_json(&(tenant, run, step, spec))?;
        Ok(Self { tenant: tenant.clone(), run: run.clone(), digest })
    }

    /// Sorts a run's jobs together. Names a row, and with attempt and tenant a job of Batch (128 characters at most).
    pub(super) fn id(&self) -> String {
        format!("{}{}", run_part(&self.run), &self.digest.hex()[..JOB_DIGITS])
    }

    pub(super) fn row_key(&self) -> Key {
        Key { pk: jobs_pk(&self.tenant), sk: self.id() }
    }

    pub(super) fn batch_name(&self, attempt: u32) -> String {
        format!("{}-{attempt}_{}", self.id(), self.tenant)
    }

    /// What the job fetches.
    pub(super) fn spec_object(&self) -> String {
        format!("{}/jobs/{}/spec.json", self.tenant, self.digest.hex())
    }

    /// What the job leaves.
    pub(super) fn result_object(&self) -> String {
        format!("{}/jobs/{}/result.json", self.tenant, self.digest.hex())
    }
}

/// What the ids of a run's jobs begin with.
pub(super) fn run_part(run: &RunId) -> String {
    Digest::of(run.as_str().as_bytes()).hex()[..RUN_DIGITS].to_owned()
}

/// A [`Job::batch_name`] read back: the row's key and the attempt.
pub(super) fn parse_batch_name(name: &str) -> Option<(Tenant, String, u32)> {
    let (id, rest) = name.split_once('-')?;
    let (attempt, tenant) = rest.split_once('_')?;
    let hex = id.len() == RUN_DIGITS + JOB_DIGITS && id.bytes().all(|b| b.is_ascii_hexdigit());
    let tenant = Tenant::new(tenant).ok().filter(|_| hex)?;
    Some((tenant, id.to_owned(), attempt.parse().ok()?))
}

/// A job that is away, and who waits for it. The message holds a task token: the row is never shown.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Away {
    pub(super) run: RunId,
    /// [`Job::digest`].
    pub(super) job: Digest,
    pub(super) queue: String,
    pub(super) message: JobMessage,
    /// From 1.
    pub(super) attempt: u32,
    /// Its id at Batch, once it has one.
    pub(super) batch_id: Option<String>,
    /// Why this attempt failed, once it has.
    pub(super) failed: Option<String>,
}

impl Away {
    pub(super) fn job(&self, tenant: &Tenant) -> Job {
        Job { tenant: tenant.clone(), run: self.run.clone(), digest: self.job }
    }
}

/// Batch's name for whom a job belongs to, by which its queue shares fairly: letters and digits alone.
pub(super) fn share(tenant: &Tenant) -> String {
    match tenant.as_str().bytes().all(|b| b.is_ascii_alphanumeric()) {
        true => tenant.to_string(),
        false => format!("t{}", &Digest::of(tenant.as_str().as_bytes()).hex()[..JOB_DIGITS]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_found_again_by_its_name_at_batch() {
        for tenant in ["acme", "a-b_c", &"t".repeat(64)] {
            let tenant = Tenant::new(tenant).unwrap();
            let run = RunId::new("01J").unwrap();
            let job = Job { tenant: tenant.clone(), run, digest: Digest::of(b"job") };
            let name = job.batch_name(3);
            assert!(name.len() <= 128, "{name}");
            assert_eq!(parse_batch_name(&name), Some((tenant, job.id(), 3)));
        }
        for other in ["", "nightly", "nightly-1_acme", "0123-1_acme"] {
            assert_eq!(parse_batch_name(other), None, "{other}");
        }
    }

    #[test]
    fn a_share_is_letters_and_digits_and_each_tenants_own() {
        let of = |tenant: &str| share(&Tenant::new(tenant).unwrap());
        assert_eq!(of("acme"), "acme");
        assert!(of("a-b").bytes().all(|b| b.is_ascii_alphanumeric()));
        assert_ne!(of("a-b"), of("a_b"));
    }
}
