//! The writings of a secret, and what a text or a writing is reduced to before they are compared.
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The letter or digit that a character is read as: case, full width, styles of mathematics, tags, look-alikes.
fn plain(c: char) -> Option<u8> {
    let code = c as u32;
    let looks = match code {
        0..=0x7f => code,
        0xff01..=0xff5e => code - 0xfee0,
        0xe0020..=0xe007e => code - 0xe0000,
        0x24b6..=0x24e9 => (code - 0x24b6) % 26 + 0x61,
        0x1d400..=0x1d6a3 => (code - 0x1d400) % 26 + 0x61,
        0x1d7ce..=0x1d7ff => (code - 0x1d7ce) % 10 + 0x30,
        _ => LOOK_ALIKES.iter().find(|(other, _)| *other == c).map_or(0, |(_, latin)| *latin as u32),
    };
    u8::try_from(looks).ok().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase())
}

/// Letters of Cyrillic and Greek that look like Latin ones (Unicode TR 39, confusables).
#[rustfmt::skip]
const LOOK_ALIKES: &[(char, char)] = &[
    ('а', 'a'), ('е', 'e'), ('о', 'o'), ('р', 'p'), ('с', 'c'), ('у', 'y'), ('х', 'x'), ('і', 'i'), ('ј', 'j'), ('ѕ', 's'), ('һ', 'h'), ('ԁ', 'd'), ('ԛ', 'q'), ('ԝ', 'w'), ('А', 'A'), ('В', 'B'), ('Е', 'E'), ('К', 'K'), ('М', 'M'), ('Н', 'H'), ('О', 'O'), ('Р', 'P'), ('С', 'C'), ('Т', 'T'), ('Х', 'X'), ('У', 'Y'), ('І', 'I'), ('Ѕ', 'S'), ('Ј', 'J'), ('α', 'a'), ('ο', 'o'), ('ν', 'v'), ('ι', 'i'), ('κ', 'k'), ('ρ', 'p'), ('υ', 'u'), ('Α', 'A'), ('Β', 'B'), ('Ε', 'E'), ('Ζ', 'Z'), ('Η', 'H'), ('Ι', 'I'), ('Κ', 'K'), ('Μ', 'M'), ('Ν', 'N'), ('Ο', 'O'), ('Ρ', 'P'), ('Τ', 'T'), ('Υ', 'Y'), ('Χ', 'X'),
];

pub(super) fn reduce(text: &str) -> (Vec<u8>, Vec<u32>) {
    let mut reduced = Vec::with_capacity(text.len());
    let mut places = Vec::with_capacity(text.len());
    let mut push = |at: usize, b: u8| {
        reduced.push(b);
        places.push(at as u32);
    };
    if text.is_ascii() {
        for (at, b) in text.bytes().enumerate().filter(|(_, b)| b.is_ascii_alphanumeric()) {
            push(at, b.to_ascii_lowercase());
        }
        return (reduced, places);
    }
    for (at, c) in text.char_indices() {
        let b = if c.is_ascii() {
            c.is_ascii_alphanumeric().then(|| (c as u8).to_ascii_lowercase())
        } else {
            plain(c)
        };
        if let Some(b) = b {
            push(at, b);
        }
    }
    (reduced, places)
}

pub(super) fn reduce_bytes(form: &[u8]) -> Vec<u8> {
    reduce(&String::from_utf8_lossy(form)).0
}

type Writing = fn(&[u8]) -> Vec<Vec<u8>>;

/// Base64 at each of the three alignments: only the characters that the secret alone decides.
fn base64(secret: &[u8]) -> Vec<Vec<u8>> {
    (0..3)
        .map(|shift| {
            let shifted: Vec<u8> = std::iter::repeat_n(0, shift).chain(secret.iter().copied()).collect();
            let encoded = STANDARD.encode(&shifted).into_bytes();
            let from = [0, 2, 3][shift];
            let to = shifted.len() * 8 / 6;
            encoded.get(from..to).unwrap_or_default().to_vec()
        })
        .collect()
}

fn each(secret: &[u8], write: impl Fn(u8) -> String) -> Vec<Vec<u8>> {
    vec![secret.iter().map(|b| write(*b)).collect::<String>().into_bytes()]
}

fn signs_only(secret: &[u8], write: impl Fn(u8) -> String) -> Vec<Vec<u8>> {
    each(secret, |b| {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~') {
            char::from(b).to_string()
        } else {
            write(b)
        }
    })
}

fn base32(secret: &[u8]) -> Vec<Vec<u8>> {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits = secret.iter().flat_map(|b| (0..8).rev().map(move |i| b >> i & 1)).collect::<Vec<_>>();
    vec![
        bits.chunks(5)
            .filter(|five| five.len() == 5)
            .map(|five| ALPHABET[usize::from(five.iter().fold(0, |n, bit| n << 1 | bit))])
            .collect(),
    ]
}

fn rot13(secret: &[u8]) -> Vec<Vec<u8>> {
    vec![crate::turned::rot13(&String::from_utf8_lossy(secret)).into_bytes()]
}

/// The writings, each of which may be applied to another.
#[rustfmt::skip]
const WRITINGS: &[Writing] = &[
    base64,
    |s| each(s, |b| format!("{b:02x}")),
    |s| vec![s.iter().rev().copied().collect()],
    rot13,
    base32,
];

/// Writings that are only applied last: escapes of every byte, or of signs alone.
#[rustfmt::skip]
const LAST: &[Writing] = &[
    |s| each(s, |b| format!("x{b:02x}")),
    |s| each(s, |b| format!("0x{b:02x}")),
    |s| each(s, |b| format!("u00{b:02x}")),
    |s| each(s, |b| format!("u{b:02x}")),
    |s| each(s, |b| format!("{b}")),
    |s| each(s, |b| format!("{b:03}")),
    |s| each(s, |b| format!("{b:o}")),
    |s| each(s, |b| format!("{b:03o}")),
    |s| each(s, |b| format!("{b:08b}")),
    |s| each(s, |b| format!("25{b:02x}")),
    |s| signs_only(s, |b| format!("%{b:02x}")),
    |s| signs_only(s, |b| format!("%25{b:02x}")),
    |s| signs_only(s, |b| format!("u00{b:02x}")),
    |s| signs_only(s, |b| format!("x{b:02x}")),
    |s| signs_only(s, |b| format!("={b:02x}")),
    |s| signs_only(s, |b| format!("{b}")),
    |s| signs_only(s, |b| match b { b'&' => "amp".into(), b'<' => "lt".into(), b'>' => "gt".into(), b'"' => "quot".into(), b'\'' => "39".into(), _ => String::new() }),
    |s| signs_only(s, |b| match b { b'&' => "amp".into(), b'<' => "lt".into(), b'>' => "gt".into(), b'"' => "quot".into(), b'\'' => "x27".into(), _ => String::new() }),
];

/// A secret as itself, in every writing, and in every writing of a writing.
pub(super) fn writings(secret: &[u8]) -> Vec<Vec<u8>> {
    let once: Vec<Vec<u8>> = WRITINGS.iter().flat_map(|write| write(secret)).collect();
    let twice = once.iter().flat_map(|form| WRITINGS.iter().flat_map(move |write| write(form)));
    let last = LAST.iter().flat_map(|write| write(secret));
    [secret.to_vec()]
        .into_iter()
        .chain(last)
        .chain(once.iter().cloned())
        .chain(twice.collect::<Vec<_>>())
        .collect()
}
