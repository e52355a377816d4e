//! `run`, `resume`, `watch`, `cancel`, `answer`: commands that follow a run to its end.

use std::time::Duration;

use ideamine_core::budget::Grant;
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::Progress;
use ideamine_core::records::RunOptions;
use ideamine_core::{Failure, PhaseId, RunId, UsdMicros};
use ideamine_runs::{Resume, Throw};
use serde_json::{Value, json};

use super::{Common, fork, print, print_json, say};
use crate::app::Keep;
use crate::cli::{AnswerArgs, KillSwitchArgs, ResumeArgs, RunArgs};
use crate::config::Config;
use crate::exit::Exit;
use crate::interrupt::interrupted;
use crate::link::DataDir;
use crate::models::{self, ModelChoice};
use crate::progress::Show;
use crate::service::Ask;
use crate::{definitions, idea, outcome, policies, words};

/// Between two looks at a run that is ending.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// `ideamine run IDEA`.
pub(super) async fn run(common: &Common, args: RunArgs) -> Result<Exit, Failure> {
    let config = Config::load()?;
    let idea = idea::read(&args.idea)?;
    common.check_phases(args.phases.as_deref())?;
    if common.remote && args.policy.is_some() {
        let message = "--policy: a deployed stack keeps its own policy; leave out --policy or --remote";
        return Err(Failure::input(message));
    }
    let model = if common.remote { of_stack(&args)? } else { models::resolve(&args.model, &config)? };
    if !common.remote {
        models::check(&model.name, &config)?;
    }
    let options = RunOptions {
        model: model.name,
        seed: args.seed,
        budget: budget(args.budget_usd)?,
        budget_tokens: args.budget_tokens,
        budget_minutes: args.budget_minutes,
        until: args.until.as_deref().map(|id| phase("--until", id)).transpose()?,
        ask: args.ask,
        priority: args.priority,
        fork: None,
    };
    let phases = definitions::phase_files(args.phases.as_deref())?;
    let policy = policies::of_run(args.policy.as_deref(), &config)?;
    let planned = crate::registry::planned(&phases, options.until.as_ref())?;
    if !common.remote {
        models::check_fallback(&options.model, &planned, &config)?;
    }
    let mut dir = common.open(ModelChoice { recorded: None, config, meter: None }, Keep::Only(None)).await?;
    let ask = Ask::Start {
        idea: idea.text,
        media_type: idea.media_type.to_owned(),
        title: idea.title,
        options,
        script: model.script,
        phases,
        policy,
    };
    let started = dir.ask(ask).await;
    let started = started.map_err(|failure| match failure.kind {
        FailureKind::StoreUnavailable => {
            let there = common.same_place();
            let message =
                format!("{}; `ideamine list{there}` shows whether the run was begun", failure.message);
            Failure { message, ..failure }
        }
        _ => failure,
    })?;
    let run = run_id(started["run_id"].as_str().unwrap_or_default())?;
    follow(common, dir, run, args.require_release).await
}

/// The model as a deployed stack is told it: what `auto` is, and which keys there are, is the stack's own matter.
fn of_stack(args: &RunArgs) -> Result<models::Resolved, Failure> {
    if !models::is_model(&args.model) || args.model.starts_with("scripted:") {
        let message = format!("--model {}: with --remote auto, composer or PROVIDER/MODEL", args.model);
        return Err(Failure::input(message));
    }
    Ok(models::Resolved { name: args.model.clone(), script: None })
}

/// `ideamine resume RUN`.
pub(super) async fn resume(common: &Common, args: ResumeArgs) -> Result<Exit, Failure> {
    let run = run_id(&args.run)?;
    if let Some(from) = args.from.clone() {
        return fork::fork(common, &run, from, args).await;
    }
    let mut dir = open(common, &run).await?;
    // The directory may take nothing more as soon as it is opened: what waited in it goes on at once.
    if let Err(failure) = go_on(&mut dir, &run, &args).await {
        dir.shutdown().await;
        return broken_off(common, &run, failure);
    }
    follow(common, dir, run, args.require_release).await
}

/// Asks for it, unless the run ended while nobody looked: resuming is then showing how it ended.
async fn go_on(dir: &mut DataDir, run: &RunId, args: &ResumeArgs) -> Result<(), Failure> {
    let budget = budget(args.budget_usd)?;
    if dir.ask(Ask::Status { run: run.clone() }).await?["ended"] == true {
        return Ok(());
    }
    let grant = args.grant.iter().map(|text| text.parse::<Grant>()).collect::<Result<_, _>>();
    let grant = grant.map_err(|e| Failure::input(format!("--grant: {e}")))?;
    let resume = Resume {
        budget,
        budget_tokens: args.budget_tokens,
        budget_minutes: args.budget_minutes,
        accept_build: args.accept_build,
        grant,
    };
    dir.ask(Ask::Resume { run: run.clone(), resume }).await.map(drop)
}

/// `ideamine watch RUN`.
pub(super) async fn watch(common: &Common, run: &str) -> Result<Exit, Failure> {
    let run = run_id(run)?;
    let mut dir = open(common, &run).await?;
    dir.ask(Ask::Status { run: run.clone() }).await?;
    follow(common, dir, run, false).await
}

/// `ideamine cancel RUN`: follows until what is there is sealed.
pub(super) async fn cancel(common: &Common, run: &str) -> Result<Exit, Failure> {
    let run = run_id(run)?;
    let mut dir = open(common, &run).await?;
    dir.ask(Ask::Cancel { run: run.clone() }).await?;
    if dir.owned().is_none() && !common.remote {
        print(&format!("run {run} is being cancelled by the process that works it"));
        return Ok(Exit::Ok);
    }
    follow(common, dir, run, false).await.map(|exit| if exit == Exit::Stopped { Exit::Ok } else { exit })
}

/// `ideamine kill-switch`: runs of this process are followed until what is there is sealed.
pub(super) async fn kill_switch(common: &Common, args: KillSwitchArgs) -> Result<Exit, Failure> {
    let throw = match (args.engage, args.release) {
        (Some(why), _) => Some(Throw { engaged: true, why }),
        (None, true) => Some(Throw { engaged: false, why: String::new() }),
        (None, false) => None,
    };
    let choice = ModelChoice { recorded: None, config: Config::load()?, meter: None };
    let mut dir = common.open(choice, Keep::Only(None)).await?;
    let told = dir.ask(Ask::KillSwitch { throw }).await?;
    let ended = told["ended"].as_array().cloned().unwrap_or_default();
    for run in ended.iter().filter_map(Value::as_str) {
        let run = run_id(run)?;
        while dir.owned().is_some() && dir.ask(Ask::Status { run: run.clone() }).await?["ended"] == false {
            tokio::select! {
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                () = interrupted() => {
                    dir.shutdown().await;
                    return Ok(Exit::Interrupted);
                }
            }
        }
    }
    show(common, &told, |told| match (told["engaged"] == true, told["epoch"].as_u64()) {
        (true, _) => {
            let since = told["at"].as_str().unwrap_or_default();
            let why = told["why"].as_str().unwrap_or_default();
            format!("engaged since {since}: {why}; runs ended by this: {}", ended.len())
        }
        (false, Some(0)) => "never thrown".to_owned(),
        (false, _) => "released: runs may start".to_owned(),
    });
    dir.shutdown().await;
    Ok(Exit::Ok)
}

/// `ideamine answer RUN QUESTION TEXT`.
pub(super) async fn answer(common: &Common, args: AnswerArgs) -> Result<Exit, Failure> {
    let run = run_id(&args.run)?;
    let mut dir = open(common, &run).await?;
    let ask = Ask::Answer { run: run.clone(), question: args.question, text: args.text };
    let done = dir.ask(ask).await?;
    let live = dir.owned().is_none();
    show(common, &done, |_| match (live, done["waited"] == true) {
        (true, true) => "answered; the run goes on".to_owned(),
        (true, false) => "answered; nobody waited for it: phases that begin later read it".to_owned(),
        (false, _) => format!("answered; go on with: ideamine resume {run}"),
    });
    dir.shutdown().await;
    Ok(Exit::Ok)
}

async fn open(common: &Common, run: &RunId) -> Result<DataDir, Failure> {
    let choice = ModelChoice { recorded: None, config: Config::load()?, meter: None };
    common.open(choice, Keep::Only(Some(run.clone()))).await
}

/// Shows progress until the run has ended, paused or waits for a person; Ctrl-C and SIGTERM leave it resumable.
pub(super) async fn follow(
    common: &Common,
    mut dir: DataDir,
    run: RunId,
    require_release: bool,
) -> Result<Exit, Failure> {
    let mut show = Show::new(&run);
    dir.follow(&run);
    if !common.json {
        show.line(&format!("run {run}"));
    }
    let end = tokio::select! {
        end = watch_to_end(&mut dir, &run, &mut show) => Some(end),
        () = interrupted() => None,
    };
    show.done();
    dir.shutdown().await;
    match end {
        None => {
            say(&match common.remote {
                true => format!("no longer followed; the run goes on: ideamine watch {run} --remote"),
                false => format!("interrupted; nothing is lost: ideamine resume {run}"),
            });
            Ok(Exit::Interrupted)
        }
        Some(Err(failure)) => broken_off(common, &run, failure),
        Some(Ok(shown)) => {
            if common.json {
                print_json(&shown);
            } else {
                print(&words::summary(&shown, common.same_place()));
            }
            Ok(outcome::exit(&shown, require_release))
        }
    }
}

/// A run that this process can follow no further: when the data directory is why, how it goes on is said.
fn broken_off(common: &Common, run: &RunId, failure: Failure) -> Result<Exit, Failure> {
    if !matches!(failure.kind, FailureKind::StoreUnavailable | FailureKind::DataCorrupt) {
        return Err(failure);
    }
    if common.json {
        let error = failure.kind.name();
        print_json(&json!({ "error": error, "message": failure.message, "run_id": run }));
    }
    say(&format!("ideamine: {}", failure.message));
    say(&match common.remote {
        true => format!("no longer followed; the run goes on: ideamine watch {run} --remote"),
        false => {
            format!("interrupted; nothing that was done is lost: when that is mended, ideamine resume {run}")
        }
    });
    Ok(Exit::Interrupted)
}

/// The run as it stands when it has ended, paused or waits for a person.
async fn watch_to_end(dir: &mut DataDir, run: &RunId, show: &mut Show) -> Result<Value, Failure> {
    let mut after = String::new();
    loop {
        let status = dir.ask(Ask::Status { run: run.clone() }).await?;
        let news = dir.ask(Ask::Events { run: run.clone(), after: after.clone() }).await?;
        after = news["last"].as_str().map_or(after, str::to_owned);
        let events: Vec<Progress> = serde_json::from_value(news["events"].clone()).unwrap_or_default();
        events.iter().for_each(|event| show.event(event));
        if outcome::is_over(&status) && events.is_empty() {
            return dir.ask(Ask::Show { run: run.clone() }).await;
        }
    }
}

/// A run's id as given on the command line.
pub(super) fn run_id(text: &str) -> Result<RunId, Failure> {
    RunId::new(text).map_err(|e| Failure::input(format!("RUN: {e}; see `ideamine list`")))
}

fn phase(option: &str, text: &str) -> Result<PhaseId, Failure> {
    PhaseId::new(text).map_err(|e| Failure::input(format!("{option}: {e}")))
}

/// The cap that `--budget-usd` gives.
pub(super) fn budget(dollars: Option<f64>) -> Result<Option<UsdMicros>, Failure> {
    ideamine_runs::budget("--budget-usd", dollars)
}

/// Shown results that a person asked for in words.
pub(super) fn show(common: &Common, value: &Value, words: impl FnOnce(&Value) -> String) {
    if common.json { print_json(value) } else { print(&words(value)) }
}
