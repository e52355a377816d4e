//! Secrets known by the name that they are given to.
mod given;
mod worth;

use crate::leak::{Kind, Leak};
use crate::tokens::{floor, run};
use crate::value::{entropy, is_hex};
use given::{Operator, operator, value};
use worth::{password, token};

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
