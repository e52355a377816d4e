//! `checkpoints` and `resume --from`: going on from a state of a run in a new one.

use ideamine_core::{Failure, RunId};
use ideamine_runs::Change;
use serde_json::Value;

use super::Common;
use super::data::once;
use super::run::{budget, follow, run_id, show};
use crate::app::Keep;
use crate::cli::ResumeArgs;
use crate::config::Config;
use crate::exit::Exit;
use crate::models::{self, ModelChoice};
use crate::service::Ask;
use crate::{definitions, registry};

/// `ideamine checkpoints RUN`.
pub(super) async fn checkpoints(common: &Common, run: &str) -> Result<Exit, Failure> {
    let run = run_id(run)?;
    let found = once(common, Ask::Checkpoints { run: run.clone() }).await?;
    show(common, &found, |found| words(found, &run));
    Ok(Exit::Ok)
}

/// `ideamine resume RUN --from STATE`.
pub(super) async fn fork(
    common: &Common,
    of: &RunId,
    from: String,
    args: ResumeArgs,
) -> Result<Exit, Failure> {
    common.check_phases(args.phases.as_deref())?;
    let config = Config::load()?;
    let model = args.model.as_deref().map(|model| models::resolve(model, &config)).transpose()?;
    if let Some(model) = model.as_ref().filter(|_| !common.remote) {
        models::check(&model.name, &config)?;
    }
    let phases = args.phases.as_deref().map(|dir| definitions::phase_files(Some(dir))).transpose()?;
    if let Some(phases) = &phases {
        registry::planned(phases, None)?;
    }
    let (model, script) = model.map_or((None, None), |model| (Some(model.name), model.script));
    let change = Change {
        from,
        model,
        budget: budget(args.budget_usd)?,
        budget_tokens: args.budget_tokens,
        budget_minutes: args.budget_minutes,
        phases,
    };
    let mut dir = common.open(ModelChoice { recorded: None, config, meter: None }, Keep::Only(None)).await?;
    let started = dir.ask(Ask::Fork { run: of.clone(), change, script }).await?;
    let run = run_id(started["run_id"].as_str().unwrap_or_default())?;
    follow(common, dir, run, args.require_release).await
}

/// Phase by phase: how many states are done, and each model call, because calls are what is paid for.
fn words(found: &Value, run: &RunId) -> String {
    let all = found["checkpoints"].as_array().map(Vec::as_slice).unwrap_or_default();
    let path = |step: &Value| {
        let step = step["step"].as_str().unwrap_or_default();
        step.split('/').next().unwrap_or_default().to_owned()
    };
    let mut phases: Vec<String> = all.iter().filter(|step| !step["phase"].is_null()).map(path).collect();
    phases.sort();
    phases.dedup();
    let mut lines = vec![];
    for phase in &phases {
        let own: Vec<&Value> = all.iter().filter(|step| path(step) == *phase).collect();
        lines.push(format!("{phase}  {} states", own.len()));
        for step in own.iter().filter(|step| !step["call"].is_null()) {
            let call = &step["call"];
            let (step, model) = (step["step"].as_str(), call["model"].as_str());
            let (step, model) = (step.unwrap_or_default(), model.unwrap_or_default());
            let class = call["class"].as_str().unwrap_or_default();
            lines.push(format!("    {step}  {model}  ${:.4} {class}", call["usd"].as_f64().unwrap_or(0.0)));
        }
    }
    if lines.is_empty() {
        return format!("run {run} has no state that is done yet");
    }
    lines.push(format!("go on from one of them in a new run: ideamine resume {run} --from STATE"));
    lines.join("\n")
}
