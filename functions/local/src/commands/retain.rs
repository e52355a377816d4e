//! `retain`: runs that ended long ago are removed.

use std::time::Duration;

use ideamine_core::Failure;
use ideamine_embedded::SEGMENT_BYTES;

use super::Common;
use super::run::show;
use crate::app::App;
use crate::cli::{RetainArgs, duration};
use crate::config::Config;
use crate::exit::Exit;
use crate::models::ModelChoice;
use crate::retain::{GRACE, Policy, retain as remove};

/// `ideamine retain`.
pub(super) async fn retain(common: &Common, args: RetainArgs) -> Result<Exit, Failure> {
    let configured = Config::load()?.retention;
    let policy = Policy {
        older_than: older_than(args.older_than, configured.as_deref())?,
        grace: GRACE,
        dry_run: args.dry_run,
        segment_bytes: SEGMENT_BYTES,
    };
    let open = || App::open_to_read(&common.data_dir, &ModelChoice::default());
    let report = remove(open, policy).await?;
    let value = serde_json::to_value(&report).map_err(|e| Failure::bug(e.to_string()))?;
    show(common, &value, |_| report.words());
    Ok(if report.findings.is_empty() { Exit::Ok } else { Exit::Unmet })
}

fn older_than(asked: Option<Duration>, configured: Option<&str>) -> Result<Duration, Failure> {
    match (asked, configured) {
        (Some(asked), _) => Ok(asked),
        (None, Some(configured)) => duration(configured).map_err(Failure::input),
        (None, None) => Err(Failure::input(
            "everything is kept: say --older-than 30d, or set `retention` in the configuration",
        )),
    }
}
