//! stub
use crate::settings::Settings;
use async_trait::async_trait;
use ideamine_core::Failure;
use ideamine_core::ports::{Execution, HistoryStep, Workflows};
use serde_json::Value;
use std::sync::Arc;
pub(crate) struct Machines {
    _c: aws_sdk_sfn::Client,
    _s: Arc<Settings>,
}
impl Machines {
    pub(crate) fn new(_c: aws_sdk_sfn::Client, _s: Arc<Settings>) -> Self {
        Self { _c, _s }
    }
}
#[async_trait]
impl Workflows for Machines {
    async fn start(&self, _: &str, _: &str, _: Value) -> Result<String, Failure> {
        Err(Failure::bug("unfinished"))
    }
    async fn stop(&self, _: &str, _: &str, _: &str) -> Result<(), Failure> {
        Err(Failure::bug("unfinished"))
    }
    async fn describe(&self, _: &str) -> Result<Option<Execution>, Failure> {
        Err(Failure::bug("unfinished"))
    }
    async fn task_succeeded(&self, _: &str, _: Value) -> Result<(), Failure> {
        Err(Failure::bug("unfinished"))
    }
    async fn task_failed(&self, _: &str, _: &str, _: &str) -> Result<(), Failure> {
        Err(Failure::bug("unfinished"))
    }
    async fn task_heartbeat(&self, _: &str) -> Result<(), Failure> {
        Err(Failure::bug("unfinished"))
    }
    async fn steps(&self, _: &str) -> Result<Vec<HistoryStep>, Failure> {
        Err(Failure::bug("unfinished"))
    }
}
