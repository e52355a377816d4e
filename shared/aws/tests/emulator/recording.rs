//! Passes requests on and remembers their addresses and bodies.

use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

type Seen = Arc<Mutex<Vec<(String, String)>>>;

#[derive(Debug, Clone)]
pub(crate) struct Recording {
    inner: SharedHttpClient,
    seen: Seen,
}

#[derive(Debug)]
struct Connector {
    inner: SharedHttpConnector,
    seen: Seen,
}

impl Recording {
    pub(crate) fn new(inner: SharedHttpClient) -> Self {
        Self { inner, seen: Seen::default() }
    }

    /// Addresses of the requests that hold this.
    pub(crate) fn uris(&self, part: &str) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        seen.iter().map(|(uri, _)| uri.clone()).filter(|uri| uri.contains(part)).collect()
    }

    /// Bodies of the requests to addresses that end like this, in order.
    pub(crate) fn bodies(&self, ending: &str) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        seen.iter().filter(|(uri, _)| uri.ends_with(ending)).map(|(_, body)| body.clone()).collect()
    }
}

impl HttpClient for Recording {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connector { inner, seen: self.seen.clone() })
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        self.seen.lock().unwrap().push((request.uri().to_owned(), body));
        self.inner.call(request)
    }
}
