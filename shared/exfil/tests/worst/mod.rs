//! What rules and decoders begin at, and what costs them most when a text is nothing else: for the tests and the fuzzer.
use ideamine_exfil::{Context, Guard, Point, Registry};
use std::sync::LazyLock;

/// Everything counts.
pub(crate) const STRICT: Context<'static> = Context { point: Point::Strict, file: None };

/// The size of a text that is nothing but one piece.
pub(crate) const SIZE: usize = 10 << 20;

/// A guard that knows two secrets; building one takes longer than a scan of a short text.
pub(crate) static GUARD: LazyLock<Guard> =
    LazyLock::new(|| Guard::new(Registry::from_iter(["correct-horse-battery-9", "s3cr3t!Value#77"])));

/// Beginnings, so that random texts reach every rule.
#[rustfmt::skip]
pub(crate) const PIECES: &[&str] = &[
    "-----BEGIN PRIVATE KEY-----", "://", "@", "\\\\", "ghp_", "password=", "\"", "'", "eyJ", ".", "é", "\u{200b}", "%41", "&#", "\\u{", "\\x4", "4111 1111", "+49", "(202) 55", "GB29", "DOB ", "address: ", "AKIA", "H4sI", "\n", " ", "{\"kty\"", "phone", "ssn ", "data:image/", "x=", "://[", "curl -u ", "part1: ", "192.168.", "|", "Q~", "日本", "\u{1d400}", "eJx", "01000001 ", "104 101 ", "<~", "datadog", "heroku || ", "=34", "/QUJDREVGR0hJSktM", ".- -... ", "⠁⠃", "\u{e0041}", "\u{fe01}",
];

/// Texts of the one or the other alone.
#[rustfmt::skip]
pub(crate) const WORST: &[&str] = &[
    "a", "@", "://", "password=", "eyJ", "1", "%41", "\\\\", "-----BEGIN PRIVATE KEY-----", "QUJD", "A.", "x@y.", "\"a\" + ", "4111 ", "part1=a ", "address: 1 ", "fd:", "user:pass@", "<", "corp.", "/QUJDREVGR0hJSktM", "H4sIAAAA ", "datadog=", "heroku ", "01000001 ", "104 ", "\u{200b}a", "é", "\u{e0041}", "&#65;", "=41", ".- ", "⠁", "i g n ", "correct-horse-",
];
