//! A batch as it lies in a segment: all records of one sync, compressed together.
//!
//! | bytes | what |
//! |---|---|
//! | 2 | `IM`; zeros here are the end of what was written |
//! | 1 | 7 |
//! | 1 | flags: 1 always; 2 = a new stream begins, what lies before is not needed to read on from here |
//! | 4 | length of the payload, little endian |
//! | 4 | CRC-32 of kind, flags, length and payload |
//! | 4 | payload: bytes of the records before they were compressed, little endian |
//! | … | payload: one flushed piece of a zstd stream |
//!
//! Uncompressed, each record is its kind (1 byte), the length of its payload (4, little endian) and the
//! payload. A stream goes over many batches, because runs in flight say nearly the same things: one batch
//! alone would take several times the room. It ends after [`STREAM_BYTES`], so that a record is found
//! without reading more than that.

use std::io;

use zstd::stream::raw::{CParameter, Decoder, Encoder, InBuffer, Operation, OutBuffer};

use super::frame::Kind;

/// Uncompressed bytes after which the next batch begins a new stream.
pub(crate) const STREAM_BYTES: u64 = 1024 * 1024;
/// Bytes before each record's payload, uncompressed.
pub(crate) const RECORD_HEADER_BYTES: usize = 5;
/// Bytes before the compressed ones in a batch's payload.
const LENGTH_BYTES: usize = 4;
/// zstd's fastest level: the next ones take twice the time for a twentieth of the room.
const LEVEL: i32 = 1;
/// How far back a stream refers: all of it (base-2 logarithm).
const WINDOW_LOG: u32 = 20;
/// Places of a stream that are remembered (base-2 logarithm); more would cost memory and cache.
const HASH_LOG: u32 = 16;

/// Appends one record, uncompressed.
pub(crate) fn push(out: &mut Vec<u8>, kind: Kind, payload: &[u8]) {
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    out.push(kind as u8);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(payload);
}

/// The record at the start of uncompressed bytes: its kind and payload.
pub(crate) fn record(bytes: &[u8]) -> Option<(Kind, &[u8])> {
    let (header, rest) = bytes.split_at_checked(RECORD_HEADER_BYTES)?;
    let length = u32::from_le_bytes(header[1..].try_into().ok()?) as usize;
    Some((Kind::from_byte(header[0])?, rest.get(..length)?))
}

/// Bytes of a batch's records before they were compressed.
pub(crate) fn plain_bytes(payload: &[u8]) -> Option<u64> {
    payload.first_chunk::<LENGTH_BYTES>().map(|bytes| u64::from(u32::from_le_bytes(*bytes)))
}

/// Compresses batch after batch.
pub(crate) struct Packer {
    encoder: Encoder<'static>,
    /// Uncompressed bytes of the stream so far.
    stream: u64,
    payload: Vec<u8>,
}

impl Packer {
    pub(crate) fn new() -> io::Result<Self> {
        let mut encoder = Encoder::new(LEVEL)?;
        encoder.set_parameter(CParameter::WindowLog(WINDOW_LOG))?;
        encoder.set_parameter(CParameter::HashLog(HASH_LOG))?;
        // The frame has its own checksum, and its end is never written.
        encoder.set_parameter(CParameter::ChecksumFlag(false))?;
        Ok(Self { encoder, stream: STREAM_BYTES, payload: Vec::new() })
    }

    /// The payload of the batch of these records, and whether it begins a stream.
    pub(crate) fn pack(&mut self, plain: &[u8]) -> io::Result<(&[u8], bool)> {
        let begins = self.stream >= STREAM_BYTES;
        if begins {
            self.encoder.reinit()?;
            self.stream = 0;
        }
        self.stream += plain.len() as u64;
        let length = u32::try_from(plain.len()).map_err(io::Error::other)?;
        self.payload.clear();
        self.payload.extend_from_slice(&length.to_le_bytes());
        let mut input = InBuffer::around(plain);
        loop {
            self.payload.reserve(plain.len() / 8 + 1024);
            let at = self.payload.len();
            let mut output = OutBuffer::around_pos(&mut self.payload, at);
            if input.pos() < plain.len() {
                self.encoder.run(&mut input, &mut output)?;
            } else if self.encoder.flush(&mut output)? == 0 {
                return Ok((&self.payload, begins));
            }
        }
    }
}

impl std::fmt::Debug for Packer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Packer").field("stream", &self.stream).finish_non_exhaustive()
    }
}

/// Uncompresses the batches of a stream, in order.
pub(crate) struct Unpacker(Decoder<'static>);

impl Unpacker {
    pub(crate) fn new() -> io::Result<Self> {
        Decoder::new().map(Self)
    }

    /// A batch's records; `begins` as its flag says. None when the payload is not what was packed.
    pub(crate) fn unpack(&mut self, payload: &[u8], begins: bool) -> Option<Vec<u8>> {
        if begins {
            self.0.reinit().ok()?;
        }
        let length = usize::try_from(plain_bytes(payload)?).ok()?;
        let mut plain = Vec::new();
        // Room for one more shows what is longer than it says.
        plain.try_reserve_exact(length + 1).ok()?;
        let packed = &payload[LENGTH_BYTES..];
        let mut input = InBuffer::around(packed);
        while plain.len() <= length {
            let (read, wrote) = (input.pos(), plain.len());
            let mut output = OutBuffer::around_pos(&mut plain, wrote);
            self.0.run(&mut input, &mut output).ok()?;
            if input.pos() == read && plain.len() == wrote {
                break;
            }
        }
        (plain.len() == length && input.pos() == packed.len()).then_some(plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batches() -> Vec<Vec<u8>> {
        let random = |seed: u64| (0..seed % 3_000).map(move |n| ((n * n * seed) >> 7) as u8);
        let batch = |number: u64| random(number * 7_919).chain(vec![7; 50]).collect::<Vec<u8>>();
        (0..2_000).map(batch).chain([vec![], vec![1; 3_000_000], vec![2]]).collect()
    }

    #[test]
    fn what_was_packed_is_unpacked_from_the_beginning_of_any_stream() {
        let mut packer = Packer::new().unwrap();
        let packed: Vec<(Vec<u8>, bool)> = batches()
            .iter()
            .map(|batch| packer.pack(batch).map(|(bytes, begins)| (bytes.to_vec(), begins)).unwrap())
            .collect();
        let begins: Vec<usize> = (0..packed.len()).filter(|at| packed[*at].1).collect();
        assert!(begins.len() > 3 && begins[0] == 0, "{begins:?}");
        for from in begins {
            let mut unpacker = Unpacker::new().unwrap();
            for (batch, (payload, begins)) in batches().iter().zip(&packed).skip(from) {
                assert!(unpacker.unpack(payload, *begins).as_ref() == Some(batch), "from {from}");
            }
        }
    }

    #[test]
    fn a_batch_that_is_cut_or_says_another_length_is_refused() {
        let mut packer = Packer::new().unwrap();
        let payload = packer.pack(&[9; 700]).unwrap().0.to_vec();
        let unpack = |payload: &[u8]| Unpacker::new().unwrap().unpack(payload, true);
        assert_eq!(unpack(&payload), Some(vec![9; 700]));
        for cut in 0..payload.len() {
            assert!(unpack(&payload[..cut]).is_none(), "cut to {cut}");
        }
        for length in [699_u32, 701, u32::MAX] {
            let other = [&length.to_le_bytes(), &payload[4..]].concat();
            assert!(unpack(&other).is_none(), "{length}");
        }
    }
}
