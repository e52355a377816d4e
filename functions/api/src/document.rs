//! Documents as answers: whole, or `303 See Other` to a link where the desk's answers cannot carry them.
//!
//! The link is a capability: who has it needs no token. It is sent to the caller alone, in a header that no log shows.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ideamine_core::{Digest, Failure, Tenant};
use serde_json::{Value, json};

use crate::{Desk, Problem};

pub(crate) const JSON: &str = "application/json";
pub(crate) const HTML: &str = "text/html; charset=utf-8";

/// The document itself, or where it is.
pub(crate) async fn send(
    desk: &dyn Desk,
    tenant: &Tenant,
    document: Vec<u8>,
    media_type: &'static str,
) -> Result<Response, Problem> {
    let told =
        || json!({ "digest": Digest::of(&document), "media_type": media_type, "bytes": document.len() });
    Ok(match linked(desk, tenant, &document, media_type, told()).await? {
        Some(elsewhere) => elsewhere,
        None => ([(header::CONTENT_TYPE, media_type)], document).into_response(),
    })
}

/// Where a document is that the answer cannot carry; its body is `told`, by whose `digest` it is checked.
pub(crate) async fn linked(
    desk: &dyn Desk,
    tenant: &Tenant,
    document: &[u8],
    media_type: &str,
    told: Value,
) -> Result<Option<Response>, Problem> {
    let Some(link) = desk.link(tenant, document, media_type).await? else { return Ok(None) };
    let mut link =
        HeaderValue::try_from(link).map_err(|_| Failure::bug("the link to a document is no header"))?;
    link.set_sensitive(true);
    let headers = [(header::LOCATION, link), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok(Some((StatusCode::SEE_OTHER, headers, Json(told)).into_response()))
}

#[cfg(test)]
mod tests;
