//! Which model answers: the composer (no model at all), a script, or a provider; chosen once, at a run's start.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use ideamine_core::failure::FailureKind;
#[cfg(feature = "providers")]
use ideamine_core::ports::Unwanted;
use ideamine_core::ports::{Answer, Model, Request, Usage};
use ideamine_core::records::{PhaseConfig, Plan, PlannedPhase};
use ideamine_core::{Digest, Failure, UsdMicros};
use ideamine_embedded::{files, private};
use ideamine_models::{Recorded, Scripted};

use crate::config::Config;

/// Largest script, bytes.
const SCRIPT_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// What a script's model name begins with; the digest of its bytes follows.
const SCRIPTED: &str = "scripted:";

/// What the process that opens a data directory may use.
#[derive(Clone, Default)]
pub(crate) struct ModelChoice {
    /// Only these answers exist: for a replay.
    pub recorded: Option<Arc<Recorded>>,
    /// Configuration of providers.
    pub config: Config,
    /// Counts what is used.
    pub meter: Option<crate::cost::Meter>,
}

/// `--model` resolved: the name that goes into the plan, and the script behind it if it is one.
pub(crate) struct Resolved {
    /// `composer`, `scripted:sha256:…` or `provider/model`.
    pub name: String,
    /// The script's text.
    pub script: Option<String>,
}

/// Whether this names a model in one of the forms there are; whether it can be asked is another question.
pub(crate) fn is_model(text: &str) -> bool {
    let of_provider = |(provider, model): (&str, &str)| !provider.is_empty() && !model.is_empty();
    text == "auto"
        || Plan::is_composer(text)
        || text.strip_prefix(SCRIPTED).is_some_and(|file| !file.is_empty())
        || text.split_once('/').is_some_and(of_provider)
}

/// Resolves `--model`. A provider's key in the environment is never a reason to use it.
///
/// # Errors
/// `Input.Invalid` that says which forms there are.
pub(crate) fn resolve(wanted: &str, config: &Config) -> Result<Resolved, Failure> {
    let wanted = if wanted == "auto" { config.model.as_deref().unwrap_or(Plan::COMPOSER) } else { wanted };
    if Plan::is_composer(wanted) || wanted == "auto" {
        return Ok(Resolved { name: Plan::COMPOSER.to_owned(), script: None });
    }
    if let Some(file) = wanted.strip_prefix(SCRIPTED) {
        let text = read_script(Path::new(file))?;
        let name = format!("{SCRIPTED}{}", Digest::of(text.as_bytes()));
        return Ok(Resolved { name, script: Some(text) });
    }
    if is_model(wanted) {
        return Ok(Resolved { name: wanted.to_owned(), script: None });
    }
    let message = format!("--model {wanted}: expected auto, composer, scripted:FILE or PROVIDER/MODEL");
    Err(Failure::input(message))
}

/// Refuses a model that cannot be asked for want of configuration, before anything is started.
///
/// # Errors
/// `Model.Config` that names the setting.
pub(crate) fn check(name: &str, config: &Config) -> Result<(), Failure> {
    if Plan::is_composer(name) || name.starts_with(SCRIPTED) {
        return Ok(());
    }
    #[cfg(feature = "providers")]
    return crate::providers::open(config)?.check(name);
    #[cfg(not(feature = "providers"))]
    {
        let _ = config;
        let message = format!("`{name}`: this build has no providers; build it with --features providers");
        Err(Failure::new(FailureKind::ModelConfig, message))
    }
}

/// [`check`] of every model that a phase may fall back on in a run of `model`.
///
/// # Errors
/// As [`check`], with the phase.
pub(crate) fn check_fallback(model: &str, phases: &[PlannedPhase], config: &Config) -> Result<(), Failure> {
    if Plan::is_composer(model) {
        return Ok(());
    }
    for phase in phases {
        let models = phase.config.fallback.iter().filter(|name| *name != PhaseConfig::SMALLER_JOB);
        for name in models {
            check(name, config).map_err(|failure| {
                let message = format!("{}.yaml: fallback: {}", phase.config.id, failure.message);
                Failure { message, ..failure }
            })?;
        }
    }
    Ok(())
}

fn read_script(path: &Path) -> Result<String, Failure> {
    let refuse = |e: std::io::Error| Failure::input(format!("--model scripted:{}: {e}", path.display()));
    let text = files::read_text(path, SCRIPT_BYTES_MAX).map_err(refuse)?;
    Scripted::new(&path.display().to_string(), text.as_bytes())?;
    Ok(text)
}

/// Where an owner keeps the scripts of its runs, so that any later owner can go on with them.
fn script_path(data_dir: &Path, name: &str) -> Option<PathBuf> {
    let digest: Digest = name.strip_prefix(SCRIPTED)?.parse().ok()?;
    Some(data_dir.join("scripts").join(format!("{}.jsonl", digest.hex())))
}

/// Keeps a run's script in the data directory.
///
/// # Errors
/// `Input.Invalid` when the text is not the one its name says; `Store.Unavailable` when it cannot be written.
pub(crate) fn keep_script(data_dir: &Path, name: &str, text: &str) -> Result<(), Failure> {
    let expected = format!("{SCRIPTED}{}", Digest::of(text.as_bytes()));
    let path = script_path(data_dir, name).filter(|_| expected == name);
    let path =
        path.ok_or_else(|| Failure::input(format!("the script is not the one that `{name}` names")))?;
    match files::read(&path, SCRIPT_BYTES_MAX) {
        Ok(there) if there == text.as_bytes() => Ok(()),
        // Not there, or harmed: these are the right bytes.
        _ => private::write(&path, text.as_bytes()),
    }
}

/// The bytes of a kept script, which are those that its name says.
///
/// # Errors
/// `Data.Corrupt` naming the file and both digests; `Model.Config` when it cannot be read.
fn kept_script(path: &Path, name: &str) -> Result<Vec<u8>, Failure> {
    let kept = path.display();
    let bytes = files::read(path, SCRIPT_BYTES_MAX)
        .map_err(|e| Failure::new(FailureKind::ModelConfig, format!("the script {kept}: {e}")))?;
    let found = format!("{SCRIPTED}{}", Digest::of(&bytes));
    if found == name {
        return Ok(bytes);
    }
    Err(Failure::corrupt(format!("{name} has other bytes on disk ({found}); restore {kept}")))
}

/// Holds that the script of a model's name, if it is one's, is kept as it was.
///
/// # Errors
/// As for its use: `Data.Corrupt`, `Model.Config`.
pub(crate) fn check_script(data_dir: &Path, name: &str) -> Result<(), Failure> {
    script_path(data_dir, name).map_or(Ok(()), |path| kept_script(&path, name).map(drop))
}

/// Every model that this process can reach, behind one port: the request's model name says which.
pub(crate) struct ModelTable {
    data_dir: PathBuf,
    recorded: Option<Arc<Recorded>>,
    scripts: Mutex<HashMap<String, Arc<Scripted>>>,
    #[cfg(feature = "providers")]
    providers: ideamine_models::providers::Providers,
}

impl ModelTable {
    /// The table for a data directory.
    ///
    /// # Errors
    /// `Config.Invalid` when a provider's configuration is not usable.
    pub(crate) fn new(data_dir: &Path, choice: &ModelChoice) -> Result<Self, Failure> {
        Ok(Self {
            data_dir: data_dir.to_owned(),
            recorded: choice.recorded.clone(),
            scripts: Mutex::default(),
            #[cfg(feature = "providers")]
            providers: crate::providers::open(&choice.config)?,
        })
    }

    fn script(&self, name: &str) -> Result<Arc<Scripted>, Failure> {
        let mut scripts = self.scripts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(script) = scripts.get(name) {
            return Ok(Arc::clone(script));
        }
        let path = script_path(&self.data_dir, name)
            .ok_or_else(|| Failure::new(FailureKind::ModelConfig, format!("`{name}` names no script")))?;
        let script = Arc::new(Scripted::new(&path.display().to_string(), &kept_script(&path, name)?)?);
        scripts.insert(name.to_owned(), Arc::clone(&script));
        Ok(script)
    }

    fn with<T>(&self, model: &str, ask: impl FnOnce(&dyn Model) -> Option<T>) -> Option<T> {
        if let Some(recorded) = &self.recorded {
            return ask(recorded.as_ref());
        }
        if model.starts_with(SCRIPTED) {
            return self.script(model).ok().and_then(|script| ask(script.as_ref()));
        }
        #[cfg(feature = "providers")]
        return ask(&self.providers);
        #[cfg(not(feature = "providers"))]
        None
    }
}

#[async_trait]
impl Model for ModelTable {
    async fn call(&self, request: &Request) -> Result<Answer, Failure> {
        if let Some(recorded) = &self.recorded {
            return recorded.call(request).await;
        }
        if request.model.starts_with(SCRIPTED) {
            return self.script(&request.model)?.call(request).await;
        }
        #[cfg(feature = "providers")]
        return self.providers.call(request).await;
        #[cfg(not(feature = "providers"))]
        {
            let message = format!(
                "`{}`: this build has no providers; build it with --features providers",
                request.model
            );
            Err(Failure::new(FailureKind::ModelConfig, message))
        }
    }

    #[cfg(feature = "providers")]
    async fn call_while_wanted(&self, request: &Request, unwanted: Unwanted<'_>) -> Result<Answer, Failure> {
        if self.recorded.is_some() || request.model.starts_with(SCRIPTED) {
            return self.call(request).await;
        }
        self.providers.call_while_wanted(request, unwanted).await
    }

    fn ceiling(&self, request: &Request) -> Option<UsdMicros> {
        self.with(&request.model, |model| model.ceiling(request))
    }

    fn tokens(&self, request: &Request) -> u64 {
        self.with(&request.model, |model| Some(model.tokens(request))).unwrap_or(0)
    }

    fn origin(&self, name: &str) -> String {
        self.with(name, |model| Some(model.origin(name))).unwrap_or_default()
    }

    fn price(&self, name: &str, usage: &Usage) -> Option<UsdMicros> {
        self.with(name, |model| model.price(name, usage))
    }

    fn is_recorded(&self, name: &str) -> bool {
        self.with(name, |model| Some(model.is_recorded(name))).unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_named_or_it_is_the_composer() {
        let check = |wanted: &str, configured: Option<&str>, name: &str| {
            let config = Config { model: configured.map(str::to_owned), ..Config::default() };
            assert_eq!(resolve(wanted, &config).unwrap().name, name);
        };
        check("auto", None, "composer");
        check("auto", Some("local/qwen"), "local/qwen");
        check("composer", Some("local/qwen"), "composer");
        check("anthropic/claude-haiku-5-5", None, "anthropic/claude-haiku-5-5");
        for bad in ["gpt", "/x", "x/", "scripted:/no/such/file"] {
            assert!(resolve(bad, &Config::default()).is_err(), "{bad}");
        }
    }
}
