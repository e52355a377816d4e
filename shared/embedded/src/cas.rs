//! The content-addressed store on files: `cas/TENANT/ab/cdef…`, written whole or not at all, verified on read.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use ideamine_core::ports::Artifacts;
use ideamine_core::{Digest, Failure, Tenant};

use crate::error::unavailable;

/// Largest document, bytes.
pub const ARTIFACT_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Folder in the data directory.
const CAS_DIR: &str = "cas";

/// Documents of one data directory.
#[derive(Debug, Clone)]
pub struct Cas {
    root: PathBuf,
}

impl Cas {
    /// The store under a data directory; made when it is new.
    ///
    /// # Errors
    /// `Store.Unavailable`.
    pub fn open(data_dir: &Path) -> Result<Self, Failure> {
        let root = data_dir.join(CAS_DIR);
        make_dirs(&root).map_err(|e| unavailable("make", &root, &e))?;
        Ok(Self { root })
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
        let path = self.path(tenant, &digest);
        blocking(move || put(&path, &bytes).map_err(|e| unavailable("store", &path, &e))).await?;
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

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|e| Err(Failure::bug(format!("a file operation broke off: {e}"))))
}

/// Bytes that are there and right stay; harmed ones are replaced by the right ones.
fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let there = match fs::read(path) {
        Ok(there) if there == bytes => return Ok(()),
        Ok(_) => true,
        Err(e) if e.kind() == io::ErrorKind::NotFound => false,
        Err(e) => return Err(e),
    };
    let dir = path.parent().unwrap_or(path);
    make_dirs(dir)?;
    let mut temporary = tempfile::Builder::new().prefix(".new-").tempfile_in(dir)?;
    temporary.write_all(bytes)?;
    temporary.as_file().sync_all()?;
    let kept = if there { temporary.persist(path) } else { temporary.persist_noclobber(path) };
    match kept {
        Ok(_) => {}
        // Another writer of the same bytes was first.
        Err(e) if e.error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(e) => return Err(e.error),
    }
    File::open(dir)?.sync_all()
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

/// Makes missing directories, each entered in its parent durably.
fn make_dirs(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    if let Some(parent) = dir.parent() {
        make_dirs(parent)?;
    }
    match fs::create_dir(dir) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(e),
        _ => {}
    }
    dir.parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .map_or(Ok(()), |parent| File::open(parent)?.sync_all())
}
