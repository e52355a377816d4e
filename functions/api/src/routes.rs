//! The routes. `{id}` is a run's id.

use std::sync::Arc;

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use ideamine_core::{Failure, RunId};
use serde_json::Value;

use crate::{BODY_BYTES_MAX, Desk, NewRun, Problem, guard};

type Answer = Result<Json<Value>, Problem>;
type Shared = State<Arc<dyn Desk>>;

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
        .layer(middleware::from_fn(guard::same_machine))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
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

async fn one(State(desk): Shared, Path(id): Path<String>) -> Answer {
    Ok(Json(desk.get(run(&id)?).await?))
}

async fn pause(State(desk): Shared, Path(id): Path<String>) -> Answer {
    Ok(Json(desk.pause(run(&id)?).await?))
}

async fn resume(State(desk): Shared, Path(id): Path<String>) -> Answer {
    Ok(Json(desk.resume(run(&id)?).await?))
}

async fn cancel(State(desk): Shared, Path(id): Path<String>) -> Answer {
    Ok(Json(desk.cancel(run(&id)?).await?))
}

async fn missing() -> Problem {
    Problem::request(StatusCode::NOT_FOUND, "there is no such route")
}

fn run(id: &str) -> Result<RunId, Failure> {
    RunId::new(id).map_err(|e| Failure::input(e.to_string()))
}
