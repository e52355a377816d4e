//! Starting a run: its idea and configuration are stored, its rows written, its execution started.

use ideamine_core::budget::MINUTE_MS;
use ideamine_core::ports::{Condition, Priority, WRITE_SET_ITEMS_MAX, Write};
use ideamine_core::records::{BudgetRow, ControlRow, Desired, ReplyRow, RunOptions, RunRow, RunStatus, key};
use ideamine_core::{Ctx, Digest, Failure, RunId, UsdMicros};
use ideamine_orchestration::plan::RunConfig;
use ideamine_policy::Bundle;
use serde_json::{Value, json};

use crate::kill_switch::thrown;
use crate::recording::{ConfigRow, config_key};
use crate::{Runs, build};

/// A run to be started; everything in it was checked.
#[derive(Debug, Clone)]
pub struct Start {
    /// Its id, unused so far (see [`crate::new_run_id`]).
    pub run: RunId,
    /// The idea's text.
    pub idea: String,
    /// Its media type.
    pub media_type: String,
    /// Its title.
    pub title: String,
    /// What was chosen.
    pub options: RunOptions,
    /// Phase files by name, all of them (see [`crate::build::phase_files`]).
    pub phases: Vec<(String, String)>,
    /// Public keys whose signed approvals count, hex.
    pub approvers: Vec<String>,
    /// The runtime policy; without one the bundle that comes with the program.
    pub policy: Option<Bundle>,
    /// In a fork, what people answered before.
    pub replies: Vec<ReplyRow>,
}

/// What a run may spend at most, given in dollars as `field`.
///
/// # Errors
/// `Input.Invalid` that names the field.
pub fn budget(field: &str, dollars: Option<f64>) -> Result<Option<UsdMicros>, Failure> {
    let Some(dollars) = dollars else { return Ok(None) };
    let amount = UsdMicros::from_dollars(dollars).filter(|amount| amount.0 >= 0);
    let refused = || Failure::input(format!("{field} {dollars}: expected 0 or more US dollars"));
    amount.map(Some).ok_or_else(refused)
}

impl Runs {
    /// Starts a run: `{run_id}`.
    ///
    /// # Errors
    /// `Control.Stopped` while the kill switch is engaged; `Store.Conflict` when the id is used; the stores' own.
    pub async fn start(&self, start: Start) -> Result<Value, Failure> {
        let Start { run, idea, media_type, title, options, phases, approvers, policy, replies } = start;
        let tenant = self.tenant.clone();
        let ctx = self.context(&run);
        let switch = self.switch().await?;
        if switch.engaged {
            return Err(thrown(&switch));
        }
        let idea = self.env.artifacts.put(&tenant, idea.into_bytes()).await?;
        let policy = ctx.put_json(&policy.unwrap_or_else(Bundle::starter)).await?;
        let config = config(&ctx, phases, approvers, policy).await?;
        let row = RunRow {
            run_id: run.clone(),
            idea,
            idea_media_type: media_type,
            title,
            options: options.clone(),
            plan: None,
            execution: None,
            status: RunStatus::Pending,
            verdict: None,
            reasons: vec![],
            dossier: None,
            page: None,
            created_ms: self.env.clock.now_ms(),
            ended_ms: None,
        };
        let control =
            ControlRow { epoch: 0, desired: Desired::Run, by: "person".to_owned(), armed: switch.epoch };
        let budget = BudgetRow {
            cap: options.budget,
            cap_tokens: options.budget_tokens,
            cap_tools_ms: options.budget_minutes.map(minutes_ms),
            ..BudgetRow::default()
        };
        let put = |key, value: Result<Value, serde_json::Error>| {
            let value = value.map_err(|e| Failure::bug(e.to_string()))?;
            Ok::<_, Failure>(Write::Put { key, value, when: Condition::Absent })
        };
        let set = vec![
            put(key::run(&tenant, &run), serde_json::to_value(&row))?,
            put(key::run_index(&tenant, &run), Ok(json!({ "run_id": run })))?,
            put(key::control(&tenant, &run), serde_json::to_value(&control))?,
            put(key::budget(&tenant, &run), serde_json::to_value(&budget))?,
            put(config_key(&ctx), serde_json::to_value(ConfigRow { config, policy: Some(policy) }))?,
        ];
        // Beside the set, which has a limit: without the run they are nobody's.
        for some in replies.chunks(WRITE_SET_ITEMS_MAX) {
            let rows = some
                .iter()
                .map(|reply| put(key::reply(&tenant, &run, &reply.id), serde_json::to_value(reply)))
                .collect::<Result<_, _>>()?;
            self.env.records.write(rows).await?;
        }
        self.env.records.write(set).await?;
        self.start_execution(&ctx, config, options.priority).await?;
        let mut started = json!({ "run_id": run });
        if let Some(fork) = options.fork {
            started["forked_from"] = json!(fork);
        }
        Ok(started)
    }

    /// Starting again what was started changes nothing, so a crash between the rows and this is mended by a resume.
    pub(crate) async fn start_execution(
        &self,
        ctx: &Ctx,
        config: Digest,
        priority: Priority,
    ) -> Result<(), Failure> {
        let mut input = json!({ "tenant": ctx.tenant, "run": ctx.run, "config": config });
        // Left out when it need not be said: the input of a run that began before there were priorities is the same still.
        if !priority.is_normal() {
            input["priority"] = json!(priority);
        }
        self.env.workflows.start("run", ctx.run.as_str(), input).await.map(|_| ())
    }
}

/// Minutes as the milliseconds that are counted.
pub(crate) fn minutes_ms(minutes: u32) -> u64 {
    u64::from(minutes) * MINUTE_MS
}

async fn config(
    ctx: &Ctx,
    phases: Vec<(String, String)>,
    approvers: Vec<String>,
    policy: Digest,
) -> Result<Digest, Failure> {
    let machines =
        build::MACHINES.iter().map(|(name, text)| ((*name).to_owned(), Digest::of(text.as_bytes())));
    let config = RunConfig {
        build: build::build(),
        phases,
        machines: machines.collect(),
        approvers,
        policy: Some(policy),
    };
    ctx.put_json(&config).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_an_amount_of_dollars_or_none() {
        for (dollars, micros) in
            [(None, Some(None)), (Some(0.0), Some(Some(0))), (Some(1.5), Some(Some(1_500_000)))]
        {
            let amount = budget("budget_usd", dollars).ok().map(|amount| amount.map(|usd| usd.0));
            assert_eq!(amount, micros, "{dollars:?}");
        }
        for dollars in [-1.0, f64::NAN, f64::INFINITY, 1e300] {
            let refused = budget("budget_usd", Some(dollars)).unwrap_err().message;
            assert!(refused.starts_with("budget_usd "), "{refused}");
        }
    }
}
