//! What the machines of this build mean on one machine, and the phase files that a person adds.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;

use ideamine_core::{Failure, PhaseId};
use ideamine_embedded::files;
use ideamine_orchestration::plan;

pub(crate) use ideamine_runs::build::{MACHINES, build};

/// What `${…}` in a machine stands for on one machine, where a program is one version of everything: what a function
/// or machine is called by has no version, and the versions to look up are none.
pub(crate) fn substitutions() -> BTreeMap<String, String> {
    let named = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let functions = crate::registry::function_names();
    let machines = MACHINES.iter().map(|(name, _)| *name);
    let versions = functions.iter().map(String::as_str).chain(machines);
    let versions = versions.map(|name| (version_of(name), String::new()));
    SUBSTITUTIONS.into_iter().map(named).chain(versions).collect()
}

const SUBSTITUTIONS: [(&str, &str); 4] = [
    ("FunctionPrefix", ""),
    ("MachineArnPrefix", "arn:aws:states:local:000000000000:stateMachine:"),
    ("QueueUrlPrefix", "https://queue.local/"),
    ("FunctionVersions", ""),
];

/// `RunPlanVersion`: what stands for the version of `run-plan`.
fn version_of(name: &str) -> String {
    let capital = |word: &str| {
        word.get(..1).map(str::to_uppercase).unwrap_or_default() + word.get(1..).unwrap_or_default()
    };
    name.split('-').map(capital).collect::<String>() + "Version"
}

/// Most entries of a folder with phase files: it is a folder of its own.
const ENTRIES_MAX: usize = 1000;

/// The phase files of a run: this build's, with those of `dir` added or replacing the same name.
///
/// # Errors
/// `Config.Invalid` that names the file.
pub(crate) fn phase_files(dir: Option<&Path>) -> Result<Vec<(String, String)>, Failure> {
    ideamine_runs::build::phase_files(dir.map(read_dir).transpose()?.unwrap_or_default())
}

/// Every phase file in a folder; what only looks like one is refused, so that none is left out in silence.
fn read_dir(dir: &Path) -> Result<Vec<(String, String)>, Failure> {
    let folder = dir.display();
    let refuse = |what: String| Failure::input(format!("--phases {folder}: {what}"));
    let entries = std::fs::read_dir(dir).map_err(|e| refuse(format!("cannot be read: {e}")))?;
    let mut files = BTreeMap::new();
    for (number, entry) in entries.enumerate() {
        if number == ENTRIES_MAX {
            return Err(refuse(format!("there are more than {ENTRIES_MAX} files in it")));
        }
        let path = entry.map_err(|e| refuse(e.to_string()))?.path();
        if !path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
            continue;
        }
        let stem = path.file_stem().and_then(OsStr::to_str);
        let shown = path.file_name().unwrap_or_default().display().to_string();
        let refuse = |what: String| refuse(format!("{shown}: {what}"));
        let id = stem.and_then(|stem| PhaseId::new(stem).ok()).ok_or_else(|| {
            refuse("a phase file is named by its phase: a-z, A-Z, 0-9, `-` or `_`, then .yaml".to_owned())
        })?;
        if path.is_symlink() {
            return Err(refuse("it is a link, expected a regular file".to_owned()));
        }
        let text =
            files::read_text(&path, plan::PHASE_BYTES_MAX as u64).map_err(|e| refuse(e.to_string()))?;
        plan::parse(&format!("{folder}/{id}.yaml"), &text)?;
        if files.insert(format!("{id}.yaml"), text).is_some() {
            return Err(refuse(format!("phase {id} has a .yaml and a .yml file; keep one")));
        }
    }
    if files.is_empty() {
        return Err(refuse("there is no .yaml file in it".to_owned()));
    }
    Ok(files.into_iter().collect())
}
