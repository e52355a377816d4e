//! The state machines and phase files that this build carries, and those a person adds.

use std::path::Path;

use ideamine_core::{Digest, Failure};
use ideamine_orchestration::plan;

/// Machines by name, with their text as in `statemachines/`.
pub(crate) const MACHINES: &[(&str, &str)] = &[
    ("author", include_str!("../../../statemachines/author.asl.json")),
    ("phase", include_str!("../../../statemachines/phase.asl.json")),
    ("qav", include_str!("../../../statemachines/qav.asl.json")),
    ("run", include_str!("../../../statemachines/run.asl.json")),
    ("story", include_str!("../../../statemachines/story.asl.json")),
];

macro_rules! phases {
    ($($id:literal),*) => {
        /// Phase files by name.
        pub(crate) const PHASES: &[(&str, &str)] =
            &[$((concat!($id, ".yaml"), include_str!(concat!("../../../statemachines/phases/", $id, ".yaml"))),)*];
    };
}

phases!(
    "intake",
    "ideation",
    "critique",
    "prd",
    "bizdev",
    "architecture",
    "build",
    "security",
    "story-loop",
    "qa",
    "aesthetic",
    "release",
    "beta"
);

/// What `${…}` in a machine stands for on one machine.
pub(crate) const SUBSTITUTIONS: &[(&str, &str)] = &[
    ("FunctionPrefix", ""),
    ("MachineArnPrefix", "arn:aws:states:local:000000000000:stateMachine:"),
    ("QueueUrlPrefix", "https://queue.local/"),
];

/// Largest phase file, bytes.
const PHASE_BYTES_MAX: u64 = 256 * 1024;

/// The build: crate version and a digest of machines and phase files, so that a replay can say it differs.
pub(crate) fn build() -> String {
    let parts: Vec<(&str, &str)> = MACHINES.iter().chain(PHASES).copied().collect();
    let digest = Digest::of(serde_json::to_string(&parts).unwrap_or_default().as_bytes()).hex();
    format!("{}+{}", env!("CARGO_PKG_VERSION"), &digest[..12])
}

/// The phase files of a run: this build's, with those of `dir` added or replacing the same name.
///
/// # Errors
/// `Config.Invalid` that names the file.
pub(crate) fn phase_files(dir: Option<&Path>) -> Result<Vec<(String, String)>, Failure> {
    let own = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
    let mut files: Vec<(String, String)> = PHASES.iter().map(own).collect();
    if let Some(dir) = dir {
        for (name, text) in read_dir(dir)? {
            files.retain(|(own, _)| *own != name);
            files.push((name, text));
        }
    }
    plan::parse_all(&files)?;
    Ok(files)
}

fn read_dir(dir: &Path) -> Result<Vec<(String, String)>, Failure> {
    let refuse = |what: String| Failure::input(format!("--phases {}: {what}", dir.display()));
    let entries = std::fs::read_dir(dir).map_err(|e| refuse(format!("cannot be read: {e}")))?;
    let mut files = vec![];
    for entry in entries {
        let path = entry.map_err(|e| refuse(e.to_string()))?.path();
        let is_yaml = path.extension().is_some_and(|e| e == "yaml" || e == "yml");
        if !is_yaml || !path.is_file() {
            continue;
        }
        let size = path.metadata().map(|m| m.len()).unwrap_or(0);
        if size > PHASE_BYTES_MAX {
            return Err(refuse(format!("{} has {size} bytes, at most {PHASE_BYTES_MAX}", path.display())));
        }
        let text = std::fs::read_to_string(&path).map_err(|e| refuse(format!("{}: {e}", path.display())))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().replace(".yml", ".yaml");
        files.push((name, text));
    }
    if files.is_empty() {
        return Err(refuse("there is no .yaml file in it".to_owned()));
    }
    files.sort();
    Ok(files)
}
