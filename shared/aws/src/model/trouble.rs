//! What an error of Bedrock, or the way an answer ends, means. Its own words are never passed on: they may quote the
//! prompt.

use aws_sdk_bedrockruntime::error::SdkError;
use aws_sdk_bedrockruntime::operation::converse::ConverseError;
use aws_sdk_bedrockruntime::types::StopReason;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::Request;

/// Words that say that the request is longer than the model reads.
const TOO_LONG: &[&str] =
    &["too long", "too many input tokens", "maximum context", "context length", "context window"];
/// Words that say that waiting a minute does not help.
const QUOTA: &[&str] = &["per day", "daily"];

pub(super) fn of_error(request: &Request, error: &SdkError<ConverseError, HttpResponse>) -> Failure {
    let (kind, what) = match error {
        SdkError::ConstructionFailure(_) => (FailureKind::ModelConfig, "the request could not be built"),
        SdkError::TimeoutError(_) => (FailureKind::ModelTimeout, "no answer in time"),
        SdkError::DispatchFailure(failed) if failed.is_timeout() => {
            (FailureKind::ModelTimeout, "no answer in time")
        }
        SdkError::DispatchFailure(_) => {
            (FailureKind::ModelUnavailable, "Bedrock could not be reached, or there are no credentials")
        }
        SdkError::ServiceError(_) => {
            of_code(error.code().unwrap_or_default(), error.message().unwrap_or_default())
        }
        _ => (FailureKind::ModelStreamBroken, "the answer broke off or could not be read"),
    };
    failure(request, kind, what)
}

fn of_code(code: &str, words: &str) -> (FailureKind, &'static str) {
    let words = words.to_ascii_lowercase();
    let says = |list: &[&str]| list.iter().any(|part| words.contains(part));
    match code {
        "ThrottlingException" if says(QUOTA) => {
            (FailureKind::ModelQuotaExhausted, "the account's tokens of today are used up")
        }
        "ServiceQuotaExceededException" => {
            (FailureKind::ModelQuotaExhausted, "the account's quota is used up")
        }
        "ThrottlingException" | "TooManyRequestsException" => {
            (FailureKind::ModelThrottled, "Bedrock asks to come back later")
        }
        "ModelTimeoutException" => (FailureKind::ModelTimeout, "the model took too long"),
        "ModelNotReadyException"
        | "ModelErrorException"
        | "InternalServerException"
        | "ServiceUnavailableException"
        | "InternalFailure" => (FailureKind::ModelUnavailable, "the model or Bedrock is not available now"),
        "ExpiredTokenException" | "ExpiredToken" => {
            (FailureKind::ModelUnavailable, "the credentials have expired")
        }
        "ValidationException" if says(TOO_LONG) => {
            (FailureKind::ModelContextTooLong, "the request is longer than the model reads")
        }
        "AccessDeniedException" | "UnrecognizedClientException" => (
            FailureKind::ModelConfig,
            "the role may not use this model: allow bedrock:InvokeModel and request access",
        ),
        "ResourceNotFoundException" => (FailureKind::ModelConfig, "this region has no such model"),
        "ValidationException" => {
            (FailureKind::ModelConfig, "Bedrock does not take this request: check that the model takes tools")
        }
        _ => (FailureKind::ModelUnavailable, "Bedrock answered with an error that is not known here"),
    }
}

/// Why an answer is none; `None` when it ended as it should.
pub(super) fn of_end(end: &StopReason) -> Option<(FailureKind, &'static str)> {
    Some(match end {
        StopReason::EndTurn | StopReason::StopSequence | StopReason::ToolUse => return None,
        StopReason::MaxTokens => {
            (FailureKind::ModelTruncated, "the answer reached its limit of tokens before its end")
        }
        StopReason::ContentFiltered | StopReason::GuardrailIntervened => {
            (FailureKind::ModelRefused, "the model or a guardrail declined to answer")
        }
        StopReason::ModelContextWindowExceeded => (
            FailureKind::ModelContextTooLong,
            "the request and its answer are longer than the model's window",
        ),
        other if other.as_str() == "refusal" => (FailureKind::ModelRefused, "the model declined to answer"),
        _ => (FailureKind::ModelStreamBroken, "the model stopped for a reason that is no normal end"),
    })
}

pub(super) fn failure(request: &Request, kind: FailureKind, what: &str) -> Failure {
    Failure::new(kind, format!("model {} at {}: {what}", request.model, request.label))
}
