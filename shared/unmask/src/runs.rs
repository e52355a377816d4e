//! Runs of characters that are an encoding as a whole: Base64, Base32, Base85, hexadecimal, binary and decimal codes.
//! What they decode to counts only if it is text; each run becomes a line of its own.
use crate::inflate;
use crate::view::{Builder, Output, Step};
use std::ops::Range;

/// Shorter results are words that happen to decode.
const MIN_TEXT_CHARS: usize = 6;
/// Base64 shorter than this is a word.
const MIN_BASE64_CHARS: usize = 12;
const MIN_BASE32_CHARS: usize = 16;
const MIN_BASE85_CHARS: usize = 20;
/// Fewer bytes in hexadecimal, binary or decimal are numbers.
const MIN_CODES: usize = 6;
/// What a short run may be inflated to.
const ROOM: usize = 64 << 10;

/// Segments of a path or URL that may be Base64 of their own.
const MAX_SEGMENTS: usize = 8;
/// A label of a domain name shorter than this does not carry on a run.
const MIN_LABEL_CHARS: usize = 8;
/// Labels and lines shorter than this end a run.
const MIN_JOINED_CHARS: usize = 16;

/// The steps of this file.
pub(crate) const RUNS: [Step; 6] =
    [Step::Base64, Step::Base32, Step::Base85, Step::Hex, Step::Binary, Step::Decimal];

/// The lines that the runs of the kind `step` in `text` decode to.
pub(crate) fn decode_runs(text: &str, step: Step, room: usize) -> Option<Output> {
    let mut out = Builder::new(text, room);
    // What all runs together may be inflated to.
    let mut inflatable = room;
    let mut put = |span: Range<usize>, bytes: &[u8]| {
        let inflated = inflate::inflate(bytes, inflatable);
        inflatable -= inflated.as_ref().map_or(0, Vec::len).min(inflatable);
        let decoded = readable(inflated.as_deref().unwrap_or(bytes));
        if let Some(decoded) = &decoded {
            out.line(span, decoded);
        }
        decoded.is_some()
    };
    match step {
        Step::Base64 => bits(text, 6, MIN_BASE64_CHARS, base64_value, &mut |span, bytes| {
            // A path runs into what it carries.
            put(span.clone(), bytes) || segments(text, span, &mut put)
        }),
        Step::Base32 => bits(text, 5, MIN_BASE32_CHARS, base32_value, &mut put),
        Step::Base85 => base85(text, &mut put),
        Step::Hex => codes(text, 16, &mut put),
        Step::Binary => codes(text, 2, &mut put),
        _ => codes(text, 10, &mut put),
    }
    out.finish()
}

/// Decodes what follows each of the first slashes in `span`, until something is text.
fn segments(text: &str, span: Range<usize>, put: &mut impl FnMut(Range<usize>, &[u8]) -> bool) -> bool {
    let run = text.get(span.clone()).unwrap_or_default();
    run.match_indices('/').take(MAX_SEGMENTS).any(|(slash, _)| {
        let from = span.start + slash + 1;
        let rest = text.get(from..span.end).unwrap_or_default();
        // Base64 holds the sign too: all that follows, or up to the next one.
        let next = rest.find('/').unwrap_or(rest.len());
        [rest.len(), next].iter().filter(|end| **end >= MIN_JOINED_CHARS).any(|end| {
            let mut found = false;
            bits(&rest[..*end], 6, MIN_BASE64_CHARS, base64_value, &mut |inner: Range<usize>, bytes| {
                found |= put(from + inner.start..from + inner.end, bytes);
                found
            });
            found
        })
    })
}

/// Whether any run of `text` is Base64, Base32 or hexadecimal of text.
pub(crate) fn is_encoded(text: &str) -> bool {
    [Step::Base64, Step::Base32, Step::Hex]
        .into_iter()
        .any(|step| decode_runs(text, step, text.len().max(ROOM)).is_some())
}

fn base64_value(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

fn base32_value(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a'),
        b'2'..=b'7' => Some(byte - b'2' + 26),
        _ => None,
    }
}

/// Runs of an alphabet with `width` bits a character. Lines of a wrapped run are taken together.
fn bits(
    text: &str,
    width: u32,
    min: usize,
    value: fn(u8) -> Option<u8>,
    put: &mut impl FnMut(Range<usize>, &[u8]) -> bool,
) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if value(bytes[at]).is_none() {
            at += 1;
            continue;
        }
        let start = at;
        // Most runs are words.
        let row = bytes[at..].iter().take(min).take_while(|byte| value(**byte).is_some()).count();
        if row < min && bytes.get(at + row) != Some(&b'=') {
            at += row;
            continue;
        }
        let (mut out, mut held, mut count, mut chars, mut line) = (Vec::new(), 0u32, 0, 0, 0);
        while let Some(byte) = bytes.get(at) {
            if let Some(value) = value(*byte) {
                held = held << width | u32::from(value);
                (count, chars, line) = (count + width, chars + 1, line + 1);
                if count >= 8 {
                    count -= 8;
                    out.push((held >> count) as u8);
                    held &= (1 << count) - 1;
                }
            } else if matches!(byte, b'\n' | b'\r') && line >= 40 {
                line = if bytes.get(at + 1) == Some(&b'\n') { line } else { 0 };
            } else if *byte == b'.' && line >= MIN_JOINED_CHARS && is_label(&bytes[at + 1..], value) {
                line = 0;
            } else {
                break;
            }
            at += 1;
        }
        let padding = bytes[at..].iter().take(7).take_while(|byte| **byte == b'=').count();
        if chars >= min || (padding > 0 && chars >= 6) {
            put(start..at + padding, &out);
        }
        at += padding;
    }
}

/// Whether a label that can go on a run stands here: a word of prose has no digit.
fn is_label(bytes: &[u8], value: fn(u8) -> Option<u8>) -> bool {
    let len = bytes.iter().take(64).take_while(|byte| value(**byte).is_some()).count();
    len >= MIN_LABEL_CHARS && (bytes[..len].iter().any(u8::is_ascii_digit) || len >= 20)
}

/// Numbers of one radix after another: `48 65`, `\x48\x65`, `0x48, 0x65`, `4865`, `01001000`, `72 101`.
fn codes(text: &str, radix: u32, put: &mut impl FnMut(Range<usize>, &[u8]) -> bool) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let digit = if radix == 16 {
            bytes[at].is_ascii_hexdigit() || bytes[at] == b'\\'
        } else {
            bytes[at].is_ascii_digit()
        };
        if !digit || (at > 0 && bytes[at - 1].is_ascii_alphanumeric()) {
            at += 1;
            continue;
        }
        let start = at;
        let (mut out, mut end) = (Vec::new(), at);
        while let Some((value, len)) = number(&bytes[at..], radix) {
            out.push(value);
            (at, end) = (at + len, at + len);
            at += separator(&bytes[at..]);
        }
        let clean_end = !bytes.get(end).is_some_and(u8::is_ascii_alphanumeric);
        if out.len() >= MIN_CODES && clean_end {
            put(start..end, &out);
        }
        at = end.max(start + 1);
    }
}

/// One code at the start of `bytes`: two hexadecimal digits, eight binary ones, or up to three decimal ones.
fn number(bytes: &[u8], radix: u32) -> Option<(u8, usize)> {
    let prefix = match bytes {
        [b'0', b'x' | b'X' | b'b', ..] | [b'\\', b'x', ..] if radix != 10 => 2,
        _ => 0,
    };
    let most = match radix {
        16 => 2,
        2 => 8,
        _ => 3,
    };
    let window = bytes.get(prefix..bytes.len().min(prefix + most))?;
    let digits = window.iter().take_while(|byte| char::from(**byte).is_digit(radix)).count();
    let ends = !bytes.get(prefix + digits).is_some_and(u8::is_ascii_alphanumeric);
    if digits == 0 || (radix == 10 && !ends) || (radix != 10 && digits != most) {
        return None;
    }
    let value = u8::from_str_radix(std::str::from_utf8(&window[..digits]).ok()?, radix).ok()?;
    Some((value, prefix + digits))
}

/// The length of what stands between two codes: up to two of blank, comma, colon, semicolon, hyphen, point.
fn separator(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take(2)
        .take_while(|byte| matches!(byte, b' ' | b'\n' | b',' | b':' | b';' | b'-' | b'.'))
        .count()
}

/// Words of 20 and more printable characters that are neither letters alone nor Base64, in both common alphabets.
fn base85(text: &str, put: &mut impl FnMut(Range<usize>, &[u8]) -> bool) {
    let mut at = 0;
    for word in text.split_inclusive([' ', '\n', '\t']) {
        let start = at;
        at += word.len();
        if word.len() < MIN_BASE85_CHARS {
            continue;
        }
        let trimmed = word.trim_end();
        let marked = trimmed.strip_prefix("<~").and_then(|inner| inner.strip_suffix("~>"));
        let inner = marked.unwrap_or(trimmed);
        let odd = inner.bytes().filter(|byte| !byte.is_ascii_alphanumeric()).count();
        if inner.len() < MIN_BASE85_CHARS || odd * 20 < inner.len() || !inner.is_ascii() {
            continue;
        }
        for alphabet in [ascii85_value as fn(u8) -> Option<u32>, rfc1924_value] {
            if let Some(bytes) =
                base85_word(inner.as_bytes(), alphabet).filter(|bytes| readable(bytes).is_some())
            {
                put(start..start + trimmed.len(), &bytes);
            }
        }
    }
}

fn ascii85_value(byte: u8) -> Option<u32> {
    (b'!'..=b'u').contains(&byte).then(|| u32::from(byte - b'!'))
}

fn rfc1924_value(byte: u8) -> Option<u32> {
    const SIGNS: &[u8] = b"!#$%&()*+-;<=>?@^_`{|}~";
    let sign = || SIGNS.iter().position(|sign| *sign == byte).map(|at| at as u32 + 62);
    match byte {
        b'0'..=b'9' => Some(u32::from(byte - b'0')),
        b'A'..=b'Z' => Some(u32::from(byte - b'A') + 10),
        b'a'..=b'z' => Some(u32::from(byte - b'a') + 36),
        _ => sign(),
    }
}

/// Five characters to four bytes; a short last group is filled up with the highest digit.
fn base85_word(word: &[u8], value: fn(u8) -> Option<u32>) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(word.len());
    for group in word.chunks(5) {
        let mut digits = group.iter().map(|byte| value(*byte)).chain(std::iter::repeat(Some(84))).take(5);
        let number = digits.try_fold(0u64, |number, digit| Some(number * 85 + u64::from(digit?)))?;
        let bytes = u32::try_from(number).ok()?.to_be_bytes();
        out.extend_from_slice(bytes.get(..group.len().saturating_sub(1))?);
    }
    Some(out)
}

/// `bytes` as text, if they are: UTF-8 (or UTF-16 of Latin letters) without control characters, save a bad tail.
fn readable(bytes: &[u8]) -> Option<String> {
    let wide = bytes.len() >= 12 && bytes.iter().skip(1).step_by(2).all(|byte| *byte == 0);
    let narrow: Vec<u8> = if wide { bytes.iter().step_by(2).copied().collect() } else { Vec::new() };
    let bytes = if wide { &narrow } else { bytes };
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if bytes.len() - error.valid_up_to() <= 2 => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    let text = text.trim_end_matches('\0');
    let (mut chars, mut letters) = (0, 0);
    for c in text.chars() {
        if c.is_control() && !c.is_whitespace() {
            return None;
        }
        chars += 1;
        letters += usize::from(c.is_alphanumeric() || c == ' ');
    }
    (chars >= MIN_TEXT_CHARS && letters * 2 >= chars).then(|| text.to_owned())
}
