//! The routes. `{id}` is a run's id.

use std::sync::Arc;

use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use ideamine_core::{Failure, RunId};
use serde_json::Value;

use crate::{Desk, NewRun, Problem, guard};

type Answer = Result<Json<Value>, Problem>;
type Shared = State<Arc<dyn Desk>>;
type Id = Result<Path<String>, PathRejection>;

/// Health and the run routes.
pub fn router(desk: Arc<dyn Desk>) -> Router {
    Router::new()
        .route("/health", get(health))
        .route("/v1/runs", get(list).post(create))
        .route("/v1/runs/{id}", get(one))
        .route("/v1/runs/{id}/pause", post(pause))
        .route("/v1/runs/{id}/resume", post(resume))
        .route("/v1/runs/{id}/cancel", post(cancel))
        .fallback(missing)
        .method_not_allowed_fallback(other_method)
        .layer(middleware::from_fn(guard::body))
        .layer(middleware::from_fn(guard::head))
        .with_state(desk)
}

async fn health(State(desk): Shared) -> Answer {
    Ok(Json(desk.health().await?))
}

async fn list(State(desk): Shared) -> Answer {
    Ok(Json(desk.list().await?))
}

async fn create(
    State(desk): Shared,
    body: Result<Json<NewRun>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let Json(new) = body.map_err(|e| Problem::request(e.status(), e.body_text()))?;
    Ok((StatusCode::CREATED, Json(desk.create(new).await?)))
}

async fn one(State(desk): Shared, id: Id) -> Answer {
    Ok(Json(desk.get(run(id)?).await?))
}

async fn pause(State(desk): Shared, id: Id) -> Answer {
    Ok(Json(desk.pause(run(id)?).await?))
}

async fn resume(State(desk): Shared, id: Id) -> Answer {
    Ok(Json(desk.resume(run(id)?).await?))
}

async fn cancel(State(desk): Shared, id: Id) -> Answer {
    Ok(Json(desk.cancel(run(id)?).await?))
}

async fn missing() -> Problem {
    Problem::request(StatusCode::NOT_FOUND, "there is no such route")
}

/// The right methods are in the `allow` header, which the router adds.
async fn other_method(method: Method) -> Problem {
    Problem::request(StatusCode::METHOD_NOT_ALLOWED, format!("{method} is not for this route"))
}

fn run(id: Id) -> Result<RunId, Problem> {
    let Path(id) = id.map_err(|e| Problem::request(e.status(), e.body_text()))?;
    Ok(RunId::new(&id).map_err(|e| Failure::input(e.to_string()))?)
}
