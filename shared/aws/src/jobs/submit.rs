//! What is said to Batch about one job.

use aws_sdk_batch::error::SdkError;
use aws_sdk_batch::types::{ContainerOverrides, JobStatus, JobTimeout, KeyValuePair};
use aws_sdk_s3::presigning::PresigningConfig;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use ideamine_core::Failure;
use ideamine_core::ports::{JOB_RESULT_URL, JOB_SPEC_URL, JobSpec};

use super::BatchJobs;
use super::job::{Job, share};
use crate::error::failure;
use crate::limits::{JOB_MARGIN, JOB_REASON_CHARS_MAX, JOB_URL_AGE};
use crate::settings::{BATCH_JOB, BATCH_QUEUE, invalid, needed};

/// Priority among one tenant's jobs: what was tried before goes first.
const PRIORITY_STEP: i32 = 100;
/// The highest that Batch has.
const PRIORITY_MAX: i32 = 9_999;

impl BatchJobs {
    /// Stores the specification and submits a container that gets it and the right to write one result: nothing else.
    pub(super) async fn submit(&self, job: &Job, spec: &JobSpec, attempt: u32) -> Result<String, Failure> {
        let queue = needed(&self.settings.batch_queue, BATCH_QUEUE)?;
        let definition = needed(&self.settings.batch_job, BATCH_JOB)?;
        let bytes =
            serde_json::to_vec(spec).map_err(|e| Failure::bug(format!("a job's specification: {e}")))?;
        self.object(job.spec_object())?.put_once(bytes, "application/json").await?;
        let (spec_url, result_url) = self.urls(job).await?;
        let variable = |name: &str, value: String| KeyValuePair::builder().name(name).value(value).build();
        let overrides = ContainerOverrides::builder()
            .environment(variable(JOB_SPEC_URL, spec_url))
            .environment(variable(JOB_RESULT_URL, result_url))
            .build();
        let seconds = spec.limits.wall_ms.div_ceil(1_000) + JOB_MARGIN.as_secs();
        let seconds = i32::try_from(seconds).unwrap_or(i32::MAX);
        let priority = PRIORITY_STEP.saturating_mul(i32::try_from(attempt).unwrap_or(1)).min(PRIORITY_MAX);
        let request = self
            .batch
            .submit_job()
            .job_name(job.batch_name(attempt))
            .job_queue(queue)
            .job_definition(definition)
            .share_identifier(share(&job.tenant))
            .scheduling_priority_override(priority)
            .container_overrides(overrides)
            .timeout(JobTimeout::builder().attempt_duration_seconds(seconds).build());
        let sent = request.send().await;
        let sent =
            sent.map_err(|e| refused(&format!("submit job {} to Batch queue {queue}", job.id()), &e))?;
        sent.job_id.ok_or_else(|| Failure::bug(format!("Batch gave job {} no id", job.id())))
    }

    /// Signed for exactly these two objects.
    async fn urls(&self, job: &Job) -> Result<(String, String), Failure> {
        let bucket = self.object(String::new())?.bucket;
        let unsigned = |e: &dyn std::fmt::Display| Failure::bug(format!("the URLs of job {}: {e}", job.id()));
        let while_ = PresigningConfig::expires_in(JOB_URL_AGE).map_err(|e| unsigned(&e))?;
        let what = format!("sign the URLs of job {}", job.id());
        let get =
            self.objects.get_object().bucket(bucket).key(job.spec_object()).presigned(while_.clone()).await;
        let put = self.objects.put_object().bucket(bucket).key(job.result_object()).if_none_match("*");
        let put = put.presigned(while_).await.map_err(|e| failure(&what, &e))?;
        Ok((get.map_err(|e| failure(&what, &e))?.uri().to_owned(), put.uri().to_owned()))
    }

    /// Why a job without a result has ended; `None` while it has not.
    pub(super) async fn ended(&self, batch_id: &str) -> Result<Option<String>, Failure> {
        let sent = self.batch.describe_jobs().jobs(batch_id).send().await;
        let jobs = sent
            .map_err(|e| refused(&format!("describe Batch job {batch_id}"), &e))?
            .jobs
            .unwrap_or_default();
        let Some(job) = jobs.into_iter().next() else {
            return Ok(Some("Batch does not know it any more".to_owned()));
        };
        let container = job.container.as_ref().and_then(|container| container.reason.as_deref());
        let status = match job.status {
            Some(JobStatus::Failed) => "FAILED",
            Some(JobStatus::Succeeded) => "SUCCEEDED",
            _ => return Ok(None),
        };
        Ok(Some(reason(status, [job.status_reason.as_deref(), container])))
    }

    /// Ends a job, whether it runs or waits; one that has ended stays as it is.
    pub(super) async fn terminate(&self, batch_id: &str, why: &str) -> Result<(), Failure> {
        match self.batch.terminate_job().job_id(batch_id).reason(why).send().await {
            // The emulator can end no job, and runs none.
            Err(e) if e.code() == Some("InvalidAction") => Ok(()),
            sent => sent.map(drop).map_err(|e| refused(&format!("end Batch job {batch_id}"), &e)),
        }
    }
}

/// Why a job ended without a result, in Batch's words.
pub(super) fn reason(status: &str, said: [Option<&str>; 2]) -> String {
    let said: Vec<&str> = said.into_iter().flatten().filter(|said| !said.is_empty()).collect();
    let said = if said.is_empty() { "no reason given".to_owned() } else { said.join("; ") };
    let plain = |c: &char| !c.is_control();
    format!("{status}: {said}").chars().filter(plain).take(JOB_REASON_CHARS_MAX).collect()
}

/// `ClientException` is Batch's name for whatever the caller has to put right.
fn refused<E>(what: &str, error: &SdkError<E, HttpResponse>) -> Failure
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let failure = failure(what, error);
    match error.code() {
        Some("ClientException") => {
            invalid(format!("{}; check the settings against the stack", failure.message))
        }
        _ => failure,
    }
}
