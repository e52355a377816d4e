//! Answers of an earlier run, by the request's digest: what replay asks instead of a provider.

use std::collections::BTreeMap;

use async_trait::async_trait;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Answer, Model, Request, Usage};
use ideamine_core::{Digest, Failure, UsdMicros};

/// A model that knows recorded requests only. A replayed answer costs nothing: nobody is asked.
#[derive(Default)]
pub struct Recorded {
    answers: BTreeMap<Digest, Answer>,
}

impl Recorded {
    /// From answers by the canonical digest of their request.
    pub fn new(answers: impl IntoIterator<Item = (Digest, Answer)>) -> Self {
        Self { answers: answers.into_iter().collect() }
    }

    /// How many answers there are.
    pub fn len(&self) -> usize {
        self.answers.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }
}

#[async_trait]
impl Model for Recorded {
    async fn call(&self, request: &Request) -> Result<Answer, Failure> {
        let digest = Digest::of_json(request)?;
        self.answers.get(&digest).cloned().ok_or_else(|| {
            let message = format!("request {digest} (`{}`) has no recorded answer", request.label);
            Failure::new(FailureKind::ModelNotRecorded, message)
        })
    }

    fn ceiling(&self, _request: &Request) -> Option<UsdMicros> {
        Some(UsdMicros::ZERO)
    }

    fn tokens(&self, _request: &Request) -> u64 {
        0
    }

    fn price(&self, _model: &str, _usage: &Usage) -> Option<UsdMicros> {
        Some(UsdMicros::ZERO)
    }

    fn is_recorded(&self, _model: &str) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[tokio::test]
    async fn the_same_request_gets_its_answer_and_any_other_is_not_recorded() {
        let request = |seed| Request {
            model: "openai/gpt-6-luna".to_owned(),
            label: "prd/a1/b00/r0".to_owned(),
            system: String::new(),
            user: "an idea that must not be in a message".to_owned(),
            schema: json!({}),
            max_tokens: 10,
            seed,
        };
        let answer = Answer { text: "{}".to_owned(), usage: Usage::default() };
        let model = Recorded::new([(Digest::of_json(&request(1)).unwrap(), answer.clone())]);
        assert_eq!(model.call(&request(1)).await, Ok(answer));
        let failure = model.call(&request(2)).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::ModelNotRecorded);
        assert!(failure.message.contains("prd/a1/b00/r0") && !failure.message.contains("idea"), "{failure}");
        assert_eq!((model.len(), model.is_empty()), (1, false));
    }
}
