//! `list`, `show`, `pause`, `artifact`, `gate`, `dossier`: what is in the data directory.

use std::path::PathBuf;

use ideamine_core::Failure;
use serde_json::{Value, json};

use super::run::{run_id, show as tell};
use super::{Common, deliver, print_json};
use crate::cli::{ArtifactArgs, DossierArgs, DossierFormat, GateArgs};
use crate::config::Config;
use crate::exit::Exit;
use crate::models::ModelChoice;
use crate::service::Ask;
use crate::{artifacts, words};

/// Asks one thing and ends.
pub(super) async fn once(common: &Common, ask: Ask) -> Result<Value, Failure> {
    attended(common, ask).await.map(|(answer, _)| answer)
}

/// Whether some process works the runs of a directory.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Attendance {
    Worked,
    Left,
}

/// Asks one thing and ends; and whether anybody else has the directory.
async fn attended(common: &Common, ask: Ask) -> Result<(Value, Attendance), Failure> {
    let choice = ModelChoice { recorded: None, config: Config::load()?, meter: None };
    let mut dir = common.open_to_read(choice).await?;
    let answer = dir.ask(ask).await;
    let attendance = if dir.owned().is_some() { Attendance::Left } else { Attendance::Worked };
    dir.shutdown().await;
    Ok((answer?, attendance))
}

/// Notes on a run whether its process went away in the middle of it.
fn note_interrupted(run: &mut Value, attendance: Attendance) {
    let open = run["status"] == "pending" || run["status"] == "running";
    run["interrupted"] = Value::from(open && attendance == Attendance::Left);
}

/// `ideamine list`.
pub(super) async fn list(common: &Common) -> Result<Exit, Failure> {
    let (mut runs, attendance) = attended(common, Ask::List).await?;
    runs.as_array_mut().into_iter().flatten().for_each(|run| note_interrupted(run, attendance));
    tell(common, &runs, |runs| {
        let rows = runs.as_array().map(Vec::as_slice).unwrap_or_default();
        let text = |run: &Value, field: &str| run[field].as_str().unwrap_or("-").to_owned();
        let line = |run: &Value| {
            let [id, at, verdict, idea] =
                ["run_id", "created_at", "verdict", "idea"].map(|field| text(run, field));
            format!("{id}  {at}  {:<11} {verdict:<8} {idea}", words::status(run))
        };
        let lines: Vec<String> = rows.iter().map(line).collect();
        if lines.is_empty() {
            format!("no runs yet; start one with: ideamine run IDEA{}", common.same_place())
        } else {
            lines.join("\n")
        }
    });
    Ok(Exit::Ok)
}

/// `ideamine show RUN`.
pub(super) async fn show(common: &Common, run: &str) -> Result<Exit, Failure> {
    let (mut shown, attendance) = attended(common, Ask::Show { run: run_id(run)? }).await?;
    note_interrupted(&mut shown, attendance);
    tell(common, &shown, |shown| words::details(shown, common.same_place()));
    Ok(Exit::Ok)
}

/// `ideamine pause RUN`.
pub(super) async fn pause(common: &Common, run: &str) -> Result<Exit, Failure> {
    let done = once(common, Ask::Pause { run: run_id(run)? }).await?;
    tell(common, &done, |_| {
        format!(
            "run {run} waits before its next phase, attempt or paid call; go on with: ideamine resume {run}{}",
            common.same_place()
        )
    });
    Ok(Exit::Ok)
}

/// `ideamine artifact RUN NAME|DIGEST`.
pub(super) async fn artifact(common: &Common, args: ArtifactArgs) -> Result<Exit, Failure> {
    if args.artifact == "app" {
        let message = "app: the application is a tree of files; name a folder for it with --out FOLDER";
        let folder = args.out.as_ref().ok_or_else(|| Failure::input(message))?;
        return super::tree::take_out(common, run_id(&args.run)?, folder).await;
    }
    let mut found = once(common, Ask::Artifact { run: run_id(&args.run)?, artifact: args.artifact }).await?;
    if common.json && args.out.is_none() {
        print_json(&found);
        return Ok(Exit::Ok);
    }
    deliver(&artifacts::bytes(&found)?, args.out.as_ref())?;
    if let Some(fields) = found.as_object_mut().filter(|_| common.json) {
        fields.remove("base64");
        told_out(&found, args.out.as_ref());
    }
    Ok(Exit::Ok)
}

/// Under `--json` with `--out`: what was written, and where.
pub(super) fn told_out(what: &Value, out: Option<&PathBuf>) {
    if let Some(out) = out {
        let mut told = what.clone();
        told["out"] = json!(out);
        print_json(&told);
    }
}

/// `ideamine gate GATE --run RUN`.
pub(super) async fn gate(common: &Common, args: GateArgs) -> Result<Exit, Failure> {
    let judged = once(common, Ask::Gate { run: run_id(&args.run)?, gate: args.gate }).await?;
    tell(common, &judged, words::gate);
    let holds = judged["same"] == true && judged["outcome"] != "fail";
    Ok(if holds { Exit::Ok } else { Exit::Unmet })
}

/// `ideamine dossier RUN`.
pub(super) async fn dossier(common: &Common, args: DossierArgs) -> Result<Exit, Failure> {
    let text = once(common, Ask::Dossier { run: run_id(&args.run)? }).await?;
    let text = text.as_str().unwrap_or_default();
    let bytes = match args.format {
        DossierFormat::Json => text.as_bytes().to_vec(),
        DossierFormat::Html => artifacts::render(text)?.into_bytes(),
    };
    deliver(&bytes, args.out.as_ref())?;
    if common.json {
        told_out(&json!({ "run_id": args.run, "bytes": bytes.len() }), args.out.as_ref());
    }
    Ok(Exit::Ok)
}
