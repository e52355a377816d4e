//! What every content-addressed store must do.

use std::sync::Arc;

use ideamine_core::failure::FailureKind;
use ideamine_core::ports::Artifacts;
use ideamine_core::{Digest, Tenant};

fn tenant(name: &str) -> Tenant {
    Tenant::new(name).unwrap_or_else(|e| panic!("{e}"))
}

/// Puts, gets, the empty document, the same bytes twice and at once, and tenants kept apart.
///
/// # Panics
/// When the port does otherwise.
pub async fn artifacts_contract(port: Arc<dyn Artifacts>) {
    what_was_put_is_got_back(&*port).await;
    the_same_bytes_may_be_put_again_and_at_once(&port).await;
    nothing_crosses_tenants(&*port).await;
}

async fn what_was_put_is_got_back(port: &dyn Artifacts) {
    let local = Tenant::local();
    for bytes in [&b""[..], b"idea", &[0xFF, 0, 13, 10], &vec![7; 300_000]] {
        let digest = port.put(&local, bytes.to_vec()).await.expect("put");
        assert_eq!(digest, Digest::of(bytes));
        assert_eq!(port.get(&local, &digest).await.as_deref(), Ok(bytes));
        assert_eq!(port.has(&local, &digest).await, Ok(true));
    }
    let absent = Digest::of(b"never put");
    assert_eq!(port.has(&local, &absent).await, Ok(false));
    let failure = port.get(&local, &absent).await.expect_err("absent");
    assert_eq!(failure.kind, FailureKind::NotFound);
    assert!(failure.message.contains(&absent.to_string()), "the digest is named: {failure}");
}

async fn the_same_bytes_may_be_put_again_and_at_once(port: &Arc<dyn Artifacts>) {
    let puts = (0..16).map(|_| {
        let port = port.clone();
        tokio::spawn(async move { port.put(&Tenant::local(), b"same".to_vec()).await })
    });
    for put in puts.collect::<Vec<_>>() {
        assert_eq!(put.await.expect("no panic"), Ok(Digest::of(b"same")));
    }
    assert_eq!(port.get(&Tenant::local(), &Digest::of(b"same")).await.as_deref(), Ok(&b"same"[..]));
}

async fn nothing_crosses_tenants(port: &dyn Artifacts) {
    let digest = port.put(&tenant("one"), b"mine".to_vec()).await.expect("put");
    assert_eq!(port.has(&tenant("two"), &digest).await, Ok(false));
    let failure = port.get(&tenant("two"), &digest).await.expect_err("another tenant's");
    assert_eq!(failure.kind, FailureKind::NotFound);
}
