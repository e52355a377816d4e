//! `replay`: works a run again in a directory of its own and compares.

use std::sync::Arc;

use ideamine_core::records::RunOptions;
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
use ideamine_runs::recording::{Made, Recording, made};

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
        "first_divergence": divergence,
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
    }
    Ok(made(&rows::phases(&app.runs.context(&run)).await?))
}

/// The question that starts the replay: nothing is paid, so there is no budget to keep to.
fn start(recording: &Recording) -> Ask {
    Ask::Start {
        idea: recording.idea.clone(),
        media_type: recording.media_type.clone(),
        title: recording.title.clone(),
        options: RunOptions { budget: None, ..recording.options.clone() },
        script: None,
        phases: recording.phases.clone(),
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
            return Err(Failure::input(format!("question {id} was not answered in the recorded run")));
        };
        app.handle(Ask::Answer { run: run.clone(), question: id, text }).await?;
    }
    Ok(())
}

fn words(value: &Value, different_build: bool) -> String {
    let note = if different_build { " (another build than the one that made the run)" } else { "" };
    if value["identical"] == true {
        return format!("identical: {} phases, every artifact{note}", value["phases"]);
    }
    let place = &value["first_divergence"];
    format!("NOT identical{note}: {}", serde_json::to_string(place).unwrap_or_default())
}
