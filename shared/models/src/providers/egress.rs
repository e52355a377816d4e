//! Where a request may go: the only HTTP client of the workspace, and the rule it cannot leave.
//!
//! A base URL comes from the operator's configuration alone. It is HTTPS, or HTTP to this machine's own
//! loopback; no redirect is followed and no proxy used. A loopback host may only resolve to loopback
//! addresses and any other only to public ones: the addresses that were checked are the ones connected to,
//! so that a name that changes its answer (DNS rebinding) gains nothing.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::addresses::{admits, admitted};

/// Idle connections kept for each host.
const IDLE_CONNECTIONS: usize = 8;

/// A checked base URL; ends in `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BaseUrl {
    url: Url,
    loopback: bool,
}

impl BaseUrl {
    /// Checks what the operator wrote; `setting` names it in the failure.
    pub(super) fn parse(text: &str, setting: &str) -> Result<Self, Failure> {
        let refuse = |why: &str| {
            let message = format!("{setting}: {why}; expected an address like https://host/v1/");
            Failure::new(FailureKind::ModelConfig, message)
        };
        let mut url = Url::parse(text.trim()).map_err(|e| refuse(&e.to_string()))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse("an address with a user name or password is not taken"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refuse("an address with `?` or `#` is not taken"));
        }
        let host = url.host_str().ok_or_else(|| refuse("there is no host"))?;
        // The parser has already turned every way to write an IPv4 address into the usual one.
        let literal: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
        let loopback = literal.map_or_else(|| is_local_name(host), |ip| ip.is_loopback());
        if literal.is_some_and(|ip| !admits(loopback, ip)) {
            return Err(refuse("private, link-local and reserved addresses are refused"));
        }
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => return Err(refuse("plain http is for this machine alone (localhost)")),
            other => return Err(refuse(&format!("`{other}` is not https"))),
        }
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        Ok(Self { url, loopback })
    }

    /// Scheme, host and port if it is not the usual one: what a key is bound to.
    pub(super) fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    pub(super) fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// Whether it is this machine.
    pub(super) fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// A client that can reach this host and no other kind of address.
    pub(super) fn client(&self, connect: Duration) -> Result<reqwest::Client, Failure> {
        // One process-wide TLS provider; a second call finds it installed, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("ideamine/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(connect)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .tcp_nodelay(true)
            .dns_resolver(Arc::new(Gate { loopback: self.loopback }));
        builder = match self.url.scheme() {
            // No certificates to load: a machine without any still reaches its own server.
            "http" => builder.tls_certs_only([]),
            _ => builder.https_only(true),
        };
        builder.build().map_err(|e| {
            let message = format!("no HTTPS client for {}: {}", self.origin(), root_cause(&e));
            Failure::new(FailureKind::ModelConfig, message)
        })
    }
}

fn root_cause(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), root_cause)
}

fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

struct Gate {
    loopback: bool,
}

impl Resolve for Gate {
    fn resolve(&self, name: Name) -> Resolving {
        let loopback = self.loopback;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let admitted = admitted(loopback, found)?;
            Ok(Box::new(admitted.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_is_https_or_this_machine() {
        let check = |text: &str, origin: Option<&str>| {
            let got = BaseUrl::parse(text, "IDEAMINE_LOCAL_URL");
            assert_eq!(got.as_ref().ok().map(BaseUrl::origin).as_deref(), origin, "{text}: {got:?}");
            if let Err(failure) = got {
                assert!(failure.message.starts_with("IDEAMINE_LOCAL_URL: "), "{failure}");
                assert_eq!(failure.kind, FailureKind::ModelConfig);
            }
        };
        check("https://api.example.com/v1", Some("https://api.example.com"));
        check(" https://API.example.com:8443/v1/ ", Some("https://api.example.com:8443"));
        check("http://127.0.0.1:11434/v1", Some("http://127.0.0.1:11434"));
        check("http://[::1]:8080/v1/", Some("http://[::1]:8080"));
        check("http://localhost:8080", Some("http://localhost:8080"));
        check("https://8.8.8.8/", Some("https://8.8.8.8"));
        for bad in [
            "",
            "api.example.com/v1",
            "http://api.example.com/v1/",
            "http://8.8.8.8/",
            "http://0.0.0.0:8080/",
            "http://localhost.example.com/",
            "https://user:word@api.example.com/",
            "https://api.example.com/v1/?key=1",
            "https://api.example.com/#a",
            "https://10.0.0.1/",
            "https://192.168.1.20/v1/",
            "https://169.254.169.254/latest/meta-data/",
            "https://2852039166/",
            "https://0xa9fea9fe/",
            "https://[fe80::1]/",
            "https://[fd00::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[::ffff:a9fe:a9fe]/",
            "ftp://localhost/",
            "file:///etc/passwd",
            "unix:/run/model.sock",
        ] {
            check(bad, None);
        }
    }

    #[tokio::test]
    async fn a_name_that_turns_out_to_be_this_machine_is_not_connected_to() {
        let url = Url::parse("http://localhost:9/").unwrap();
        let client = BaseUrl { url: url.clone(), loopback: false }.client(Duration::from_secs(5)).unwrap();
        let error = client.get(url).send().await.unwrap_err();
        assert!(root_cause(&error).contains("private, link-local or reserved"), "{error:?}");
    }
}
