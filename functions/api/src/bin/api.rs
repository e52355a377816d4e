//! The API as a Lambda behind API Gateway, whose authorizer verifies tokens.

use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use ideamine_api::Problem;
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), ideamine_lambda::Error> {
    ideamine_lambda::serve_http(async |_| Ok(router())).await
}

/// What can be asked of the stack itself.
fn router() -> Router {
    Router::new().route("/health", get(health)).fallback(missing)
}

async fn health() -> Json<Value> {
    Json(json!({ "status": "ok", "build": env!("CARGO_PKG_VERSION") }))
}

async fn missing() -> Problem {
    Problem::request(StatusCode::NOT_FOUND, "there is no such route")
}
