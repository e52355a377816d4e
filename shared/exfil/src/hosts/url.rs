//! Hosts of one label in URLs, and Windows shares.
use super::{HOST, in_host, v6};
use crate::leak::Leak;
use crate::tokens::{floor, run};

/// The host of the URL whose `://` is at `at`: internal if it is one label, or one label and a port.
pub(crate) fn url(text: &str, at: usize) -> Option<Leak> {
    let bytes = text.as_bytes();
    let from = at + 3;
    let authority = run(bytes, from, 300, |b| {
        b.is_ascii_graphic()
            && !matches!(
                b,
                b'/' | b'?'
                    | b'#'
                    | b'"'
                    | b'\''
                    | b'`'
                    | b'<'
                    | b'>'
                    | b'\\'
                    | b')'
                    | b'('
                    | b','
                    | b';'
                    | b'|'
                    | b'*'
            )
    });
    let host_from = text.get(from..authority)?.rfind('@').map_or(from, |n| from + n + 1);
    if bytes.get(host_from) == Some(&b'[') {
        return v6(text, host_from + 1);
    }
    let end = run(bytes, host_from, 253, in_host);
    let host = text.get(host_from..end)?;
    let scheme = text
        .get(floor(text, at.saturating_sub(32))..at)?
        .rsplit(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')))
        .next()?
        .to_ascii_lowercase();
    let lower = host.to_ascii_lowercase();
    let port = bytes.get(end) == Some(&b':') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
    let network = matches!(
        scheme.as_str(),
        "http"
            | "https"
            | "ws"
            | "wss"
            | "ftp"
            | "ssh"
            | "redis"
            | "rediss"
            | "postgres"
            | "postgresql"
            | "mysql"
            | "mongodb"
            | "amqp"
            | "amqps"
            | "ldap"
            | "ldaps"
            | "smb"
            | "sftp"
            | "tcp"
            | "grpc"
            | "nats"
            | "kafka"
            | "rdp"
            | "vnc"
            | "jdbc"
            | "mssql"
            | "sqlserver"
            | "git"
            | "telnet"
            | "elasticsearch"
    );
    let known = matches!(
        lower.as_str(),
        "localhost"
            | "host"
            | "hostname"
            | "server"
            | "example"
            | "domain"
            | "url"
            | "user"
            | "username"
            | "ip"
            | "address"
            | "your"
            | "my"
            | "site"
            | "foo"
            | "bar"
            | "test"
            | "proxy"
            | "attacker"
            | "evil"
            | "www"
            | "x"
            | "a"
            | "b"
            | "c"
            | "ip6-localhost"
            | "ip6-loopback"
            | "hub"
            | "registry"
            | "host1"
            | "host2"
    );
    let single = !lower.contains('.')
        && lower.len() >= 2
        && lower.bytes().next()?.is_ascii_alphabetic()
        && !lower.ends_with('-');
    if !network
        || !single
        || known
        || matches!(bytes.get(end), Some(b'$' | b'{' | b'<' | b'%' | b'_'))
        || bytes.get(end) == Some(&b':') && !port
    {
        return None;
    }
    let named = lower.bytes().any(|b| b.is_ascii_digit() || b == b'-');
    let path = bytes.get(end).is_some_and(|b| *b == b'/')
        && bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric);
    let score = if port || named {
        0.6
    } else if path {
        0.5
    } else {
        0.3
    };
    Some(Leak::new(HOST, "host.single-label", host_from..end, score, "a host without a domain in a URL"))
}

/// A Windows share at `at` (`\\host\share`, escaped or not).
pub(crate) fn share(text: &str, at: usize) -> Option<Leak> {
    let bytes = text.as_bytes();
    let slashes = run(bytes, at, 5, |b| b == b'\\');
    let before = at.checked_sub(1).map(|i| bytes[i]);
    if !(slashes - at == 2 || slashes - at == 4)
        || before.is_some_and(|b| {
            b.is_ascii_alphanumeric() || matches!(b, b'\\' | b']' | b')' | b'[' | b'(' | b'|')
        })
    {
        return None;
    }
    let host = run(bytes, slashes, 64, |b| in_host(b) || b == b'_');
    // As many signs before the share as the escaping of those before the host says.
    let share = run(bytes, host, 3, |b| b == b'\\');
    if (share - host) * 2 != slashes - at {
        return None;
    }
    let end = run(bytes, share, 128, |b| {
        b.is_ascii_alphanumeric() || matches!(b, b'$' | b'-' | b'_' | b'.' | b'\\')
    });
    let name = text.get(slashes..host)?;
    let shape = name.len() >= 3
        && name.bytes().next()?.is_ascii_alphanumeric()
        && share > host
        && end > share + 1
        && !matches!(bytes.get(end), Some(b'+' | b'*' | b'?' | b'{' | b'['));
    let known = matches!(
        name.to_ascii_lowercase().as_str(),
        "server" | "localhost" | "host" | "wsl" | "wsl.localhost" | "hostname" | "computer"
    );
    let score = if known { 0.3 } else { 0.7 };
    let folders = matches!(
        name.to_ascii_lowercase().as_str(),
        "windows" | "users" | "system32" | "program files" | "device" | "registry" | "software" | "pipe"
    );
    (shape && !folders).then(|| Leak::new(HOST, "host.share", at..end, score, "a share on a host inside"))
}
