//! What the journal's records say. Payloads are JSON: readable with any tool, and enough to rebuild everything.

use ideamine_core::ports::ExecutionStatus;
use ideamine_core::records::{Fact, Row, SignedHead};
use ideamine_core::{Failure, RunId, Tenant};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::frame::Kind;

/// A JSON document that was serialised already.
pub(crate) type Json = Vec<u8>;

/// How an execution ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ended {
    /// Succeeded, failed, timed out or aborted.
    pub status: ExecutionStatus,
    /// Its output, once it succeeded; absent also stands for null.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
    /// Error name, when it failed and has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What happened, when it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// When, milliseconds since 1970.
    pub at_ms: i64,
}

/// Who and what an execution is, fixed at its start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Its number in this store, from 1 in order of starting.
    pub no: u64,
    /// `machine:name`.
    pub id: String,
    /// The machine's name.
    pub machine: String,
    /// The execution's own name.
    pub name: String,
    /// SHA-256 of the definition it is pinned to, hex.
    pub definition: String,
    /// Digest of its input, the same whatever the order of keys; hex.
    pub input: String,
    /// Start, milliseconds since 1970.
    pub at_ms: i64,
    /// Number and task of the execution that started it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<(u64, u64)>,
}

/// One entry of an execution's journal, as the engine appends it.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// A definition, before the first execution that is pinned to it.
    Definition {
        /// SHA-256 of the text, hex.
        digest: String,
        /// The text with its substitutions applied.
        text: String,
    },
    /// An execution begins, with its first events.
    Started {
        /// Who and what.
        identity: Identity,
        /// JSON array of events.
        events: Json,
        /// How it ended, when it ended at once.
        end: Option<Ended>,
    },
    /// An execution goes on.
    Events {
        /// Which one.
        no: u64,
        /// Its id; needed where it ends.
        id: String,
        /// When, milliseconds since 1970.
        at_ms: i64,
        /// JSON array of events.
        events: Json,
        /// How it ended, when it did.
        end: Option<Ended>,
    },
}

/// One row after a write set: its new version, and its value unless it was removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowWrite {
    pub(crate) pk: String,
    pub(crate) sk: String,
    pub(crate) version: u64,
    pub(crate) value: Option<Json>,
}

/// A journal record.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Record {
    Execution(Box<Entry>),
    Rows(Vec<RowWrite>),
    Facts { tenant: Tenant, run: RunId, facts: Vec<(Fact, Json)> },
    Sealed { tenant: Tenant, run: RunId, rows: Vec<(Row, Json)>, head: (Box<SignedHead>, Json) },
}

#[derive(Serialize, Deserialize)]
struct DefinitionForm {
    digest: String,
    text: String,
}

#[derive(Deserialize)]
struct StartedForm<'a> {
    #[serde(rename = "x")]
    identity: Identity,
    end: Option<Ended>,
    #[serde(rename = "ev", borrow)]
    events: &'a RawValue,
}

#[derive(Deserialize)]
struct EventsForm<'a> {
    #[serde(rename = "x")]
    no: u64,
    at: i64,
    end: Option<(String, Ended)>,
    #[serde(rename = "ev", borrow)]
    events: &'a RawValue,
}

#[derive(Deserialize)]
struct RowForm<'a> {
    p: String,
    s: String,
    n: u64,
    #[serde(borrow)]
    v: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct LedgerForm<'a> {
    t: Tenant,
    r: RunId,
    #[serde(borrow)]
    f: Vec<&'a RawValue>,
    #[serde(borrow)]
    h: Option<&'a RawValue>,
}

impl Record {
    /// Kind and payload, as they go to disk.
    pub(crate) fn encode(&self) -> Result<(Kind, Vec<u8>), Failure> {
        Ok(match self {
            Self::Execution(entry) => entry.encode()?,
            Self::Rows(rows) => (Kind::Rows, encode_rows(rows)?),
            Self::Facts { tenant, run, facts } => {
                (Kind::Facts, encode_ledger(tenant, run, facts.iter().map(|f| &f.1), None))
            }
            Self::Sealed { tenant, run, rows, head } => {
                (Kind::Sealed, encode_ledger(tenant, run, rows.iter().map(|r| &r.1), Some(&head.1)))
            }
        })
    }

    /// Reads a payload back.
    pub(crate) fn decode(kind: Kind, payload: &[u8]) -> Result<Self, Failure> {
        let decoded = match kind {
            Kind::Definition | Kind::Started | Kind::Events => {
                Entry::decode(kind, payload).map(|entry| Self::Execution(Box::new(entry)))
            }
            Kind::Rows => decode_rows(payload).map(Self::Rows),
            Kind::Facts | Kind::Sealed => decode_ledger(payload),
            Kind::Batch => return Err(Failure::corrupt("a journal record says that it is a batch")),
        };
        decoded.map_err(|e| Failure::corrupt(format!("a journal record of kind {kind:?}: {e}")))
    }
}

impl Entry {
    pub(crate) fn encode(&self) -> Result<(Kind, Vec<u8>), Failure> {
        Ok(match self {
            Self::Definition { digest, text } => {
                let form = DefinitionForm { digest: digest.clone(), text: text.clone() };
                (Kind::Definition, json(&form)?)
            }
            Self::Started { identity, events, end } => {
                let mut out = Vec::with_capacity(256 + events.len());
                field(&mut out, b"{\"x\":", identity)?;
                if let Some(end) = end {
                    field(&mut out, b",\"end\":", end)?;
                }
                (Kind::Started, close(out, events))
            }
            Self::Events { no, id, at_ms, events, end } => {
                let mut out = Vec::with_capacity(64 + events.len());
                field(&mut out, b"{\"x\":", no)?;
                field(&mut out, b",\"at\":", at_ms)?;
                if let Some(end) = end {
                    field(&mut out, b",\"end\":", &(id, end))?;
                }
                (Kind::Events, close(out, events))
            }
        })
    }

    pub(crate) fn decode(kind: Kind, payload: &[u8]) -> Result<Self, serde_json::Error> {
        Ok(match kind {
            Kind::Definition => {
                let DefinitionForm { digest, text } = serde_json::from_slice(payload)?;
                Self::Definition { digest, text }
            }
            Kind::Started => {
                let StartedForm { identity, end, events } = serde_json::from_slice(payload)?;
                Self::Started { identity, events: events.get().into(), end }
            }
            _ => {
                let EventsForm { no, at, end, events } = serde_json::from_slice(payload)?;
                let (id, end) = end.unzip();
                Self::Events { no, id: id.unwrap_or_default(), at_ms: at, events: events.get().into(), end }
            }
        })
    }
}

fn encode_rows(rows: &[RowWrite]) -> Result<Vec<u8>, Failure> {
    let mut out = vec![b'['];
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        field(&mut out, b"{\"p\":", &row.pk)?;
        field(&mut out, b",\"s\":", &row.sk)?;
        field(&mut out, b",\"n\":", &row.version)?;
        if let Some(value) = &row.value {
            out.extend_from_slice(b",\"v\":");
            out.extend_from_slice(value);
        }
        out.push(b'}');
    }
    out.push(b']');
    Ok(out)
}

fn decode_rows(payload: &[u8]) -> Result<Vec<RowWrite>, serde_json::Error> {
    let rows: Vec<RowForm<'_>> = serde_json::from_slice(payload)?;
    let row = |RowForm { p, s, n, v }: RowForm<'_>| {
        // A row may hold null, which an optional field reads as absent: version 0 alone means removed.
        let value = (n > 0).then(|| v.map_or_else(|| b"null".to_vec(), |v| v.get().into()));
        RowWrite { pk: p, sk: s, version: n, value }
    };
    Ok(rows.into_iter().map(row).collect())
}

fn encode_ledger<'a>(
    tenant: &Tenant,
    run: &RunId,
    parts: impl Iterator<Item = &'a Json>,
    head: Option<&Json>,
) -> Vec<u8> {
    // Ids are plain words, so they need no escaping.
    let mut out = format!("{{\"t\":\"{tenant}\",\"r\":\"{run}\",\"f\":[").into_bytes();
    for (index, part) in parts.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        out.extend_from_slice(part);
    }
    out.push(b']');
    if let Some(head) = head {
        out.extend_from_slice(b",\"h\":");
        out.extend_from_slice(head);
    }
    out.push(b'}');
    out
}

fn decode_ledger(payload: &[u8]) -> Result<Record, serde_json::Error> {
    let LedgerForm { t: tenant, r: run, f, h } = serde_json::from_slice(payload)?;
    let Some(head) = h else {
        let fact = |raw: &RawValue| Ok((serde_json::from_str(raw.get())?, raw.get().into()));
        let facts = f.into_iter().map(fact).collect::<Result<_, serde_json::Error>>()?;
        return Ok(Record::Facts { tenant, run, facts });
    };
    let row = |raw: &RawValue| Ok((serde_json::from_str(raw.get())?, raw.get().into()));
    let rows = f.into_iter().map(row).collect::<Result<_, serde_json::Error>>()?;
    let head = (serde_json::from_str(head.get())?, head.get().into());
    Ok(Record::Sealed { tenant, run, rows, head })
}

/// Serialises what is to be stored.
pub(crate) fn json<T: Serialize>(value: &T) -> Result<Json, Failure> {
    serde_json::to_vec(value).map_err(|e| Failure::bug(format!("a record cannot be written as JSON: {e}")))
}

fn field<T: Serialize>(out: &mut Vec<u8>, name: &[u8], value: &T) -> Result<(), Failure> {
    out.extend_from_slice(name);
    serde_json::to_writer(out, value)
        .map_err(|e| Failure::bug(format!("a record cannot be written as JSON: {e}")))
}

fn close(mut out: Vec<u8>, events: &[u8]) -> Vec<u8> {
    out.extend_from_slice(b",\"ev\":");
    out.extend_from_slice(events);
    out.push(b'}');
    out
}
