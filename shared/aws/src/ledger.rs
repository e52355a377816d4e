//! stub
use crate::settings::Settings;
use async_trait::async_trait;
use ideamine_core::ports::Ledger;
use ideamine_core::records::{Fact, Row, SignedHead};
use ideamine_core::{Failure, RunId, Tenant};
use std::sync::Arc;
pub(crate) struct Rows {
    _c: aws_sdk_dynamodb::Client,
    _o: aws_sdk_s3::Client,
    _s: Arc<Settings>,
}
impl Rows {
    pub(crate) fn new(_c: aws_sdk_dynamodb::Client, _o: aws_sdk_s3::Client, _s: Arc<Settings>) -> Self {
        Self { _c, _o, _s }
    }
}
#[async_trait]
impl Ledger for Rows {
    async fn insert(&self, _: &Tenant, _: &RunId, _: Vec<Fact>) -> Result<(), Failure> {
        Err(Failure::bug("unfinished"))
    }
    async fn facts(&self, _: &Tenant, _: &RunId) -> Result<Vec<Fact>, Failure> {
        Err(Failure::bug("unfinished"))
    }
    async fn append(&self, _: &Tenant, _: &RunId, _: Vec<Row>, _: SignedHead) -> Result<(), Failure> {
        Err(Failure::bug("unfinished"))
    }
    async fn rows(&self, _: &Tenant, _: &RunId) -> Result<Vec<Row>, Failure> {
        Err(Failure::bug("unfinished"))
    }
    async fn heads(&self, _: &Tenant, _: &RunId) -> Result<Vec<SignedHead>, Failure> {
        Err(Failure::bug("unfinished"))
    }
}
