//! The routes. `{id}` is a run's id. Whose runs is told by the [`Tenant`] among the request's extensions.

use std::sync::Arc;

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Json, Router};
use ideamine_core::records::Desired;
use ideamine_core::{Failure, RunId, Tenant};
use ideamine_runs::Throw;
use serde::Deserialize;
use serde_json::Value;

use crate::document::{self, HTML, JSON};
use crate::guards;
use crate::{Desk, NewFork, NewLimits, NewRun, Problem};

type Answer = Result<Json<Value>, Problem>;
type Shared = State<Arc<dyn Desk>>;
type Id = Result<Path<String>, PathRejection>;

/// Health and the run routes.
pub fn router(desk: Arc<dyn Desk>) -> Router {
    let routes = ROUTES.iter().fold(Router::new(), |router, (path, route)| router.route(path, route()));
    routes.fallback(missing).method_not_allowed_fallback(other_method).with_state(desk)
}

/// A path, and what its methods do.
type Route = (&'static str, fn() -> MethodRouter<Arc<dyn Desk>>);

/// Every route.
pub(crate) const ROUTES: &[Route] = &[
    ("/health", || get(health)),
    ("/v1/runs", || get(list).post(create)),
    ("/v1/runs/{id}", || get(one)),
    ("/v1/runs/{id}/pause", || post(pause)),
    ("/v1/runs/{id}/resume", || post(resume)),
    ("/v1/runs/{id}/cancel", || post(cancel)),
    ("/v1/runs/{id}/checkpoints", || get(checkpoints)),
    ("/v1/runs/{id}/fork", || post(fork)),
    ("/v1/runs/{id}/answers", || post(answer)),
    ("/v1/runs/{id}/events", || get(events)),
    ("/v1/runs/{id}/artifacts/{*name}", || get(artifact)),
    ("/v1/runs/{id}/ledger", || get(ledger)),
    ("/v1/runs/{id}/dossier.json", || get(dossier)),
    ("/v1/runs/{id}/dossier.html", || get(page)),
    ("/v1/guards/{guard}", || post(guard)),
    ("/v1/queue", || get(queue)),
    ("/v1/kill-switch", || get(kill_switch).post(throw)),
];

/// Whose runs the caller may touch.
struct Caller(Tenant);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let tenant = parts.extensions.get::<Tenant>().cloned();
        tenant.map(Self).ok_or_else(|| Problem::request(StatusCode::UNAUTHORIZED, "this route needs a token"))
    }
}

/// What a guard says of a text. It is of no run, so nothing is kept of it; work on a long text must not hold up others.
async fn guard(
    Caller(_): Caller,
    name: Result<Path<String>, PathRejection>,
    body: Result<Json<Value>, JsonRejection>,
) -> Answer {
    let Path(name) = name.map_err(|e| Problem::request(e.status(), e.body_text()))?;
    let Json(asked) = body.map_err(|e| Problem::request(e.status(), e.body_text()))?;
    let said = tokio::task::spawn_blocking(move || guards::answer(&name, asked)).await;
    Ok(Json(said.map_err(|lost| Failure::bug(lost.to_string()))??))
}

async fn health(State(desk): Shared) -> Answer {
    Ok(Json(desk.health().await?))
}

async fn list(State(desk): Shared, Caller(tenant): Caller) -> Answer {
    Ok(Json(desk.list(&tenant).await?))
}

async fn create(
    State(desk): Shared,
    Caller(tenant): Caller,
    body: Result<Json<NewRun>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let Json(new) = body.map_err(|e| Problem::request(e.status(), e.body_text()))?;
    Ok((StatusCode::CREATED, Json(desk.create(&tenant, new).await?)))
}

async fn one(State(desk): Shared, Caller(tenant): Caller, id: Id) -> Answer {
    Ok(Json(desk.show(&tenant, &run(id)?).await?))
}

async fn pause(State(desk): Shared, Caller(tenant): Caller, id: Id) -> Answer {
    Ok(Json(desk.want(&tenant, &run(id)?, Desired::Pause).await?))
}

async fn resume(
    State(desk): Shared,
    Caller(tenant): Caller,
    id: Id,
    body: Result<Option<Json<NewLimits>>, JsonRejection>,
) -> Answer {
    let body = body.map_err(|e| Problem::request(e.status(), e.body_text()))?;
    let limits = body.map(|Json(limits)| limits).unwrap_or_default();
    Ok(Json(desk.resume(&tenant, &run(id)?, limits).await?))
}

async fn cancel(State(desk): Shared, Caller(tenant): Caller, id: Id) -> Answer {
    Ok(Json(desk.want(&tenant, &run(id)?, Desired::Cancel).await?))
}

async fn checkpoints(State(desk): Shared, Caller(tenant): Caller, id: Id) -> Answer {
    Ok(Json(desk.runs(&tenant).checkpoints(&run(id)?).await?))
}

async fn fork(
    State(desk): Shared,
    Caller(tenant): Caller,
    id: Id,
    body: Result<Json<NewFork>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let Json(new) = body.map_err(|e| Problem::request(e.status(), e.body_text()))?;
    Ok((StatusCode::CREATED, Json(desk.fork(&tenant, &run(id)?, new).await?)))
}

/// A person's answer to a question.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reply {
    question: String,
    text: String,
}

async fn answer(
    State(desk): Shared,
    Caller(tenant): Caller,
    id: Id,
    body: Result<Json<Reply>, JsonRejection>,
) -> Answer {
    let Json(Reply { question, text }) = body.map_err(|e| Problem::request(e.status(), e.body_text()))?;
    Ok(Json(desk.runs(&tenant).answer(&run(id)?, &question, text).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct After {
    #[serde(default)]
    after: String,
}

async fn events(
    State(desk): Shared,
    Caller(tenant): Caller,
    id: Id,
    query: Result<Query<After>, QueryRejection>,
) -> Answer {
    let Query(After { after }) = query.map_err(|e| Problem::request(e.status(), e.body_text()))?;
    Ok(Json(desk.events(&tenant, &run(id)?, &after).await?))
}

async fn artifact(
    State(desk): Shared,
    Caller(tenant): Caller,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Response, Problem> {
    let Path((id, name)) = path.map_err(|e| Problem::request(e.status(), e.body_text()))?;
    let found = desk.runs(&tenant).artifact(&run(Ok(Path(id)))?, &name).await?;
    let linked = document::linked(&*desk, &tenant, &found.bytes, &found.artifact.media_type, found.told());
    Ok(linked.await?.unwrap_or_else(|| Json(found.shown()).into_response()))
}

async fn ledger(State(desk): Shared, Caller(tenant): Caller, id: Id) -> Result<Response, Problem> {
    let ledger = desk.runs(&tenant).ledger(&run(id)?).await?;
    document::send(&*desk, &tenant, ledger.to_string().into_bytes(), JSON).await
}

async fn dossier(State(desk): Shared, Caller(tenant): Caller, id: Id) -> Result<Response, Problem> {
    let text = desk.runs(&tenant).dossier(&run(id)?).await?;
    document::send(&*desk, &tenant, text.into_bytes(), JSON).await
}

async fn page(State(desk): Shared, Caller(tenant): Caller, id: Id) -> Result<Response, Problem> {
    let page = desk.runs(&tenant).page(&run(id)?).await?;
    document::send(&*desk, &tenant, page, HTML).await
}

/// The queue is everybody's: what is told of it names no tenant but the caller's own.
async fn queue(State(desk): Shared, Caller(tenant): Caller) -> Answer {
    let mut told = desk.queue().await?;
    told["breakers"] = Value::Array(desk.runs(&tenant).breakers().await?);
    Ok(Json(told))
}

async fn kill_switch(State(desk): Shared, Caller(tenant): Caller) -> Answer {
    Ok(Json(desk.runs(&tenant).kill_switch().await?))
}

async fn throw(
    State(desk): Shared,
    Caller(tenant): Caller,
    body: Result<Json<Throw>, JsonRejection>,
) -> Answer {
    let Json(throw) = body.map_err(|e| Problem::request(e.status(), e.body_text()))?;
    Ok(Json(desk.runs(&tenant).throw_kill_switch(&throw).await?))
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
