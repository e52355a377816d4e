//! Which models are not asked now, and until when.

use ideamine_core::Failure;
use ideamine_core::records::{BreakerRow, BreakerState, key};
use serde_json::{Value, json};

use crate::{Runs, timestamp};

/// Most breakers shown: a tenant has one for each model that it ever called in vain.
const SHOWN_MAX: usize = 200;

impl Runs {
    /// The breakers that are not closed: `[{model, state, since, until, times, error}]`; `state` is `open` or `probing`.
    ///
    /// # Errors
    /// `Data.Corrupt` for a row that does not parse; the store's own.
    pub async fn breakers(&self) -> Result<Vec<Value>, Failure> {
        let rows = self.env.records.query(&key::breakers_pk(&self.tenant), "", None, SHOWN_MAX).await?;
        let mut shown = vec![];
        for item in rows {
            let row: BreakerRow = serde_json::from_value(item.value)
                .map_err(|e| Failure::corrupt(format!("row {}: {e}", item.key)))?;
            let (state, outage) = match row.state {
                BreakerState::Closed { .. } => continue,
                BreakerState::Open(outage) => ("open", outage),
                BreakerState::Probing(outage) => ("probing", outage),
            };
            shown.push(json!({
                "model": row.model, "state": state, "since": timestamp(outage.since_ms),
                "until": timestamp(outage.until_ms), "times": outage.times, "error": outage.error,
            }));
        }
        Ok(shown)
    }
}
