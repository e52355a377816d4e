//! The content-addressed store on files: `cas/TENANT/ab/cdef…`, written whole or not at all, verified on read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use async_trait::async_trait;
use ideamine_core::ports::Artifacts;
use ideamine_core::{Digest, Failure, Tenant};

use crate::error::{lasts, unavailable};
use crate::private;
use crate::store::Store;

/// Largest document, bytes.
pub const ARTIFACT_BYTES_MAX: usize = 64 * 1024 * 1024;

/// How a digest is written: this, and 64 hex digits.
const DIGEST_START: &[u8] = b"sha256:";
const DIGEST_CHARS: usize = DIGEST_START.len() + 64;
/// Folder in the data directory.
const CAS_DIR: &str = "cas";

/// Documents of one data directory.
#[derive(Debug, Clone)]
pub struct Cas {
    root: PathBuf,
    /// Stopped when a document cannot be written.
    store: Option<Store>,
}

impl Cas {
    /// The store under a data directory; made when it is new.
    ///
    /// # Errors
    /// `Store.Unavailable`.
    pub fn open(data_dir: &Path) -> Result<Self, Failure> {
        let root = data_dir.join(CAS_DIR);
        private::make_dirs(&root).map_err(|e| unavailable("make", &root, &e))?;
        Ok(Self { root, store: None })
    }

    /// The documents beside a store, which stops with them: a run for whose results there is no room waits for
    /// it, as with a journal that cannot be written, and does not fail for want of it.
    ///
    /// # Errors
    /// `Store.Unavailable`.
    pub fn beside(store: &Store) -> Result<Self, Failure> {
        Ok(Self { store: Some(store.clone()), ..Self::open(store.dir())? })
    }

    /// Reads every document and compares it with its digest; how many there are.
    ///
    /// # Errors
    /// `Data.Corrupt` naming a harmed one and how many more there are; `Store.Unavailable`.
    pub fn check(&self) -> Result<u64, Failure> {
        let (mut documents, mut harmed) = (0, Vec::new());
        // Tenants, then the digests' first two digits, then documents.
        let mut paths = entries(&self.root)?;
        for _ in 0..2 {
            paths = paths.iter().map(|dir| entries(dir)).collect::<Result<Vec<_>, _>>()?.concat();
        }
        for path in paths.into_iter().filter(|path| !name(path).starts_with(private::UNFINISHED)) {
            let hex = path.parent().map_or("", name).to_owned() + name(&path);
            let bytes = fs::read(&path).map_err(|e| unavailable("read", &path, &e))?;
            documents += 1;
            if Digest::of(&bytes).hex() != hex {
                harmed.push(path);
            }
        }
        let Some(first) = harmed.first() else { return Ok(documents) };
        Err(Failure::corrupt(format!(
            "{} of {documents} documents have other bytes than their names say; restore {} from a backup{}",
            harmed.len(),
            first.display(),
            if harmed.len() > 1 { ", and the others" } else { "" }
        )))
    }

    /// Digests of a tenant's documents, by their names.
    ///
    /// # Errors
    /// `Store.Unavailable`.
    pub fn documents(&self, tenant: &Tenant) -> Result<BTreeSet<Digest>, Failure> {
        let root = self.root.join(tenant.as_str());
        let heads = if root.exists() { entries(&root)? } else { vec![] };
        let mut documents = BTreeSet::new();
        for head in heads {
            let digest =
                |path: &PathBuf| format!("sha256:{}{}", name(&head), name(path)).parse::<Digest>().ok();
            documents.extend(entries(&head)?.iter().filter_map(digest));
        }
        Ok(documents)
    }

    /// Documents of a tenant that were written before this moment, and their sizes, bytes.
    ///
    /// # Errors
    /// `Store.Unavailable`.
    pub fn older_than(&self, tenant: &Tenant, moment: SystemTime) -> Result<BTreeMap<Digest, u64>, Failure> {
        let mut older = BTreeMap::new();
        for digest in self.documents(tenant)? {
            let path = self.path(tenant, &digest);
            let looked = fs::metadata(&path).and_then(|found| Ok((found.modified()?, found.len())));
            let (written, bytes) = looked.map_err(|e| unavailable("look at", &path, &e))?;
            if written < moment {
                older.insert(digest, bytes);
            }
        }
        Ok(older)
    }

    /// Every document that can be reached from these: each digest anywhere in a document counts as naming one.
    ///
    /// # Errors
    /// `Store.Unavailable`.
    pub fn reachable(
        &self,
        tenant: &Tenant,
        roots: impl IntoIterator<Item = Digest>,
    ) -> Result<BTreeSet<Digest>, Failure> {
        let there = self.documents(tenant)?;
        let mut reached = BTreeSet::new();
        let mut open: Vec<Digest> = roots.into_iter().collect();
        while let Some(digest) = open.pop() {
            if there.contains(&digest) && reached.insert(digest) {
                let path = self.path(tenant, &digest);
                let bytes = fs::read(&path).map_err(|e| unavailable("read", &path, &e))?;
                open.extend(digests_in(&bytes));
            }
        }
        Ok(reached)
    }

    /// Where a document lies, whether it exists or not.
    pub fn path(&self, tenant: &Tenant, digest: &Digest) -> PathBuf {
        let hex = digest.hex();
        let (head, tail) = hex.split_at(2);
        self.root.join(tenant.as_str()).join(head).join(tail)
    }
}

#[async_trait]
impl Artifacts for Cas {
    async fn put(&self, tenant: &Tenant, bytes: Vec<u8>) -> Result<Digest, Failure> {
        if bytes.len() > ARTIFACT_BYTES_MAX {
            let message =
                format!("a document of {} bytes is over the limit of {ARTIFACT_BYTES_MAX}", bytes.len());
            return Err(Failure::input(message));
        }
        let digest = Digest::of(&bytes);
        let (path, store) = (self.path(tenant, &digest), self.store.clone());
        blocking(move || {
            put(&path, &bytes).map_err(|error| {
                let failure = unavailable("store", &path, &error);
                if let Some(store) = store.filter(|_| lasts(&error)) {
                    store.stop(&failure);
                }
                failure
            })
        })
        .await?;
        Ok(digest)
    }

    async fn get(&self, tenant: &Tenant, digest: &Digest) -> Result<Vec<u8>, Failure> {
        let (path, digest) = (self.path(tenant, digest), *digest);
        blocking(move || get(&path, &digest)).await
    }

    async fn has(&self, tenant: &Tenant, digest: &Digest) -> Result<bool, Failure> {
        let path = self.path(tenant, digest);
        blocking(move || path.try_exists().map_err(|e| unavailable("look for", &path, &e))).await
    }
}

/// Every digest that stands somewhere in a text.
pub(crate) fn digests_in(text: &[u8]) -> impl Iterator<Item = Digest> {
    text.windows(DIGEST_CHARS)
        .filter(|part| part.starts_with(DIGEST_START))
        .filter_map(|part| std::str::from_utf8(part).ok()?.parse().ok())
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|e| Err(Failure::bug(format!("a file operation broke off: {e}"))))
}

/// What lies in a folder, in order.
fn entries(dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    let read = || fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>();
    let mut found = read().map_err(|e| unavailable("read the folder", dir, &e))?;
    found.sort();
    Ok(found)
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

/// Bytes that are there and right stay; harmed ones are replaced by the right ones.
fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match fs::read(path) {
        Ok(there) if there == bytes => return Ok(()),
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        // Another writer of the same bytes may be first; its file and this one are the same.
        _ => {}
    }
    let dir = path.parent().unwrap_or(path);
    private::make_dirs(dir)?;
    private::replace(path, dir, bytes)
}

fn get(path: &Path, digest: &Digest) -> Result<Vec<u8>, Failure> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            return Err(Failure::not_found(format!("there is no document {digest}")));
        }
        Err(e) => return Err(unavailable("read", path, &e)),
    };
    let found = Digest::of(&bytes);
    if found == *digest {
        return Ok(bytes);
    }
    Err(Failure::corrupt(format!(
        "document {digest} has other bytes on disk ({found}); restore {}",
        path.display()
    )))
}
