//! Runs of a text that are encoded, and whole texts written with escapes or turned: decoded to a bounded size.
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// What a layer of encoding was.
pub(crate) type Layer = &'static str;

/// The shortest run looked at.
const LEAST: usize = 16;
/// What is read before and after strings that are joined.
const REACH: usize = 256;
/// The most segments of a path that are tried.
const SEGMENTS: usize = 8;
/// The most bytes that a compressed run may become.
const INFLATED: usize = 1 << 20;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// A decoded part: what it says, the bytes that it came from, how.
pub(crate) struct Part {
    pub(crate) text: String,
    pub(crate) span: Range<usize>,
    pub(crate) layer: Layer,
}

fn in_base64(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_')
}

/// Every run of base64, base32 or hexadecimal that decodes to text, in order; at most `most` bytes of it in all.
pub(crate) fn runs(text: &str, most: usize) -> Vec<Part> {
    let bytes = text.as_bytes();
    let (mut parts, mut at, mut made) = (Vec::new(), 0, 0);
    while at < bytes.len() && made < most {
        if !in_base64(bytes[at]) {
            at += 1;
            continue;
        }
        let end = run_end(bytes, at);
        if end - at >= LEAST {
            let before = parts.len();
            parts.extend(decode(text, at..end));
            // A path or a URL runs into what it carries: each of its parts may be one.
            if parts.len() == before && bytes[at..end].contains(&b'/') {
                let mut from = at;
                for piece in text[at..end].split('/').take(SEGMENTS) {
                    let to = from + piece.len();
                    parts.extend((piece.len() >= LEAST).then(|| decode(text, from..to)).flatten());
                    // The rest behind a segment, as base64 may hold the sign itself.
                    if parts.len() == before && end - from >= LEAST && from > at {
                        parts.extend(decode(text, from..end));
                    }
                    from = to + 1;
                    if parts.len() > before {
                        break;
                    }
                }
            }
            made += parts[before..].iter().map(|part| part.text.len()).sum::<usize>();
        }
        at = end.max(at + 1);
    }
    parts
}

/// The end of the run at `at`. Lines of one block belong together: a break is passed over where the line before it was
/// long, and so is a DNS label's point between long labels.
fn run_end(bytes: &[u8], at: usize) -> usize {
    let (mut end, mut line) = (at, at);
    loop {
        while end < bytes.len() && in_base64(bytes[end]) {
            end += 1;
        }
        let gap = match &bytes[end..] {
            [b'\r', b'\n', ..] => 2,
            [b'\\', b'n', ..] => 2,
            [b'\n' | b'.', ..] => 1,
            _ => 0,
        };
        let long = end - line >= LEAST;
        let next = end + gap;
        if gap == 0
            || !long
            || next >= bytes.len()
            || !in_base64(bytes[next])
            || bytes[end] == b'.' && !long_label(&bytes[next..])
        {
            let padding = bytes[end..].iter().take(2).take_while(|b| **b == b'=').count();
            return end + padding;
        }
        end = next;
        line = end;
    }
}

/// Whether hexadecimal or base32 of eight characters or more stands here.
fn long_label(bytes: &[u8]) -> bool {
    let label =
        &bytes[..bytes.iter().take(64).position(|b| !in_base64(*b)).unwrap_or_else(|| bytes.len().min(64))];
    label.len() >= 8 && (label.iter().any(u8::is_ascii_digit) || label.len() >= 20)
}

fn decode(text: &str, span: Range<usize>) -> Option<Part> {
    let raw: Vec<u8> = text.as_bytes()[span.clone()].iter().copied().filter(|b| in_base64(*b)).collect();
    let part = |text: String, layer: Layer| Part { text, span: span.clone(), layer };
    if raw.iter().all(u8::is_ascii_hexdigit) && raw.len().is_multiple_of(2) {
        return readable(hex::decode(&raw).ok()?).map(|text| part(text, "hex"));
    }
    // What decodes to no text at its start is dropped before the rest is decoded; so are words and paths.
    for skip in 0..4 {
        let run = raw.get(skip..).filter(|run| run.len() >= LEAST)?;
        let head = base64(&run[..12])?;
        if plausible(&head) {
            let most = run.len() - usize::from(run.len() % 4 == 1);
            let (text, layer) = open(base64(&run[..most])?)?;
            return Some(part(text, layer));
        }
        // A run that begins in the middle of a word keeps one alignment in four; short runs get no second try.
        if raw.len() < 24 {
            break;
        }
    }
    let base32 = raw.len() >= 24 && raw.iter().all(|b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(b))
        || raw.iter().all(|b| b.is_ascii_lowercase() || (b'2'..=b'7').contains(b));
    base32.then(|| readable(self::base32(&raw))).flatten().map(|text| part(text, "base32"))
}

fn base64(run: &[u8]) -> Option<Vec<u8>> {
    if run.iter().any(|b| matches!(b, b'-' | b'_')) {
        URL.decode(run).ok()
    } else {
        STANDARD.decode(run).ok()
    }
}

/// RFC 4648, section 6, in any case.
fn base32(run: &[u8]) -> Vec<u8> {
    let (mut out, mut bits, mut held) = (Vec::with_capacity(run.len() * 5 / 8), 0u32, 0);
    for b in run {
        let value = if b.is_ascii_digit() { b - b'2' + 26 } else { b.to_ascii_uppercase() - b'A' };
        bits = (bits << 5 | u32::from(value)) & 0xffff;
        held += 5;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held & 0xff) as u8);
        }
    }
    out
}

/// Whether decoded bytes begin like text, UTF-16, gzip (RFC 1952) or zlib (RFC 1950).
fn plausible(head: &[u8]) -> bool {
    let text = |b: &u8| (0x20..0x7f).contains(b) || matches!(b, b'\n' | b'\t' | b'\r');
    head.starts_with(&[0x1f, 0x8b, 8])
        || head[0] == 0x78 && matches!(head[1], 1 | 0x5e | 0x9c | 0xda)
        || head.chunks(2).filter(|pair| pair.len() == 2).all(|pair| text(&pair[0]) && pair[1] == 0)
        || head.iter().filter(|b| text(b)).count() * 3 >= head.len() * 2
            && head.iter().all(|b| text(b) || *b >= 0x80)
}

fn open(bytes: Vec<u8>) -> Option<(String, Layer)> {
    if bytes.starts_with(&[0x1f, 0x8b, 8]) {
        let body = gzip_body(&bytes)?;
        return readable(inflate(|limit| miniz_oxide::inflate::decompress_to_vec_with_limit(body, limit))?)
            .map(|text| (text, "gzip+base64"));
    }
    if bytes.first() == Some(&0x78) && !plausible_text(&bytes) {
        return readable(inflate(|limit| {
            miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(&bytes, limit)
        })?)
        .map(|text| (text, "zlib+base64"));
    }
    if bytes.len() >= 8 && bytes.iter().skip(1).step_by(2).all(|b| *b == 0) {
        return readable(bytes.into_iter().step_by(2).collect()).map(|text| (text, "utf16+base64"));
    }
    readable(bytes).map(|text| (text, "base64"))
}

fn plausible_text(bytes: &[u8]) -> bool {
    bytes.iter().take(12).all(|b| (0x20..0x7f).contains(b) || matches!(b, b'\n' | b'\t' | b'\r'))
}

/// What an inflation gave, also where it was cut at its limit or its end is missing.
fn inflate(run: impl Fn(usize) -> Result<Vec<u8>, miniz_oxide::inflate::DecompressError>) -> Option<Vec<u8>> {
    match run(INFLATED) {
        Ok(bytes) => Some(bytes),
        Err(error) => Some(error.output).filter(|output| !output.is_empty()),
    }
}

fn gzip_body(bytes: &[u8]) -> Option<&[u8]> {
    let flags = *bytes.get(3)?;
    let mut at = 10;
    if flags & 4 != 0 {
        at += 2 + usize::from(*bytes.get(at)?) + (usize::from(*bytes.get(at + 1)?) << 8);
    }
    for flag in [8, 16] {
        if flags & flag != 0 {
            at += bytes.get(at..)?.iter().position(|b| *b == 0)? + 1;
        }
    }
    bytes.get(at + usize::from(flags & 2)..)
}

/// The bytes as text, if nine in ten characters are ones that a person reads.
fn readable(bytes: Vec<u8>) -> Option<String> {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let mut bytes = error.into_bytes();
            // The end of a cut run may be half a character or padding.
            if valid + 4 < bytes.len() {
                return None;
            }
            bytes.truncate(valid);
            String::from_utf8(bytes).ok()?
        }
    };
    let good = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t')).count();
    (text.len() >= 6 && good * 10 >= text.chars().count() * 9).then_some(text)
}

/// A text without its escapes: percent, `\x41`, `\u0041`, `&#65;`, `=41`, and their commonest names. `at[i]` is where
/// byte `i` came from; the last entry is the end. `None` if there was at most one.
pub(crate) fn unescape(text: &str) -> Option<(String, Vec<u32>)> {
    const FEWEST: usize = 2;
    let bytes = text.as_bytes();
    let (mut out, mut from, mut at, mut undone) = (Vec::new(), Vec::new(), 0, 0);
    let code = |at: usize, n: usize, radix: u32| {
        text.get(at..at + n).and_then(|d| u32::from_str_radix(d, radix).ok())
    };
    while at < bytes.len() {
        let entity = |most: usize| bytes[at..].iter().take(most).position(|b| *b == b';');
        let found: Option<(u32, usize, bool)> = match bytes[at] {
            b'%' => code(at + 1, 2, 16).map(|c| (c, 3, true)),
            b'=' if bytes.get(at + 1).is_some_and(|b| b.is_ascii_digit())
                && bytes.get(at + 3) == Some(&b'=') =>
            {
                code(at + 1, 2, 16).map(|c| (c, 3, true))
            }
            b'\\' => match bytes.get(at + 1) {
                Some(b'x') => code(at + 2, 2, 16).map(|c| (c, 4, true)),
                Some(b'u') if bytes.get(at + 2) == Some(&b'{') => bytes[at..]
                    .iter()
                    .take(12)
                    .position(|b| *b == b'}')
                    .and_then(|n| code(at + 3, n - 3, 16).map(|c| (c, n + 1, false))),
                Some(b'u') => code(at + 2, 4, 16).map(|c| (c, 6, false)),
                Some(b'0'..=b'3') => code(at + 1, 3, 8).map(|c| (c, 4, true)),
                Some(b'"' | b'/' | b'\'') => Some((u32::from(bytes[at + 1]), 2, false)),
                _ => None,
            },
            b'&' if bytes.get(at + 1) == Some(&b'#') => entity(10).and_then(|n| match bytes.get(at + 2) {
                Some(b'x' | b'X') => code(at + 3, n - 3, 16).map(|c| (c, n + 1, false)),
                _ => n.checked_sub(2).and_then(|d| code(at + 2, d, 10)).map(|c| (c, n + 1, false)),
            }),
            b'&' => [
                ("&amp;", '&'),
                ("&lt;", '<'),
                ("&gt;", '>'),
                ("&quot;", '"'),
                ("&apos;", '\''),
                ("&equals;", '='),
                ("&colon;", ':'),
            ]
            .iter()
            .find(|(name, _)| bytes[at..].starts_with(name.as_bytes()))
            .map(|(name, c)| (*c as u32, name.len(), false)),
            _ => None,
        };
        match found {
            Some((code, length, byte)) => {
                undone += 1;
                let start = out.len();
                match (byte, char::from_u32(code)) {
                    (true, _) => out.push(code as u8),
                    (false, Some(c)) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                    (false, None) => {}
                }
                from.extend(std::iter::repeat_n(at as u32, out.len() - start));
                at += length;
            }
            None => {
                out.push(bytes[at]);
                from.push(at as u32);
                at += 1;
            }
        }
    }
    from.push(at as u32);
    if undone < FEWEST {
        return None;
    }
    // Bytes that make no text are replaced one for one, so that the map holds.
    let text = String::from_utf8(out).unwrap_or_else(|error| {
        error.into_bytes().iter().map(|b| if b.is_ascii() { char::from(*b) } else { '?' }).collect()
    });
    Some((text, from))
}

/// The letters shifted by 13.
pub(crate) fn rot13(text: &str) -> String {
    let shift = |b: u8, a: u8| (b - a + 13) % 26 + a;
    text.chars()
        .map(|c| match c {
            'a'..='z' => char::from(shift(c as u8, b'a')),
            'A'..='Z' => char::from(shift(c as u8, b'A')),
            other => other,
        })
        .collect()
}

/// A text with its string literals that follow each other (`"ab" + "cd"`, `'ab' 'cd'`, `"ab" . "cd"`) joined, if it has any.
pub(crate) fn concatenated(text: &str) -> Option<(String, Range<usize>)> {
    let bytes = text.as_bytes();
    let (mut out, mut at, mut from, mut first, mut last) = (String::new(), 0, 0, None, 0);
    while at < bytes.len() {
        if matches!(bytes[at], b'"' | b'\'' | b'`') {
            let gap = |b: u8| b.is_ascii_whitespace() || matches!(b, b'+' | b'.' | b'&' | b'\\' | b'|');
            let next = crate::tokens::run(bytes, at + 1, 24, gap);
            // An empty string, or the end of a line and the begin of the next, is no concatenation.
            let sign = bytes[at + 1..next].iter().any(|b| matches!(b, b'+' | b'.' | b'&' | b'|' | b'\\'))
                || bytes[at + 1..next].contains(&b' ');
            if next > at + 1 && sign && bytes.get(next) == Some(&bytes[at]) {
                from =
                    if first.is_none() { crate::tokens::floor(text, at.saturating_sub(REACH)) } else { from };
                out.push_str(&text[from..at]);
                first.get_or_insert(at);
                last = next;
                from = next + 1;
                at = next;
            }
        }
        at += 1;
    }
    let first = first?;
    let end = crate::tokens::floor(text, (last + REACH).min(text.len()));
    out.push_str(text.get(from..end).unwrap_or_default());
    Some((out, crate::tokens::floor(text, first.saturating_sub(REACH))..end))
}

/// The values of numbered parts (`part1: abc`, `"chunk_2": "def"`) one after the other, if there are two or more.
pub(crate) fn numbered(text: &str) -> Option<(String, Range<usize>)> {
    static PARTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"(?i)(?:part|chunk|piece|seg(?:ment)?|frag(?:ment)?|half|block|line|row|field|str|var|val|key|[a-z])[ _.#-]?\(?([0-9]{1,3})\)?(?:/[0-9]{1,3})?["'`]?\s{0,3}(?:=|:|is|->|=>)\s{0,3}["'`]?([A-Za-z0-9+/=_.@:%-]{3,})"#).ok()
    });
    let found: Vec<(u32, Range<usize>)> = PARTS
        .as_ref()?
        .captures_iter(text)
        .take(256)
        .filter_map(|c| Some((c.get(1)?.as_str().parse().ok()?, c.get(2)?.range())))
        .collect();
    let (first, last) = (found.first()?.1.start, found.last()?.1.end);
    let mut ordered = found;
    ordered.sort_by_key(|(number, _)| *number);
    (ordered.len() > 1)
        .then(|| (ordered.iter().map(|(_, range)| &text[range.clone()]).collect(), first..last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Vec<(String, Layer)> {
        runs(text, 1 << 16).into_iter().map(|part| (part.text, part.layer)).collect()
    }

    #[test]
    fn runs_are_decoded_by_what_they_are() {
        let plain = "password: correct horse 42";
        for (encoded, layer) in [
            (STANDARD.encode(plain), "base64"),
            (hex::encode(plain), "hex"),
            (hex::encode_upper(plain), "hex"),
            ("OBQXG43XN5ZGIORAMNXXE4TFMN2CA2DPOJZWKIBUGI".to_owned(), "base32"),
            (STANDARD.encode(plain.bytes().flat_map(|b| [b, 0]).collect::<Vec<_>>()), "utf16+base64"),
            (STANDARD.encode(miniz_oxide::deflate::compress_to_vec_zlib(plain.as_bytes(), 6)), "zlib+base64"),
        ] {
            assert_eq!(decoded(&format!("x={encoded} y")), [(plain.to_owned(), layer)], "{encoded}");
        }
        for nothing in [
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "SetNumberOfThingsInTheRegistry",
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ",
        ] {
            assert_eq!(decoded(nothing), [], "{nothing}");
        }
    }

    #[test]
    fn escapes_are_undone_with_their_places() {
        let (text, from) = unescape("a%41\\x42\\u0043&#68;&amp;z").unwrap();
        assert_eq!(text, "aABCD&z");
        assert_eq!(from, [0, 1, 4, 8, 14, 19, 24, 25]);
        assert!(unescape("100% sure").is_none());
    }
}
