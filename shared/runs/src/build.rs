//! The state machines and phase files that this build carries.

use ideamine_core::{Digest, Failure};
use ideamine_orchestration::plan;

/// Machines by name, with their text as in `statemachines/`.
pub const MACHINES: &[(&str, &str)] = &[
    ("author", include_str!("../../../statemachines/author.asl.json")),
    ("compose", include_str!("../../../statemachines/compose.asl.json")),
    ("phase", include_str!("../../../statemachines/phase.asl.json")),
    ("qav", include_str!("../../../statemachines/qav.asl.json")),
    ("run", include_str!("../../../statemachines/run.asl.json")),
    ("story", include_str!("../../../statemachines/story.asl.json")),
];

macro_rules! phases {
    ($($id:literal),*) => {
        /// Phase files by name.
        pub const PHASES: &[(&str, &str)] =
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

/// The build: crate version and a digest of machines and phase files, so that a replay can say it differs.
pub fn build() -> String {
    let parts: Vec<(&str, &str)> = MACHINES.iter().chain(PHASES).copied().collect();
    let digest = Digest::of(serde_json::to_string(&parts).unwrap_or_default().as_bytes()).hex();
    format!("{}+{}", env!("CARGO_PKG_VERSION"), &digest[..12])
}

/// The phase files of a run: this build's, with `added` ones joined or replacing the same name.
///
/// # Errors
/// `Config.Invalid` that names the file.
pub fn phase_files(added: Vec<(String, String)>) -> Result<Vec<(String, String)>, Failure> {
    let own = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
    let mut files: Vec<(String, String)> = PHASES.iter().map(own).collect();
    for (name, text) in added {
        files.retain(|(own, _)| *own != name);
        files.push((name, text));
    }
    plan::parse_all(&files)?;
    Ok(files)
}
