//! The kill switch: the end of all runs of a tenant at once.
//!
//! What stops them is the new epoch in its row, which is read before every phase, attempt and paid call. Ending each
//! run afterwards is a clean-up: what waits for a person is woken, and what is there gets sealed.

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use ideamine_core::failure::FailureKind;
use ideamine_core::ports::{Condition, Write};
use ideamine_core::records::{Desired, KILL_SWITCH, SwitchRow, key};
use ideamine_core::{Failure, RunId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Runs, timestamp};

/// How often the row is tried when others throw the switch at the same time.
const TRIES: u32 = 8;
/// How many runs are asked to end at the same time.
const ASKED_AT_ONCE: usize = 64;
/// Most characters of a reason.
const WHY_CHARS_MAX: usize = 500;

/// What is wanted of the switch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Throw {
    /// Thrown, or released.
    pub engaged: bool,
    /// Why, one line; a release needs no reason.
    #[serde(default)]
    pub why: String,
}

impl Runs {
    /// How the switch stands: `{engaged, epoch, why, at}`.
    ///
    /// # Errors
    /// The store's own.
    pub async fn kill_switch(&self) -> Result<Value, Failure> {
        self.switch().await.map(|row| shown(&row))
    }

    /// Throws the switch, or releases it. Thrown, it names the runs that it ends: `{engaged, epoch, why, at, ended}`.
    /// Throwing it again ends what was not reached the first time. A release lets new runs start; those that were
    /// ended stay so.
    ///
    /// # Errors
    /// `Input.Invalid` for a reason that is empty or too long; the stores' own.
    pub async fn throw_kill_switch(&self, throw: &Throw) -> Result<Value, Failure> {
        let (engaged, why) = (throw.engaged, throw.why.trim());
        let chars = why.chars().count();
        if (engaged && chars == 0) || chars > WHY_CHARS_MAX || why.chars().any(char::is_control) {
            return Err(Failure::input(format!(
                "why: expected one line of at most {WHY_CHARS_MAX} characters that says why every run is to end"
            )));
        }
        let row = self.change(engaged, why).await?;
        let mut told = shown(&row);
        if engaged {
            told["ended"] = json!(self.end_all().await?);
        }
        Ok(told)
    }

    pub(crate) async fn switch(&self) -> Result<SwitchRow, Failure> {
        Ok(self.versioned().await?.0)
    }

    async fn versioned(&self) -> Result<(SwitchRow, Condition), Failure> {
        let Some(item) = self.env.records.get(&key::kill_switch(&self.tenant)).await? else {
            return Ok((SwitchRow::default(), Condition::Absent));
        };
        let row = serde_json::from_value(item.value)
            .map_err(|e| Failure::corrupt(format!("the row of the kill switch: {e}")))?;
        Ok((row, Condition::Version(item.version)))
    }

    async fn change(&self, engaged: bool, why: &str) -> Result<SwitchRow, Failure> {
        for _ in 0..TRIES {
            let (row, when) = self.versioned().await?;
            if row.engaged == engaged {
                return Ok(row);
            }
            let row = SwitchRow {
                epoch: row.epoch + u64::from(engaged),
                engaged,
                why: why.to_owned(),
                at_ms: self.env.clock.now_ms(),
            };
            let value = serde_json::to_value(&row).map_err(|e| Failure::bug(e.to_string()))?;
            let key = key::kill_switch(&self.tenant);
            match self.env.records.write(vec![Write::Put { key, value, when }]).await {
                Err(failure) if failure.kind == FailureKind::StoreConflict => {}
                other => return other.map(|()| row),
            }
        }
        let message = format!("the kill switch changed {TRIES} times under this caller; try again");
        Err(Failure::new(FailureKind::StoreConflict, message))
    }

    /// Asks every open run to end; one that ends by itself meanwhile is as good. Many are asked at once, so that one sync serves
    /// them all.
    async fn end_all(&self) -> Result<Vec<RunId>, Failure> {
        let ask = async |run: RunId| match self.want_by(&run, Desired::Cancel, KILL_SWITCH).await {
            Ok(_) => Ok(Some(run)),
            Err(failure) if failure.kind == FailureKind::InputInvalid => Ok(None),
            Err(failure) => Err(failure),
        };
        let asked = stream::iter(self.open().await?).map(ask).buffered(ASKED_AT_ONCE);
        asked.try_filter_map(async |run| Ok(run)).try_collect().await
    }
}

/// Why no run starts.
pub(crate) fn thrown(row: &SwitchRow) -> Failure {
    let message = format!(
        "the kill switch is engaged since {} ({}): no run starts until it is released (`ideamine kill-switch --release`)",
        timestamp(row.at_ms),
        row.why
    );
    Failure::new(FailureKind::ControlStopped, message)
}

fn shown(row: &SwitchRow) -> Value {
    let at = (row.at_ms > 0).then(|| timestamp(row.at_ms));
    json!({ "engaged": row.engaged, "epoch": row.epoch, "why": row.why, "at": at })
}
