//! The API behind API Gateway: its authorizer has verified the token; whose data a request may touch is taken from it.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use ideamine_aws::{Aws, Settings};
use ideamine_core::{Failure, Tenant};
use lambda_http::Error;
use lambda_http::request::RequestContext;
use serde_json::json;

use crate::serve::log_as_json;

/// The claim that names the tenant.
const TENANT_CLAIM: &str = "tenant";

/// Serves a router. Its handlers find the caller's [`Tenant`] among the request's extensions; on a route without an
/// authorizer (health) there is none.
///
/// # Errors
/// What is wrong with the configuration, or the runtime's own failure.
pub async fn serve_http<F>(routes: F) -> Result<(), Error>
where
    F: AsyncFnOnce(&Aws) -> Result<Router, Failure>,
{
    log_as_json();
    let aws = Aws::connect(Settings::from_env()?).await?;
    let router = routes(&aws).await?;
    let flush = middleware::from_fn(move |request: Request, next: Next| {
        let aws = aws.clone();
        async move {
            let response = next.run(request).await;
            aws.flush().await;
            response
        }
    });
    lambda_http::run(with_tenant(router).layer(flush)).await
}

/// Adds the tenant of the verified token to every request.
pub(crate) fn with_tenant(router: Router) -> Router {
    router.layer(middleware::from_fn(async |mut request: Request, next: Next| match tenant(&request) {
        Ok(Some(tenant)) => {
            request.extensions_mut().insert(tenant);
            next.run(request).await
        }
        Ok(None) => next.run(request).await,
        Err(detail) => forbidden(detail),
    }))
}

/// The tenant that the token names; `None` when no authorizer stands before the route.
fn tenant(request: &Request) -> Result<Option<Tenant>, &'static str> {
    let Some(RequestContext::ApiGatewayV2(context)) = request.extensions().get::<RequestContext>() else {
        return Ok(None);
    };
    let Some(token) = context.authorizer.as_ref().and_then(|authorizer| authorizer.jwt.as_ref()) else {
        return Ok(None);
    };
    let claim = token.claims.get(TENANT_CLAIM).ok_or("the token has no claim `tenant`")?;
    Tenant::new(claim).map(Some).map_err(|_| "the token's claim `tenant` is no usable name of a tenant")
}

fn forbidden(detail: &str) -> Response {
    let status = StatusCode::FORBIDDEN;
    let body = json!({ "type": "urn:ideamine:problem:Input.Invalid", "title": "Input.Invalid", "status": 403, "detail": detail });
    let kind = [(axum::http::header::CONTENT_TYPE, "application/problem+json")];
    (status, kind, Json(body).into_response().into_body()).into_response()
}
