//! The signing key of one machine: an Ed25519 key in a file of mode 600, outside every data directory.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use ed25519_dalek::{Signer as _, SigningKey};
use ideamine_core::ports::Signer;
use ideamine_core::records::Signature;
use ideamine_core::{Digest, Failure};

use crate::error::unavailable;
use crate::files;

/// Largest key file, bytes: 64 hex digits and room for blanks around them.
const KEY_BYTES_MAX: u64 = 1024;
/// Permissions that nobody but the owner may have on the key file.
const OTHERS: u32 = 0o077;

/// Signs with the key in a file.
pub struct FileSigner {
    key: SigningKey,
}

impl FileSigner {
    /// Reads the key at `path`, making it on first use; the folder is made with mode 700.
    ///
    /// # Errors
    /// `Store.Unavailable` when it cannot be read or made; `Config.Invalid` when others may read it, when it
    /// lies inside `data_dir`, or when it is not a key.
    pub fn open(path: &Path, data_dir: &Path) -> Result<Self, Failure> {
        refuse_inside(path, data_dir)?;
        match fs::symlink_metadata(path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                make(path).map_err(|e| unavailable("make the signing key", path, &e))?;
            }
            Err(e) => return Err(unavailable("read the signing key", path, &e)),
            Ok(_) => {}
        }
        read(path)
    }
}

#[async_trait]
impl Signer for FileSigner {
    async fn public_key(&self) -> Result<String, Failure> {
        Ok(hex::encode(self.key.verifying_key().as_bytes()))
    }

    async fn sign(&self, bytes: &[u8]) -> Result<Signature, Failure> {
        let public = self.key.verifying_key();
        Ok(Signature {
            algorithm: "ed25519".to_owned(),
            key_id: Digest::of(public.as_bytes()).hex(),
            public_key: hex::encode(public.as_bytes()),
            value: hex::encode(self.key.sign(bytes).to_bytes()),
        })
    }
}

impl fmt::Debug for FileSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileSigner")
    }
}

fn invalid(message: String) -> Failure {
    Failure::new(ideamine_core::failure::FailureKind::ConfigInvalid, message)
}

/// A key inside the data directory would travel with every copy of what it signs.
fn refuse_inside(path: &Path, data_dir: &Path) -> Result<(), Failure> {
    let absolute = |path: &Path| -> PathBuf {
        path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
    };
    let folder = absolute(path.parent().unwrap_or(path));
    if folder.starts_with(absolute(data_dir)) {
        let message = format!("the signing key {} must lie outside the data directory", path.display());
        return Err(invalid(message));
    }
    Ok(())
}

/// Makes a key unless somebody else was first.
fn make(path: &Path) -> io::Result<()> {
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(io::Error::other)?;
    let mut temporary = tempfile::Builder::new().prefix(".key-").tempfile_in(dir)?;
    writeln!(temporary, "{}", hex::encode(secret))?;
    temporary.as_file().sync_all()?;
    match temporary.persist_noclobber(path) {
        Err(e) if e.error.kind() != io::ErrorKind::AlreadyExists => return Err(e.error),
        _ => {}
    }
    File::open(dir)?.sync_all()
}

fn read(path: &Path) -> Result<FileSigner, Failure> {
    let metadata = fs::metadata(path).map_err(|e| unavailable("read the signing key", path, &e))?;
    if metadata.mode() & OTHERS != 0 {
        let mode = metadata.mode() & 0o777;
        let message = format!(
            "others can read the signing key {} (mode {mode:o}): if nobody has copied it, `chmod 600` it",
            path.display()
        );
        return Err(invalid(message));
    }
    let text = files::read_text(path, KEY_BYTES_MAX).map_err(|e| match e.kind() {
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::FileTooLarge => {
            invalid(format!("{} is not a signing key: {e}", path.display()))
        }
        _ => unavailable("read the signing key", path, &e),
    })?;
    let mut secret = [0; 32];
    hex::decode_to_slice(text.trim(), &mut secret)
        .map_err(|_| invalid(format!("{} is not a signing key: expected 64 hex digits", path.display())))?;
    Ok(FileSigner { key: SigningKey::from_bytes(&secret) })
}
