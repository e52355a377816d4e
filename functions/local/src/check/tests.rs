//! A recorded run is worked in this process; then every stored document, every row and every file of it is harmed in
//! turn, and each time the harm is found and named.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ideamine_core::ports::{Artifacts, Condition, Jobs as _, Key, Write};
use ideamine_core::records::{RunOptions, key};
use ideamine_core::{Ctx, Digest, Failure, PhaseId, RunId, Tenant};
use ideamine_embedded::sandbox::Bubblewrap;
use ideamine_embedded::{Cas, FileSigner};
use ideamine_ledger::Problem;
use serde_json::{Value, json};

use super::books::Books;
use super::{objects, rows, steps, stored};
use crate::app::{App, Keep, Opened};
use crate::config::Config;
use crate::models::{self, ModelChoice};
use crate::service::Ask;
use crate::{definitions, idea};

/// A worked run in a folder of its own.
struct World {
    folder: tempfile::TempDir,
    app: Arc<App>,
    run: RunId,
}

impl World {
    async fn work() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (data_dir, choice) = (folder.path().join("data"), ModelChoice::default());
        let Opened::Owner(app) = App::open_to_read(&data_dir, &choice).unwrap() else {
            panic!("a new folder")
        };
        let signer = FileSigner::open(&folder.path().join("signing.key"), &data_dir).unwrap();
        app.work(Arc::new(signer), &choice, &Keep::All).await.unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        let idea = idea::read(root.join("events/idea.md").to_str().unwrap()).unwrap();
        let script = format!("scripted:{}", root.join("tests/cassettes/released.jsonl").display());
        let model = models::resolve(&script, &Config::default()).unwrap();
        // By then there is every kind of document: requests, answers, an application, what checks and gates saw.
        let until = Some(PhaseId::new("security").unwrap());
        let started = app
            .handle(Ask::Start {
                idea: idea.text,
                media_type: idea.media_type.to_owned(),
                title: idea.title,
                options: RunOptions { model: model.name, until, ..RunOptions::default() },
                script: model.script,
                policy: None,
                phases: definitions::phase_files(None).unwrap(),
            })
            .await
            .unwrap();
        let run = RunId::new(started["run_id"].as_str().unwrap()).unwrap();
        let mut after = String::new();
        while app.handle(Ask::Status { run: run.clone() }).await.unwrap()["ended"] != true {
            let news = app.handle(Ask::Events { run: run.clone(), after: after.clone() }).await.unwrap();
            after = news["last"].as_str().map_or(after, str::to_owned);
        }
        app.handle(Ask::Show { run: run.clone() }).await.unwrap();
        Self { folder, app, run }
    }

    fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    async fn books(&self) -> Books {
        Books::read(&self.app, &self.run).await.unwrap()
    }

    async fn problems(&self) -> Vec<Problem> {
        let answer = stored(&self.app, &self.run).await.unwrap();
        serde_json::from_value(answer["problems"].clone()).unwrap()
    }

    async fn write(&self, key: Key, value: Option<Value>) {
        let when = Condition::Any;
        let write = match value {
            Some(value) => Write::Put { key, value, when },
            None => Write::Delete { key, when },
        };
        self.app.env.records.write(vec![write]).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_harmed_in_a_recorded_run_is_found_and_named() {
    if Bubblewrap::from_env().probe().await.is_err() {
        eprintln!("skipped: no sandbox, so that nothing generated is run");
        return;
    }
    let world = World::work().await;
    let answer = stored(&world.app, &world.run).await.unwrap();
    assert_eq!((&answer["problems"], &answer["objects"]["unreferenced"]), (&json!([]), &json!(0)));
    documents(&world).await;
    altered_rows(&world).await;
    altered_files(&world).await;
    assert_eq!(world.problems().await, []);
    let stray = world.app.env.artifacts.put(&Tenant::local(), b"of no run".to_vec()).await.unwrap();
    let answer = stored(&world.app, &world.run).await.unwrap();
    assert_eq!((&answer["problems"], &answer["objects"]["unreferenced"]), (&json!([]), &json!(1)), "{stray}");
    world.app.shutdown().await;
}

/// Documents in memory, but for one that is read from the disk.
struct OneFromDisk {
    memory: BTreeMap<Digest, Vec<u8>>,
    disk: Cas,
    one: Mutex<Digest>,
}

#[async_trait]
impl Artifacts for OneFromDisk {
    async fn put(&self, _: &Tenant, _: Vec<u8>) -> Result<Digest, Failure> {
        Err(Failure::bug("verification writes nothing"))
    }
    async fn get(&self, tenant: &Tenant, digest: &Digest) -> Result<Vec<u8>, Failure> {
        if *digest == *self.one.lock().unwrap() {
            return self.disk.get(tenant, digest).await;
        }
        self.memory
            .get(digest)
            .cloned()
            .ok_or_else(|| Failure::not_found(format!("there is no document {digest}")))
    }
    async fn has(&self, tenant: &Tenant, digest: &Digest) -> Result<bool, Failure> {
        self.get(tenant, digest).await.map(|_| true)
    }
}

/// One byte of each document is flipped, and each document is taken away.
async fn documents(world: &World) {
    let (tenant, disk) = (Tenant::local(), Cas::open(&world.data_dir()).unwrap());
    let books = world.books().await;
    let (roots, _) = objects::roots(&books);
    let mut memory = BTreeMap::new();
    for digest in disk.documents(&tenant).unwrap() {
        memory.insert(digest, disk.get(&tenant, &digest).await.unwrap());
    }
    assert!(memory.len() > 100, "{} documents", memory.len());
    let all: Vec<(Digest, Vec<u8>)> = memory.clone().into_iter().collect();
    let artifacts = Arc::new(OneFromDisk { memory, disk: disk.clone(), one: Mutex::new(all[0].0) });
    let mut ctx: Ctx = books.ctx.clone();
    ctx.env.artifacts = Arc::<OneFromDisk>::clone(&artifacts);
    for (at, (digest, bytes)) in all.into_iter().enumerate() {
        let path = disk.path(&tenant, &digest);
        let mut flipped = bytes.clone();
        match flipped.len() {
            0 => flipped.push(0),
            len => flipped[at % len] ^= 1 << (at % 8),
        }
        for harm in [Some(flipped), None] {
            match &harm {
                Some(flipped) => std::fs::write(&path, flipped).unwrap(),
                None => std::fs::remove_file(&path).unwrap(),
            }
            *artifacts.one.lock().unwrap() = digest;
            let found = objects::check(&ctx, roots.clone()).await.problems;
            assert_eq!(found.len(), 1, "{digest}: {found:?}");
            assert!(found[0].what.contains(&digest.to_string()), "{digest}: {found:?}");
        }
        std::fs::write(&path, &bytes).unwrap();
    }
}

/// A change of one row: sort key, JSON pointer, what it says then; without a pointer the row goes.
type Change = (&'static str, Option<(&'static str, Value)>);

async fn altered_rows(world: &World) {
    let digest = json!(Digest::of(b"another"));
    let set = |sk: &'static str, at: &'static str, value: Value| -> Change { (sk, Some((at, value))) };
    let changes: Vec<Change> = vec![
        set("run", "/status", json!("failed")),
        set("run", "/verdict", json!("released")),
        set("run", "/reasons", json!(["another"])),
        set("run", "/title", json!("another")),
        set("run", "/idea", digest.clone()),
        set("run", "/idea_media_type", json!("text/plain")),
        set("run", "/plan", digest.clone()),
        set("run", "/plan", Value::Null),
        set("run", "/dossier", digest.clone()),
        set("run", "/page", digest.clone()),
        set("run", "/execution", json!("run:another")),
        set("run", "/options/seed", json!(1)),
        set("run", "/options/model", json!("composer")),
        set("run", "/options/budget", json!(1)),
        set("run", "/created_ms", json!(1)),
        set("budget", "/settled", json!(1)),
        set("budget", "/uncertain", json!(1)),
        set("budget", "/tokens_in", json!(1)),
        set("budget", "/tokens_out", json!(1)),
        set("budget", "/model_calls", json!(1)),
        set("budget", "/cache_hits", json!(1)),
        set("budget", "/uncertain_calls", json!(1)),
        set("budget", "/phases/prd/settled", json!(1)),
        set("budget", "/phases/prd/parts/b00/settled", json!(1)),
        set("budget", "/phases/prd/parts/b00/tokens_in", json!(1)),
        ("budget", None),
        set("config", "/config", digest.clone()),
        set("phase#03-prd", "/status", json!("failed")),
        set("phase#03-prd", "/attempts", json!(2)),
        set("phase#03-prd", "/artifacts", json!([])),
        set("phase#03-prd", "/artifacts/0/digest", digest.clone()),
        set("phase#03-prd", "/artifacts/0/name", json!("another.json")),
        set("phase#03-prd", "/gates", json!([])),
        set("phase#03-prd", "/gates/0/outcome", json!("waived")),
        set("phase#03-prd", "/gates/0/evidence", digest.clone()),
        set("phase#03-prd", "/generator", json!("composer")),
        set("phase#03-prd", "/problems", json!(["another"])),
        set("phase#03-prd", "/started_ms", json!(1)),
        set("phase#03-prd", "/ended_ms", Value::Null),
        ("phase#03-prd", None),
        set("question#intake-Q5", "/text", json!("another?")),
        set("question#intake-Q5", "/blocking", json!(true)),
        set("question#intake-Q5", "/state", json!("assumed")),
        ("question#intake-Q5", None),
        set("call#04-prd/a1/b00/call-0", "/answer", digest.clone()),
        set("call#04-prd/a1/b00/call-0", "/request", digest),
    ];
    let pk = key::run_pk(&Tenant::local(), &world.run);
    for (sk, change) in changes {
        let key = Key { pk: pk.clone(), sk: sk.to_owned() };
        let item = world.app.env.records.get(&key).await.unwrap();
        let before = item.unwrap_or_else(|| panic!("there is no row {sk}")).value;
        let mut after = Some(before.clone());
        if let Some((at, value)) = &change {
            let field = after.as_mut().unwrap().pointer_mut(at);
            *field.unwrap_or_else(|| panic!("row {sk} has no {at}")) = value.clone();
        } else {
            after = None;
        }
        world.write(key.clone(), after).await;
        let books = world.books().await;
        let found: Vec<Problem> = rows::check(&books).into_iter().chain(steps::check(&books)).collect();
        let (row, field) = (sk.split('#').next_back().unwrap(), change.map_or("", |(at, _)| at));
        assert!(!found.is_empty(), "{sk} {field} was altered and nothing was found");
        let id = row.split_once('-').map_or(row, |(_, id)| id).split('/').next().unwrap().to_owned();
        let named = |problem: &Problem| problem.what.contains(&id) || problem.phase.as_deref() == Some(&*id);
        assert!(found.iter().any(named), "{sk} {field}: {found:?}");
        world.write(key, Some(before)).await;
    }
}

async fn altered_files(world: &World) {
    let scripts = world.data_dir().join("scripts");
    let script = std::fs::read_dir(&scripts).unwrap().next().unwrap().unwrap().path();
    let before = std::fs::read_to_string(&script).unwrap();
    std::fs::write(&script, format!("{before}\n")).unwrap();
    let found = world.problems().await;
    assert!(found.len() == 1 && found[0].what.contains(script.to_str().unwrap()), "{found:?}");
    std::fs::write(&script, before).unwrap();
    for path in crate::artifacts::dossier_paths(&world.data_dir(), &world.run) {
        let before = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, before.replace("held", "he1d")).unwrap();
        let found = world.problems().await;
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(found.len() == 1 && found[0].what.contains(name), "{found:?}");
        std::fs::remove_file(&path).unwrap();
        assert_eq!(world.problems().await, [], "what is written again when asked for may be absent");
        std::fs::write(&path, before).unwrap();
    }
}
