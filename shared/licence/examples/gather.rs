//! Makes `data/wording.zst` from the texts of the crate `spdx` (feature `text`) and folders of `ID.txt` or `ID.json`
//! files with a `licenseText`, such as the npm package `spdx-license-list` (CC0-1.0).
//!
//! ```sh
//! npm pack spdx-license-list@6.12.0 && tar xf spdx-license-list-6.12.0.tgz
//! cargo run -p ideamine-licence --example gather -- package/licenses
//! ```

use std::collections::BTreeMap;
use std::path::Path;

use ideamine_licence::library::{Kind, Library, Text};
use ideamine_licence::tokens::Words;

/// Shorter texts cannot be told from ordinary sentences.
const FEWEST_WORDS: usize = 8;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut texts: BTreeMap<(bool, Vec<u32>), Vec<String>> = BTreeMap::new();
    let mut add = |id: &str, exception: bool, text: &str| {
        let words = Words::of(&without_placeholders(text)).hashes();
        if words.len() >= FEWEST_WORDS {
            let ids = texts.entry((exception, words)).or_default();
            if !ids.iter().any(|known| known == id) {
                ids.push(id.to_owned());
            }
        }
    };
    spdx::text::LICENSE_TEXTS.iter().for_each(|(id, text)| add(id, false, text));
    spdx::text::EXCEPTION_TEXTS.iter().for_each(|(id, text)| add(id, true, text));
    for folder in std::env::args().skip(1) {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if spdx::license_id(&id).is_some() {
                add(&id, false, &read(&path)?);
            }
        }
    }
    let mut rows: Vec<Text> = texts
        .into_iter()
        .map(|((exception, words), mut ids)| {
            ids.sort_by_key(|id| (rank(id), id.clone()));
            Text { ids, kind: if exception { Kind::Exception } else { Kind::Licence }, words }
        })
        .collect();
    rows.sort_by(|a, b| a.ids.cmp(&b.ids).then_with(|| a.words.cmp(&b.words)));
    let packed = Library::pack(&rows)?;
    let to = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/wording.zst");
    std::fs::write(&to, &packed)?;
    eprintln!(
        "{} texts, {} words, {} bytes in {}",
        rows.len(),
        rows.iter().map(|r| r.words.len()).sum::<usize>(),
        packed.len(),
        to.display()
    );
    Ok(())
}

/// Order of ids that share a text: the first is what is reported.
fn rank(id: &str) -> u8 {
    let deprecated = spdx::license_id(id).is_some_and(|known| known.is_deprecated());
    u8::from(deprecated) * 2 + u8::from(id.ends_with("-or-later"))
}

fn read(path: &Path) -> Result<String, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string(path)?;
    if path.extension().is_some_and(|ext| ext == "json") {
        let value: serde_json::Value = serde_json::from_str(&text)?;
        return Ok(value["licenseText"].as_str().unwrap_or_default().to_owned());
    }
    Ok(text)
}

/// What a licensor fills in is no part of the wording.
fn without_placeholders(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(from) = rest.find('<') {
        let (before, tail) = rest.split_at(from);
        out.push_str(before);
        match tail.find('>').filter(|end| *end <= LONGEST && !tail[..*end].contains(['\n', '/', '@'])) {
            Some(end) => rest = &tail[end + 1..],
            None => {
                out.push('<');
                rest = &tail[1..];
            }
        }
    }
    out + rest
}
