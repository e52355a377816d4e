//! `verify`, `ledger export`, `trust`: checks that need no network, run nothing and believe nobody.

use std::path::{Path, PathBuf};

use ideamine_core::Failure;
use ideamine_core::failure::FailureKind;
use ideamine_embedded::files;
use ideamine_ledger::{LedgerDocument, Options, ProblemKind, SignatureState, Verdict};
use serde_json::{Value, json};

use super::data::{once, told_out};
use super::run::{run_id, show};
use super::{Common, deliver, verify_folder};
use crate::cli::{LedgerCommand, TrustArgs, VerifyArgs};
use crate::exit::Exit;
use crate::service::Ask;
use crate::{check, config};

/// Largest file that is read for checking, bytes.
const FILE_BYTES_MAX: u64 = 512 * 1024 * 1024;

/// Largest list of trusted keys, bytes.
const TRUST_BYTES_MAX: u64 = 1024 * 1024;

/// `ideamine verify RUN|DOSSIER|LEDGER.jsonl`.
pub(super) async fn verify(common: &Common, args: VerifyArgs) -> Result<Exit, Failure> {
    let options = Options {
        trust: args.trust.as_deref().map(fingerprint).transpose()?,
        trusted: trusted().await?,
        expect_head: args.expect_head.as_deref().map(expect_head).transpose()?,
    };
    let path = Path::new(&args.what);
    // A folder may be called like a run; anything else that is there is meant.
    let run = if path.exists() && !path.is_dir() { None } else { run_id(&args.what).ok() };
    let mut checked = match run {
        None if path.exists() => file(&read(path)?, &options),
        None => return Err(Failure::input(format!("{}: no such file, and not a run's id", args.what))),
        Some(run) if common.remote => deployed(common, run, &options).await?,
        Some(run) => match stored(common, run, &options).await {
            // What cannot be read does not verify: a finding, not a failure of the command.
            Err(failure) if failure.kind == FailureKind::DataCorrupt => {
                let verdict = Verdict::unreadable(None, failure.message);
                Checked { verdict, ledger: None, objects: None }
            }
            other => other?,
        },
    };
    if let Some(folder) = &args.artifacts {
        let problems = verify_folder::check(folder, checked.ledger.as_ref())?;
        checked.verdict = checked.verdict.and(problems);
    }
    let Checked { verdict, objects, .. } = checked;
    let mut value = serde_json::to_value(&verdict).map_err(|e| Failure::bug(e.to_string()))?;
    if let Some(objects) = objects {
        value["objects"] = objects;
    }
    show(common, &value, |value| words(&verdict, options.trust.as_deref(), &value["objects"]));
    Ok(if verdict.holds() { Exit::Ok } else { Exit::Unmet })
}

/// Something that was verified.
struct Checked {
    verdict: Verdict,
    /// Its ledger, if it can be read.
    ledger: Option<LedgerDocument>,
    /// How many documents of the data directory were read: `{read, unreferenced}`.
    objects: Option<Value>,
}

/// A dossier is one JSON object with a ledger in it; anything else is a ledger file.
fn file(bytes: &[u8], options: &Options) -> Checked {
    let (verdict, ledger) = if ideamine_dossier::is_dossier(bytes) {
        let dossier = ideamine_dossier::Dossier::from_bytes(bytes).ok();
        (ideamine_dossier::verify_dossier(bytes, options), dossier.map(|dossier| dossier.ledger))
    } else {
        (ideamine_ledger::verify_jsonl(bytes, options), ideamine_ledger::export::read(bytes).ok())
    };
    Checked { verdict, ledger, objects: None }
}

/// A run in the data directory: its ledger, and what the directory has against it.
async fn stored(common: &Common, run: ideamine_core::RunId, options: &Options) -> Result<Checked, Failure> {
    let answer = once(common, Ask::Verify { run }).await?;
    let ledger: LedgerDocument = serde_json::from_value(answer["ledger"].clone())
        .map_err(|e| Failure::corrupt(format!("ledger: {e}")))?;
    let verdict = check::verdict(&answer, options)?;
    let objects = Some(answer["objects"].clone());
    Ok(Checked { verdict, ledger: Some(ledger), objects })
}

/// A run of a deployed stack, of which nothing is believed: its dossier, or its ledger while it has none.
async fn deployed(common: &Common, run: ideamine_core::RunId, options: &Options) -> Result<Checked, Failure> {
    match once(common, Ask::Dossier { run: run.clone() }).await {
        Err(failure) if failure.kind == FailureKind::NotFound => {}
        dossier => return Ok(file(dossier?.as_str().unwrap_or_default().as_bytes(), options)),
    }
    let ledger: LedgerDocument = serde_json::from_value(once(common, Ask::Ledger { run }).await?)
        .map_err(|e| Failure::corrupt(format!("ledger: {e}")))?;
    let verdict = ideamine_ledger::verify(&ledger, options);
    Ok(Checked { verdict, ledger: Some(ledger), objects: None })
}

fn words(verdict: &Verdict, trust: Option<&str>, objects: &Value) -> String {
    let yes = |holds: bool| if holds { "yes" } else { "NO" };
    let open = verdict.problems.iter().any(|problem| problem.kind == ProblemKind::NotEnded);
    let sealed = if open && verdict.intact { ", as far as it is sealed" } else { "" };
    let whole = if open { "not ended yet" } else { yes(verdict.complete) };
    let mut lines = vec![
        format!("intact            {}{sealed}", yes(verdict.intact)),
        format!("complete          {whole}"),
        format!("costs reconciled  {}", if open { "not ended yet" } else { yes(verdict.costs_reconciled) }),
        format!("signed            {}", signed(verdict, trust)),
    ];
    if let (Some(read), Some(others)) = (objects["read"].as_u64(), objects["unreferenced"].as_u64()) {
        lines.push(format!("documents         {read} read; {others} more in the store are not this run's"));
    }
    lines.extend(verdict.problems.iter().map(|problem| {
        let row = problem.seq.map_or_else(String::new, |seq| format!("row {seq}: "));
        let mark = if problem.kind == ProblemKind::NotEnded { "-" } else { "!" };
        format!("{mark} {row}{}", problem.what)
    }));
    lines.join("\n")
}

/// Two questions that are easily mixed up: whether the signature holds, and whether its key is trusted.
fn signed(verdict: &Verdict, trust: Option<&str>) -> String {
    if verdict.problems.iter().any(|problem| problem.kind == ProblemKind::Unreadable) {
        return "NO: it cannot be read".to_owned();
    }
    let key = verdict.signer.as_deref().unwrap_or_default();
    if verdict.signature == SignatureState::Missing
        && verdict.problems.iter().any(|problem| problem.kind == ProblemKind::NotEnded)
    {
        return "not yet: nothing is sealed so far".to_owned();
    }
    match (verdict.signature, verdict.trusted, verdict.intact) {
        (SignatureState::Missing, ..) => "NO: nobody signed it".to_owned(),
        (SignatureState::Invalid, ..) => format!("NO: signature invalid (it names the key {key})"),
        (SignatureState::Valid, true, true) => format!("yes, by the trusted key {key}"),
        (SignatureState::Valid, true, false) => {
            format!("by the trusted key {key}, but this is not what it signed")
        }
        (SignatureState::Valid, false, false) => {
            format!("by an untrusted key {key}, and this is not what it signed")
        }
        (SignatureState::Valid, false, true) => match trust {
            Some(demanded) => format!("by an untrusted key {key} (--trust demands {demanded})"),
            None => format!("by an untrusted key {key} (add --trust {key}, or once: ideamine trust {key})"),
        },
    }
}

/// A whole file, if it is not too large.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    files::read(path, FILE_BYTES_MAX)
        .map_err(|e| Failure::input(format!("{}: cannot be read: {e}", path.display())))
}

fn expect_head(text: &str) -> Result<(u64, String), Failure> {
    let bad = || Failure::input(format!("--expect-head {text}: expected SEQ:HEX, for example 120:9f2c…"));
    let (seq, hash) = text.split_once(':').ok_or_else(bad)?;
    let hex = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    let seq = seq.parse().map_err(|_| bad())?;
    hex.then(|| (seq, hash.to_lowercase())).ok_or_else(bad)
}

fn fingerprint(text: &str) -> Result<String, Failure> {
    let hex = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    hex.then(|| text.to_lowercase())
        .ok_or_else(|| Failure::input(format!("`{text}` is not a fingerprint: expected 64 hex digits")))
}

/// `ideamine ledger export RUN`.
pub(super) async fn export(common: &Common, command: LedgerCommand) -> Result<Exit, Failure> {
    let LedgerCommand::Export { run, out } = command;
    let document = once(common, Ask::Ledger { run: run_id(&run)? }).await?;
    let document: LedgerDocument =
        serde_json::from_value(document).map_err(|e| Failure::corrupt(format!("ledger: {e}")))?;
    let bytes = ideamine_ledger::export::write(&document)?;
    deliver(&bytes, out.as_ref())?;
    if common.json {
        let told = json!({ "run_id": run, "entries": document.rows.len(), "bytes": bytes.len() });
        told_out(&told, out.as_ref());
    }
    Ok(Exit::Ok)
}

/// `ideamine trust [FINGERPRINT]`.
pub(super) async fn trust(common: &Common, args: TrustArgs) -> Result<Exit, Failure> {
    if let Some(text) = &args.fingerprint {
        let wanted = fingerprint(text)?;
        let mut listed = listed()?;
        if !listed.contains(&wanted) {
            listed.push(wanted);
            let path = config::trust_file()?;
            make_folder(&path)?;
            crate::artifacts::save(&path, (listed.join("\n") + "\n").as_bytes())?;
        }
    }
    if let Some(path) = &args.new_key {
        return super::approve::new_key(common, path).await;
    }
    let own = crate::keys::own_fingerprint(&common.data_dir).await?;
    let value = json!({ "own": own, "trusted": trusted().await? });
    show(common, &value, |value: &Value| {
        let trusted = value["trusted"].as_array().map(Vec::as_slice).unwrap_or_default();
        let listed: Vec<&str> = trusted.iter().filter_map(Value::as_str).collect();
        format!("this machine signs with {own}\ntrusted:\n  {}", listed.join("\n  "))
    });
    Ok(Exit::Ok)
}

fn make_folder(path: &Path) -> Result<(), Failure> {
    let folder = path.parent().map(PathBuf::from).unwrap_or_default();
    std::fs::create_dir_all(&folder).map_err(|e| Failure::input(format!("{}: {e}", folder.display())))
}

fn listed() -> Result<Vec<String>, Failure> {
    let path = config::trust_file()?;
    let name = path.display();
    let text = match files::read_text(&path, TRUST_BYTES_MAX) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(vec![]),
        text => text.map_err(|e| Failure::input(format!("{name}: cannot be read: {e}")))?,
    };
    let lines = (1..).zip(text.lines().map(str::trim)).filter(|(_, line)| !line.is_empty());
    let checked = lines.map(|(number, line)| {
        fingerprint(line).map_err(|f| Failure::input(format!("{name}, line {number}: {}", f.message)))
    });
    checked.collect()
}

/// Keys that this user trusts: those in the trust file, and the user's own when there is one.
async fn trusted() -> Result<Vec<String>, Failure> {
    let mut trusted = listed()?;
    trusted.extend(crate::keys::existing_fingerprint().await?);
    trusted.dedup();
    Ok(trusted)
}
