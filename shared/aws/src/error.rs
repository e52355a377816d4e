//! How an error of the SDK becomes a failure with a stable name.
//!
//! What can succeed later is `Store.Unavailable`; what an operator must put right (a missing table, a role without
//! a permission) is `Config.Invalid`; what should be impossible is `Internal.Bug`. Conditions, duplicates and things
//! that are not there mean something else to each port, which looks at their codes before it comes here.

use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;

/// Most characters of a service's own message that are passed on.
const MESSAGE_CHARS_MAX: usize = 300;

/// The service is busy, or asks to come back. The SDK has tried again already.
const BUSY: &[&str] = &[
    "BandwidthLimitExceeded",
    "DependencyTimeoutException",
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "KMSInternalException",
    "KeyUnavailableException",
    "LimitExceededException",
    "OperationAborted",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestTimeout",
    "RequestTimeoutException",
    "RequestTimeTooSkewed",
    "ServerException",
    "ServiceUnavailable",
    "SlowDown",
    "Throttling",
    "ThrottledException",
    "ThrottlingError",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];
/// Credentials that a later try, elsewhere or after a renewal, has anew.
const EXPIRED: &[&str] = &["ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"];
/// The role may not, or the credentials are wrong.
const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "AllAccessDisabled",
    "AuthFailure",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "KMSAccessDeniedException",
    "MissingAuthenticationToken",
    "NotAuthorized",
    "OptInRequired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
];
/// A table, bucket, queue, machine or key of the stack is not there.
const MISSING: &[&str] = &[
    "AWS.SimpleQueueService.NonExistentQueue",
    "DisabledException",
    "NoSuchBucket",
    "NotFoundException",
    "QueueDoesNotExist",
    "ResourceNotFoundException",
    "StateMachineDoesNotExist",
];

/// The failure of a call; `what` says what was being done, for which id.
pub(crate) fn failure<E>(what: &str, error: &SdkError<E, HttpResponse>) -> Failure
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let response = match error {
        SdkError::ServiceError(service) => service.raw(),
        SdkError::ConstructionFailure(_) => return Failure::bug(format!("cannot {what}: {}", chain(error))),
        // No connection, no credentials, no answer in time, or half of one.
        _ => return unavailable(what, &chain(error)),
    };
    let (code, status) = (error.code().unwrap_or("unnamed error"), response.status().as_u16());
    let said = error.message().map_or_else(String::new, |message| format!(": {}", cut(message)));
    by_code(what, code, status, &said)
}

/// The failure of an error that is known by its code alone: one of a batch, one reason of a cancelled transaction.
pub(crate) fn by_code(what: &str, code: &str, status: u16, said: &str) -> Failure {
    let message = format!("cannot {what}: {code}{said}");
    let invalid = |advice: &str| Failure::new(FailureKind::ConfigInvalid, format!("{message}; {advice}"));
    if EXPIRED.contains(&code) {
        return unavailable(what, &format!("{code}: the credentials have expired"));
    }
    if BUSY.contains(&code) || status == 429 || status >= 500 {
        return unavailable(what, &format!("{code}{said}"));
    }
    if DENIED.contains(&code) || status == 401 || status == 403 {
        return invalid("give the role of this function the permission, or do not ask it for this");
    }
    if MISSING.contains(&code) {
        return invalid("check the settings against the stack");
    }
    Failure::bug(message)
}

pub(crate) fn unavailable(what: &str, why: &str) -> Failure {
    Failure::new(FailureKind::StoreUnavailable, format!("cannot {what}: {why}"))
}

/// Each cause in words, outermost first; never a debug form, which could hold a header.
fn chain(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_words = cause.to_string();
        if !words.ends_with(&cause_words) {
            words = format!("{words}: {cause_words}");
        }
        next = cause.source();
    }
    cut(&words)
}

fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MESSAGE_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_says_whether_to_come_back_to_fix_the_stack_or_to_report_a_bug() {
        let check = |code: &str, status, kind| {
            let failure = by_code("read row `a/b`", code, status, ": as told");
            assert_eq!(failure.kind, kind, "{code}");
            assert!(failure.message.contains("row `a/b`") && failure.message.contains(code), "{failure}");
        };
        check("ProvisionedThroughputExceededException", 400, FailureKind::StoreUnavailable);
        check("ThrottlingException", 400, FailureKind::StoreUnavailable);
        check("SomethingNew", 503, FailureKind::StoreUnavailable);
        check("SomethingNew", 429, FailureKind::StoreUnavailable);
        check("ExpiredTokenException", 400, FailureKind::StoreUnavailable);
        check("AccessDeniedException", 400, FailureKind::ConfigInvalid);
        check("SomethingNew", 403, FailureKind::ConfigInvalid);
        check("ResourceNotFoundException", 400, FailureKind::ConfigInvalid);
        check("ValidationException", 400, FailureKind::Bug);
    }
}
