//! `cost`: counts what a run uses, and prices it on AWS.

use std::collections::BTreeMap;
use std::path::Path;

use ideamine_core::records::{BudgetRow, RunOptions, key};
use ideamine_core::{Failure, Tenant};
use ideamine_cost::{Assumptions, Bill, Limit, Memory, ModelUse, Profile};
use ideamine_embedded::files;
use ideamine_orchestration::rows;
use serde::Deserialize;
use serde_json::json;

use super::Common;
use super::run::{run_id, show};
use crate::app::{App, Keep, Opened};
use crate::cli::CostCommand;
use crate::config::Config;
use crate::cost::{self, Meter};
use crate::exit::Exit;
use crate::models::{self, ModelChoice};
use crate::service::Ask;
use crate::{definitions, idea};

/// The profile of the recorded run of `events/idea.md`, as `cost profile` counts it.
const RECORDED: &str = include_str!("../cost/recorded.json");
/// Every function as it is deployed.
const FUNCTIONS: &str = include_str!("../../../../infra/functions.yaml");
/// Largest profile, bytes.
const PROFILE_BYTES_MAX: u64 = 1024 * 1024;

/// `ideamine cost …`.
pub(super) async fn cost(common: &Common, command: CostCommand) -> Result<Exit, Failure> {
    match command {
        CostCommand::Profile { idea, model } => {
            let profile = profile(&idea, &model).await?;
            let value = serde_json::to_value(&profile).map_err(|e| Failure::bug(e.to_string()))?;
            show(common, &value, |value| serde_json::to_string_pretty(value).unwrap_or_default());
        }
        CostCommand::Model { profile, runs_per_day } => {
            let profile = read(profile.as_deref())?;
            let assumed = Assumptions::default();
            let bill = ideamine_cost::price(&profile, &memory()?, &assumed);
            let limits = ideamine_cost::limits(&profile, &assumed);
            let value = json!({
                "transitions": profile.transitions(), "executions": profile.executions(),
                "bill": bill, "assumed": assumed, "runs_per_day": runs_per_day,
                "usd_per_day": (bill.orchestration_usd + bill.model_usd) * runs_per_day as f64, "limits": limits,
            });
            show(common, &value, |_| words(&profile, &bill, &limits, runs_per_day));
        }
    }
    Ok(Exit::Ok)
}

fn read(path: Option<&Path>) -> Result<Profile, Failure> {
    let Some(path) = path else {
        return serde_json::from_str(RECORDED)
            .map_err(|e| Failure::bug(format!("the recorded profile: {e}")));
    };
    let refuse = |what: String| Failure::input(format!("--profile {}: {what}", path.display()));
    let text = files::read_text(path, PROFILE_BYTES_MAX).map_err(|e| refuse(e.to_string()))?;
    serde_json::from_str(&text)
        .map_err(|e| refuse(format!("is not what `ideamine cost profile` prints: {e}")))
}

/// The functions' memory as the table says that they are deployed with.
fn memory() -> Result<Memory, Failure> {
    #[derive(Deserialize)]
    struct Table {
        families: BTreeMap<String, Family>,
    }
    #[derive(Deserialize)]
    struct Family {
        memory_mb: u32,
        functions: BTreeMap<String, Own>,
    }
    #[derive(Deserialize)]
    struct Own {
        memory_mb: Option<u32>,
    }
    let table: Table =
        serde_saphyr::from_str(FUNCTIONS).map_err(|e| Failure::bug(format!("infra/functions.yaml: {e}")))?;
    let of = |family: Family| {
        let all = family.memory_mb;
        family.functions.into_iter().map(move |(name, own)| (name, own.memory_mb.unwrap_or(all)))
    };
    Ok(table.families.into_values().flat_map(of).collect())
}

/// Works the idea to its end in a folder that is thrown away.
async fn profile(file: &str, model: &str) -> Result<Profile, Failure> {
    let config = Config::load()?;
    let idea = idea::read(file)?;
    let model = models::resolve(model, &config)?;
    models::check(&model.name, &config)?;
    let folder =
        tempfile::tempdir().map_err(|e| Failure::input(format!("cannot make a folder for the run: {e}")))?;
    let meter = Meter::default();
    let choice = ModelChoice { recorded: None, config, meter: Some(meter.clone()) };
    let Opened::Owner(app) = App::open(folder.path(), &choice, &Keep::All).await? else {
        return Err(Failure::bug("a new folder is owned by another process"));
    };
    let options = RunOptions { model: model.name, ..RunOptions::default() };
    let start = Ask::Start {
        idea: idea.text,
        media_type: idea.media_type.to_owned(),
        title: idea.title,
        options,
        script: model.script,
        phases: definitions::phase_files(None)?,
        policy: None,
    };
    let started = app.handle(start).await?;
    let run = run_id(started["run_id"].as_str().unwrap_or_default())?;
    let mut after = String::new();
    while app.handle(Ask::Status { run: run.clone() }).await?["ended"] != true {
        let news = app.handle(Ask::Events { run: run.clone(), after: after.clone() }).await?;
        after = news["last"].as_str().map_or(after, str::to_owned);
    }
    let counted = meter.read();
    let ctx = app.runs.context(&run);
    let spent: BudgetRow = rows::get(&ctx, &key::budget(&Tenant::local(), &run)).await?;
    let used =
        ModelUse { calls: spent.model_calls, tokens_in: spent.tokens_in, tokens_out: spent.tokens_out };
    let profile = cost::profile(&app, &run, counted, used).await;
    app.shutdown().await;
    profile
}

fn words(profile: &Profile, bill: &Bill, limits: &[Limit], runs_per_day: u64) -> String {
    let mut lines = vec![format!(
        "one run: {} executions, {} transitions, {} calls of functions, {} of models",
        profile.executions(),
        profile.transitions(),
        profile.function_calls(),
        profile.model.calls
    )];
    let money = |line: &ideamine_cost::Line| {
        format!("  {:<32} {:>10.0} x {:>13.9} = {:>9.6} $", line.what, line.count, line.unit_usd, line.usd)
    };
    lines.extend(bill.lines.iter().map(money));
    lines
        .push(format!("orchestration {:.6} $, models {:.4} $ a run", bill.orchestration_usd, bill.model_usd));
    if let Some(share) = bill.share {
        lines.push(format!("orchestration is {:.2} % of the models", 100.0 * share));
    }
    let day = (bill.orchestration_usd + bill.model_usd) * runs_per_day as f64;
    lines.push(format!("{runs_per_day} runs a day: {day:.2} $ a day"));
    lines.push("limits, the first one reached first:".to_owned());
    lines.extend(limits.iter().map(limit));
    lines.join("\n")
}

fn limit(limit: &Limit) -> String {
    let rate = match limit.runs_per_s {
        Some(rate) => format!("{rate:.2} runs/s ({:.0} a day)", rate * 86_400.0),
        None if limit.holds => "holds".to_owned(),
        None => "DOES NOT HOLD".to_owned(),
    };
    format!("  {:<62} {:>8.0} of {:>8.0}: {rate}", limit.what, limit.per_run, limit.quota)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Most that everything but the models may cost, as a share of what they do.
    const SHARE_MAX: f64 = 0.005;

    #[test]
    fn the_recorded_run_costs_little_besides_its_models() {
        let (profile, memory) = (read(None).unwrap(), memory().unwrap());
        let unknown: Vec<_> = profile.calls.keys().filter(|name| !memory.contains_key(*name)).collect();
        assert_eq!(unknown, Vec::<&String>::new(), "functions of the profile that are not deployed");
        let bill = ideamine_cost::price(&profile, &memory, &Assumptions::default());
        assert!(bill.share.is_some_and(|share| share <= SHARE_MAX), "{bill:#?}");
    }
}
