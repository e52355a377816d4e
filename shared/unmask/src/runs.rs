//! Runs of characters that are an encoding as a whole: Base64, Base32, Base85, hexadecimal, binary and decimal codes.
//! What they decode to counts only if it is text; each run becomes a line of its own.
use crate::inflate;
use crate::view::{Builder, Output, Step};
use memchr::memchr_iter;
use std::ops::Range;

/// Shorter results are words that happen to decode.
const MIN_TEXT_CHARS: usize = 6;
/// Base64 shorter than this is a word.
const MIN_BASE64_CHARS: usize = 12;
/// With padding, fewer are enough.
const MIN_PADDED_CHARS: usize = 6;
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

/// The lines that the runs of the kind `step` in `text` decode to; `starts` are where codes may begin.
pub(crate) fn decode_runs(text: &str, step: Step, starts: &[usize], room: usize) -> Option<Output> {
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
        Step::Base64 => bits(text, &BASE64, &mut |span, bytes| {
            // A path runs into what it carries.
            put(span.clone(), bytes) || segments(text, span, &mut put)
        }),
        Step::Base32 => bits(text, &BASE32, &mut put),
        Step::Base85 => base85(text, &mut put),
        Step::Hex => codes(text, 16, starts, &mut put),
        Step::Binary => codes(text, 2, starts, &mut put),
        _ => codes(text, 10, starts, &mut put),
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
            bits(&rest[..*end], &BASE64, &mut |inner: Range<usize>, bytes| {
                found |= put(from + inner.start..from + inner.end, bytes);
                found
            });
            found
        })
    })
}

/// Whether any run of `text` is Base64, Base32 or hexadecimal of text.
pub(crate) fn is_encoded(text: &str) -> bool {
    let starts = starts(text);
    [Step::Base64, Step::Base32, Step::Hex]
        .into_iter()
        .any(|step| decode_runs(text, step, &starts, text.len().max(ROOM)).is_some())
}

/// Not a digit of an alphabet.
const NONE: u8 = 0xff;

/// An alphabet whose characters stand for `width` bits each; a run has `min` of them.
struct Alphabet {
    values: [u8; 256],
    width: u32,
    min: usize,
}

impl Alphabet {
    /// Of characters in the order of their values; `others` are further ones with their values.
    const fn new(characters: &[u8], others: &[(u8, u8)], width: u32, min: usize) -> Self {
        let mut values = [NONE; 256];
        let mut at = 0;
        while at < characters.len() {
            values[characters[at] as usize] = at as u8;
            at += 1;
        }
        at = 0;
        while at < others.len() {
            values[others[at].0 as usize] = others[at].1;
            at += 1;
        }
        Self { values, width, min }
    }

    fn has(&self, byte: u8) -> bool {
        self.values[usize::from(byte)] != NONE
    }
}

/// RFC 4648, 4 and 5.
const BASE64: Alphabet = Alphabet::new(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    &[(b'-', 62), (b'_', 63)],
    6,
    MIN_BASE64_CHARS,
);
/// RFC 4648, 6, in both cases.
const BASE32: Alphabet = {
    let mut alphabet = Alphabet::new(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", &[], 5, MIN_BASE32_CHARS);
    let mut letter = 0;
    while letter < 26 {
        alphabet.values[(b'a' + letter) as usize] = letter;
        letter += 1;
    }
    alphabet
};

/// Where the next row of `least` bytes or more that are all in `inside` begins, from `at` on, where a row may begin. Only
/// every `least`th byte is looked at where there is none.
fn next_row(bytes: &[u8], mut at: usize, least: usize, inside: impl Fn(u8) -> bool) -> Option<usize> {
    while let Some(row) = bytes.get(at..at + least) {
        match row.iter().rposition(|byte| !inside(*byte)) {
            Some(outside) => at += outside + 1,
            None => return Some(at),
        }
    }
    None
}

/// Runs of an alphabet. Lines of a wrapped run are taken together.
fn bits(text: &str, alphabet: &Alphabet, put: &mut impl FnMut(Range<usize>, &[u8]) -> bool) {
    let bytes = text.as_bytes();
    // Shorter runs count if they are padded; most runs are words.
    let padded = memchr_iter(b'=', bytes).any(|at| at > 0 && alphabet.has(bytes[at - 1]));
    let least = if padded { MIN_PADDED_CHARS } else { alphabet.min };
    let mut decoded = Vec::new();
    let mut from = 0;
    while let Some(start) = next_row(bytes, from, least, |byte| alphabet.has(byte)) {
        let row = bytes[start..].iter().take(alphabet.min).take_while(|byte| alphabet.has(**byte)).count();
        if row < alphabet.min && bytes.get(start + row) != Some(&b'=') {
            from = start + row;
            continue;
        }
        let mut at = start;
        let (mut held, mut count, mut chars, mut line) = (0u32, 0, 0, 0);
        decoded.clear();
        while let Some(byte) = bytes.get(at) {
            let value = alphabet.values[usize::from(*byte)];
            if value != NONE {
                held = held << alphabet.width | u32::from(value);
                (count, chars, line) = (count + alphabet.width, chars + 1, line + 1);
                if count >= 8 {
                    count -= 8;
                    decoded.push((held >> count) as u8);
                    held &= (1 << count) - 1;
                }
            } else if matches!(byte, b'\n' | b'\r') && line >= 40 {
                line = if bytes.get(at + 1) == Some(&b'\n') { line } else { 0 };
            } else if *byte == b'.' && line >= MIN_JOINED_CHARS && is_label(&bytes[at + 1..], alphabet) {
                line = 0;
            } else {
                break;
            }
            at += 1;
        }
        let padding = bytes[at..].iter().take(7).take_while(|byte| **byte == b'=').count();
        if chars >= alphabet.min || (padding > 0 && chars >= MIN_PADDED_CHARS) {
            put(start..at + padding, &decoded);
        }
        from = at + padding;
    }
}

/// Whether a label that can go on a run stands here: a word of prose has no digit.
fn is_label(bytes: &[u8], alphabet: &Alphabet) -> bool {
    let len = bytes.iter().take(64).take_while(|byte| alphabet.has(**byte)).count();
    len >= MIN_LABEL_CHARS && (bytes[..len].iter().any(u8::is_ascii_digit) || len >= 20)
}

/// Where a code of any radix may begin in `text`: a hexadecimal digit or a backslash, not inside a word.
pub(crate) fn starts(text: &str) -> Vec<usize> {
    const WORD: u8 = 1;
    const START: u8 = 2;
    static BYTES: [u8; 256] = {
        let mut table = [0; 256];
        let mut byte = 0;
        while byte < 128 {
            let b = byte as u8;
            let start = b.is_ascii_hexdigit() || b == b'\\';
            table[byte] = if b.is_ascii_alphanumeric() { WORD } else { 0 } | if start { START } else { 0 };
            byte += 1;
        }
        table
    };
    let mut found = Vec::new();
    let mut before = 0;
    for (at, byte) in text.bytes().enumerate() {
        let kind = BYTES[usize::from(byte)];
        if kind & START != 0 && before & WORD == 0 {
            found.push(at);
        }
        before = kind;
    }
    found
}

/// Numbers of one radix after another: `48 65`, `\x48\x65`, `0x48, 0x65`, `4865`, `01001000`, `72 101`.
fn codes(text: &str, radix: u32, starts: &[usize], put: &mut impl FnMut(Range<usize>, &[u8]) -> bool) {
    let bytes = text.as_bytes();
    let mut decoded = Vec::new();
    let mut from = 0;
    for start in starts {
        let start = *start;
        if start < from {
            continue;
        }
        let (mut at, mut end) = (start, start);
        decoded.clear();
        while let Some((value, len)) = number(&bytes[at..], radix) {
            decoded.push(value);
            (at, end) = (at + len, at + len);
            at += separator(&bytes[at..]);
        }
        let clean_end = !bytes.get(end).is_some_and(u8::is_ascii_alphanumeric);
        if decoded.len() >= MIN_CODES && clean_end {
            put(start..end, &decoded);
        }
        from = end.max(start + 1);
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
    let (mut value, mut digits) = (0, 0);
    while let Some(digit) = bytes.get(prefix + digits).and_then(|byte| char::from(*byte).to_digit(radix)) {
        if digits == most {
            break;
        }
        (value, digits) = (value * radix + digit, digits + 1);
    }
    let ends = !bytes.get(prefix + digits).is_some_and(u8::is_ascii_alphanumeric);
    if digits == 0 || (radix == 10 && !ends) || (radix != 10 && digits != most) {
        return None;
    }
    Some((u8::try_from(value).ok()?, prefix + digits))
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
    let bytes = text.as_bytes();
    let within = |byte: u8| !matches!(byte, b' ' | b'\n' | b'\t');
    let mut from = 0;
    while let Some(start) = next_row(bytes, from, MIN_BASE85_CHARS, within) {
        let end =
            bytes[start..].iter().position(|byte| !within(*byte)).map_or(bytes.len(), |len| start + len);
        from = end;
        let Some(word) = text.get(start..end).map(str::trim_end) else { continue };
        let marked = word.strip_prefix("<~").and_then(|inner| inner.strip_suffix("~>"));
        let inner = marked.unwrap_or(word);
        let odd = inner.bytes().filter(|byte| !byte.is_ascii_alphanumeric()).count();
        if inner.len() < MIN_BASE85_CHARS || odd * 20 < inner.len() || !inner.is_ascii() {
            continue;
        }
        for alphabet in [&ASCII85, &RFC1924] {
            let decoded = base85_word(inner.as_bytes(), alphabet);
            if let Some(decoded) = decoded.filter(|decoded| readable(decoded).is_some()) {
                put(start..start + word.len(), &decoded);
            }
        }
    }
}

const ASCII85: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut value = 0;
    while value < 85 {
        values[(b'!' + value) as usize] = value;
        value += 1;
    }
    values
};
const RFC1924: [u8; 256] = Alphabet::new(
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~",
    &[],
    0,
    0,
)
.values;

/// Five characters to four bytes; a short last group is filled up with the highest digit.
fn base85_word(word: &[u8], values: &[u8; 256]) -> Option<Vec<u8>> {
    if word.iter().any(|byte| values[usize::from(*byte)] == NONE) {
        return None;
    }
    let mut out = Vec::with_capacity(word.len());
    for group in word.chunks(5) {
        let digits = group.iter().map(|byte| values[usize::from(*byte)]).chain(std::iter::repeat(84)).take(5);
        let number = digits.fold(0u64, |number, digit| number * 85 + u64::from(digit));
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
