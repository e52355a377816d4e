//! Being asked to end: by a person's Ctrl-C or by a service manager.

use tokio::signal::unix::{SignalKind, signal};

/// Done at the first SIGINT or SIGTERM from now on.
pub(crate) async fn interrupted() {
    let of = |kind| async move {
        match signal(kind) {
            Ok(mut signals) => drop(signals.recv().await),
            // Without a handler the signal ends the process, which loses nothing either.
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = of(SignalKind::interrupt()) => {}
        () = of(SignalKind::terminate()) => {}
    }
}
