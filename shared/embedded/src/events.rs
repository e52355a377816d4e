//! Live progress inside one process: everybody who watches hears it, nobody who is slow holds it up.

use ideamine_core::ports::{Events, Progress};
use ideamine_core::{RunId, Tenant};
use tokio::sync::broadcast;

/// Events kept for a watcher that is behind; older ones are lost to it (the records hold the truth).
pub const WATCHER_EVENTS_MAX: usize = 1_024;

/// One event and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Whose data.
    pub tenant: Tenant,
    /// Which run.
    pub run: RunId,
    /// What happened.
    pub progress: Progress,
}

/// Tells all watchers of this process; clones share them.
#[derive(Debug, Clone)]
pub struct Broadcast {
    sender: broadcast::Sender<Published>,
}

impl Broadcast {
    /// Everything published from now on.
    pub fn watch(&self) -> broadcast::Receiver<Published> {
        self.sender.subscribe()
    }
}

impl Default for Broadcast {
    fn default() -> Self {
        Self { sender: broadcast::Sender::new(WATCHER_EVENTS_MAX) }
    }
}

impl Events for Broadcast {
    fn publish(&self, tenant: &Tenant, run: &RunId, progress: Progress) {
        // Nobody watching is no error.
        let _ = self.sender.send(Published { tenant: tenant.clone(), run: run.clone(), progress });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_watcher_hears_what_is_published_after_it_came_and_nobody_is_no_error() {
        let events = Broadcast::default();
        let (tenant, run) = (Tenant::local(), RunId::new("r1").unwrap());
        let progress =
            |phase: &str| Progress::Phase { phase: phase.into(), status: "running".into(), attempt: 1 };
        events.publish(&tenant, &run, progress("missed"));
        let mut watcher = events.watch();
        events.publish(&tenant, &run, progress("seen"));
        let heard = watcher.recv().await.unwrap();
        assert_eq!(heard, Published { tenant, run, progress: progress("seen") });
    }
}
