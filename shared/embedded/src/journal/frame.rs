//! One frame as it lies in a segment: a 12-byte header and its payload.
//!
//! In segments of form 2 every frame is a [batch](super::batch); in those of form 1, which are only read,
//! it is one record.
//!
//! | bytes | what |
//! |---|---|
//! | 2 | `IM`; zeros here are the end of what was written |
//! | 1 | kind |
//! | 1 | flags: 1 = first frame of a sync (everything before it was synced), 2 = a stream begins |
//! | 4 | length of the payload, little endian |
//! | 4 | CRC-32 of kind, flags, length and payload |

/// Bytes before each payload.
pub(crate) const HEADER_BYTES: usize = 12;
/// Longest payload, bytes.
pub const RECORD_BYTES_MAX: usize = 32 * 1024 * 1024;

const MAGIC: [u8; 2] = *b"IM";
const FLAG_FIRST: u8 = 1;
const FLAG_STREAM: u8 = 2;

/// What a frame holds; see [`super::record`] for the payloads of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Definition = 1,
    Started = 2,
    Events = 3,
    Rows = 4,
    Facts = 5,
    Sealed = 6,
    /// All records of one sync; never a record.
    Batch = 7,
}

impl Kind {
    pub(crate) fn from_byte(byte: u8) -> Option<Self> {
        [Self::Definition, Self::Started, Self::Events, Self::Rows, Self::Facts, Self::Sealed, Self::Batch]
            .into_iter()
            .find(|kind| *kind as u8 == byte)
    }
}

/// Where a frame stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// First of a sync, and first of a stream.
    FirstOfStream,
    /// First of a sync.
    FirstOfBatch,
    /// Behind others of its sync, in segments of form 1.
    Inside,
}

/// Appends one frame to `out`.
pub(crate) fn push(out: &mut Vec<u8>, kind: Kind, place: Place, payload: &[u8]) {
    let start = out.len();
    let flags = match place {
        Place::FirstOfStream => FLAG_FIRST | FLAG_STREAM,
        Place::FirstOfBatch => FLAG_FIRST,
        Place::Inside => 0,
    };
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&[kind as u8, flags]);
    out.extend_from_slice(&length.to_le_bytes());
    let crc = checksum(&out[start + 2..start + 8], payload);
    out.extend_from_slice(&crc.to_le_bytes());
    out.extend_from_slice(payload);
}

/// A valid frame at the start of some bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    pub(crate) kind: Kind,
    pub(crate) place: Place,
    pub(crate) payload: &'a [u8],
}

impl Frame<'_> {
    /// Header and payload, bytes.
    pub(crate) fn bytes(&self) -> usize {
        HEADER_BYTES + self.payload.len()
    }
}

/// The frame at the start of `bytes`, if a whole and unharmed one is there.
pub(crate) fn parse(bytes: &[u8]) -> Option<Frame<'_>> {
    let (header, rest) = bytes.split_at_checked(HEADER_BYTES)?;
    if header[..2] != MAGIC {
        return None;
    }
    let kind = Kind::from_byte(header[2])?;
    let length = u32::from_le_bytes(header[4..8].try_into().ok()?) as usize;
    let crc = u32::from_le_bytes(header[8..12].try_into().ok()?);
    let payload = rest.get(..length)?;
    let place = match (header[3] & FLAG_FIRST != 0, header[3] & FLAG_STREAM != 0) {
        (true, true) => Place::FirstOfStream,
        (true, false) => Place::FirstOfBatch,
        (false, _) => Place::Inside,
    };
    (checksum(&header[2..8], payload) == crc).then_some(Frame { kind, place, payload })
}

/// Whether a frame that begins a sync lies anywhere in `bytes`: proof that all before it was synced.
pub(crate) fn a_batch_begins_in(bytes: &[u8]) -> bool {
    let starts = (0..bytes.len().saturating_sub(HEADER_BYTES)).filter(|at| bytes[*at..*at + 2] == MAGIC);
    starts.filter_map(|at| parse(&bytes[at..])).any(|frame| frame.place != Place::Inside)
}

fn checksum(header: &[u8], payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(header);
    hasher.update(payload);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_pushed_is_parsed_and_any_flipped_byte_is_noticed() {
        let mut bytes = Vec::new();
        push(&mut bytes, Kind::Facts, Place::FirstOfBatch, b"payload");
        let frame = Frame { kind: Kind::Facts, place: Place::FirstOfBatch, payload: b"payload" };
        assert_eq!(parse(&bytes), Some(frame));
        for at in 0..bytes.len() {
            let mut harmed = bytes.clone();
            harmed[at] ^= 0x10;
            assert_eq!(parse(&harmed), None, "byte {at}");
        }
        for cut in 0..bytes.len() {
            assert_eq!(parse(&bytes[..cut]), None, "cut to {cut}");
        }
    }

    #[test]
    fn a_later_batch_is_found_behind_rubbish() {
        let check = |place, found| {
            let mut bytes = b"IMrubbish".to_vec();
            push(&mut bytes, Kind::Rows, place, b"x");
            assert_eq!(a_batch_begins_in(&bytes), found);
        };
        check(Place::FirstOfBatch, true);
        check(Place::FirstOfStream, true);
        check(Place::Inside, false);
    }
}
