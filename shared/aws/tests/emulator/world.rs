//! A stack of its own on the emulator for each test, removed at its end.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use aws_sdk_s3::config::Credentials;
use aws_sdk_sqs::types::QueueAttributeName;
use aws_smithy_http_client::Builder;
use ideamine_aws::settings::Settings;
use ideamine_aws::{Aws, Runner};
use ideamine_core::ports::Priority;
use ideamine_testkit::DELIVERIES_MAX;
use serde_json::json;

use crate::recording::Recording;
use crate::weather::{Disturbed, Weather};

pub(crate) struct World {
    pub(crate) endpoint: String,
    /// Every name in the emulator begins with this.
    pub(crate) prefix: String,
    pub(crate) sdk: SdkConfig,
    pub(crate) settings: Settings,
    pub(crate) aws: Aws,
    /// What was asked of the emulator through [`World::aws`].
    pub(crate) requests: Recording,
}

/// Runs a test on the emulator, or says why it does not.
pub(crate) async fn on_emulator<F, T>(test: F)
where
    F: FnOnce(std::sync::Arc<World>) -> T,
    T: Future<Output = ()> + Send + 'static,
{
    let endpoint = match tokio::task::spawn_blocking(ideamine_testkit::emulator).await.unwrap() {
        Ok(endpoint) => endpoint,
        Err(why) => {
            eprintln!("skipped: {why}");
            return;
        }
    };
    let world = std::sync::Arc::new(World::new(endpoint).await);
    let ended = tokio::spawn(test(world.clone())).await;
    world.remove().await;
    if let Err(panic) = ended {
        std::panic::resume_unwind(panic.into_panic());
    }
}

fn config(endpoint: &str) -> ConfigLoader {
    aws_config::defaults(BehaviorVersion::v2026_01_12())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(endpoint)
}

impl World {
    async fn new(endpoint: String) -> Self {
        static WORLDS: AtomicU64 = AtomicU64::new(0);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
        let number = WORLDS.fetch_add(1, Ordering::SeqCst);
        let prefix = format!("t{now:x}-{:x}-{number}-", std::process::id());
        let name = |name: &str| Some(format!("{prefix}{name}"));
        let settings = Settings {
            records_table: name("records"),
            ledger_table: name("ledger"),
            bucket: name("bucket"),
            heads_bucket: name("heads"),
            function_prefix: Some(prefix.clone()),
            machine_prefix: Some(format!("arn:aws:states:us-east-1:000000000000:stateMachine:{prefix}")),
            machine_versions: std::collections::BTreeMap::new(),
            queue_prefix: Some(format!("{endpoint}/000000000000/{prefix}")),
            signing_key: None,
            jobs: Some(Runner::Batch),
            batch_queue: name("jobs"),
            batch_job: name("sandbox"),
        };
        let requests = Recording::new(Builder::new().build_http());
        let sdk = config(&endpoint).http_client(Builder::new().build_http()).load().await;
        let watched = config(&endpoint).http_client(requests.clone());
        let aws = Aws::connect_with(settings.clone(), watched).await.unwrap();
        Self { endpoint, prefix, sdk, settings, aws, requests }
    }

    pub(crate) fn dynamo(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.sdk)
    }

    pub(crate) fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.sdk).force_path_style(true).build();
        aws_sdk_s3::Client::from_conf(config)
    }

    pub(crate) fn sqs(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.sdk)
    }

    pub(crate) fn sfn(&self) -> aws_sdk_sfn::Client {
        aws_sdk_sfn::Client::new(&self.sdk)
    }

    /// The same connection with other settings.
    pub(crate) async fn with(&self, change: impl FnOnce(&mut Settings)) -> Aws {
        let mut settings = self.settings.clone();
        change(&mut settings);
        let config = config(&self.endpoint).http_client(Builder::new().build_http());
        Aws::connect_with(settings, config).await.unwrap()
    }

    /// The same connection through bad weather.
    pub(crate) async fn through(&self, weather: Weather) -> Aws {
        let config = config(&self.endpoint).http_client(Disturbed::new(Builder::new().build_http(), weather));
        Aws::connect_with(self.settings.clone(), config).await.unwrap()
    }

    /// A table with the two keys.
    pub(crate) async fn table(&self, name: &Option<String>) {
        let attribute = |name: &str| {
            let attribute = AttributeDefinition::builder().attribute_name(name);
            attribute.attribute_type(ScalarAttributeType::S).build().unwrap()
        };
        let key = |name: &str, kind| {
            KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap()
        };
        self.dynamo()
            .create_table()
            .set_table_name(name.clone())
            .billing_mode(BillingMode::PayPerRequest)
            .attribute_definitions(attribute("pk"))
            .attribute_definitions(attribute("sk"))
            .key_schema(key("pk", KeyType::Hash))
            .key_schema(key("sk", KeyType::Range))
            .send()
            .await
            .unwrap();
    }

    pub(crate) async fn bucket(&self, name: &Option<String>) {
        self.s3().create_bucket().set_bucket(name.clone()).send().await.unwrap();
    }

    /// The queues of a kind, each with the one for its dead letters, as the template has them.
    pub(crate) async fn queue(&self, kind: &str) {
        for name in Priority::ALL.map(|priority| format!("{}{}", self.prefix, priority.queue(kind))) {
            let dead = format!("arn:aws:sqs:us-east-1:000000000000:{name}-dead");
            self.sqs().create_queue().queue_name(format!("{name}-dead")).send().await.unwrap();
            let policy =
                json!({ "deadLetterTargetArn": dead, "maxReceiveCount": DELIVERIES_MAX }).to_string();
            let create = self.sqs().create_queue().queue_name(name);
            create.attributes(QueueAttributeName::RedrivePolicy, policy).send().await.unwrap();
        }
    }

    /// Removes whatever bears this world's prefix.
    async fn remove(&self) {
        for table in self.dynamo().list_tables().send().await.unwrap().table_names.unwrap_or_default() {
            if table.starts_with(&self.prefix) {
                self.dynamo().delete_table().table_name(table).send().await.unwrap();
            }
        }
        for bucket in self.s3().list_buckets().send().await.unwrap().buckets.unwrap_or_default() {
            let Some(bucket) = bucket.name.filter(|name| name.starts_with(&self.prefix)) else { continue };
            let objects = self.s3().list_objects_v2().bucket(&bucket).send().await.unwrap();
            for object in objects.contents.unwrap_or_default() {
                self.s3().delete_object().bucket(&bucket).set_key(object.key).send().await.unwrap();
            }
            self.s3().delete_bucket().bucket(&bucket).send().await.unwrap();
        }
        let queues = self.sqs().list_queues().queue_name_prefix(&self.prefix).send().await.unwrap();
        for url in queues.queue_urls.unwrap_or_default() {
            self.sqs().delete_queue().queue_url(url).send().await.unwrap();
        }
        for machine in self.sfn().list_state_machines().send().await.unwrap().state_machines {
            if machine.name.starts_with(&self.prefix) {
                let arn = machine.state_machine_arn;
                self.sfn().delete_state_machine().state_machine_arn(arn).send().await.unwrap();
            }
        }
    }
}

/// For what is asked of the emulator past the SDK.
pub(crate) fn http() -> reqwest::Client {
    // Another test may have set it.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::new()
}
