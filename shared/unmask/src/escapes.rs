//! Encodings that stand inside ordinary text and are undone in place: URL percent, HTML character references, escapes
//! of programming languages, quoted-printable.
use crate::view::{Builder, Output, Step};
use memchr::memchr;

/// Steps of this file with the byte that each needs to start.
pub(crate) const IN_PLACE: [(Step, u8); 4] =
    [(Step::Percent, b'%'), (Step::Html, b'&'), (Step::Escape, b'\\'), (Step::QuotedPrintable, b'=')];

/// The longest escape in bytes, bounds the look ahead.
const MAX_ESCAPE_BYTES: usize = 12;

/// The few named references that hide words rather than set type.
const NAMED: [(&str, char); 12] = [
    ("&lt;", '<'),
    ("&gt;", '>'),
    ("&amp;", '&'),
    ("&quot;", '"'),
    ("&apos;", '\''),
    ("&nbsp;", ' '),
    ("&colon;", ':'),
    ("&sol;", '/'),
    ("&lpar;", '('),
    ("&rpar;", ')'),
    ("&period;", '.'),
    ("&NewLine;", '\n'),
];

/// Undoes `step` in `text`; `None` if there is nothing of the kind.
pub(crate) fn unescape(text: &str, step: Step, trigger: u8, room: usize) -> Option<Output> {
    let bytes = text.as_bytes();
    let mut out = Builder::new(text, room);
    let (mut copied, mut at) = (0, 0);
    let mut decoded = Vec::new();
    while let Some(found) = memchr(trigger, bytes.get(at..)?) {
        let start = at + found;
        let mut end = start;
        decoded.clear();
        while let Some((value, len)) = escape(bytes.get(end..)?, step) {
            value.push_to(&mut decoded);
            end += len;
        }
        if end == start {
            at = start + 1;
            continue;
        }
        // `key=346a` is an assignment.
        let number = bytes.get(start + 1..=end).is_some_and(|rest| rest.iter().all(u8::is_ascii_digit));
        if step == Step::QuotedPrintable && end - start == 3 && number {
            at = end;
            continue;
        }
        let readable = String::from_utf8_lossy(&decoded);
        if readable.chars().all(|c| c != '\u{fffd}' && (!c.is_control() || c.is_whitespace())) {
            out.copy_between(copied..start);
            out.replace(start..end, &readable);
            copied = end;
        }
        at = end;
    }
    out.copy_rest_of_line(copied);
    out.finish()
}

/// What one escape stands for.
enum Value {
    /// A byte of UTF-8 text.
    Byte(u8),
    /// A character by its number.
    Char(char),
    /// Nothing: a soft line break.
    Nothing,
}

impl Value {
    fn push_to(&self, out: &mut Vec<u8>) {
        match self {
            Self::Byte(byte) => out.push(*byte),
            Self::Char(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            Self::Nothing => {}
        }
    }
}

/// The escape at the start of `bytes` and its length.
fn escape(bytes: &[u8], step: Step) -> Option<(Value, usize)> {
    match step {
        Step::Percent if bytes.first() == Some(&b'%') => match bytes.get(1)? {
            b'u' => Some((Value::Char(code(bytes.get(2..6)?, 16)?), 6)),
            _ => Some((Value::Byte(hex_byte(bytes.get(1..3)?)?), 3)),
        },
        Step::QuotedPrintable if bytes.first() == Some(&b'=') => match bytes.get(1)? {
            b'\n' => Some((Value::Nothing, 2)),
            b'\r' => Some((Value::Nothing, 3)),
            // Lower case is not quoted-printable; `a=10` is an assignment.
            digit if digit.is_ascii_digit() || digit.is_ascii_uppercase() => {
                Some((Value::Byte(hex_byte(bytes.get(1..3)?).filter(|byte| *byte >= b' ')?), 3))
            }
            _ => None,
        },
        Step::Html if bytes.first() == Some(&b'&') => reference(bytes),
        Step::Escape if bytes.first() == Some(&b'\\') => language_escape(bytes),
        _ => None,
    }
}

/// `&#65;`, `&#x41;` (the semicolon may be missing) or a named reference.
fn reference(bytes: &[u8]) -> Option<(Value, usize)> {
    if bytes.get(1) != Some(&b'#') {
        let (name, c) = NAMED.iter().find(|(name, _)| bytes.starts_with(name.as_bytes()))?;
        return Some((Value::Char(*c), name.len()));
    }
    let (radix, from) = if matches!(bytes.get(2), Some(b'x' | b'X')) { (16, 3) } else { (10, 2) };
    let window = bytes.get(from..bytes.len().min(MAX_ESCAPE_BYTES))?;
    let digits = window.iter().take_while(|byte| char::from(**byte).is_digit(radix)).count();
    let c = code(window.get(..digits)?, radix)?;
    let semicolon = usize::from(window.get(digits) == Some(&b';'));
    Some((Value::Char(c), from + digits + semicolon))
}

/// `\u0041`, `\u{41}`, `\U00000041`, `\x41`.
fn language_escape(bytes: &[u8]) -> Option<(Value, usize)> {
    match bytes.get(1)? {
        b'u' if bytes.get(2) == Some(&b'{') => {
            let window = bytes.get(3..bytes.len().min(MAX_ESCAPE_BYTES))?;
            let digits = memchr(b'}', window)?;
            Some((Value::Char(code(window.get(..digits)?, 16)?), digits + 4))
        }
        b'u' => Some((Value::Char(code(bytes.get(2..6)?, 16)?), 6)),
        b'U' => Some((Value::Char(code(bytes.get(2..10)?, 16)?), 10)),
        b'x' => Some((Value::Byte(hex_byte(bytes.get(2..4)?)?), 4)),
        _ => None,
    }
}

fn hex_byte(digits: &[u8]) -> Option<u8> {
    code(digits, 16).and_then(|c| u8::try_from(u32::from(c)).ok())
}

/// The character with the number that `digits` spell; nothing for an empty or signed number.
fn code(digits: &[u8], radix: u32) -> Option<char> {
    let digits =
        std::str::from_utf8(digits).ok().filter(|digits| digits.chars().all(|c| c.is_digit(radix)))?;
    char::from_u32(u32::from_str_radix(digits, radix).ok()?)
}
