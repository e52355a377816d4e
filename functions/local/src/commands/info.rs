//! `config`, `functions`, `phases`, `doctor`: what is there, before anything is run.

use std::path::Path;

use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::Jobs as _;
use ideamine_embedded::sandbox::Bubblewrap;
use ideamine_embedded::{Cas, Owner, Ownership, Sound, Store, StoreOptions};
use serde_json::{Value, json};

use super::run::show;
use super::{Common, say};
use crate::app::{App, Opened};
use crate::cli::{DoctorArgs, PhasesArgs};
use crate::config::{self, Config};
use crate::exit::Exit;
use crate::models::ModelChoice;
use crate::{check, definitions, models, registry};

/// `ideamine config`.
pub(super) fn config(common: &Common) -> Result<Exit, Failure> {
    let config = Config::load()?;
    let mut value = serde_json::to_value(&config).map_err(|e| Failure::bug(e.to_string()))?;
    value["effective_model"] = json!(models::resolve("auto", &config)?.name);
    value["data_dir"] = json!(common.data_dir);
    value["config_dir"] = json!(config::user_dir()?);
    value["config_file"] = json!(config::config_file()?);
    value["unread_files"] = json!(config::unread()?);
    value["build"] = json!(definitions::build());
    for path in config::unread()? {
        say(&format!(
            "{} is not read; settings go into {}",
            path.display(),
            config::config_file()?.display()
        ));
    }
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
    let store = check_store(&common.data_dir).await;
    if let Err(failure) = &store
        && Exit::of(failure) == Exit::Usage
    {
        return Err(failure.clone());
    }
    let sandbox = sandbox.map_or_else(|failure| Found::Bad(failure.message), Found::Sound);
    let store = store.unwrap_or_else(|failure| Found::Bad(failure.message));
    let value = json!({
        "sandbox": sandbox.json(), "data_dir": store.json(), "rebuilt": rebuilt, "build": definitions::build(),
    });
    show(common, &value, |_| [sandbox.line("sandbox"), store.line("data directory")].join("\n"));
    let bad = [&sandbox, &store].iter().any(|found| matches!(found, Found::Bad(_)));
    Ok(if bad { Exit::Unmet } else { Exit::Ok })
}

/// What `doctor` found of one thing.
enum Found {
    Sound(String),
    Bad(String),
    /// Neither is known.
    NotChecked(String),
}

impl Found {
    /// `ok` is null for what was not checked.
    fn json(&self) -> serde_json::Value {
        match self {
            Self::Sound(what) => json!({ "ok": true, "what": what }),
            Self::Bad(what) => json!({ "ok": false, "what": what }),
            Self::NotChecked(what) => json!({ "ok": null, "what": what }),
        }
    }

    fn line(&self, name: &str) -> String {
        match self {
            Self::Sound(what) => format!("ok   {name}: {what}"),
            Self::Bad(what) => format!("BAD  {name}: {what}"),
            Self::NotChecked(what) => format!("?    {name}: {what}"),
        }
    }
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

/// Reads all that is in the data directory: the journal, what the record tables say of it, the documents, and what
/// each run says of all of them.
async fn check_store(data_dir: &Path) -> Result<Found, Failure> {
    let owner = match Owner::try_acquire(data_dir)? {
        Ownership::Other { pid } => {
            let who = pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"));
            let (dir, what) = (data_dir.display(), "so that nothing is known of its soundness");
            return Ok(Found::NotChecked(format!(
                "{dir} was not checked, {what}: {who} is using it; ask again when that has ended"
            )));
        }
        Ownership::Mine(owner) => owner,
    };
    let Sound { keys, journal_bytes } = Store::check(&owner, &StoreOptions::default())?;
    let documents = Cas::open(data_dir)?.check()?;
    drop(owner);
    let runs = check_runs(data_dir).await?;
    Ok(Found::Sound(format!(
        "{} is sound: {keys} keys are what {journal_bytes} bytes of journal say, {documents} documents have their \
         digests, {}",
        data_dir.display(),
        if runs == 1 {
            "1 run is what its ledger says".to_owned()
        } else {
            format!("{runs} runs are what their ledgers say")
        }
    )))
}

/// Checks every run as `verify` does; how many there are.
async fn check_runs(data_dir: &Path) -> Result<usize, Failure> {
    let Opened::Owner(app) = App::open_to_read(data_dir, &ModelChoice::default())? else {
        return Err(Failure::new(
            FailureKind::StoreUnavailable,
            "another process took the directory meanwhile",
        ));
    };
    let (mut harmed, runs) = (vec![], app.runs.all().await?);
    for run in &runs {
        let problems = check::problems(&app, &run.run_id).await?;
        if let Some(first) = problems.first() {
            let more = match problems.len() - 1 {
                0 => String::new(),
                more => format!(" (and {more} more)"),
            };
            harmed.push(format!("run {}: {}{more}", run.run_id, first.what));
        }
    }
    app.shutdown().await;
    if harmed.is_empty() {
        return Ok(runs.len());
    }
    let advice = "`ideamine verify RUN` names everything";
    Err(Failure::corrupt(format!(
        "{} of {} runs are harmed; {advice}: {}",
        harmed.len(),
        runs.len(),
        harmed.join("; ")
    )))
}
