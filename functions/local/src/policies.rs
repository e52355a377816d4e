//! Policies on disk: a folder of Rego with its data, or a signed bundle.

use std::collections::BTreeMap;
use std::path::Path;

use ideamine_core::Failure;
use ideamine_embedded::files;
use ideamine_policy::{Bundle, Policy, SignedBundle};

use crate::config::Config;

/// Most bytes of one file of a bundle, of a signed bundle, and of an action.
pub(crate) const FILE_BYTES_MAX: u64 = 4 << 20;
/// The policy that a run is started with: the one named, else the configuration's, else none of its own.
///
/// # Errors
/// `Input.Invalid` when it is none, or when nobody whose approvals count has signed it.
pub(crate) fn of_run(named: Option<&Path>, config: &Config) -> Result<Option<Box<Bundle>>, Failure> {
    let Some(path) = named.or_else(|| config.policy.as_deref().map(Path::new)) else { return Ok(None) };
    let (bundle, _) = load(Some(path))?;
    if !config.approvers.is_empty() {
        signed(path)?.trusted(&config.approvers).map_err(|trouble| {
            Failure::input(format!(
                "{}: {trouble}: with `approvers` configured a policy must be signed by one of them",
                path.display()
            ))
        })?;
    }
    Ok(Some(Box::new(bundle)))
}

/// The file of a bundle's folder that rules read as `data`.
pub(crate) const DATA: &str = "data.json";

/// A bundle from a folder or a file, or the one that comes with the program; made ready, so that it is known to be one.
pub(crate) fn load(path: Option<&Path>) -> Result<(Bundle, Policy), Failure> {
    let bundle = match path {
        None => Bundle::starter(),
        Some(path) if path.is_dir() => folder(path)?,
        Some(path) => {
            let signed = signed(path)?;
            let signers: Vec<String> =
                signed.signatures.iter().map(|signature| signature.public_key.clone()).collect();
            // Who signed is told; whom to trust is decided where a run begins.
            signed.trusted(&signers).map_err(|trouble| Failure::input(trouble.to_string()))?.clone()
        }
    };
    let policy = Policy::new(&bundle).map_err(bad)?;
    Ok((bundle, policy))
}

fn signed(path: &Path) -> Result<SignedBundle, Failure> {
    serde_json::from_slice(&bytes_of(path)?)
        .map_err(|trouble| Failure::input(format!("{}: no signed bundle: {trouble}", path.display())))
}

fn folder(path: &Path) -> Result<Bundle, Failure> {
    let name = path.display();
    let unreadable = |trouble: std::io::Error| Failure::input(format!("{name}: {trouble}"));
    let mut modules = BTreeMap::new();
    let mut data = serde_json::Value::Null;
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        let Some(leaf) = file.file_name().and_then(|leaf| leaf.to_str()).map(str::to_owned) else { continue };
        if file.is_symlink() && (leaf == DATA || leaf.ends_with(".rego")) {
            // What it leads to would be shown in messages, and signed with the bundle.
            return Err(Failure::input(format!("{}: it is a link, expected a regular file", file.display())));
        }
        if leaf == DATA {
            data = serde_json::from_slice(&bytes_of(&file)?)
                .map_err(|trouble| Failure::input(format!("{}: {trouble}", file.display())))?;
        } else if leaf.ends_with(".rego") {
            if modules.len() == Bundle::MODULES_MAX {
                return Err(Failure::input(format!("{name}: more than {} modules", Bundle::MODULES_MAX)));
            }
            let text = String::from_utf8(bytes_of(&file)?)
                .map_err(|_| Failure::input(format!("{}: not UTF-8", file.display())))?;
            modules.insert(leaf, text);
        }
    }
    // A folder is a state that nobody has named yet.
    Ok(Bundle { version: "working-copy".to_owned(), modules, data })
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, Failure> {
    files::read(path, FILE_BYTES_MAX)
        .map_err(|trouble| Failure::input(format!("{}: cannot be read: {trouble}", path.display())))
}

pub(crate) fn bad(trouble: ideamine_policy::BadBundle) -> Failure {
    Failure::input(trouble.to_string())
}
