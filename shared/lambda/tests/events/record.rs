//! Records the frozen run anew: a run on recorded answers, every call noted, and from it an event of each kind.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ideamine_core::function::{AnyFunction, Envelope};
use ideamine_core::ports::{Condition, HistoryStep, Key, Records, Write};
use ideamine_core::records::{BudgetRow, ControlRow, Desired, RunOptions, RunRow, RunStatus, key};
use ideamine_core::{Ctx, Digest, Env, Failure, Function, Registry, RunId, Tenant};
use ideamine_embedded::sandbox::Bubblewrap;
use ideamine_embedded::{Broadcast, Cas, FileSigner, LocalQueue, Owner, Store, StoreOptions, SystemClock};
use ideamine_engine::{Definitions, Engine, EngineOptions, Workers};
use ideamine_orchestration::plan::RunConfig;
use serde::Serialize;
use serde_json::{Value, json};

use crate::run::answer;
use crate::world::{Frozen, World};
use crate::{CASES, cases, functions, root};

/// The recorded run.
const RUN: &str = "01JEVENTS0000000000000ORDINARY";

/// Every call that was made, by function.
pub(crate) type Calls = BTreeMap<String, Vec<Envelope>>;

/// Notes every call of a function before it is made.
struct Noted<const FACT: bool> {
    function: Arc<dyn AnyFunction>,
    calls: Arc<Mutex<Calls>>,
}

#[async_trait]
impl<const FACT: bool> Function for Noted<FACT> {
    const NAME: &'static str = "noted";
    const WRITES_TASK_FACT: bool = FACT;
    type Input = Value;
    type Output = Value;

    async fn run(&self, ctx: &Ctx, input: Value) -> Result<Value, Failure> {
        let Ctx { tenant, run, plan, step, .. } = ctx.clone();
        let envelope = Envelope { tenant, run, plan, step, input: input.clone() };
        self.calls.lock().unwrap().entry(self.function.name().to_owned()).or_default().push(envelope);
        self.function.call(ctx, input).await
    }
}

fn noted(registry: &Registry, calls: &Arc<Mutex<Calls>>) -> Registry {
    registry.names().fold(Registry::default(), |noted, name| {
        let (function, calls) = (registry.get(name).unwrap().clone(), calls.clone());
        match function.writes_task_fact() {
            true => noted.with_named(name, Noted::<true> { function, calls }),
            false => noted.with_named(name, Noted::<false> { function, calls }),
        }
    })
}

/// Files of a folder, by name.
fn texts(folder: &str, ending: &str) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap();
    let mut texts: Vec<(String, String)> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .map(|path| {
            (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap())
        })
        .collect();
    texts.sort();
    texts
}

pub(crate) async fn all() {
    let folder = tempfile::tempdir().unwrap();
    let (calls, world) = recorded(folder.path()).await;
    let (events, world) = cases::all(&calls, world);
    // What no event reads is left out.
    let laid = world.lay().await;
    let mut read = BTreeSet::new();
    for (function, cases) in &events {
        for case in CASES {
            let opened = laid.open().await;
            answer(&opened, function, cases[case].clone()).await;
            read.extend(opened.seen.documents());
        }
    }
    laid.close();
    let documents = world.documents.into_iter().filter(|(digest, _)| read.contains(digest)).collect();
    write("world/world.json", &World { documents, ..world });
    for (function, cases) in &events {
        for case in CASES {
            write(&format!("{function}/{case}.json"), &cases[case]);
        }
    }
}

fn write(path: &str, value: &impl Serialize) {
    let path = root().join("events").join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, format!("{}\n", serde_json::to_string_pretty(value).unwrap())).unwrap();
}

/// Here prefixes are empty and nothing has a version.
fn substitutions<'a>(machines: impl Iterator<Item = &'a str>) -> BTreeMap<String, String> {
    let named = machines.flat_map(|text| text.split("${").skip(1)).filter_map(|rest| rest.split_once('}'));
    named.map(|(name, _)| (name.to_owned(), String::new())).collect()
}

async fn recorded(folder: &Path) -> (Calls, World) {
    let dir = folder.join("data");
    let store = Store::open(Owner::acquire(&dir).unwrap(), StoreOptions::default()).unwrap();
    let machines = texts("statemachines", ".asl.json");
    let substitutions = substitutions(machines.iter().map(|(_, text)| text.as_str()));
    let named = machines.iter().map(|(name, text)| (name.replace(".asl.json", ""), text));
    let definitions = Definitions::load(named, &substitutions).unwrap();
    let engine =
        Engine::open(Arc::new(store.clone()), definitions, EngineOptions::system().unwrap()).unwrap();
    let env = Env {
        records: Arc::new(store.clone()),
        ledger: Arc::new(store.clone()),
        artifacts: Arc::new(Cas::open(&dir).unwrap()),
        workflows: Arc::new(engine.clone()),
        events: Arc::new(Broadcast::default()),
        clock: Arc::new(SystemClock),
    };
    let signer = Arc::new(FileSigner::open(&folder.join("key/signing.key"), &dir).unwrap());
    let calls = Arc::new(Mutex::new(Calls::new()));
    let registry = functions::registry(signer, Arc::new(Bubblewrap::from_env()), functions::script());
    let registry = noted(&registry, &calls);
    let queue = Arc::new(LocalQueue::new(&["model", "sandbox"]));
    engine.attach(&env, registry.clone(), queue.clone()).unwrap();
    let workers = Workers::start(&engine, &env, &registry, &queue, &[("model", 4), ("sandbox", 2)]).unwrap();

    let config = begin(&env).await;
    let input = json!({ "tenant": "local", "run": RUN, "config": config });
    let execution = env.workflows.start("run", RUN, input).await.unwrap();
    let ended = engine.wait(&execution).await.unwrap();
    assert_eq!(ended.output.unwrap()["verdict"], "released", "the recorded run");

    let world = freeze(&env, &dir, &execution).await;
    drop(workers);
    engine.shutdown().await;
    store.close();
    let calls = calls.lock().unwrap().clone();
    (calls, world)
}

/// Writes what a run begins with.
async fn begin(env: &Env) -> Digest {
    let (tenant, run) = (Tenant::local(), RunId::new(RUN).unwrap());
    let machines = texts("statemachines", ".asl.json").into_iter();
    let config = RunConfig {
        build: "recorded".to_owned(),
        phases: texts("statemachines/phases", ".yaml"),
        machines: machines
            .map(|(name, text)| (name.replace(".asl.json", ""), Digest::of(text.as_bytes())))
            .collect(),
        approvers: vec![],
        policy: None,
    };
    let config =
        env.artifacts.put(&tenant, ideamine_core::digest::canonical(&config).unwrap()).await.unwrap();
    let idea = std::fs::read(root().join("events/idea.md")).unwrap();
    let options = RunOptions { model: "scripted:recorded".to_owned(), ..RunOptions::default() };
    let row = RunRow {
        run_id: run.clone(),
        idea: env.artifacts.put(&tenant, idea).await.unwrap(),
        idea_media_type: "text/markdown".to_owned(),
        title: "Lendwell".to_owned(),
        options,
        plan: None,
        execution: None,
        status: RunStatus::Pending,
        verdict: None,
        reasons: vec![],
        dossier: None,
        page: None,
        created_ms: 0,
        ended_ms: None,
    };
    let control = ControlRow { epoch: 0, desired: Desired::Run, by: "person".to_owned(), armed: 0 };
    let put = |key, value| Write::Put { key, value, when: Condition::Absent };
    let rows = vec![
        put(key::run(&tenant, &run), serde_json::to_value(row).unwrap()),
        put(key::control(&tenant, &run), serde_json::to_value(control).unwrap()),
        put(key::budget(&tenant, &run), serde_json::to_value(BudgetRow::default()).unwrap()),
    ];
    env.records.write(rows).await.unwrap();
    config
}

/// Everything that the run left, but the answers of models: they are to be asked for once more.
async fn freeze(env: &Env, dir: &Path, execution: &str) -> World {
    let run_pk = key::run_pk(&Tenant::local(), &RunId::new(RUN).unwrap());
    let rows = partition(&*env.records, &run_pk).await;
    let rows = rows.into_iter().filter(|row| !row.key.sk.starts_with("call#")).collect();
    let steps: Vec<HistoryStep> = env.workflows.steps(execution).await.unwrap();
    let mut documents = BTreeMap::new();
    let mut folders = vec![dir.join("cas/local")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                documents.insert(Digest::of(text.as_bytes()), text);
            }
        }
    }
    World { rows, steps, documents }
}

async fn partition(records: &dyn Records, pk: &str) -> Vec<Frozen> {
    let mut rows = vec![];
    let mut after: Option<String> = None;
    loop {
        let page = records.query(pk, "", after.as_deref(), 100).await.unwrap();
        let Some(last) = page.last() else { return rows };
        after = Some(last.key.sk.clone());
        let row = |item: ideamine_core::ports::Item| Frozen { key: Key { ..item.key }, value: item.value };
        rows.extend(page.into_iter().map(row));
    }
}
