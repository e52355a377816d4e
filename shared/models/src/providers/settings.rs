//! What the operator configured: addresses, keys, timeouts, retries. Read once; nothing else is looked at.
//!
//! | variable, for each of `ANTHROPIC`, `OPENAI`, `GEMINI`, `LOCAL` | what |
//! |---|---|
//! | `IDEAMINE_ANTHROPIC_KEY` | the key; a local server often needs none |
//! | `IDEAMINE_ANTHROPIC_URL` | base URL, else the provider's own; needed for `LOCAL` |
//! | `IDEAMINE_ANTHROPIC_KEY_ORIGIN` | where the key may go, when that is not the provider's own origin |
//!
//! A local server's address is like `http://127.0.0.1:11434/v1/` (Ollama), and its key is bound to it.
//! A provider's usual variable (`ANTHROPIC_API_KEY` and the like) is never read: a key that happens to lie
//! in the environment spends nobody's money.

use std::time::Duration;

use ideamine_core::Failure;

use super::egress::BaseUrl;
use super::retry::RetryPolicy;
use super::secret::ApiKey;

/// One provider's access.
#[derive(Clone, Default)]
pub struct Access {
    /// Base URL; the provider's own when absent.
    pub base_url: Option<String>,
    /// Its key; local servers often need none.
    pub key: Option<ApiKey>,
}

/// How long to wait, each stage by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For the connection, TLS included.
    pub connect: Duration,
    /// For the status line and headers, once connected.
    pub header: Duration,
    /// For the first piece of the answer, once there are headers; a model may think for long.
    pub first_token: Duration,
    /// For each further piece.
    pub between_chunks: Duration,
    /// For everything, further tries included.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            header: Duration::from_secs(300),
            first_token: Duration::from_secs(300),
            between_chunks: Duration::from_secs(120),
            total: Duration::from_secs(900),
        }
    }
}

/// Everything about providers that is configured.
#[derive(Clone, Default)]
pub struct Settings {
    /// `anthropic/…`
    pub anthropic: Access,
    /// `openai/…`
    pub openai: Access,
    /// `gemini/…`
    pub gemini: Access,
    /// `local/…`: any server that speaks OpenAI's chat completions.
    pub local: Access,
    /// How long to wait.
    pub timeouts: Timeouts,
    /// How often to try.
    pub retry: RetryPolicy,
}

impl Settings {
    /// [`Settings::from_variables`] of this process's environment.
    ///
    /// # Errors
    /// As there.
    pub fn from_env() -> Result<Self, Failure> {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    /// Reads the variables named in this module's documentation through `get`.
    ///
    /// # Errors
    /// `Model.Config` for an address that cannot be used.
    pub fn from_variables(get: impl Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        Ok(Self {
            anthropic: access(&get, &ANTHROPIC)?,
            openai: access(&get, &OPENAI)?,
            gemini: access(&get, &GEMINI)?,
            local: access(&get, &LOCAL)?,
            ..Self::default()
        })
    }
}

/// A provider's fixed facts.
pub(super) struct Known {
    /// First part of its model names.
    pub(super) prefix: &'static str,
    /// Its own address; local servers have none.
    pub(super) base_url: Option<&'static str>,
    /// First part of its variables.
    pub(super) variable: &'static str,
}

pub(super) const ANTHROPIC: Known = Known {
    prefix: "anthropic",
    base_url: Some("https://api.anthropic.com/v1/"),
    variable: "IDEAMINE_ANTHROPIC",
};
pub(super) const OPENAI: Known =
    Known { prefix: "openai", base_url: Some("https://api.openai.com/v1/"), variable: "IDEAMINE_OPENAI" };
pub(super) const GEMINI: Known = Known {
    prefix: "gemini",
    base_url: Some("https://generativelanguage.googleapis.com/v1beta/"),
    variable: "IDEAMINE_GEMINI",
};
pub(super) const LOCAL: Known = Known { prefix: "local", base_url: None, variable: "IDEAMINE_LOCAL" };

fn access(get: &impl Fn(&str) -> Option<String>, known: &Known) -> Result<Access, Failure> {
    let read = |suffix: &str| get(&format!("{}_{suffix}", known.variable)).filter(|v| !v.trim().is_empty());
    let base_url = read("URL");
    let Some(text) = read("KEY") else { return Ok(Access { base_url, key: None }) };
    let own = known.base_url.map(str::to_owned).or_else(|| base_url.clone());
    let origin = match (read("KEY_ORIGIN"), own) {
        (Some(origin), _) => origin,
        (None, Some(url)) => BaseUrl::parse(&url, &format!("{}_URL", known.variable))?.origin(),
        (None, None) => String::new(),
    };
    Ok(Access { base_url, key: Some(ApiKey::new(&text, &origin)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_variables_are_read_and_a_key_is_bound_to_its_providers_origin() {
        let variables = [
            ("ANTHROPIC_API_KEY", "stray"),
            ("OPENAI_API_KEY", "stray"),
            ("IDEAMINE_OPENAI_KEY", " k1 \n"),
            ("IDEAMINE_OPENAI_URL", "https://elsewhere.example/v1/"),
            ("IDEAMINE_GEMINI_KEY", "k2"),
            ("IDEAMINE_GEMINI_KEY_ORIGIN", "https://Proxy.example/"),
            ("IDEAMINE_LOCAL_KEY", "k3"),
            ("IDEAMINE_LOCAL_URL", "http://localhost:8080/v1"),
        ];
        let get = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        let settings = Settings::from_variables(get).unwrap();
        assert!(settings.anthropic.key.is_none());
        let check = |access: &Access, origin: &str, key: &str| {
            let held = access.key.as_ref().unwrap();
            assert_eq!((held.origin(), held.for_origin(origin)), (origin, Some(key)));
            assert_eq!(held.for_origin("https://elsewhere.example"), None);
        };
        check(&settings.openai, "https://api.openai.com", "k1");
        check(&settings.gemini, "https://proxy.example", "k2");
        check(&settings.local, "http://localhost:8080", "k3");
        let bad = |name: &str| (name.starts_with("IDEAMINE_LOCAL_")).then(|| "nonsense".to_owned());
        assert!(
            Settings::from_variables(bad)
                .is_ok_and(|s| s.local.key.is_some_and(|k| k.for_origin("").is_none()))
        );
    }
}
