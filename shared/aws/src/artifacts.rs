//! stub
use crate::settings::Settings;
use async_trait::async_trait;
use ideamine_core::ports::Artifacts;
use ideamine_core::{Digest, Failure, Tenant};
use std::sync::Arc;
pub(crate) struct Documents {
    _o: aws_sdk_s3::Client,
    _s: Arc<Settings>,
}
impl Documents {
    pub(crate) fn new(_o: aws_sdk_s3::Client, _s: Arc<Settings>) -> Self {
        Self { _o, _s }
    }
}
#[async_trait]
impl Artifacts for Documents {
    async fn put(&self, _: &Tenant, _: Vec<u8>) -> Result<Digest, Failure> {
        Err(Failure::bug("unfinished"))
    }
    async fn get(&self, _: &Tenant, _: &Digest) -> Result<Vec<u8>, Failure> {
        Err(Failure::bug("unfinished"))
    }
    async fn has(&self, _: &Tenant, _: &Digest) -> Result<bool, Failure> {
        Err(Failure::bug("unfinished"))
    }
}
