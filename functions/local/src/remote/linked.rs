//! A document that an answer of the API cannot carry: fetched from where the answer says that it is.
//!
//! The link is followed once, without the token, which is for the API alone; and it opens the document to whoever has it,
//! so no message shows it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ideamine_core::failure::FailureKind;
use ideamine_core::{Digest, Failure};
use reqwest::header::HeaderValue;
use reqwest::{StatusCode, Url};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Api, body, no_answer, parsed};

/// A document from elsewhere, checked.
pub(super) struct Linked {
    told: Told,
    pub(super) bytes: Vec<u8>,
}

/// What the API says of it. Its length is counted.
#[derive(Deserialize)]
struct Told {
    digest: Digest,
    media_type: String,
    #[serde(default)]
    name: String,
}

impl Linked {
    /// As the API shows an artifact that its answer can carry.
    pub(super) fn artifact(&self) -> Value {
        let Told { digest, media_type, name } = &self.told;
        json!({
            "name": name, "digest": digest, "media_type": media_type, "bytes": self.bytes.len(),
            "base64": STANDARD.encode(&self.bytes),
        })
    }
}

impl Api {
    /// Fetches what a link leads to. One that leads on is not followed.
    pub(super) async fn follow(&self, link: &HeaderValue, told: &[u8]) -> Result<Linked, Failure> {
        let told: Told = serde_json::from_value(parsed(told)?)
            .map_err(|e| Failure::corrupt(format!("the API's answer does not tell of a document: {e}")))?;
        let url = link.to_str().ok().and_then(|link| Url::parse(link).ok());
        let url = url.filter(|url| self.trusts(url)).ok_or_else(|| {
            Failure::corrupt(format!(
                "the API at {} names a place for document {} that is not an address like its own (https://…)",
                self.base, told.digest
            ))
        })?;
        let place = format!("{}, where document {} is,", url.host_str().unwrap_or_default(), told.digest);
        let lost = |what: String| Failure::new(FailureKind::StoreUnavailable, format!("{place} {what}"));
        let response = self.client.get(url).send().await;
        let response = response.map_err(|e| lost(format!("{}; check the network", no_answer(&e))))?;
        let status = response.status();
        if status.is_redirection() {
            return Err(Failure::corrupt(format!("{place} leads on to another place ({status})")));
        }
        if status != StatusCode::OK {
            return Err(lost(format!("answers {status}; try again")));
        }
        let bytes = body(response, &place).await?;
        let bytes = bytes.map_err(|e| lost(format!("{}; check the network", no_answer(&e))))?;
        match Digest::of(&bytes) == told.digest {
            true => Ok(Linked { told, bytes }),
            false => Err(Failure::corrupt(format!("{place} answers with other bytes"))),
        }
    }

    /// Whether documents may come from there: encrypted, unless the API itself is on this machine.
    fn trusts(&self, link: &Url) -> bool {
        let loopback = |url: &Url| matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
        match self.base.scheme() {
            "http" => link.scheme() == "http" && loopback(link),
            _ => link.scheme() == "https",
        }
    }
}
