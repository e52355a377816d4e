//! The labelled rows and how their sources belong together.
use serde_json::Value;
use std::path::Path;

/// One labelled text.
pub(crate) struct Row {
    pub(crate) text: String,
    pub(crate) attack: bool,
    pub(crate) kind: String,
    pub(crate) source: String,
}

impl Row {
    /// What is left out together: collections that copied from each other are one group.
    pub(crate) fn group(&self) -> &str {
        let jailbreaks = ["GPTFuzz", "PyRIT", "TrustAIRLab", "giskard"];
        match self.source.as_str() {
            source if jailbreaks.iter().any(|name| source.starts_with(name)) => "jailbreak collections",
            source => source,
        }
    }
}

/// All `prompt_*.jsonl` of a folder.
pub(crate) fn read_rows(folder: &Path) -> Result<Vec<Row>, Box<dyn std::error::Error>> {
    let mut rows = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    for file in files {
        if !file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("prompt_")) {
            continue;
        }
        for line in std::fs::read_to_string(&file)?.lines() {
            let value: Value = serde_json::from_str(line)?;
            let field = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
            let attack = field("label") == "attack";
            rows.push(Row { text: field("text"), attack, kind: field("type"), source: field("source") });
        }
    }
    Ok(rows)
}
