//! `replay`: works a run again in a directory of its own and compares.

use std::sync::Arc;

use ideamine_core::records::{PhaseRow, RunOptions};
use ideamine_core::{Failure, RunId};
use ideamine_orchestration::rows;
use serde_json::{Value, json};

use super::Common;
use super::data::once;
use super::run::{run_id, show};
use crate::app::{App, Keep, Opened};
use crate::cli::ReplayArgs;
use crate::config::Config;
use crate::definitions;
use crate::exit::Exit;
use crate::models::ModelChoice;
use crate::service::Ask;
use ideamine_runs::recording::{Made, Recording, is_worked, made};

/// `ideamine replay RUN`.
pub(super) async fn replay(common: &Common, args: ReplayArgs) -> Result<Exit, Failure> {
    let recorded = once(common, Ask::Recording { run: run_id(&args.run)? }).await?;
    let recording: Recording =
        serde_json::from_value(recorded).map_err(|e| Failure::corrupt(format!("recording: {e}")))?;
    let folder = tempfile::tempdir()
        .map_err(|e| Failure::input(format!("cannot make a folder for the replay: {e}")))?;
    let choice = ModelChoice {
        recorded: Some(Arc::new(ideamine_models::Recorded::new(recording.recorded()?))),
        config: Config::default(),
        meter: None,
    };
    let Opened::Owner(app) = App::open(folder.path(), &choice, &Keep::All).await? else {
        return Err(Failure::bug("a new folder is owned by another process"));
    };
    let worked = tokio::select! {
        worked = work(&app, &recording) => worked,
        failure = app.stopped() => Err(failure),
    };
    app.shutdown().await;
    let again = worked?;
    let divergence = recording.first_divergence(&again);
    let identical = divergence.is_none();
    let different_build = recording.build != definitions::build();
    let value = json!({
        "identical": identical, "phases": recording.made.len(), "different_build": different_build,
        "first_divergence": divergence, "cut_off": recording.cut_off,
    });
    show(common, &value, |value| words(value, different_build));
    Ok(if identical || !args.verify { Exit::Ok } else { Exit::Unmet })
}

/// Works the recorded run to its end, giving people's recorded answers where it asks.
async fn work(app: &Arc<App>, recording: &Recording) -> Result<Vec<Made>, Failure> {
    let started = app.handle(start(recording)).await?;
    let run: RunId = run_id(started["run_id"].as_str().unwrap_or_default())?;
    let mut after = String::new();
    while app.handle(Ask::Status { run: run.clone() }).await?["ended"] != true {
        let news = app.handle(Ask::Events { run: run.clone(), after: after.clone() }).await?;
        after = news["last"].as_str().map_or(after, str::to_owned);
        reply(app, &run, recording).await?;
        if !recording.cut_off.is_empty() && all_worked(app, &run, recording).await? {
            break;
        }
    }
    Ok(made(&rows::phases(&app.runs.context(&run)).await?))
}

/// Whether everything is worked again that a stopped run had worked; what it was cut off from is nobody's to compare.
async fn all_worked(app: &Arc<App>, run: &RunId, recording: &Recording) -> Result<bool, Failure> {
    let phases: Vec<PhaseRow> = rows::phases(&app.runs.context(run)).await?;
    let worked = |made: &Made| phases.iter().any(|row| row.id.as_str() == made.phase && is_worked(row));
    Ok(recording.made.iter().all(worked))
}

/// The question that starts the replay: nothing is paid, so there is no budget to keep to.
fn start(recording: &Recording) -> Ask {
    Ask::Start {
        idea: recording.idea.clone(),
        media_type: recording.media_type.clone(),
        title: recording.title.clone(),
        options: RunOptions {
            budget: None,
            budget_tokens: None,
            budget_minutes: None,
            ..recording.options.clone()
        },
        script: None,
        phases: recording.phases.clone(),
        policy: recording.policy.clone().map(Box::new),
    }
}

async fn reply(app: &Arc<App>, run: &RunId, recording: &Recording) -> Result<(), Failure> {
    if !recording.options.ask {
        return Ok(());
    }
    let shown = app.handle(Ask::Show { run: run.clone() }).await?;
    let questions = shown["questions"].as_array().cloned().unwrap_or_default();
    for question in questions.iter().filter(|question| question["state"] == "asked") {
        let id = question["id"].as_str().unwrap_or_default().to_owned();
        let Some(text) = recording.replies.get(&id).cloned() else {
            // The stop came before the answer.
            if recording.cut_off.iter().any(|phase| question["phase"] == phase.as_str()) {
                continue;
            }
            return Err(Failure::input(format!("question {id} was not answered in the recorded run")));
        };
        app.handle(Ask::Answer { run: run.clone(), question: id, text }).await?;
    }
    Ok(())
}

fn words(value: &Value, different_build: bool) -> String {
    let note = if different_build { " (another build than the one that made the run)" } else { "" };
    if value["identical"] == true {
        let cut_off: Vec<&str> =
            value["cut_off"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let stopped = match cut_off.as_slice() {
            [] => String::new(),
            phases => format!(
                "; the run was stopped, so what it had not completed is not compared: {}",
                phases.join(", ")
            ),
        };
        return format!("identical: {} phases, every artifact{note}{stopped}", value["phases"]);
    }
    let place = &value["first_divergence"];
    format!("NOT identical{note}: {}", serde_json::to_string(place).unwrap_or_default())
}
