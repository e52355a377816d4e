//! One connection to AWS: how long a call may take, how often it is tried, and which port uses which client.

use std::sync::Arc;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, SdkConfig};
use aws_sdk_s3::config::{RequestChecksumCalculation, ResponseChecksumValidation};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use ideamine_core::ports::{JobQueue, Jobs, Random, Signer};
use ideamine_core::{Env, Failure, Tenant};

use crate::artifacts::Documents;
use crate::clock::{SystemClock, SystemRandom};
use crate::events::Buffered;
use crate::jobs::{BatchJobs, ElsewhereJobs};
use crate::ledger::Rows;
use crate::limits::{
    ATTEMPT_TIMEOUT, ATTEMPTS_MAX, BACKOFF_MAX, CALL_TIMEOUT, CONNECT_TIMEOUT, TRANSFER_ATTEMPT_TIMEOUT,
    TRANSFER_TIMEOUT,
};
use crate::queue::{Queues, Receiver};
use crate::records::Table;
use crate::secrets::Secrets;
use crate::settings::{Runner, Settings, invalid};
use crate::signer::KmsSigner;
use crate::workflows::Machines;

/// The ports on AWS. Clones share connections, buffered events and cached secrets.
#[derive(Clone)]
pub struct Aws {
    settings: Arc<Settings>,
    config: SdkConfig,
    events: Arc<Buffered>,
    secrets: Arc<Secrets>,
}

impl Aws {
    /// Finds region and credentials as the AWS tools do. Nothing is called yet: a function whose role may not use
    /// a port is fine as long as it does not.
    ///
    /// # Errors
    /// `Config.Invalid` without a region.
    pub async fn connect(settings: Settings) -> Result<Self, Failure> {
        let tls = Provider::Rustls(CryptoMode::Ring);
        let http = Builder::new().tls_provider(tls).build_https();
        Self::connect_with(settings, aws_config::defaults(BehaviorVersion::v2026_01_12()).http_client(http))
            .await
    }

    /// [`Aws::connect`] with region, credentials, endpoint or HTTP client of the caller's.
    ///
    /// # Errors
    /// As [`Aws::connect`].
    pub async fn connect_with(settings: Settings, config: ConfigLoader) -> Result<Self, Failure> {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .operation_timeout(CALL_TIMEOUT)
            .build();
        let retry = RetryConfig::standard().with_max_attempts(ATTEMPTS_MAX).with_max_backoff(BACKOFF_MAX);
        let config = config.timeout_config(timeouts).retry_config(retry).load().await;
        if config.region().is_none() {
            return Err(invalid("no AWS region is set: set AWS_REGION".to_owned()));
        }
        let settings = Arc::new(settings);
        let events = Arc::new(Buffered::new(aws_sdk_dynamodb::Client::new(&config), settings.clone()));
        let secrets = Arc::new(Secrets::new(aws_sdk_secretsmanager::Client::new(&config)));
        Ok(Self { settings, config, events, secrets })
    }

    /// The ports that every function may use.
    pub fn env(&self) -> Env {
        let tables = aws_sdk_dynamodb::Client::new(&self.config);
        Env {
            records: Arc::new(Table::new(tables.clone(), self.settings.clone())),
            ledger: Arc::new(Rows::new(tables, self.objects(), self.settings.clone())),
            artifacts: Arc::new(self.documents()),
            workflows: Arc::new(Machines::new(aws_sdk_sfn::Client::new(&self.config), self.settings.clone())),
            events: self.events.clone(),
            clock: Arc::new(SystemClock),
        }
    }

    /// A link under which anybody can read this document of a tenant for [`LINK_AGE`], told to be of this media type; it
    /// is stored unless it is. Whoever has the link needs nothing else: never log it.
    ///
    /// # Errors
    /// The store's own; `Input.Invalid` for a document over its limit.
    ///
    /// [`LINK_AGE`]: crate::limits::LINK_AGE
    pub async fn link(&self, tenant: &Tenant, document: &[u8], media_type: &str) -> Result<String, Failure> {
        self.documents().link(tenant, document, media_type).await
    }

    /// The signing key: for `run-seal` alone.
    pub fn signer(&self) -> Arc<dyn Signer> {
        Arc::new(KmsSigner::new(aws_sdk_kms::Client::new(&self.config), self.settings.clone()))
    }

    /// The sending side of every queue.
    pub fn queue(&self) -> Arc<dyn JobQueue> {
        Arc::new(self.queues())
    }

    /// The receiving side of every queue, for a process that serves some.
    pub fn receiver(&self) -> Receiver {
        Receiver::new(self.queues())
    }

    /// The sandbox. Under `batch`, it must be used inside [`crate::Delivery::scope`].
    pub fn jobs(&self) -> Arc<dyn Jobs> {
        match self.settings.jobs {
            Some(Runner::Batch) => Arc::new(self.batch()),
            runner => Arc::new(ElsewhereJobs(runner)),
        }
    }

    /// What else there is to say to Batch: which message a finished job lets go on, and stopping a run's jobs.
    pub fn batch(&self) -> BatchJobs {
        let batch = aws_sdk_batch::Client::new(&self.config);
        BatchJobs::new(batch, self.objects(), self.env().records, self.settings.clone())
    }

    /// Chance, for ids and jitter.
    pub fn random(&self) -> Arc<dyn Random> {
        Arc::new(SystemRandom)
    }

    /// Secrets by parameter name.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Amazon Bedrock, for models named `bedrock/MODEL-ID`.
    ///
    /// # Errors
    /// `Config.Invalid` when the price table does not parse.
    #[cfg(feature = "bedrock")]
    pub fn bedrock(&self) -> Result<Arc<dyn ideamine_core::ports::Model>, Failure> {
        Ok(Arc::new(crate::model::Bedrock::new(&self.config)?))
    }

    /// Writes the progress events of this invocation. Never fails: an event that cannot be written is lost.
    pub async fn flush(&self) {
        self.events.flush().await;
    }

    fn documents(&self) -> Documents {
        Documents::new(self.objects(), self.settings.clone())
    }

    fn queues(&self) -> Queues {
        Queues::new(&self.config, self.settings.clone())
    }

    /// S3 with time for documents. Checksums are ours: a document is known by its digest, and is verified on read.
    fn objects(&self) -> aws_sdk_s3::Client {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .operation_attempt_timeout(TRANSFER_ATTEMPT_TIMEOUT)
            .operation_timeout(TRANSFER_TIMEOUT)
            .build();
        let config = aws_sdk_s3::config::Builder::from(&self.config)
            .timeout_config(timeouts)
            // Host names with a bucket in them do not resolve for an emulator on loopback.
            .force_path_style(self.config.endpoint_url().is_some())
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .build();
        aws_sdk_s3::Client::from_conf(config)
    }
}
