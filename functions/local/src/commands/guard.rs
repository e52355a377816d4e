//! `guard …`: one guard, one text, nothing of a run.

use std::io::Read as _;
use std::path::Path;

use ideamine_api::guards;
use ideamine_core::Failure;
use ideamine_embedded::{files, private};
use ideamine_exfil::{Context, Decision, Guard, Key, Leak, decide, redact};
use ideamine_licence::compat::Use;
use ideamine_shield::screen_long as screen;
use serde_json::json;

use super::run::show;
use super::{Common, policy};
use crate::artifacts::save;
use crate::cli::{Channel, ExfilArgs, GuardCommand, Point};
use crate::exit::Exit;
use crate::secrets;

/// Longest text that a guard looks at, bytes.
const TEXT_BYTES_MAX: u64 = 64 << 20;

/// `ideamine guard …`.
pub(super) fn guard(common: &Common, command: GuardCommand) -> Result<Exit, Failure> {
    match command {
        GuardCommand::PromptShield { text, channel, point } => prompt_shield(common, &text, channel, point),
        GuardCommand::Exfil(args) => exfil(common, &args),
        GuardCommand::Licence { file, outgoing, used } => {
            licence(common, &file, outgoing.as_deref(), used.into())
        }
        GuardCommand::Terms { text, kind } => terms(common, &text, kind.into()),
        GuardCommand::Policy { action, policy } => policy::guard(common, &action, policy.as_deref()),
    }
}

fn prompt_shield(common: &Common, source: &str, channel: Channel, point: Point) -> Result<Exit, Failure> {
    let text = text(source)?;
    let screening = screen(&text, channel.into(), point.into());
    let value = guards::shield(&screening);
    let blocked = value["outcome"] != "pass";
    show(common, &value, |_| {
        let found = screening.findings.iter().map(|it| {
            let threat = json!(it.threat);
            let threat = threat.as_str().unwrap_or_default();
            format!(
                "  {threat} at {}..{}, {:.2}, {}: {}",
                it.span.start, it.span.end, it.score, it.rule, it.reason
            )
        });
        let cut = if screening.truncated { "; a limit was reached, so not all of it was read" } else { "" };
        let head = format!("{} ({:.2}){cut}", outcome(blocked), screening.score);
        std::iter::once(head).chain(found).collect::<Vec<_>>().join("\n")
    });
    Ok(if blocked { Exit::Unmet } else { Exit::Ok })
}

fn exfil(common: &Common, args: &ExfilArgs) -> Result<Exit, Failure> {
    let text = text(&args.text)?;
    let guard = Guard::new(secrets::registry(&secrets::read("--secrets", args.secrets.as_deref())?));
    let file = Path::new(&args.text).file_name().and_then(|name| name.to_str());
    let leaks = guard.scan(&text, &Context { point: args.point.into(), file });
    let redacted = match (args.redact, &args.key, &args.out) {
        (true, Some(key), Some(out)) => {
            write_redacted(&text, &leaks, key, out)?;
            true
        }
        _ => false,
    };
    let outcome = match decide(&leaks) {
        Decision::Allow => "pass",
        // Whoever asked for a redacted text has one without any of it.
        _ if redacted => "redacted",
        _ => outcome(true),
    };
    let mut value = guards::exfil(&leaks, true);
    value["outcome"] = json!(outcome);
    show(common, &value, |_| {
        let found = leaks.iter().map(|it| {
            let kind = json!(it.kind);
            let kind = kind.as_str().unwrap_or_default();
            format!(
                "  {kind} at {}..{}, {:.2}, {}: {}",
                it.span.start, it.span.end, it.score, it.rule, it.reason
            )
        });
        std::iter::once(outcome.to_owned()).chain(found).collect::<Vec<_>>().join("\n")
    });
    Ok(if outcome == "blocked" { Exit::Unmet } else { Exit::Ok })
}

fn licence(common: &Common, file: &str, outgoing: Option<&str>, used: Use) -> Result<Exit, Failure> {
    let told = ideamine_licence::identify_bytes(&read(file, TEXT_BYTES_MAX)?, file);
    let verdict = guards::verdict(&told, file, outgoing, used)?;
    let value = guards::licence(&told, verdict.as_ref());
    let blocked = value["outcome"] != "pass";
    show(common, &value, |_| {
        let name = told.expression.as_deref().unwrap_or("unknown");
        let judged = verdict.as_ref().map(|verdict| {
            let said = json!(verdict.outcome);
            let said = said.as_str().unwrap_or_default().to_owned();
            format!("{said}: {}, {} ({})", verdict.licence, verdict.why, verdict.source)
        });
        std::iter::once(name.to_owned()).chain(judged).collect::<Vec<_>>().join("\n")
    });
    Ok(if blocked { Exit::Unmet } else { Exit::Ok })
}

fn terms(common: &Common, source: &str, kind: ideamine_terms::Kind) -> Result<Exit, Failure> {
    let text = text(source)?;
    let cut = text.len() > ideamine_terms::MAX_BYTES;
    let findings = ideamine_terms::scan(&text, kind);
    let value = guards::terms(&findings, cut);
    let blocked = value["outcome"] != "pass";
    show(common, &value, |_| {
        let found = findings.iter().map(|it| {
            let severity = json!(it.severity);
            let severity = severity.as_str().unwrap_or_default().to_owned();
            let (name, span) = (it.category.name(), &it.span);
            format!("  {name} ({severity}) at {}..{}, {:.2}: {}", span.start, span.end, it.score, it.reason)
        });
        let cut = if cut { "; too long to be read to its end" } else { "" };
        std::iter::once(format!("{}{cut}", outcome(blocked))).chain(found).collect::<Vec<_>>().join("\n")
    });
    Ok(if blocked { Exit::Unmet } else { Exit::Ok })
}

fn write_redacted(text: &str, leaks: &[Leak], key: &Path, out: &Path) -> Result<(), Failure> {
    let done = redact(text, leaks, &key_of(key)?);
    save(out, done.text.as_bytes())?;
    let map = serde_json::to_vec_pretty(&done.map).map_err(|trouble| Failure::bug(trouble.to_string()))?;
    let mut beside = out.as_os_str().to_owned();
    beside.push(".map.json");
    save(Path::new(&beside), &map)
}

/// The key in a file of 64 hex digits, made on first use and for its owner alone.
fn key_of(path: &Path) -> Result<Key, Failure> {
    let trouble = |what: String| Failure::input(format!("--key {}: {what}", path.display()));
    if !path.exists() {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|it| Failure::bug(it.to_string()))?;
        private::write(path, hex::encode(bytes).as_bytes())?;
    }
    let text = files::read(path, 256).map_err(|it| trouble(it.to_string()))?;
    let bytes = hex::decode(text.trim_ascii()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes.map(Key::new).ok_or_else(|| trouble("64 hex digits are expected".to_owned()))
}

const fn outcome(blocked: bool) -> &'static str {
    if blocked { "blocked" } else { "pass" }
}

/// A text of any bytes: what is not UTF-8 is read as replacement characters, as a model would be shown it.
fn text(source: &str) -> Result<String, Failure> {
    let bytes = read(source, TEXT_BYTES_MAX)?;
    Ok(String::from_utf8(bytes)
        .unwrap_or_else(|bytes| String::from_utf8_lossy(bytes.as_bytes()).into_owned()))
}

/// A file, or standard input for `-`, up to a limit.
pub(super) fn read(source: &str, bytes_max: u64) -> Result<Vec<u8>, Failure> {
    if source != "-" {
        return files::read(Path::new(source), bytes_max)
            .map_err(|trouble| Failure::input(format!("{source}: cannot be read: {trouble}")));
    }
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().take(bytes_max + 1).read_to_end(&mut bytes);
    read.map_err(|trouble| Failure::input(format!("standard input: cannot be read: {trouble}")))?;
    if bytes.len() as u64 > bytes_max {
        return Err(Failure::input(format!("standard input: more than {bytes_max} bytes")));
    }
    Ok(bytes)
}
