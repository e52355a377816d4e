//! `config`, `functions`, `phases`, `doctor`: what is there, before anything is run.

use std::path::Path;

use ideamine_core::Failure;
use ideamine_core::ports::Jobs as _;
use ideamine_embedded::sandbox::Bubblewrap;
use ideamine_embedded::{Cas, Owner, Ownership, Sound, Store, StoreOptions};
use serde_json::{Value, json};

use super::Common;
use super::run::show;
use crate::cli::{DoctorArgs, PhasesArgs};
use crate::config::{self, Config};
use crate::exit::Exit;
use crate::{definitions, models, registry};

/// `ideamine config`.
pub(super) fn config(common: &Common) -> Result<Exit, Failure> {
    let config = Config::load()?;
    let mut value = serde_json::to_value(&config).map_err(|e| Failure::bug(e.to_string()))?;
    value["effective_model"] = json!(models::resolve("auto", &config)?.name);
    value["data_dir"] = json!(common.data_dir);
    value["config_dir"] = json!(config::user_dir()?);
    value["build"] = json!(definitions::build());
    show(common, &value, |value| serde_json::to_string_pretty(value).unwrap_or_default());
    Ok(Exit::Ok)
}

/// `ideamine functions`.
pub(super) fn functions(common: &Common) -> Result<Exit, Failure> {
    let names: Vec<String> = registry::function_names().into_iter().collect();
    show(common, &json!(names), |_| names.join("\n"));
    Ok(Exit::Ok)
}

/// `ideamine phases`.
pub(super) fn phases(common: &Common, args: PhasesArgs) -> Result<Exit, Failure> {
    let files = definitions::phase_files(args.phases.as_deref())?;
    let planned = registry::planned(&files, None)?;
    let of = |phase: &ideamine_core::records::PlannedPhase| {
        let config = &phase.config;
        json!({
            "id": config.id, "title": config.title, "wave": phase.wave, "depends_on": config.depends_on,
            "agent": format!("agent-{}", config.agent), "gates": config.gates, "checks": config.checks,
            "output": config.output,
        })
    };
    let value = Value::Array(planned.iter().map(of).collect());
    show(common, &value, |_| {
        let line = |phase: &ideamine_core::records::PlannedPhase| {
            let before: Vec<&str> = phase.config.depends_on.iter().map(|id| id.as_str()).collect();
            format!(
                "{:<14} after {:<24} gates: {}",
                phase.config.id.as_str(),
                before.join(", "),
                phase.config.gates.join(", ")
            )
        };
        planned.iter().map(line).collect::<Vec<_>>().join("\n")
    });
    Ok(Exit::Ok)
}

/// `ideamine doctor`.
pub(super) async fn doctor(common: &Common, args: DoctorArgs) -> Result<Exit, Failure> {
    let sandbox = sandbox_version().await;
    let rebuilt = if args.rebuild { Some(rebuild(&common.data_dir)?) } else { None };
    let store = check_store(&common.data_dir);
    if let Err(failure) = &store
        && Exit::of(failure) == Exit::Usage
    {
        return Err(failure.clone());
    }
    let word = |result: &Result<String, Failure>| match result {
        Ok(what) => json!({ "ok": true, "what": what }),
        Err(failure) => json!({ "ok": false, "what": failure.message }),
    };
    let value = json!({
        "sandbox": word(&sandbox), "data_dir": word(&store), "rebuilt": rebuilt, "build": definitions::build(),
    });
    show(common, &value, |_| {
        let line = |name: &str, result: &Result<String, Failure>| match result {
            Ok(what) => format!("ok   {name}: {what}"),
            Err(failure) => format!("BAD  {name}: {}", failure.message),
        };
        [line("sandbox", &sandbox), line("data directory", &store)].join("\n")
    });
    Ok(if sandbox.is_ok() && store.is_ok() { Exit::Ok } else { Exit::Unmet })
}

/// Name and version of the sandbox.
async fn sandbox_version() -> Result<String, Failure> {
    Bubblewrap::from_env().probe().await
}

/// Builds the record tables again from the journal.
fn rebuild(data_dir: &Path) -> Result<String, Failure> {
    Store::rebuild(&Owner::acquire(data_dir)?, &StoreOptions::default())?;
    Ok("the record tables were built again from the journal".to_owned())
}

/// Reads all that is in the data directory: the journal, what the record tables say of it, the documents.
fn check_store(data_dir: &Path) -> Result<String, Failure> {
    let owner = match Owner::try_acquire(data_dir)? {
        Ownership::Other { pid } => {
            let pid = pid.map_or_else(|| "?".to_owned(), |pid| pid.to_string());
            return Ok(format!("in use by process {pid}, and not checked now"));
        }
        Ownership::Mine(owner) => owner,
    };
    let Sound { keys, journal_bytes } = Store::check(&owner, &StoreOptions::default())?;
    let documents = Cas::open(data_dir)?.check()?;
    Ok(format!(
        "{} is sound: {keys} keys are what {journal_bytes} bytes of journal say, {documents} documents have their \
         digests",
        data_dir.display()
    ))
}
