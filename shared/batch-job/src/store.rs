//! The two objects of one job, each behind an address that was signed for it alone.

use std::time::Duration;

use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use reqwest::{Client, Response, StatusCode, Url};

/// Largest specification, bytes: an application with its tests, several times over.
const SPEC_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Longest time for one request, and for its connection.
const REQUEST: Duration = Duration::from_secs(60);
const CONNECT: Duration = Duration::from_secs(10);
/// Times that a request is made.
const ATTEMPTS: u32 = 4;
/// The first pause between two, which doubles. One container asks at most a few times in its life, so that chance in the
/// pause would spread nothing.
const PAUSE: Duration = Duration::from_millis(500);

pub(crate) struct Store {
    client: Client,
    spec: Url,
    result: Url,
}

impl Store {
    /// Takes the two addresses.
    ///
    /// # Errors
    /// `Input.Invalid` for an address that is not https (or of this machine).
    pub(crate) fn new(spec: &str, result: &str) -> Result<Self, Failure> {
        // One TLS provider for the process; a second call finds it there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (spec, result) = (address(spec)?, address(result)?);
        let mut builder = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(REQUEST)
            .connect_timeout(CONNECT);
        if [&spec, &result].iter().all(|url| url.scheme() == "http") {
            // No certificates to load.
            builder = builder.tls_certs_only([]);
        }
        let client = builder.build().map_err(|e| unavailable(format!("no HTTPS client: {}", plain(e))))?;
        Ok(Self { client, spec, result })
    }

    /// The specification.
    ///
    /// # Errors
    /// `Store.Unavailable` when it cannot be had, `Input.TooLarge` when it is too long.
    pub(crate) async fn spec(&self) -> Result<Vec<u8>, Failure> {
        let what = "fetch the job's specification";
        again(async || {
            let mut answer = usable(what, self.client.get(self.spec.clone()).send().await)?;
            let mut bytes = Vec::new();
            while let Some(piece) = answer.chunk().await.map_err(|e| lost(what, e))? {
                if (bytes.len() + piece.len()) as u64 > SPEC_BYTES_MAX {
                    let message = format!("the job's specification is longer than {SPEC_BYTES_MAX} bytes");
                    return Err(Trouble::Final(Failure::input(message)));
                }
                bytes.extend_from_slice(&piece);
            }
            Ok(bytes)
        })
        .await
    }

    /// Stores the result, unless another attempt at the same job has: that one is as good.
    ///
    /// # Errors
    /// `Store.Unavailable`.
    pub(crate) async fn keep(&self, bytes: Vec<u8>) -> Result<(), Failure> {
        let what = "store the job's result";
        again(async || {
            let request = self.client.put(self.result.clone()).header("if-none-match", "*");
            match request.body(bytes.clone()).send().await {
                Ok(answer) if answer.status() == StatusCode::PRECONDITION_FAILED => Ok(()),
                sent => usable(what, sent).map(drop),
            }
        })
        .await
    }
}

/// Whether trying again may help.
enum Trouble {
    Passing(Failure),
    Final(Failure),
}

async fn again<T>(ask: impl AsyncFn() -> Result<T, Trouble>) -> Result<T, Failure> {
    let mut attempt = 1;
    loop {
        match ask().await {
            Ok(done) => return Ok(done),
            Err(Trouble::Passing(_)) if attempt < ATTEMPTS => {
                tokio::time::sleep(PAUSE * 2u32.pow(attempt - 1)).await;
                attempt += 1;
            }
            Err(Trouble::Passing(failure) | Trouble::Final(failure)) => return Err(failure),
        }
    }
}

fn usable(what: &str, sent: Result<Response, reqwest::Error>) -> Result<Response, Trouble> {
    let answer = sent.map_err(|e| lost(what, e))?;
    let status = answer.status();
    let failure = || {
        let hint = match status {
            StatusCode::FORBIDDEN => ": the address has expired, or its signer may not do that any more",
            StatusCode::NOT_FOUND => ": it is not there",
            _ => "",
        };
        unavailable(format!("cannot {what}: the bucket answers {status}{hint}"))
    };
    match status {
        _ if status.is_success() => Ok(answer),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT | StatusCode::CONFLICT => {
            Err(Trouble::Passing(failure()))
        }
        _ if status.is_server_error() => Err(Trouble::Passing(failure())),
        _ => Err(Trouble::Final(failure())),
    }
}

fn lost(what: &str, error: reqwest::Error) -> Trouble {
    Trouble::Passing(unavailable(format!("cannot {what}: {}", plain(error))))
}

/// The error without its address, which is a right and so a secret.
fn plain(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    text
}

fn address(text: &str) -> Result<Url, Failure> {
    let expected = || Failure::input("the address of a job's object must begin with https://");
    let url = Url::parse(text).map_err(|_| expected())?;
    let loopback = url.host_str() == Some("127.0.0.1");
    match url.scheme() {
        "https" => Ok(url),
        "http" if loopback => Ok(url),
        _ => Err(expected()),
    }
}

fn unavailable(message: String) -> Failure {
    Failure::new(FailureKind::StoreUnavailable, message)
}
