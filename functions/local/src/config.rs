//! Configuration: defaults, then the file, then `IDEAMINE_*` variables; read once, shown by `ideamine config`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use ideamine_embedded::{Bound, Limits, PER_MINUTE_MAX, files};
use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize};

use crate::cli::duration;
use crate::models;
use crate::registry::QUEUES;

/// Largest configuration file, bytes.
const CONFIG_BYTES_MAX: u64 = 64 * 1024;
/// Most model calls, and most sandboxed jobs, at once.
const AT_ONCE_MAX: usize = 1024;
/// Most entries of the user's folder that are looked at.
const ENTRIES_MAX: usize = 1000;
/// Most approvers.
const APPROVERS_MAX: usize = 100;

/// The file's keys and what each may be.
const KEYS: &[(&str, &str)] = &[
    ("api_url", "the address of a deployed API, like https://abc123.execute-api.eu-central-1.amazonaws.com"),
    ("model", "`auto`, `composer`, `scripted:FILE` or `PROVIDER/MODEL`"),
    ("local_url", "an address like http://127.0.0.1:11434/v1/"),
    ("model_calls", "a whole number from 1 to 1024"),
    ("sandbox_jobs", "a whole number from 1 to 1024"),
    (
        "limits",
        "an object of `model`, `sandbox` or PROVIDER/MODEL, each with `per_minute` (1 to 100000) and, for a model, `at_once` \
         (1 to 1024)",
    ),
    ("retention", "how long ended runs are kept, like 90d or 12h"),
    ("secrets", "a file with one secret a line"),
    ("approvers", "a list of at most 100 public keys, each as `ideamine trust --new-key` shows it"),
];

/// The variable with the token that `--remote` shows to the API.
#[cfg(feature = "aws")]
pub(crate) const API_TOKEN: &str = "IDEAMINE_API_TOKEN";

/// Effective configuration. Keys of providers and the token of the API are not held here: they are read when they are
/// used.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    /// The deployed API of `--remote`; also `IDEAMINE_API_URL`.
    pub api_url: Option<String>,
    /// Model of `--model auto`: `composer`, `scripted:FILE` or `PROVIDER/MODEL`; also `IDEAMINE_MODEL`.
    pub model: Option<String>,
    /// Base URL of the OpenAI-compatible server behind `local/…`; also `IDEAMINE_LOCAL_URL`.
    pub local_url: Option<String>,
    /// Model calls at once; also `IDEAMINE_MODEL_CALLS`.
    pub model_calls: Option<AtOnce>,
    /// Sandboxed jobs at once; also `IDEAMINE_SANDBOX_JOBS`.
    pub sandbox_jobs: Option<AtOnce>,
    /// How long ended runs are kept before `ideamine retain` removes them; also `IDEAMINE_RETENTION`. Without it, forever.
    pub retention: Option<String>,
    /// Limits of a kind of work (`model`, `sandbox`), or of the calls of one model.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub limits: BTreeMap<String, Limit>,
    /// Runtime policy of runs, a folder of Rego or a signed bundle; also `IDEAMINE_POLICY`.
    pub policy: Option<String>,
    /// File of secrets, one a line, that stand in no request and in nothing that leaves a run; also `IDEAMINE_SECRETS`.
    pub secrets: Option<PathBuf>,
    /// Public keys (hex) whose approvals count, and who must have signed a policy.
    #[serde(deserialize_with = "public_keys")]
    pub approvers: Vec<String>,
}

/// How much of something may be done.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limit {
    /// At once; of a kind of work, `model_calls` and `sandbox_jobs` say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_once: Option<AtOnce>,
    /// Begun within any 60 seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<Count<PER_MINUTE_MAX>>,
}

impl Config {
    /// The queue's limits of a kind of work; only model calls have models.
    pub(crate) fn limits_of(&self, kind: &str) -> Limits {
        let bound = |limit: &Limit| Bound {
            at_once: limit.at_once.map(Count::get),
            per_minute: limit.per_minute.map(Count::get),
        };
        let models = self.limits.iter().filter(|(name, _)| kind == "model" && name.contains('/'));
        Limits {
            all: self.limits.get(kind).map(bound).unwrap_or_default(),
            models: models.map(|(name, limit)| (name.clone(), bound(limit))).collect(),
        }
    }

    /// Reads `config.json` in the user's configuration folder, if it is there, then the environment.
    ///
    /// # Errors
    /// `Config.Invalid` or `Model.Config` that names the file with its key, or the variable, and what it may be.
    pub(crate) fn load() -> Result<Self, Failure> {
        let path = config_file()?;
        let name = path.display().to_string();
        let file = match files::read_text(&path, CONFIG_BYTES_MAX) {
            Ok(text) => parse(&name, &text)?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Self::default(),
            Err(e) => return Err(invalid(format!("{name}: {e}"))),
        };
        let config = Self {
            api_url: text("IDEAMINE_API_URL", api_url)?.or(file.api_url),
            model: text("IDEAMINE_MODEL", model)?.or(file.model),
            local_url: text("IDEAMINE_LOCAL_URL", local_url)?.or(file.local_url),
            model_calls: number("IDEAMINE_MODEL_CALLS")?.or(file.model_calls),
            sandbox_jobs: number("IDEAMINE_SANDBOX_JOBS")?.or(file.sandbox_jobs),
            retention: text("IDEAMINE_RETENTION", retention)?.or(file.retention),
            limits: file.limits,
            policy: std::env::var("IDEAMINE_POLICY").ok().filter(|path| !path.is_empty()).or(file.policy),
            secrets: variable("IDEAMINE_SECRETS")?.map(PathBuf::from).or(file.secrets),
            approvers: file.approvers,
        };
        Ok(config)
    }
}

fn parse(file: &str, text: &str) -> Result<Config, Failure> {
    // A list would be taken for the values of the keys in order.
    if text.trim_start().starts_with('[') {
        return Err(invalid(described(file, ".", "a list")));
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let config: Config = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| invalid(described(file, &error.path().to_string(), &error.inner().to_string())))?;
    json.end().map_err(|error| invalid(format!("{file}: {error}")))?;
    config.api_url.as_deref().map_or(Ok(()), |text| api_url(&format!("{file}: `api_url`"), text))?;
    config.model.as_deref().map_or(Ok(()), |text| model(&format!("{file}: `model`"), text))?;
    config.local_url.as_deref().map_or(Ok(()), |text| local_url(&format!("{file}: `local_url`"), text))?;
    config.retention.as_deref().map_or(Ok(()), |text| retention(&format!("{file}: `retention`"), text))?;
    for (name, limit) in &config.limits {
        limited(file, name, limit)?;
    }
    Ok(config)
}

/// `place` is the key or the variable.
fn retention(place: &str, text: &str) -> Result<(), Failure> {
    duration(text).map(drop).map_err(|why| invalid(format!("{place}: {why}")))
}

/// A limit is of a kind of work or of a model of a provider.
fn limited(file: &str, name: &str, limit: &Limit) -> Result<(), Failure> {
    let place = format!("limits.{name}");
    if QUEUES.contains(&name) {
        let key = if name == "model" { "model_calls" } else { "sandbox_jobs" };
        let what = format!("how much of a kind is done at once is `{key}`");
        return limit.at_once.map_or(Ok(()), |_| Err(invalid(described(file, &place, &what))));
    }
    if name.contains('/') && models::is_model(name) {
        return Ok(());
    }
    Err(invalid(described(file, &place, "neither a kind of work nor a model")))
}

/// `path` is a key, `approvers[1]`, or `.` for the whole file.
fn described(file: &str, path: &str, what: &str) -> String {
    let key = path.split(['[', '.']).next().unwrap_or_default();
    match KEYS.iter().find(|(known, _)| *known == key) {
        Some((_, allowed)) => format!("{file}: `{path}`: {what}; expected {allowed}"),
        None => {
            let keys: Vec<&str> = KEYS.iter().map(|(key, _)| *key).collect();
            format!("{file}: {what}; it is a JSON object with any of the keys {}", keys.join(", "))
        }
    }
}

fn model(setting: &str, text: &str) -> Result<(), Failure> {
    if models::is_model(text) {
        return Ok(());
    }
    Err(invalid(format!("{setting} is `{text}`, expected {}", KEYS[1].1)))
}

fn api_url(setting: &str, text: &str) -> Result<(), Failure> {
    #[cfg(feature = "aws")]
    return crate::remote::address(setting, text).map(drop);
    #[cfg(not(feature = "aws"))]
    {
        let _ = (setting, text);
        Ok(())
    }
}

/// The token that `--remote` shows to the API, when there is one.
///
/// # Errors
/// `Config.Invalid` when it cannot be a header; the token is not told.
#[cfg(feature = "aws")]
pub(crate) fn api_token() -> Result<Option<String>, Failure> {
    let token = variable(API_TOKEN)?.map(|token| token.trim().to_owned());
    match token {
        Some(token) if !token.bytes().all(|b| b.is_ascii_graphic()) => {
            Err(invalid(format!("{API_TOKEN} is no token: it holds characters that a header may not")))
        }
        token => Ok(token.filter(|token| !token.is_empty())),
    }
}

fn local_url(setting: &str, text: &str) -> Result<(), Failure> {
    #[cfg(feature = "providers")]
    return ideamine_models::providers::check_address(text, setting);
    #[cfg(not(feature = "providers"))]
    {
        let _ = (setting, text);
        Ok(())
    }
}

/// How much may be done at once.
pub(crate) type AtOnce = Count<AT_ONCE_MAX>;

/// A number from 1 to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Count<const MAX: usize>(usize);

impl<const MAX: usize> Count<MAX> {
    fn new(n: u64) -> Option<Self> {
        usize::try_from(n).ok().filter(|n| (1..=MAX).contains(n)).map(Self)
    }
    /// The number.
    pub(crate) const fn get(self) -> usize {
        self.0
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Count<MAX> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Number<const MAX: usize>;
        impl<const MAX: usize> Visitor<'_> for Number<MAX> {
            type Value = Count<MAX>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "1 to {MAX}")
            }
            fn visit_u64<E: de::Error>(self, n: u64) -> Result<Count<MAX>, E> {
                Count::new(n).ok_or_else(|| E::invalid_value(de::Unexpected::Unsigned(n), &self))
            }
        }
        from.deserialize_u64(Number::<MAX>)
    }
}

fn public_keys<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    /// One public key.
    #[derive(Deserialize)]
    #[serde(try_from = "String")]
    struct PublicKey(String);
    impl TryFrom<String> for PublicKey {
        type Error = String;
        fn try_from(text: String) -> Result<Self, String> {
            let shown: String = text.chars().take(80).collect();
            let is = ideamine_ledger::signature::is_public_key(&text);
            is.then_some(Self(text)).ok_or_else(|| format!("`{shown}` is not a public key in lower-case hex"))
        }
    }
    let keys = Vec::<PublicKey>::deserialize(from)?;
    if keys.len() > APPROVERS_MAX {
        return Err(de::Error::invalid_length(keys.len(), &"at most 100"));
    }
    Ok(keys.into_iter().map(|key| key.0).collect())
}

fn variable(name: &str) -> Result<Option<String>, Failure> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(invalid(format!("{name} is not UTF-8 text"))),
    }
}

fn text(name: &str, check: fn(&str, &str) -> Result<(), Failure>) -> Result<Option<String>, Failure> {
    let found = variable(name)?;
    found.as_deref().map_or(Ok(()), |text| check(name, text))?;
    Ok(found)
}

fn number(name: &str) -> Result<Option<AtOnce>, Failure> {
    let Some(text) = variable(name)? else { return Ok(None) };
    let number = text.parse().ok().and_then(AtOnce::new);
    let refused = || invalid(format!("{name} is `{text}`, expected a whole number from 1 to {AT_ONCE_MAX}"));
    number.map(Some).ok_or_else(refused)
}

/// `Config.Invalid`.
pub(crate) fn invalid(message: String) -> Failure {
    Failure::new(FailureKind::ConfigInvalid, message)
}

/// The folder of the user's key, trust list and configuration: outside every data directory.
/// `IDEAMINE_CONFIG_DIR`, else `XDG_CONFIG_HOME/ideamine`, else `~/.config/ideamine`.
pub(crate) fn user_dir() -> Result<PathBuf, Failure> {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(dir) = folder("IDEAMINE_CONFIG_DIR") {
        return Ok(dir);
    }
    if let Some(dir) = folder("XDG_CONFIG_HOME") {
        return Ok(dir.join("ideamine"));
    }
    let home = folder("HOME")
        .ok_or_else(|| invalid("neither IDEAMINE_CONFIG_DIR nor HOME is set; set one".to_owned()))?;
    Ok(home.join(Path::new(".config/ideamine")))
}

/// The configuration's file.
pub(crate) fn config_file() -> Result<PathBuf, Failure> {
    Ok(user_dir()?.join("config.json"))
}

/// What lies in the user's folder and looks like configuration, but is not read: a `config.toml`, a misspelt name.
pub(crate) fn unread() -> Result<Vec<PathBuf>, Failure> {
    let read = [config_file()?, key_file()?, trust_file()?];
    let Ok(entries) = std::fs::read_dir(user_dir()?) else { return Ok(vec![]) };
    let looks_so = |path: &PathBuf| {
        let ending = path.extension().and_then(std::ffi::OsStr::to_str).unwrap_or_default();
        path.file_stem().is_some_and(|stem| stem == "config")
            || matches!(ending, "json" | "toml" | "yaml" | "yml")
    };
    let paths = entries.take(ENTRIES_MAX).flatten().map(|entry| entry.path());
    let mut unread: Vec<PathBuf> = paths.filter(|path| !read.contains(path) && looks_so(path)).collect();
    unread.sort();
    Ok(unread)
}

/// The signing key's file.
pub(crate) fn key_file() -> Result<PathBuf, Failure> {
    Ok(user_dir()?.join("signing.key"))
}

/// Fingerprints that the user trusts, one per line.
pub(crate) fn trust_file() -> Result<PathBuf, Failure> {
    Ok(user_dir()?.join("trusted"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_file_is_refused_with_its_key_and_what_is_allowed() {
        let check = |text: &str, says: &[&str]| {
            let failure = parse("dir/config.json", text).unwrap_err();
            for part in ["dir/config.json"].iter().chain(says) {
                assert!(failure.message.contains(part), "{part}: {}", failure.message);
            }
        };
        let number = "a whole number from 1 to 1024";
        check(r#"{"model_calls": 0}"#, &["`model_calls`", "`0`", number]);
        check(r#"{"model_calls": 1025}"#, &["`model_calls`", number]);
        check(r#"{"sandbox_jobs": 18446744073709551615}"#, &["`sandbox_jobs`", number]);
        check(r#"{"sandbox_jobs": 1e400}"#, &["`sandbox_jobs`", "out of range", number]);
        check(r#"{"sandbox_jobs": -1}"#, &["`sandbox_jobs`", "`-1`", number]);
        check(r#"{"sandbox_jobs": 1.5}"#, &["`sandbox_jobs`", "`1.5`", number]);
        check(r#"{"model_calls": "8"}"#, &["`model_calls`", "string", number]);
        check(r#"{"limits": {"model": {"per_minute": 0}}}"#, &["`limits.model.per_minute`", "`0`", "100000"]);
        check(r#"{"limits": {"model": {"at_once": 2}}}"#, &["`limits.model`", "`model_calls`"]);
        check(r#"{"limits": {"gpt": {}}}"#, &["`limits.gpt`", "neither a kind of work nor a model"]);
        check(r#"{"limits": {"a/b": {"per_hour": 2}}}"#, &["`per_hour`", "per_minute"]);
        check(r#"{"model": 3}"#, &["`model`", "PROVIDER/MODEL"]);
        check(r#"{"model": "gpt"}"#, &["`model`", "`gpt`", "PROVIDER/MODEL"]);
        check(r#"{"model": "a/b", "model": "a/b"}"#, &["duplicate field `model`"]);
        check(r#"{"colour": 1}"#, &["unknown field `colour`", "sandbox_jobs"]);
        check(r#"{"approvers": "a"}"#, &["`approvers`", "list of at most 100"]);
        check(r#"{"approvers": [7]}"#, &["`approvers[0]`", "public keys"]);
        check(r#"{"approvers": ["ab"]}"#, &["`approvers[0]`", "`ab` is not a public key"]);
        check("[]", &["JSON object"]);
        check("{} {}", &["trailing"]);
        check("", &["EOF"]);
        if cfg!(feature = "providers") {
            check(r#"{"local_url": "http://10.0.0.1/"}"#, &["`local_url`", "expected an address"]);
        }
    }

    #[test]
    fn limits_that_are_told_are_those_that_are_kept() {
        for (key, told) in
            [("model_calls", AT_ONCE_MAX), ("sandbox_jobs", AT_ONCE_MAX), ("approvers", APPROVERS_MAX)]
        {
            let (_, allowed) = KEYS.iter().find(|(known, _)| *known == key).unwrap();
            assert!(allowed.contains(&told.to_string()), "{allowed}");
        }
    }

    #[test]
    fn a_good_file_is_read() {
        let key = "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c";
        let limits = r#"{"model": {"per_minute": 60}, "local/qwen": {"at_once": 2}}"#;
        let text = format!(
            r#"{{"model": "local/qwen", "model_calls": 1024, "limits": {limits}, "approvers": ["{key}"]}}"#
        );
        let config = parse("config.json", &text).unwrap();
        assert_eq!(config.model_calls.map(AtOnce::get), Some(1024));
        assert_eq!(config.approvers, [key]);
        let limits = config.limits_of("model");
        assert_eq!((limits.all.per_minute, limits.models["local/qwen"].at_once), (Some(60), Some(2)));
        assert_eq!(config.limits_of("sandbox"), Limits::default());
    }
}
