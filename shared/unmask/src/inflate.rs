//! Compressed bytes inside an encoding: gzip (RFC 1952) and zlib (RFC 1950), inflated to a bounded size.
use miniz_oxide::inflate::{
    DecompressError, decompress_to_vec_with_limit, decompress_to_vec_zlib_with_limit,
};

/// What the bytes were before they were compressed, at most `most` bytes of it, also where the end is cut off.
/// `None` if they are not compressed.
pub(crate) fn inflate(bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    match bytes {
        [0x1f, 0x8b, 8, ..] => part(decompress_to_vec_with_limit(gzip_body(bytes)?, most)),
        // RFC 1950: the first two bytes are a multiple of 31; text does not begin so with these.
        [0x78, 1 | 0x5e | 0x9c | 0xda, ..] => part(decompress_to_vec_zlib_with_limit(bytes, most)),
        _ => None,
    }
}

fn part(result: Result<Vec<u8>, DecompressError>) -> Option<Vec<u8>> {
    let bytes = result.unwrap_or_else(|error| error.output);
    (!bytes.is_empty()).then_some(bytes)
}

/// What follows the header: optional extra field, name, comment and checksum of the header.
fn gzip_body(bytes: &[u8]) -> Option<&[u8]> {
    const CHECKSUM: u8 = 2;
    const EXTRA: u8 = 4;
    const NAME: u8 = 8;
    const COMMENT: u8 = 16;
    let flags = *bytes.get(3)?;
    let mut at = 10;
    if flags & EXTRA != 0 {
        at += 2 + usize::from(*bytes.get(at)?) + (usize::from(*bytes.get(at + 1)?) << 8);
    }
    for flag in [NAME, COMMENT] {
        if flags & flag != 0 {
            at += bytes.get(at..)?.iter().position(|byte| *byte == 0)? + 1;
        }
    }
    bytes.get(at + usize::from(flags & CHECKSUM)..)
}
