//! What a caller gets of a run's documents: its own, whole or by a link, and nothing of another tenant's.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use ideamine_core::ports::{Condition, Write};
use ideamine_core::records::key;
use ideamine_core::{Env, PhaseId, RunId};
use ideamine_runs::Runs;
use ideamine_testkit::Memory;

use super::*;
use crate::{NewFork, NewRun, router};

const PRD: &[u8] = b"{\"title\":\"A shed of tools that neighbours lend to each other\"}";
const DOSSIER: &[u8] = b"{\"run_id\":\"r1\",\"verdict\":\"released\",\"phases\":[]}";
const PAGE: &[u8] = b"<!doctype html><title>A shed of tools</title>";

/// A desk whose answers carry so many bytes of a document; its store names objects by tenant and digest.
struct Shelf {
    env: Env,
    carries: usize,
}

#[async_trait]
impl Desk for Shelf {
    fn runs(&self, tenant: &Tenant) -> Runs {
        Runs { env: self.env.clone(), tenant: tenant.clone() }
    }
    async fn link(
        &self,
        tenant: &Tenant,
        document: &[u8],
        media_type: &str,
    ) -> Result<Option<String>, Failure> {
        let link =
            || format!("https://store.example/{tenant}/{}?type={media_type}", Digest::of(document).hex());
        Ok((document.len() > self.carries).then(link))
    }
    async fn queue(&self) -> Result<Value, Failure> {
        unreachable!("no test asks for it")
    }
    async fn create(&self, _: &Tenant, _: NewRun) -> Result<Value, Failure> {
        unreachable!("no test asks for it")
    }
    async fn resume(&self, _: &Tenant, _: &RunId, _: crate::NewLimits) -> Result<Value, Failure> {
        unreachable!("no test asks for it")
    }
    async fn fork(&self, _: &Tenant, _: &RunId, _: NewFork) -> Result<Value, Failure> {
        unreachable!("no test asks for it")
    }
    async fn events(&self, _: &Tenant, _: &RunId, _: &str) -> Result<Value, Failure> {
        unreachable!("no test asks for it")
    }
}

fn tenant(name: &str) -> Tenant {
    Tenant::new(name).unwrap()
}

/// The run `r1` of the tenant `acme`, ended, with one artifact.
async fn shelf() -> Env {
    let (env, _) = Memory::env();
    let (acme, run) = (tenant("acme"), RunId::new("r1").unwrap());
    let put = async |bytes: &[u8]| env.artifacts.put(&acme, bytes.to_vec()).await.unwrap();
    let row = json!({
        "run_id": run, "idea": Digest::of(b"idea"), "idea_media_type": "text/plain", "title": "t",
        "options": { "model": "composer", "seed": 0, "budget": null, "until": null, "ask": false },
        "plan": null, "execution": null, "status": "completed", "verdict": "released", "reasons": [],
        "dossier": put(DOSSIER).await, "page": put(PAGE).await, "created_ms": 1, "ended_ms": 2,
    });
    let artifact = json!({
        "name": "prd.json", "digest": put(PRD).await, "media_type": "application/json", "bytes": PRD.len(),
    });
    let phase = json!({
        "id": "prd", "order": 4, "status": "passed", "attempts": 1, "artifacts": [artifact], "gates": [],
        "generator": null, "problems": [], "started_ms": 1, "ended_ms": 2,
    });
    let prd = PhaseId::new("prd").unwrap();
    let rows = [(key::run(&acme, &run), row), (key::phase(&acme, &run, 4, &prd), phase)];
    let set = rows.map(|(key, value)| Write::Put { key, value, when: Condition::Absent });
    env.records.write(set.into()).await.unwrap();
    env
}

/// Status, location and body of an answer to `caller`.
async fn get(env: &Env, carries: usize, caller: &str, path: &str) -> (u16, Option<String>, Vec<u8>) {
    let desk = Arc::new(Shelf { env: env.clone(), carries });
    let service = TowerToHyperService::new(router(desk).layer(Extension(tenant(caller))));
    let request = Request::get(format!("/v1/runs/r1/{path}")).body(Body::empty()).unwrap();
    let response = service.call(request).await.unwrap();
    let status = response.status().as_u16();
    let location = response.headers().get(header::LOCATION).map(|link| {
        assert!(link.is_sensitive(), "a link is never shown");
        link.to_str().unwrap().to_owned()
    });
    (status, location, to_bytes(response.into_body(), 10_000).await.unwrap().to_vec())
}

/// The documents of the run: where, what, and as what.
async fn documents(env: &Env) -> [(&'static str, Vec<u8>, &'static str); 5] {
    let (_, _, ledger) = get(env, usize::MAX, "acme", "ledger").await;
    [
        ("artifacts/prd.json", PRD.to_vec(), JSON),
        ("artifacts/prd/prd.json", PRD.to_vec(), JSON),
        ("ledger", ledger, JSON),
        ("dossier.json", DOSSIER.to_vec(), JSON),
        ("dossier.html", PAGE.to_vec(), HTML),
    ]
}

#[tokio::test]
async fn a_document_that_an_answer_cannot_carry_is_linked_to_and_told_of() {
    let env = shelf().await;
    for (path, document, media_type) in documents(&env).await {
        let digest = Digest::of(&document);
        let (status, link, told) = get(&env, document.len() - 1, "acme", path).await;
        let expected = format!("https://store.example/acme/{}?type={media_type}", digest.hex());
        assert_eq!((status, link.as_ref()), (303, Some(&expected)), "{path}");
        let told: Value = serde_json::from_slice(&told).unwrap();
        let fields = (&told["digest"], &told["media_type"], &told["bytes"]);
        assert_eq!(fields, (&json!(digest), &json!(media_type), &json!(document.len())), "{path}");
        assert!(told.get("base64").is_none(), "{path}: {told}");

        let (status, link, body) = get(&env, document.len(), "acme", path).await;
        assert_eq!((status, link), (200, None), "{path}");
        if path.starts_with("artifacts") {
            let found: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(ideamine_runs::bytes(&found).unwrap(), document, "{path}");
        } else {
            assert_eq!(body, document, "{path}");
        }
    }
}

#[tokio::test]
async fn another_tenant_gets_neither_a_document_nor_a_link() {
    let env = shelf().await;
    for (path, ..) in documents(&env).await {
        for carries in [0, usize::MAX] {
            let (status, link, body) = get(&env, carries, "other", path).await;
            let problem: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!((status, link, &problem["title"]), (404, None, &json!("Data.NotFound")), "{path}");
        }
        let by_digest = format!("artifacts/{}", Digest::of(PRD));
        assert_eq!(get(&env, 0, "other", &by_digest).await.0, 404);
    }
}
