//! stub
use crate::settings::Settings;
use ideamine_core::ports::{Events, Progress};
use ideamine_core::{RunId, Tenant};
use std::sync::Arc;
pub(crate) struct Buffered {
    _c: aws_sdk_dynamodb::Client,
    _s: Arc<Settings>,
}
impl Buffered {
    pub(crate) fn new(_c: aws_sdk_dynamodb::Client, _s: Arc<Settings>) -> Self {
        Self { _c, _s }
    }
    pub(crate) async fn flush(&self) {}
}
impl Events for Buffered {
    fn publish(&self, _: &Tenant, _: &RunId, _: Progress) {}
}
