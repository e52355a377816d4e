//! Labelled rows, one JSON object a line.

use std::path::Path;

use ideamine_embedded::files;
use serde::{Deserialize, Deserializer};

use crate::cli::Channel;

/// Longest file, bytes.
const FILE_BYTES_MAX: u64 = 1 << 30;

/// One labelled text. Members that no component reads are left alone.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Row {
    /// Its id, or `file:line`.
    pub id: String,
    /// What is judged.
    pub text: String,
    /// `attack`, `leak` or `benign`.
    pub label: Option<String>,
    /// Whether it is a prohibited use.
    pub prohibited: Option<bool>,
    /// A declared licence expression, in place of a text.
    pub expr: Option<String>,
    /// Whether any branch of its licence is of the GPL family.
    pub gpl_family: Option<bool>,
    /// The SPDX ids that are right.
    #[serde(deserialize_with = "one_or_more")]
    pub spdx: Option<Vec<String>>,
    /// Through which channel it came.
    pub channel: Option<Channel>,
    /// Values registered as secret for this row.
    pub secrets: Vec<String>,
    /// Its type, or category.
    #[serde(rename = "type", alias = "category", alias = "kind")]
    pub kind: String,
    /// Where it is from.
    #[serde(alias = "origin")]
    pub source: String,
}

/// An id, or a list of ids.
fn one_or_more<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<String>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Ids {
        One(String),
        More(Vec<String>),
    }
    Ok(Option::<Ids>::deserialize(from)?.map(|ids| match ids {
        Ids::One(id) => vec![id],
        Ids::More(ids) => ids,
    }))
}

/// Reads a file of rows.
///
/// # Errors
/// The file, or the line, that cannot be read, and why.
pub(crate) fn read(path: &Path) -> Result<Vec<Row>, String> {
    let name = path.display();
    let text = files::read_text(path, FILE_BYTES_MAX).map_err(|trouble| format!("{name}: {trouble}"))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            let place = format!("{name}:{}", number + 1);
            let mut row: Row = serde_json::from_str(line)
                .map_err(|trouble| format!("{place}: {trouble}; one JSON object a line is expected"))?;
            if row.id.is_empty() {
                row.id = place;
            }
            Ok(row)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_or_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("rows.jsonl");
        let check = |text: &str| {
            std::fs::write(&path, text).expect("written");
            read(&path)
        };
        let rows = check(
            "{\"id\":\"a\",\"text\":\"x\",\"label\":\"leak\",\"new\":1}\n\n{\"text\":\"MIT\",\"label\":\"benign\"}\n",
        );
        let rows = rows.expect("rows");
        assert_eq!(rows[0].id, "a");
        assert_eq!(rows[1].text, "MIT");
        assert!(rows[1].id.ends_with("rows.jsonl:3"), "{}", rows[1].id);
        assert!(check("{\"text\":1}\n").is_err_and(|trouble| trouble.contains("rows.jsonl:1")));
        assert!(read(&folder.path().join("none")).is_err_and(|trouble| trouble.contains("none")));
    }
}
