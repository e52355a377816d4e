//! Documents never change: a process keeps those that it has had in its hands.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::Artifacts;
use crate::{Digest, Failure, Tenant};

/// Most bytes that are kept.
const BYTES_MAX: usize = 16 * 1024 * 1024;
/// Largest document that is kept, bytes.
const DOCUMENT_BYTES_MAX: usize = 2 * 1024 * 1024;

/// A store that is not asked again for a document that this process has put or got, nor given it again. What was kept
/// for longest goes first.
pub struct Kept {
    inner: Arc<dyn Artifacts>,
    documents: Mutex<Documents>,
}

#[derive(Default)]
struct Documents {
    bytes: usize,
    order: VecDeque<(Tenant, Digest)>,
    by_digest: HashMap<(Tenant, Digest), Arc<[u8]>>,
}

impl Kept {
    /// Keeps nothing yet.
    pub fn new(inner: Arc<dyn Artifacts>) -> Self {
        Self { inner, documents: Mutex::default() }
    }

    fn documents(&self) -> MutexGuard<'_, Documents> {
        self.documents.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, tenant: &Tenant, digest: &Digest) -> Option<Arc<[u8]>> {
        self.documents().by_digest.get(&(tenant.clone(), *digest)).cloned()
    }

    fn keep(&self, tenant: &Tenant, digest: Digest, bytes: &[u8]) {
        if bytes.len() > DOCUMENT_BYTES_MAX {
            return;
        }
        let (key, mut kept) = ((tenant.clone(), digest), self.documents());
        if kept.by_digest.insert(key.clone(), bytes.into()).is_some() {
            return;
        }
        kept.bytes += bytes.len();
        kept.order.push_back(key);
        while kept.bytes > BYTES_MAX {
            let Some(oldest) = kept.order.pop_front() else { return };
            let gone = kept.by_digest.remove(&oldest).map_or(0, |bytes| bytes.len());
            kept.bytes -= gone;
        }
    }
}

#[async_trait]
impl Artifacts for Kept {
    async fn put(&self, tenant: &Tenant, bytes: Vec<u8>) -> Result<Digest, Failure> {
        let digest = Digest::of(&bytes);
        if self.find(tenant, &digest).is_none() {
            self.inner.put(tenant, bytes.clone()).await?;
            self.keep(tenant, digest, &bytes);
        }
        Ok(digest)
    }
    async fn get(&self, tenant: &Tenant, digest: &Digest) -> Result<Vec<u8>, Failure> {
        if let Some(bytes) = self.find(tenant, digest) {
            return Ok(bytes.to_vec());
        }
        let bytes = self.inner.get(tenant, digest).await?;
        self.keep(tenant, *digest, &bytes);
        Ok(bytes)
    }
    async fn has(&self, tenant: &Tenant, digest: &Digest) -> Result<bool, Failure> {
        match self.find(tenant, digest) {
            Some(_) => Ok(true),
            None => self.inner.has(tenant, digest).await,
        }
    }
}
