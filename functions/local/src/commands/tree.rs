//! `artifact RUN app --out FOLDER`: the generated application as files, for a person to read and run.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use ideamine_authoring::check::unsafe_path;
use ideamine_core::artifacts::{App, Document};
use ideamine_core::{Failure, RunId};
use serde_json::json;

use super::Common;
use super::run::show;
use crate::artifacts;
use crate::config::Config;
use crate::exit::Exit;
use crate::link::DataDir;
use crate::models::ModelChoice;
use crate::service::Ask;

/// The artifact that lists the application's files.
const MANIFEST: &str = "app.json";

/// Writes the newest application of a run into a folder, which is new or empty.
///
/// # Errors
/// `Input.Invalid` naming the folder or file; `Data.NotFound` before there is an application.
pub(super) async fn take_out(common: &Common, run: RunId, folder: &Path) -> Result<Exit, Failure> {
    empty(folder)?;
    let choice = ModelChoice { recorded: None, config: Config::load()?, meter: None };
    let mut dir = common.open_to_read(choice).await?;
    let read = files(&mut dir, &run).await;
    dir.shutdown().await;
    let files = read?;
    for (path, bytes) in &files {
        write(&folder.join(path), bytes).map_err(|e| {
            Failure::input(format!("{}: cannot be written: {e}", folder.join(path).display()))
        })?;
    }
    let told = json!({ "run_id": run, "out": folder, "files": files.len() });
    show(common, &told, |_| format!("{} files in {}", files.len(), folder.display()));
    Ok(Exit::Ok)
}

/// Every file with its bytes, before anything is written.
async fn files(dir: &mut DataDir, run: &RunId) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut read = async |artifact: String| {
        let found = dir.ask(Ask::Artifact { run: run.clone(), artifact }).await?;
        artifacts::bytes(&found)
    };
    let manifest = read(MANIFEST.to_owned()).await?;
    let app: Document<App> = serde_json::from_slice(&manifest)
        .map_err(|e| Failure::corrupt(format!("{MANIFEST} of run {run}: {e}")))?;
    let mut files = vec![];
    for entry in app.body.tree.files {
        if let Some(why) = unsafe_path(&entry.path) {
            return Err(Failure::corrupt(format!("{MANIFEST} of run {run} names `{}`: {why}", entry.path)));
        }
        files.push((entry.path, read(entry.digest.to_string()).await?));
    }
    Ok(files)
}

/// Nothing of a person's own is written over, and no link leads elsewhere.
fn empty(folder: &Path) -> Result<(), Failure> {
    let refuse = |what: &str| Err(Failure::input(format!("--out {}: {what}", folder.display())));
    match fs::symlink_metadata(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(e) => refuse(&e.to_string()),
        Ok(there) if !there.is_dir() => refuse("expected a folder that is new or empty"),
        Ok(_) => match fs::read_dir(folder).map(|mut entries| entries.next().is_none()) {
            Ok(true) => Ok(()),
            Ok(false) => refuse("the folder is not empty; name a new one"),
            Err(e) => refuse(&e.to_string()),
        },
    }
}

/// A new file: one that is there, be it a link, is an error.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(bytes)
}
