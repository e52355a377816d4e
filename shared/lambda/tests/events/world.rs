//! The frozen run: its rows, its documents, its history. Each event finds it as it was.

use std::collections::BTreeMap;
use std::sync::Arc;

use ideamine_core::ports::{
    Artifacts, Condition, HistoryStep, Jobs, Key, Ledger, Records, Signer, WRITE_SET_ITEMS_MAX, Write,
};
use ideamine_core::{Digest, Env, Registry, Tenant};
use ideamine_embedded::{Cas, FileSigner, Owner, Store, StoreOptions, SystemClock};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tempfile::TempDir;

use crate::spies::{Executions, NoSandbox, Seen, Spy};
use crate::{functions, root};

/// A row as it is frozen.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Frozen {
    #[serde(flatten)]
    pub(crate) key: Key,
    pub(crate) value: Value,
}

/// What is in `events/world`.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct World {
    pub(crate) rows: Vec<Frozen>,
    pub(crate) steps: Vec<HistoryStep>,
    /// By digest; each is text.
    pub(crate) documents: BTreeMap<Digest, String>,
}

/// The frozen run in a folder of its own.
pub(crate) struct Laid {
    rows: Vec<Frozen>,
    steps: Vec<HistoryStep>,
    store: Store,
    artifacts: Arc<dyn Artifacts>,
    signer: Arc<dyn Signer>,
    _folder: TempDir,
}

/// A function's ports over it, and what is done with them.
pub(crate) struct Opened {
    pub(crate) seen: Arc<Seen>,
    pub(crate) env: Env,
    pub(crate) registry: Registry,
}

impl World {
    pub(crate) fn read() -> Self {
        let path = root().join("events/world/world.json");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }

    pub(crate) async fn lay(&self) -> Laid {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("data");
        let store = Store::open(Owner::acquire(&dir).unwrap(), StoreOptions::default()).unwrap();
        let cas = Cas::open(&dir).unwrap();
        for (digest, text) in &self.documents {
            let stored = cas.put(&Tenant::local(), text.clone().into_bytes()).await.unwrap();
            assert_eq!(stored, *digest, "a frozen document was changed");
        }
        let signer = FileSigner::open(&folder.path().join("key/signing.key"), &dir).unwrap();
        Laid {
            rows: self.rows.clone(),
            steps: self.steps.clone(),
            store,
            artifacts: Arc::new(cas),
            signer: Arc::new(signer),
            _folder: folder,
        }
    }
}

impl Laid {
    /// The rows as they were frozen, whatever the event before made of them.
    pub(crate) async fn open(&self) -> Opened {
        let put = |row: &Frozen| Write::Put {
            key: row.key.clone(),
            value: row.value.clone(),
            when: Condition::Any,
        };
        for rows in self.rows.chunks(WRITE_SET_ITEMS_MAX) {
            self.store.write(rows.iter().map(put).collect()).await.unwrap();
        }
        let seen = Arc::new(Seen::default());
        let noted = || Arc::clone(&seen);
        let env = Env {
            records: Arc::new(Spy::<dyn Records> { seen: noted(), port: Arc::new(self.store.clone()) }),
            ledger: Arc::new(Spy::<dyn Ledger> { seen: noted(), port: Arc::new(self.store.clone()) }),
            artifacts: Arc::new(Spy { seen: noted(), port: self.artifacts.clone() }),
            workflows: Arc::new(Executions { seen: noted(), steps: self.steps.clone() }),
            events: noted(),
            clock: Arc::new(SystemClock),
        };
        let registry = functions::registry(
            self.signer.clone(),
            Arc::new(Spy::<dyn Jobs> { seen: noted(), port: Arc::new(NoSandbox) }),
            Arc::new(Spy { seen: noted(), port: functions::script() }),
        );
        Opened { seen, env, registry }
    }

    pub(crate) fn close(self) {
        self.store.close();
    }
}
