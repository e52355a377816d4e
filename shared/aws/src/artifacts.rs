//! The content-addressed store on S3: `TENANT/cas/ab/abcd…`, written once, verified on read.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_s3::Client;
use ideamine_core::ports::Artifacts;
use ideamine_core::{Digest, Failure, Tenant};

use crate::limits::ARTIFACT_BYTES_MAX;
use crate::objects::Object;
use crate::settings::{BUCKET, Settings, needed};

/// What S3 is told that a document is: browsers that get hold of one do not open it.
const MEDIA_TYPE: &str = "application/octet-stream";

/// The documents of one bucket.
pub(crate) struct Documents {
    client: Client,
    settings: Arc<Settings>,
}

impl Documents {
    pub(crate) fn new(client: Client, settings: Arc<Settings>) -> Self {
        Self { client, settings }
    }

    fn object(&self, tenant: &Tenant, digest: &Digest) -> Result<Object<'_>, Failure> {
        let hex = digest.hex();
        let key = format!("{tenant}/cas/{}/{hex}", &hex[..2]);
        Ok(Object { client: &self.client, bucket: needed(&self.settings.bucket, BUCKET)?, key })
    }

    /// A link to a document, which is stored unless it is.
    pub(crate) async fn link(
        &self,
        tenant: &Tenant,
        document: &[u8],
        media_type: &str,
    ) -> Result<String, Failure> {
        let digest = Digest::of(document);
        let object = self.object(tenant, &digest)?;
        if !object.exists().await? {
            self.put(tenant, document.to_vec()).await?;
        }
        object.link(media_type).await
    }
}

#[async_trait]
impl Artifacts for Documents {
    async fn put(&self, tenant: &Tenant, bytes: Vec<u8>) -> Result<Digest, Failure> {
        if bytes.len() > ARTIFACT_BYTES_MAX {
            let message =
                format!("a document of {} bytes is over the limit of {ARTIFACT_BYTES_MAX}", bytes.len());
            return Err(Failure::input(message));
        }
        let digest = Digest::of(&bytes);
        self.object(tenant, &digest)?.put_once(bytes, MEDIA_TYPE).await?;
        Ok(digest)
    }

    async fn get(&self, tenant: &Tenant, digest: &Digest) -> Result<Vec<u8>, Failure> {
        let object = self.object(tenant, digest)?;
        let bytes = object.get(ARTIFACT_BYTES_MAX).await?;
        let bytes = bytes.ok_or_else(|| Failure::not_found(format!("there is no document {digest}")))?;
        let found = Digest::of(&bytes);
        if found == *digest {
            return Ok(bytes);
        }
        let place = format!("{} of bucket {}", object.key, object.bucket);
        Err(Failure::corrupt(format!("document {digest} has other bytes ({found}): restore object {place}")))
    }

    async fn has(&self, tenant: &Tenant, digest: &Digest) -> Result<bool, Failure> {
        self.object(tenant, digest)?.exists().await
    }
}
