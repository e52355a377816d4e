//! `serve`: the API on this machine, until it is asked to end or can write nothing more. Runs that were interrupted go on at once.

use std::sync::Arc;

use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;

use super::{Common, say};
use crate::app::Keep;
use crate::cli::ServeArgs;
use crate::config::Config;
use crate::desk::AppDesk;
use crate::exit::Exit;
use crate::interrupt::interrupted;
use crate::link::DataDir;
use crate::models::ModelChoice;

/// `ideamine serve`.
pub(super) async fn serve(common: &Common, args: ServeArgs) -> Result<Exit, Failure> {
    if !args.listen.ip().is_loopback() {
        let message = format!(
            "--listen {}: loopback addresses only, since there is no authentication yet",
            args.listen
        );
        return Err(Failure::input(message));
    }
    let dir = DataDir::open(
        &common.data_dir,
        ModelChoice { recorded: None, config: Config::load()?, meter: None },
        Keep::All,
    )
    .await?;
    let Some(app) = dir.owned() else {
        let message = format!(
            "{} is owned by another process; it serves already or works a run",
            common.data_dir.display()
        );
        return Err(Failure::new(FailureKind::StoreUnavailable, message));
    };
    let listener = tokio::net::TcpListener::bind(args.listen).await;
    let listener = listener.map_err(|e| Failure::input(format!("--listen {}: {e}", args.listen)))?;
    let address = listener.local_addr().map_err(|e| Failure::input(e.to_string()))?;
    say(&format!("listening on http://{address}"));
    let desk: Arc<dyn ideamine_api::Desk> = Arc::new(AppDesk(Arc::clone(app)));
    let end = async {
        tokio::select! {
            () = interrupted() => {}
            _ = app.stopped() => {}
        }
    };
    ideamine_api::serve(listener, desk, end).await;
    say("ending; runs that have not ended go on with the next `ideamine serve` or `ideamine resume`");
    let open = app.check_open();
    dir.shutdown().await;
    open.map(|()| Exit::Ok)
}
