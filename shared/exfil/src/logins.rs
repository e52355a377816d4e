//! Logins: in URLs and connection strings, headers, command lines, netrc and pgpass files, uses of functions.
use crate::leak::{Kind, Leak};
use crate::value::{is_placeholder, is_random};
use regex::Regex;
use std::sync::LazyLock;

/// A user and a password in a URL are at most this long together.
const LOGIN: usize = 300;
/// How much of a line a pattern sees.
const WINDOW: usize = 512;

fn made_up(secret: &str) -> bool {
    is_placeholder(secret)
        || secret.contains(['{', '<', '[', '('])
        || secret.starts_with('$')
        || matches!(
            secret,
            "x-oauth-basic" | "pass" | "pwd" | "password" | "PASSWORD" | "pw" | "secret" | "@" | "user"
        )
}

/// The login of the URL whose `://` is at `at`.
pub(crate) fn url(text: &str, at: usize) -> Option<Leak> {
    let from = at + 3;
    let bytes = text.as_bytes();
    let most = bytes.len().min(from + LOGIN);
    let stop = |b: &u8| {
        b.is_ascii_whitespace()
            || matches!(
                b,
                b'/' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'?' | b'#' | b'\\' | b')' | b';' | b'|'
            )
    };
    let part = &bytes[from.min(most)..most];
    let mut end = part.iter().position(stop).unwrap_or(part.len());
    // A password may hold what should have been escaped, as long as an `@` and a host follow on the same line.
    if !part[..end].contains(&b'@') && part[..end].contains(&b':') {
        let line = part
            .iter()
            .position(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'<' | b'`'))
            .unwrap_or(part.len());
        let host = part[..line].iter().rposition(|b| *b == b'@')?;
        let port = &part[..end][part[..end].iter().rposition(|b| *b == b':')? + 1..];
        if port.iter().all(u8::is_ascii_digit) || part.get(end) != Some(&b'/') && part.get(end) != Some(&b'#')
        {
            return None;
        }
        end = host + 1;
    }
    let sign = part[..end].iter().rposition(|b| *b == b'@')?;
    let login = text.get(from..from + sign)?;
    let after = text.get(from + sign + 1..)?;
    if !after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[' || c == '(' || c == '_') {
        return None;
    }
    let (user, secret) = login.split_once(':')?;
    let same = user == secret && !matches!(user, "admin" | "root" | "postgres" | "guest" | "test");
    if secret.len() < 3
        || secret.contains(' ')
        || is_placeholder(secret)
        || secret.contains(['{', '<', '$', '[', '('])
        || same && user.is_empty()
    {
        return None;
    }
    let documented =
        matches!((user, secret), ("user" | "username", "pass" | "password" | "pwd" | "passwd" | "secret"));
    let weak = documented
        && (after.starts_with("example.")
            || after.split(['/', ':', ' ']).next().is_some_and(|host| host.contains("host"))
            || after.starts_with("localhost")
            || after.contains("example."));
    let span = from..from + sign;
    let score = if weak {
        0.3
    } else if documented {
        0.5
    } else {
        0.85
    };
    Some(Leak::new(Kind::Credential, "credential.url", span, score, "a login with its password in a URL"))
}

/// One form of a login: the literal that it is looked for by, and a pattern whose last group is the secret.
pub(crate) struct Login {
    pub(crate) id: &'static str,
    pub(crate) literal: &'static str,
    pattern: &'static str,
    kind: Kind,
}

const fn login(id: &'static str, literal: &'static str, pattern: &'static str) -> Login {
    Login { id, literal, pattern, kind: Kind::Credential }
}

const fn header(id: &'static str, literal: &'static str, pattern: &'static str) -> Login {
    Login { id, literal, pattern, kind: Kind::ApiKey }
}

#[rustfmt::skip]
pub(crate) const LOGINS: &[Login] = &[
    // RFC 7617 and RFC 6750
    login("credential.basic", "basic ", r#"^(?i:basic)\s+([A-Za-z0-9+/_-]{6,}={0,2})"#),
    header("credential.bearer", "bearer ", r#"^(?i:bearer)\s+([A-Za-z0-9._~+/|@=-]{12,})"#),
    header("credential.authorization", "authorization", r#"^(?i:authorization)["'`\s\]]{0,3}[:=,]\s{0,2}["'`]?(?:(?i:bearer|token|api-token|apikey|bot|key|sso-key|digest|negotiate|genie-?key|aws|hmac)\s+)?([A-Za-z0-9._~+/|@=:-]{12,})"#),
    header("credential.header", "-token:", r#"^-(?i:token):\s{0,2}([A-Za-z0-9._~+/=-]{8,})"#),
    header("credential.header", "-key:", r#"^-(?i:key):\s{0,2}([A-Za-z0-9._~+/=-]{12,})"#),
    header("credential.header", "apikey:", r#"^(?i:apikey):\s{0,2}([A-Za-z0-9._~+/=-]{12,})"#),
    header("credential.cookie", "cookie:", r#"^(?i:(?:set-)?cookie):\s.{0,120}?(?i:sess[a-z]*|sid|auth|token|jwt)[a-zA-Z_.-]{0,12}=([A-Za-z0-9%._~+/=-]{16,})"#),
    // Command lines
    login("credential.curl", "-u ", r#"^-u\s+["']?([^\s:"'$<{\[]+:["']?[^\s"'$<{\[:][^\s"'<{]{2,})"#),
    login("credential.curl", "-u\"", r#"^-u["']([^\s:"'$<{\[]+:[^\s"'$<{\[:][^\s"'<{]{2,})"#),
    login("credential.curl", "-u'", r#"^-u["']([^\s:"'$<{\[]+:[^\s"'$<{\[:][^\s"'<{]{2,})"#),
    login("credential.curl-key", "-u ", r#"^-u\s+["']?:([^\s"'$<{\[]{6,})"#),
    login("credential.curl-key", "-u ", r#"^-u\s+["']?([^\s:"'$<{\[]{8,}):(?:["'\s]|$)"#),
    login("credential.curl", "--user", r#"^--(?:proxy-)?user[\s=]+["']?([^\s:"'$<{\[]+:["']?[^\s"'$<{\[:][^\s"'<{]{2,})"#),
    login("credential.curl", "--proxy-user", r#"^--proxy-user[\s=]+["']?([^\s:"'$<{\[]+:["']?[^\s"'$<{\[:][^\s"'<{]{2,})"#),
    login("credential.mysql", "mysql", r#"^mysql(?:dump|admin|import)?\s[^\n|;]{0,120}?\s-p["']?([^\s"'$<{-][^\s"'$<{]{3,})"#),
    login("credential.sshpass", "sshpass", r#"^sshpass\s+-p\s*["']?([^\s"'$<{]{3,})"#),
    login("credential.login", " login ", r#"^ login\s[^\n|;]{0,120}?\s(?:-p|--password)[\s=]+["']?([^\s"'$<{-][^\s"'$<{]{3,})"#),
    login("credential.openssl", "-pass", r#"^-pass(?:in|out)?\s+pass:([^\s"'$<{]{3,})"#),
    login("credential.zip", "pass pass:", r#"^pass pass:([^\s"'$<{]{3,})"#),
    login("credential.smb", "//", r#"^//[A-Za-z0-9._-]+/\S+\s+-U\s+["']?([^\s%"']+%[^\s"'$<{]{3,})"#),
    login("credential.ldap", "ldap", r#"^ldap(?:search|modify|add|delete|passwd|whoami)\s[^\n|;]{0,200}?\s-w\s+["']?([^\s"'$<{]{3,})"#),
    login("credential.redis", "redis-cli", r#"^redis-cli\s[^\n|;]{0,120}?\s-a\s+["']?([^\s"'$<{]{3,})"#),
    login("credential.net-use", "net use", r#"^(?i:net use)\s[^\n|;]{0,120}?\s(?:/user:\S+\s+)(\S{3,})"#),
    // Files
    login("credential.netrc", "machine ", r#"^machine\s+\S+\s+login\s+\S+\s+password\s+([^\s$<{]{3,})"#),
    login("credential.netrc", "login ", r#"^login\s+\S+\s+password\s+([^\s$<{]{3,})"#),
    login("credential.pgpass", ":5432:", r#"^:5432:[^\s:]+:[^\s:]+:([^\s:$<{]{3,})"#),
    login("credential.htpasswd", ":$apr1$", r#"^:(\$apr1\$[./A-Za-z0-9]{1,8}\$[./A-Za-z0-9]{22})"#),
    login("credential.shadow", ":$6$", r#"^:(\$6\$[./A-Za-z0-9=$]{1,40}\$[./A-Za-z0-9]{86})"#),
    login("credential.shadow", ":$y$", r#"^:(\$y\$[./A-Za-z0-9]{1,10}\$[./A-Za-z0-9]{4,40}\$[./A-Za-z0-9]{43})"#),
    header("npm.legacy", "_authtoken", r#"^_(?i:authtoken)\s*=\s*["']?([A-Za-z0-9+/=_-]{16,}|[0-9a-f-]{36})"#),
    login("npm.auth", "_auth", r#"^_auth\s*=\s*["']?([A-Za-z0-9+/]{12,}={0,2})"#),
    // Statements
    login("credential.sql", "identified by", r#"^(?i:identified by)\s+(?i:password\s+)?["']([^"'$<{]{3,})["']"#),
    login("credential.sql", "with password", r#"^(?i:with (?:encrypted )?password)\s+["']([^"'$<{]{3,})["']"#),
    login("credential.sql", "encrypted password", r#"^(?i:encrypted password)\s+["']([^"'$<{]{3,})["']"#),
    login("credential.powershell", "convertto-securestring", r#"^(?i:convertto-securestring)\s+(?i:-string\s+)?["']([^"'$<{]{3,})["']"#),
    login("credential.auth-pair", "auth=(", r#"^auth=\(\s*["'][^"']+["']\s*,\s*["']([^"']{4,})["']"#),
    login("credential.auth-pair", "httpbasicauth(", r#"^(?i:httpbasicauth)\(\s*["'][^"']+["']\s*,\s*["']([^"']{4,})["']"#),
    login("credential.auth-pair", "credentials(", r#"^(?i:credentials)\(\s*["'][^"']+["']\s*,\s*["']([^"']{4,})["']"#),
    login("credential.auth-pair", "setbasicauth(", r#"^(?i:setbasicauth)\(\s*["'][^"']+["']\s*,\s*["']([^"']{4,})["']"#),
    login("credential.auth-pair", ".login(", r#"^(?i:\.login)\(\s*["'][^"']+["']\s*,\s*["']([^"']{4,})["']"#),
    login("credential.prose", "log in with", r#"^(?i:log in with)\s+\S+\s*/\s*(\S{4,})"#),
];

static PATTERNS: LazyLock<Vec<Option<Regex>>> =
    LazyLock::new(|| LOGINS.iter().map(|login| Regex::new(login.pattern).ok()).collect());

#[cfg(test)]
pub(crate) fn patterns() -> impl Iterator<Item = bool> {
    PATTERNS.iter().map(Option::is_some)
}

/// The login of form `index` whose literal is at `at`.
pub(crate) fn by_form(text: &str, index: usize, at: usize) -> Option<Leak> {
    let form = LOGINS.get(index)?;
    let window = text.get(at..crate::tokens::floor(text, (at + WINDOW).min(text.len())))?;
    // Two slashes are everywhere.
    if form.id == "credential.smb" && !window.contains(" -U") {
        return None;
    }
    let found = PATTERNS.get(index)?.as_ref()?.captures(window)?;
    let secret = found.get(1)?;
    let value = secret.as_str().trim_end_matches(['"', '\'', ',', ';', '\\', '.']);
    let part = value.rsplit([':', '%']).next().unwrap_or(value).trim_start_matches(['"', '\'']);
    let random_needed = matches!(
        form.id,
        "credential.curl-key"
            | "credential.bearer"
            | "credential.authorization"
            | "credential.header"
            | "credential.cookie"
    );
    let basic = form.id == "credential.basic";
    if made_up(part) && !basic
        || basic && !decodes_to_login(value)
        || random_needed
            && !(is_random(value)
                || form.id == "credential.header"
                    && value.len() < 16
                    && value.bytes().any(|b| b.is_ascii_digit()))
    {
        return None;
    }
    let span = at + secret.start()..at + secret.start() + value.len();
    Some(Leak::new(form.kind, form.id, span, 0.8, "a secret in a header, a command or a file of logins"))
}

/// Whether `value` is base64 of `user:password`, or at least of nothing that says "yours".
fn decodes_to_login(value: &str) -> bool {
    use base64::Engine;
    let bytes = base64::engine::general_purpose::STANDARD_NO_PAD.decode(value.trim_end_matches('='));
    match bytes.ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()) {
        Some(login) if login.contains(':') => !matches!(
            login.as_str(),
            "username:password" | "user:password" | "user:pass" | "Aladdin:open sesame"
        ),
        _ => value.len() >= 12 && is_random(value),
    }
}
