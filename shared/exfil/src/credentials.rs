//! Secrets known by what stands around them: assignments, headers, URLs with a login, command lines.
use crate::leak::{Kind, Leak};
use crate::tokens::{floor, run};
use crate::value::{entropy, is_hex, is_placeholder, is_random, is_sequence, is_uuid};

/// Words that, in a name, say that its value is secret. Looked for in any case.
pub(crate) const NAMES: &[&str] = &[
    "passw",
    "pwd",
    "passphrase",
    "passcode",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "api key",
    "access_key",
    "access-key",
    "accesskey",
    "auth",
    "credential",
    "private_key",
    "privatekey",
    "private-key",
    "client_key",
    "signing",
    "encryption",
    "encrypt_key",
    "account_key",
    "accountkey",
    "shared_key",
    "sharedkey",
    "master_key",
    "masterkey",
    "license_key",
    "licence_key",
    "service_key",
    "app_key",
    "appkey",
    "consumer_key",
    "deploy_key",
    "session_key",
    "storage_key",
    "webhook_key",
    "bearer",
    "contraseña",
    "passwort",
    "kennwort",
    "mot de passe",
    "motdepasse",
    "senha",
    "wachtwoord",
    "hasło",
    "haslo",
    "пароль",
    "密码",
    "パスワード",
    "비밀번호",
    "parola",
    "_pass",
    "pass=",
    "pass:",
    "\"pass\"",
    "pass is",
    "_pw",
    "pw:",
    "pw=",
    "_key",
    "-key",
    "mfa_seed",
    "otp_seed",
];

/// What a name's value is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Sort {
    Password,
    Token,
}

/// Ends of names whose values are public.
const PUBLIC_ENDS: &[&str] = &[
    "_id",
    "-id",
    "id",
    "name",
    "url",
    "uri",
    "path",
    "file",
    "field",
    "type",
    "length",
    "len",
    "size",
    "hash",
    "digest",
    "fingerprint",
    "checksum",
    "format",
    "header",
    "endpoint",
    "expires",
    "expiry",
    "expiration",
    "ttl",
    "count",
    "limit",
    "max",
    "min",
    "index",
    "label",
    "policy",
    "algorithm",
    "alg",
    "version",
    "prefix",
    "suffix",
    "pattern",
    "regex",
    "audience",
    "issuer",
    "scope",
    "scopes",
    "method",
    "accessor",
    "dir",
    "ref",
    "arn",
    "region",
    "provider",
    "class",
    "mode",
    "status",
    "host",
    "port",
    "enabled",
    "required",
    "hint",
    "prompt",
    "tokens",
    "author",
    "authors",
    "usage",
    "env",
    "var",
    "manager",
    "store",
    "source",
    "signature",
    "nonce",
    "csrf",
    "csrf_token",
    "csrf-token",
    "csrftoken",
    "authenticity_token",
    "nexttoken",
    "next_token",
    "pagetoken",
    "page_token",
    "syncToken",
    "continuation_token",
    "tokenizer",
];

/// The longest name and value looked at.
const NAME: usize = 96;
const VALUE: usize = 1024;
/// Blanks and closing signs between a name and what gives it its value: configurations are aligned in columns.
const BLANKS: usize = 16;

fn in_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.') || b >= 0x80
}

/// The value assigned to the name that has a secret word at `at..at + word`.
pub(crate) fn assignment(text: &str, at: usize, word: usize) -> Option<Leak> {
    let bytes = text.as_bytes();
    let start = (at.saturating_sub(NAME)..at).rev().take_while(|i| in_name(bytes[*i])).last().unwrap_or(at);
    let inner = at + word - usize::from(matches!(bytes[at + word - 1], b'=' | b':' | b'"'));
    let end = run(bytes, inner, NAME, in_name);
    let name = text.get(floor(text, start)..end)?.trim_matches(['-', '.']);
    let (from, operator) = operator(text, end)?;
    let (value, quoted) = value(text, from)?;
    let lower = name.to_lowercase();
    let sort = sort_of(&lower);
    let bare = is_public(&lower);
    let own = lower.replace(['_', '-', '.'], "").contains(&value.to_lowercase().replace(['_', '-', '.'], ""));
    let weak_name = text.as_bytes()[at..].starts_with(b"_key") || text.as_bytes()[at..].starts_with(b"-key");
    let weak =
        weak_name && !(value.len() >= 20 && (is_hex(value.as_bytes()) || entropy(value.as_bytes()) >= 3.5));
    let listed = operator == Operator::Words
        && !quoted
        && text.as_bytes()[..from].iter().rev().find(|b| **b != b' ') == Some(&b',');
    if own && sort_of(&lower) == Sort::Token
        || weak
        || listed
        || crate::tokens::masked(text, from + value.len() + usize::from(quoted))
    {
        return None;
    }
    let score = match sort {
        Sort::Password => password(value, quoted, operator, &lower)?,
        Sort::Token => token(value, quoted, operator)?,
    };
    if bare && !(sort == Sort::Password && quoted) {
        return None;
    }
    let span = from + usize::from(quoted)..from + usize::from(quoted) + value.len();
    let span = if text.get(span.clone()) == Some(value) { span } else { from..from + value.len() };
    let (kind, rule) = match sort {
        Sort::Password => (Kind::Credential, "credential.password"),
        Sort::Token => (Kind::ApiKey, "generic.secret"),
    };
    Some(Leak::new(kind, rule, span, score, "a value that its name says is secret"))
}

fn sort_of(name: &str) -> Sort {
    let password = [
        "pass",
        "pwd",
        "_pw",
        "kennwort",
        "contraseña",
        "motdepasse",
        "senha",
        "wachtwoord",
        "has",
        "пароль",
        "密码",
        "パスワード",
        "비밀번호",
        "parola",
    ];
    if name == "pw" || password.iter().any(|word| name.contains(word)) && !name.contains("hash") {
        Sort::Password
    } else {
        Sort::Token
    }
}

fn is_public(name: &str) -> bool {
    let last = name.rsplit(['.', ' ']).next().unwrap_or(name);
    let public = last.contains("public")
        || last.contains("pubkey")
        || last.contains("foreign")
        || last.contains("primary")
        || last.contains("cache_key")
        || last.contains("publishable");
    public
        || PUBLIC_ENDS.iter().any(|end| last.ends_with(end) && !last.ends_with("apikey"))
            && !matches!(last, "authorization")
}

/// How a value is given to a name.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Operator {
    /// `=`, `:=`, `=>`, `==`
    Equals,
    /// `:`
    Colon,
    /// `is`, an option of a command, a tag: words follow each other.
    Words,
}

/// What joins the name that ends at `end` to its value, and where that begins.
fn operator(text: &str, end: usize) -> Option<(usize, Operator)> {
    let bytes = text.as_bytes();
    let skip = |at: usize| {
        run(bytes, at, BLANKS, |b| {
            matches!(b, b' ' | b'\t' | b'"' | b'\'' | b'`' | b']' | b')' | b'\\' | b'*')
        })
    };
    let at = skip(end);
    let rest = bytes.get(at..)?;
    let blank = |at: usize| run(bytes, at, 24, |b| matches!(b, b' ' | b'\t'));
    for (sign, operator) in [
        (":=", Operator::Equals),
        ("=>", Operator::Equals),
        ("===", Operator::Equals),
        ("==", Operator::Equals),
        ("->", Operator::Equals),
        ("::=", Operator::Equals),
        ("?=", Operator::Equals),
        ("=", Operator::Equals),
        ("：", Operator::Colon),
        (":", Operator::Colon),
        ("||:", Operator::Equals),
        ("is ", Operator::Words),
        ("ist ", Operator::Words),
        ("est ", Operator::Words),
        ("es ", Operator::Words),
        ("was ", Operator::Words),
        ("to ", Operator::Words),
        (", ", Operator::Words),
        (",", Operator::Words),
        ("=\\", Operator::Equals),
    ] {
        if rest.len() >= sign.len() && rest[..sign.len()].eq_ignore_ascii_case(sign.as_bytes()) {
            let mut from = blank(at + sign.len());
            if operator == Operator::Colon && bytes.get(from) == Some(&b'\n') {
                from = blank(from + 1);
            }
            // `token: Bearer abc`, `value: "abc"`; typed declarations: `password: String = "abc"`
            let typed = ["String = ", "string = ", "str = ", "&str = ", "&'static str = "]
                .iter()
                .find(|t| text.get(from..).is_some_and(|r| r.starts_with(**t)));
            return Some((from + typed.map_or(0, |t| t.len()), operator));
        }
    }
    let tag = rest.first() == Some(&b'>') && bytes[end.saturating_sub(NAME)..end].contains(&b'<');
    let attribute = text.get(at..).and_then(|rest| rest.strip_prefix("value=")).map(|_| at + 6);
    let option = at > end
        && bytes[end.saturating_sub(NAME)..end]
            .iter()
            .rposition(|b| b.is_ascii_whitespace())
            .is_some_and(|n| bytes[end.saturating_sub(NAME) + n + 1] == b'-');
    let quoted_after_space =
        at > end && matches!(bytes[at - 1], b'"' | b'\'' | b'`') && bytes[end].is_ascii_whitespace();
    match () {
        () if tag => Some((at + 1, Operator::Words)),
        () if attribute.is_some() => attribute.map(|at| (at, Operator::Equals)),
        () if quoted_after_space => Some((at - 1, Operator::Words)),
        () if option => Some((at, Operator::Words)),
        () => None,
    }
}

/// The value that begins at `from`, without its quotes, and whether it had any.
fn value(text: &str, from: usize) -> Option<(&str, bool)> {
    let rest = text.get(from..floor(text, (from + VALUE).min(text.len())))?;
    let escaped = rest.strip_prefix('\\').filter(|r| r.starts_with(['"', '\'']));
    let open = escaped.unwrap_or(rest);
    let quote = open.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'));
    match quote {
        Some(quote) => {
            let inner = &open[1..];
            let end = inner
                .char_indices()
                .find(|(i, c)| {
                    *c == quote && (escaped.is_some() || *i == 0 || inner.as_bytes()[i - 1] != b'\\')
                })
                .map(|(i, _)| i)?;
            Some((inner[..end].trim_end_matches('\\'), escaped.is_none()))
        }
        None => {
            let end = rest
                .find(|c: char| {
                    c.is_whitespace()
                        || matches!(c, '"' | '\'' | '`' | ',' | ';' | '<' | ')' | '}' | ']' | '\\')
                })
                .unwrap_or(rest.len());
            let value = rest[..end].trim_end_matches(['.', ':', '!', '?']);
            (!value.is_empty()).then_some((value, false))
        }
    }
}

/// Values that are code, paths or addresses.
fn is_code(value: &str) -> bool {
    let lower = value.trim_start_matches(['-', '&', '*', '!']).to_ascii_lowercase();
    let starts = [
        "os.",
        "process.",
        "env.",
        "env(",
        "env[",
        "self.",
        "this.",
        "req.",
        "request.",
        "config.",
        "settings.",
        "http://",
        "https://",
        "file:",
        "vault:",
        "ref:",
        "arn:",
        "/",
        "./",
        "../",
        "~/",
        "$",
        "@",
        "secret:",
        "secrets.",
        "ssm:",
        "op://",
        "data.",
        "var.",
        "local.",
        "module.",
        "input.",
        "get_",
        "string",
        "none",
        "null",
        "true",
        "false",
        "undefined",
        "%s",
        "{",
    ];
    starts.iter().any(|start| lower.starts_with(start))
        || value.contains(['(', '[', '{'])
        || value.contains("::")
        || value.starts_with(':')
        || value.contains("->")
        || value.contains("&&")
        || value.contains(" = ")
}

/// Words that a password is said to be where none is given.
const NO_PASSWORDS: &[&str] = &[
    "password",
    "passwd",
    "pass",
    "pwd",
    "secret",
    "string",
    "text",
    "hidden",
    "none",
    "null",
    "nil",
    "true",
    "false",
    "yes",
    "no",
    "required",
    "optional",
    "str",
    "bytes",
    "bool",
    "value",
    "token",
    "user",
    "username",
    "login",
    "prompt",
    "input",
    "plain",
    "field",
    "and",
    "or",
    "the",
    "not",
    "your",
    "object",
    "number",
    "admin:password",
];

fn password(value: &str, quoted: bool, operator: Operator, name: &str) -> Option<f32> {
    let lower = value.to_ascii_lowercase();
    let words = value.contains(' ');
    if value.len() < 4
        || value.len() > 128
        || is_placeholder(value)
        || is_code(value)
        || NO_PASSWORDS.contains(&lower.as_str())
    {
        return None;
    }
    let digits = value.bytes().any(|b| b.is_ascii_digit());
    let letters = value.bytes().any(|b| b.is_ascii_alphabetic());
    let signs = value.bytes().any(|b| b.is_ascii_punctuation() && !matches!(b, b'_' | b'-' | b'.' | b'/'));
    let own_name = name.rsplit(['.', '_', '-']).next().is_some_and(|last| lower.contains(last))
        || lower.contains("password")
        || lower.contains("_pass");
    let constant = value.bytes().all(|b| b.is_ascii_uppercase() || matches!(b, b'_' | b'-'))
        || value.bytes().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'.' | b'-'));
    let strong = digits && letters || signs && (letters || digits);
    match (quoted, strong) {
        _ if own_name && !digits => None,
        (true, _) if words => {
            (operator != Operator::Words && value.split(' ').count() <= 6 && strong).then_some(0.5)
        }
        (_, true) if quoted || operator != Operator::Words || value.len() >= 6 => Some(if own_name {
            0.4
        } else if value.len() >= 6 {
            0.75
        } else {
            0.55
        }),
        (true, false) if operator == Operator::Equals || operator == Operator::Colon => {
            Some(if value.len() >= 6 && !value.contains(['_', '.']) { 0.5 } else { 0.3 })
        }
        (false, false) if !constant && value.len() >= 6 => Some(0.3),
        (false, false) if value.len() >= 6 && !value.bytes().all(|b| b.is_ascii_alphabetic()) => Some(0.3),
        _ => None,
    }
}

fn token(value: &str, quoted: bool, operator: Operator) -> Option<f32> {
    let value = ["Bearer ", "bearer ", "Token ", "token ", "Basic ", "ApiKey "]
        .iter()
        .find_map(|p| value.strip_prefix(p))
        .unwrap_or(value);
    let bytes = value.as_bytes();
    let plain = bytes.iter().all(|b| b.is_ascii_graphic());
    if !plain
        || value.len() < 8
        || value.len() > 600
        || is_placeholder(value)
        || is_code(value)
        || is_sequence(bytes)
    {
        return None;
    }
    let hash = ["sha1", "sha256", "sha384", "sha512", "md5"].iter().any(|h| {
        value.starts_with(h) && value.as_bytes().get(h.len()).is_some_and(|b| matches!(b, b':' | b'-'))
    });
    if hash || !is_random(value) || looks_named(value) {
        return None;
    }
    let long = value.len() >= 16;
    let sure = quoted || operator != Operator::Words;
    Some(match (long, sure) {
        (true, true) => 0.75,
        (true, false) => 0.6,
        (false, true) if entropy(bytes) >= 2.9 || is_hex(bytes) => 0.5,
        _ => 0.3,
    })
}

/// Whether a value is names and numbers joined by signs (`cmp2-qat-1208358310`), and no UUID.
fn looks_named(value: &str) -> bool {
    let parts: Vec<&str> = value.split(['-', '_', '.', ':', '/']).filter(|part| !part.is_empty()).collect();
    let plain = |part: &&str| part.len() < 12 && crate::value::changes(part.as_bytes()) <= 1;
    parts.len() > 1 && !is_uuid(value.as_bytes()) && parts.iter().all(plain)
}
