//! What an error of the client library means: by its status, by what the stream said, or by what is at the
//! bottom of a broken connection.

use std::time::Duration;

use genai::Error;
use genai::webc::StreamTimeout;
use ideamine_core::failure::FailureKind;
use serde_json::Value;

use super::addresses::Refused;
use super::trouble::{ProviderError, RetryAdvice, Trouble, of_event, of_status};
use super::watch::Watch;

pub(super) const UNREADABLE: &str = "a piece of the answer is not what the provider documents";

/// What is known about a try besides its error.
pub(super) struct Fault {
    /// Whether a piece of an answer had come.
    pub(super) emitted: bool,
    /// How long headers were waited for.
    pub(super) header: Duration,
    /// When, milliseconds since 1970: a provider may name a date to come back.
    pub(super) now_ms: i64,
}

impl Fault {
    /// What an error of the client library means.
    pub(super) fn of(&self, error: &Error, watch: &Watch) -> Trouble {
        if watch.seen().refused {
            return refused();
        }
        if let Some(status) = error.status() {
            return self.bad_status(status.as_u16(), error);
        }
        match error {
            Error::WebStream { error, .. } => self.broken_line(error.as_ref()),
            Error::ChatResponse { body, .. } => of_event(&watch_or(watch, body), self.emitted),
            Error::StreamParse { .. } => match watch.seen().error.take() {
                Some(error) => of_event(&error, self.emitted),
                None => broken(UNREADABLE),
            },
            Error::WebModelCall { webc_error: genai::webc::Error::Reqwest(e), .. } => self.broken_line(e),
            // Anything else was found before a request was sent: an address or a schema that does not fit.
            _ => Trouble::new(
                FailureKind::ModelConfig,
                "the request could not be put together for this provider",
            ),
        }
    }

    fn bad_status(&self, status: u16, error: &Error) -> Trouble {
        let text = match error {
            Error::HttpError { body, .. } => body.as_str(),
            Error::WebModelCall {
                webc_error: genai::webc::Error::ResponseFailedStatus { body, .. }, ..
            } => body,
            _ => "",
        };
        let body = serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
        let header = |name: &str| error.headers().and_then(|h| h.get(name)).and_then(|v| v.to_str().ok());
        of_status(status, &ProviderError::of(&body), RetryAdvice::of(header, self.now_ms))
    }

    /// A transport error, by what is at its bottom.
    fn broken_line(&self, error: &(dyn std::error::Error + 'static)) -> Trouble {
        let inner = find::<Error>(error);
        if let Some((status, inner)) = inner.and_then(|inner| inner.status().zip(Some(inner))) {
            return self.bad_status(status.as_u16(), inner);
        }
        if find::<Refused>(error).is_some() {
            let what =
                "the address resolves to a private, link-local or reserved one; requests do not go there";
            return Trouble::new(FailureKind::ModelConfig, what);
        }
        if let Some(rustls::Error::InvalidCertificate(why)) = find::<rustls::Error>(error) {
            let what =
                format!("its certificate is not accepted ({why}); check address and system certificates");
            return Trouble::new(FailureKind::ModelConfig, what);
        }
        if find::<StreamTimeout>(error).is_some() {
            let limit = self.header;
            return Trouble::new(FailureKind::ModelTimeout, format!("no headers in {limit:?}"));
        }
        match find::<reqwest::Error>(error) {
            Some(e) if e.is_connect() && !self.emitted => {
                Trouble::new(FailureKind::ModelUnavailable, "no connection to the provider")
            }
            Some(e) if e.is_timeout() => Trouble::new(FailureKind::ModelTimeout, "no answer in time"),
            _ => broken("the connection broke before the answer's end"),
        }
    }
}

fn watch_or(watch: &Watch, body: &Value) -> ProviderError {
    watch.seen().error.take().filter(|e| !e.is_empty()).unwrap_or_else(|| ProviderError::of(body))
}

/// The first error of this type down the chain. An IO error hides the one inside it from the chain.
fn find<'a, E: std::error::Error + 'static>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        next = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

pub(super) fn broken(what: &str) -> Trouble {
    Trouble::new(FailureKind::ModelStreamBroken, what)
}

pub(super) fn refused() -> Trouble {
    Trouble::new(FailureKind::ModelRefused, "the model, or a filter of its provider, declined to answer")
}

pub(super) fn ended_early(watch: &Watch, emitted: bool) -> Trouble {
    let mut seen = watch.seen();
    match seen.error.take() {
        _ if seen.refused => refused(),
        Some(error) => of_event(&error, emitted),
        None => broken("the stream stopped without the provider's end marker"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_at_the_bottom_of_a_broken_connection_decides() {
        let fault = Fault { emitted: false, header: Duration::from_secs(1), now_ms: 0 };
        let check = |error: Box<dyn std::error::Error + Send + Sync>, kind: FailureKind, words: &str| {
            let outer = std::io::Error::other(std::io::Error::other(error));
            let trouble = fault.broken_line(&outer);
            assert_eq!(trouble.kind, kind, "{trouble:?}");
            assert!(trouble.what.contains(words), "{trouble:?}");
        };
        let certificate = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        check(Box::new(certificate), FailureKind::ModelConfig, "certificate is not accepted");
        check(Box::new(StreamTimeout::Headers), FailureKind::ModelTimeout, "no headers in 1s");
        check("connection reset".into(), FailureKind::ModelStreamBroken, "broke before the answer's end");
    }
}
