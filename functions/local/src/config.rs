//! Configuration: defaults, then the file, then `IDEAMINE_*` variables; read once, shown by `ideamine config`.

use std::path::{Path, PathBuf};

use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use serde::{Deserialize, Serialize};

/// Effective configuration. Keys of providers are not held here: they are read when a provider is opened.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    /// Model of `--model auto`: `composer`, `scripted:FILE` or `PROVIDER/MODEL`; also `IDEAMINE_MODEL`.
    pub model: Option<String>,
    /// Base URL of the OpenAI-compatible server behind `local/…`; also `IDEAMINE_LOCAL_URL`.
    pub local_url: Option<String>,
    /// Model calls at once; also `IDEAMINE_MODEL_CALLS`.
    pub model_calls: Option<usize>,
    /// Sandboxed jobs at once; also `IDEAMINE_SANDBOX_JOBS`.
    pub sandbox_jobs: Option<usize>,
    /// Public keys (hex) whose approvals count.
    pub approvers: Vec<String>,
}

impl Config {
    /// Reads `config.json` in the user's configuration folder, if it is there, then the environment.
    pub(crate) fn load() -> Result<Self, Failure> {
        let path = user_dir()?.join("config.json");
        let mut config = match std::fs::read_to_string(&path) {
            Ok(text) => {
                serde_json::from_str(&text).map_err(|e| invalid(format!("{}: {e}", path.display())))?
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Self::default(),
            Err(e) => return Err(invalid(format!("{}: cannot be read: {e}", path.display()))),
        };
        config.model = variable("IDEAMINE_MODEL").or(config.model);
        config.local_url = variable("IDEAMINE_LOCAL_URL").or(config.local_url);
        config.model_calls = number("IDEAMINE_MODEL_CALLS")?.or(config.model_calls);
        config.sandbox_jobs = number("IDEAMINE_SANDBOX_JOBS")?.or(config.sandbox_jobs);
        Ok(config)
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn number(name: &str) -> Result<Option<usize>, Failure> {
    let Some(text) = variable(name) else { return Ok(None) };
    match text.parse() {
        Ok(n) if (1..=1024).contains(&n) => Ok(Some(n)),
        _ => Err(invalid(format!("{name} is `{text}`, expected a number from 1 to 1024"))),
    }
}

fn invalid(message: String) -> Failure {
    Failure::new(FailureKind::ConfigInvalid, message)
}

/// The folder of the user's key, trust list and configuration: outside every data directory.
/// `IDEAMINE_CONFIG_DIR`, else `XDG_CONFIG_HOME/ideamine`, else `~/.config/ideamine`.
pub(crate) fn user_dir() -> Result<PathBuf, Failure> {
    if let Some(dir) = variable("IDEAMINE_CONFIG_DIR") {
        return Ok(PathBuf::from(dir));
    }
    if let Some(dir) = variable("XDG_CONFIG_HOME") {
        return Ok(Path::new(&dir).join("ideamine"));
    }
    let home = variable("HOME")
        .ok_or_else(|| invalid("neither IDEAMINE_CONFIG_DIR nor HOME is set; set one".to_owned()))?;
    Ok(Path::new(&home).join(".config/ideamine"))
}

/// The signing key's file.
pub(crate) fn key_file() -> Result<PathBuf, Failure> {
    Ok(user_dir()?.join("signing.key"))
}

/// Fingerprints that the user trusts, one per line.
pub(crate) fn trust_file() -> Result<PathBuf, Failure> {
    Ok(user_dir()?.join("trusted"))
}
