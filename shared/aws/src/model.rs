//! stub
use async_trait::async_trait;
use ideamine_core::ports::{Answer, Model, Request, Usage};
use ideamine_core::{Failure, UsdMicros};
pub(crate) struct Bedrock;
impl Bedrock {
    pub(crate) fn new(_: &aws_config::SdkConfig) -> Result<Self, Failure> {
        Ok(Self)
    }
}
#[async_trait]
impl Model for Bedrock {
    async fn call(&self, _: &Request) -> Result<Answer, Failure> {
        Err(Failure::bug("unfinished"))
    }
    fn ceiling(&self, _: &Request) -> Option<UsdMicros> {
        None
    }
    fn price(&self, _: &str, _: &Usage) -> Option<UsdMicros> {
        None
    }
}
