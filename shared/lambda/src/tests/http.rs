//! Whose data a request may touch.

use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Request};
use axum::routing::get;
use ideamine_core::Tenant;
use lambda_http::request::RequestContext;
use lambda_http::tower::ServiceExt;
use serde_json::{Value, json};

use crate::http::with_tenant;

/// As API Gateway sends it, with or without a verified token.
fn context(claims: Option<Value>) -> RequestContext {
    let mut context = json!({
        "accountId": "123456789012", "apiId": "a", "stage": "$default", "routeKey": "GET /v1/{proxy+}",
        "requestId": "r", "time": "22/Nov/2026:12:00:00 +0000", "timeEpoch": 1_795_000_000_000_i64,
        "http": { "method": "GET", "path": "/v1/runs", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "t" },
    });
    if let Some(claims) = claims {
        context["authorizer"] = json!({ "jwt": { "claims": claims, "scopes": ["runs:read"] } });
    }
    RequestContext::ApiGatewayV2(serde_json::from_value(context).unwrap())
}

#[tokio::test]
async fn the_tenant_is_the_verified_tokens_and_nothing_elses() {
    let check = async |claims: Option<Value>, expected: (u16, &str)| {
        let whose = async |tenant: Option<Extension<Tenant>>| {
            tenant.map_or_else(|| "nobody".to_owned(), |t| t.0.to_string())
        };
        let router = with_tenant(Router::new().route("/v1/runs", get(whose)));
        let mut request = Request::get("/v1/runs").header("tenant", "other").body(Body::empty()).unwrap();
        request.extensions_mut().insert(context(claims.clone()));
        let response = router.oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert_eq!(status, expected.0, "{claims:?}");
        assert!(body.contains(expected.1), "{claims:?}: {body}");
    };
    check(None, (200, "nobody")).await;
    check(Some(json!({ "sub": "s", "tenant": "acme" })), (200, "acme")).await;
    check(Some(json!({ "sub": "s" })), (403, "no claim")).await;
    check(Some(json!({ "tenant": "acme#run" })), (403, "no usable name")).await;
    check(Some(json!({ "tenant": "" })), (403, "no usable name")).await;
}

/// An event of `events/api`, as Lambda hands it over.
fn event(case: &str) -> Request {
    let path = format!("{}/../../events/api/{case}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    lambda_http::request::from_str(&text).unwrap().map(Body::new)
}

#[tokio::test]
async fn the_apis_events_are_answered_by_its_routes() {
    let check = async |case: &str, expected: (u16, &str)| {
        let whose = async |tenant: Option<Extension<Tenant>>| {
            tenant.map_or_else(|| "nobody".to_owned(), |t| t.0.to_string())
        };
        let router = with_tenant(Router::new().route("/v1/runs", get(whose)).route("/health", get(whose)));
        let response = router.oneshot(event(case)).await.unwrap();
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        assert_eq!(status, expected.0, "{case}");
        assert!(String::from_utf8_lossy(&body).contains(expected.1), "{case}");
    };
    check("ordinary", (200, "acme")).await;
    check("bad", (403, "no claim")).await;
    check("boundary", (200, "nobody")).await;
}
