//! A ledger as a file: JSON lines, one row each, then the signed heads, the step index and the public key.
//!
//! The reader takes exactly what the writer writes, byte for byte, so that no byte of the file can change unnoticed.

use ideamine_core::digest::{NotCanonical, canonical};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{LedgerDocument, StepIndex};

/// Why a file is not a ledger: the line and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct Unreadable {
    /// The line, from 1.
    pub line: u64,
    /// The row that the line should hold; absent where the rows have ended.
    pub row: Option<u64>,
    /// What is wrong, and what is expected.
    pub what: String,
}

/// Keys are sorted in canonical JSON, so the first one tells what a line is.
const ROW: &[u8] = br#"{"fact":"#;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct IndexLine {
    index: StepIndex,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyLine {
    public_key: String,
}

/// Writes the file.
///
/// # Errors
/// [`NotCanonical`] when something in it has no canonical form.
pub fn write(document: &LedgerDocument) -> Result<Vec<u8>, NotCanonical> {
    let LedgerDocument { rows, heads, index, public_key } = document;
    let mut out = Vec::new();
    rows.iter().try_for_each(|row| line(&mut out, row))?;
    heads.iter().try_for_each(|head| line(&mut out, head))?;
    index.iter().try_for_each(|index| line(&mut out, &IndexLine { index: index.clone() }))?;
    line(&mut out, &KeyLine { public_key: public_key.clone() })?;
    Ok(out)
}

fn line<T: Serialize>(out: &mut Vec<u8>, value: &T) -> Result<(), NotCanonical> {
    out.append(&mut canonical(value)?);
    out.push(b'\n');
    Ok(())
}

/// Reads the file.
///
/// # Errors
/// [`Unreadable`] names the first line that is not what the writer writes.
pub fn read(bytes: &[u8]) -> Result<LedgerDocument, Unreadable> {
    let mut reader = Reader::default();
    for (number, line) in (1..).zip(bytes.split_inclusive(|byte| *byte == b'\n')) {
        let rows = &reader.document.rows;
        // A row that comes after a head misses the place where that head stands.
        let among_rows = reader.document.heads.is_empty() || line.starts_with(ROW);
        let row = among_rows.then_some(rows.len() as u64);
        reader.line(line).map_err(|what| Unreadable { line: number, row, what })?;
    }
    let line = bytes.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    let Reader { document, public_key } = reader;
    let row = document.heads.is_empty().then_some(document.rows.len() as u64);
    let cut = || Unreadable { line, row, what: "the file ends before the public key: cut off?".to_owned() };
    public_key.map(|public_key| LedgerDocument { public_key, ..document }).ok_or_else(cut)
}

struct Reader {
    document: LedgerDocument,
    /// The last line; nothing may follow it.
    public_key: Option<String>,
}

impl Default for Reader {
    fn default() -> Self {
        let (rows, heads) = (Vec::new(), Vec::new());
        let document = LedgerDocument { rows, heads, index: None, public_key: String::new() };
        Self { document, public_key: None }
    }
}

impl Reader {
    fn line(&mut self, line: &[u8]) -> Result<(), String> {
        let document = &mut self.document;
        let (before_heads, before_index) = (document.heads.is_empty(), document.index.is_none());
        if self.public_key.is_some() {
            return Err("nothing may follow the public key".to_owned());
        }
        if line.starts_with(ROW) && before_heads && before_index {
            document.rows.push(exact(line)?);
        } else if line.starts_with(br#"{"head":"#) && before_index {
            document.heads.push(exact(line)?);
        } else if line.starts_with(br#"{"index":"#) && before_index {
            document.index = Some(exact::<IndexLine>(line)?.index);
        } else if line.starts_with(br#"{"public_key":"#) {
            self.public_key = Some(exact::<KeyLine>(line)?.public_key);
        } else {
            return Err(
                "expected a row, then a signed head, the step index or the public key, in this order".into(),
            );
        }
        Ok(())
    }
}

/// Reads a value from a line that is its canonical JSON and nothing else.
fn exact<T: DeserializeOwned + Serialize>(line: &[u8]) -> Result<T, String> {
    let text = line.strip_suffix(b"\n").ok_or("the line is cut off: it does not end with a line feed")?;
    let value: T = serde_json::from_slice(text).map_err(|e| e.to_string())?;
    match canonical(&value) {
        Ok(bytes) if bytes == text => Ok(value),
        Ok(_) => Err("not canonical JSON (RFC 8785): the bytes are not those that were written".to_owned()),
        Err(e) => Err(e.to_string()),
    }
}
