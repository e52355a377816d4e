//! RFC 9457 problem details: `{type, title, status, detail}`, the type being the failure's stable name.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use serde_json::json;

/// A failure as an HTTP answer.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    name: &'static str,
    detail: String,
}

impl Problem {
    /// A problem of the request itself.
    pub fn request(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, name: FailureKind::InputInvalid.name(), detail: detail.into() }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let status = match failure.kind {
            FailureKind::InputInvalid | FailureKind::ConfigInvalid | FailureKind::ModelConfig => {
                StatusCode::BAD_REQUEST
            }
            FailureKind::NotFound => StatusCode::NOT_FOUND,
            FailureKind::StoreConflict | FailureKind::StepConflict | FailureKind::ControlStopped => {
                StatusCode::CONFLICT
            }
            FailureKind::StoreUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self { status, name: failure.kind.name(), detail: failure.message }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = json!({
            "type": format!("urn:ideamine:problem:{}", self.name),
            "title": self.name,
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        (self.status, kind, Json(body).into_response().into_body()).into_response()
    }
}
