//! stub
use crate::settings::Settings;
use async_trait::async_trait;
use ideamine_core::Failure;
use ideamine_core::ports::Signer;
use ideamine_core::records::Signature;
use std::sync::Arc;
pub(crate) struct KmsSigner {
    _c: aws_sdk_kms::Client,
    _s: Arc<Settings>,
}
impl KmsSigner {
    pub(crate) fn new(_c: aws_sdk_kms::Client, _s: Arc<Settings>) -> Self {
        Self { _c, _s }
    }
}
#[async_trait]
impl Signer for KmsSigner {
    async fn public_key(&self) -> Result<String, Failure> {
        Err(Failure::bug("unfinished"))
    }
    async fn sign(&self, _: &[u8]) -> Result<Signature, Failure> {
        Err(Failure::bug("unfinished"))
    }
}
