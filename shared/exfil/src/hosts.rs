//! Hosts, addresses and shares that only exist inside.
use crate::leak::{Kind, Leak};
use crate::tokens::{around, floor, run};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

const HOST: Kind = Kind::InternalHost;

/// Ends and middles of names that are not on the public internet: RFC 6762, RFC 8375, ICANN's `.internal`, RFC 6762
/// appendix G, Kubernetes' and cloud providers' own names, and labels that companies use.
pub(crate) const LABELS: &[&str] = &[
    ".internal",
    ".local",
    ".lan",
    ".corp",
    ".intranet",
    ".intra",
    ".home.arpa",
    ".localdomain",
    ".private",
    ".svc",
    ".priv",
    ".int.",
    ".ad.",
    ".home",
    ".dmz",
    ".onprem",
    ".consul",
    ".vpn.",
    ".prod.",
    ".stg.",
    ".staging.",
    "intranet.",
    "corp.",
    "internal.",
    "-internal.",
    "vpn.",
    ".infra.",
    ".cluster.",
    ".test.",
    ".office.",
    ".dev.",
    "dc01.",
    "dc1.",
    ".privatelink.",
    ".ec2.",
];

/// Names of labels that alone make a name internal wherever they stand in it.
const INSIDE: &[&str] = &[
    "internal",
    "corp",
    "intranet",
    "intra",
    "lan",
    "local",
    "localdomain",
    "svc",
    "privatelink",
    "consul",
    "priv",
    "onprem",
    "dmz",
    "private",
];
/// Documented names of examples, and public names with such labels.
const OUTSIDE: &[&str] = &[
    "contoso.com",
    "example.com",
    "example.org",
    "example.net",
    "fabrikam.com",
    "apache.org",
    "mozilla.org",
    "github.com",
    "googlesource.com",
    "host.docker.internal",
    "gateway.docker.internal",
    "metadata.google.internal",
    "wikipedia.org",
    "foo.internal",
    "example.internal",
    "example.local",
    "npmjs.org",
    "openshiftapps.com",
    "localhost.localdomain",
];
/// First labels of expressions and of packages' names, which are domains turned round.
const EXPRESSIONS: &[&str] =
    &["self", "this", "org", "com", "net", "io", "google", "sun", "java", "javax", "std", "parsed"];
/// Ends of the last label that make a name of a file or an expression of code.
const CODE: &[&str] = &[
    "rs",
    "py",
    "js",
    "ts",
    "go",
    "md",
    "toml",
    "json",
    "yaml",
    "yml",
    "html",
    "css",
    "txt",
    "java",
    "c",
    "h",
    "cpp",
    "sh",
    "rb",
    "php",
    "xml",
    "lock",
    "png",
    "svg",
    "jpg",
    "rst",
    "cfg",
    "ini",
    "conf",
    "properties",
    "exe",
    "dll",
    "so",
    "class",
    "kt",
    "proto",
    "sql",
    "log",
    "new",
    "is",
    "to",
    "get",
    "len",
    "map",
];

fn in_host(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.')
}

/// What speaks for a host rather than an expression: a scheme, a login or a port; a word before it.
fn used_as_host(text: &str, span: &Range<usize>) -> bool {
    let bytes = text.as_bytes();
    let (from, _) = around(text, span, 40, 0);
    let before = text.get(from..span.start).unwrap_or_default();
    let port = bytes.get(span.end) == Some(&b':') && bytes.get(span.end + 1).is_some_and(u8::is_ascii_digit);
    let login = before
        .strip_suffix('@')
        .is_some_and(|user| user.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '_')));
    before.ends_with("://") || login || before.ends_with("\\\\") || port
}

fn said_before(text: &str, span: &Range<usize>, words: &[&str]) -> bool {
    let (from, _) = around(text, span, 40, 0);
    let before = text.get(from..span.start).unwrap_or_default().to_ascii_lowercase();
    words.iter().any(|word| before.contains(word))
}

const INFRA: &[&str] = &[
    "host",
    "server",
    "connect",
    "ssh ",
    "endpoint",
    "runs at",
    "running on",
    "running at",
    "listen",
    "proxy",
    "gateway",
    "database",
    "db ",
    "redis",
    "postgres",
    "mysql",
    "mongo",
    "kafka",
    "node",
    "reach",
    "ping ",
    "curl ",
    "telnet",
    "rdp",
    "vpn",
    "internal",
    "deploy",
    "jump",
    "bastion",
    "router",
    "printer",
    "nas",
    "dns",
    "mail",
    "ldap",
    "address",
    "scp ",
    "nc ",
    "-h ",
    "log into",
    "login to",
    "machine",
    "cluster",
    "at ",
    "on ",
];

/// Words of doing something with a machine: an address in data has none before it.
const DOING: &[&str] = &[
    "ssh ",
    "connect",
    "server",
    "runs at",
    "runs on",
    "running on",
    "running at",
    "reach",
    "ping ",
    "curl ",
    "telnet",
    "database",
    "jump",
    "bastion",
    "vpn",
    "internal",
    "log into",
    "login to",
    "scp ",
    "nc ",
    "deploy",
    "rdp",
    "proxy",
    "gateway",
    "endpoint",
    "listening",
    "db at",
    "located at",
    "available at",
    "hosted",
];

/// The name that has an internal label at `at`.
pub(crate) fn name(text: &str, at: usize) -> Option<Leak> {
    const NAME: usize = 253;
    let bytes = text.as_bytes();
    let start = (at.saturating_sub(NAME)..=at).rev().take_while(|i| in_host(bytes[*i])).last()?;
    let end = run(bytes, at, NAME, in_host);
    let raw = text.get(start..end)?.trim_end_matches(['.', '-']);
    let name = raw.trim_start_matches(['.', '-']);
    let start = start + raw.len() - name.len();
    let span = start..start + name.len();
    let lower = name.to_ascii_lowercase();
    let labels: Vec<&str> = lower.split('.').collect();
    let last = *labels.last()?;
    let before = span.start.checked_sub(1).map(|i| bytes[i]);
    let after = bytes.get(span.end).copied();
    let camel = name.bytes().any(|b| b.is_ascii_uppercase()) && name.bytes().any(|b| b.is_ascii_lowercase());
    let expression = matches!(after, Some(b'(' | b'[' | b'=' | b'_'))
        || matches!(before, Some(b'_' | b'(' | b'#' | b'$' | b'\\' | b'%' | b'&')) && before != Some(b'\\')
        || CODE.contains(&last)
        || EXPRESSIONS.contains(&labels[0])
        || camel;
    if labels.len() < 2
        || labels.iter().any(|l| l.is_empty())
        || OUTSIDE.iter().any(|o| lower.ends_with(o))
        || expression && !used_as_host(text, &span)
    {
        return None;
    }
    let path = matches!(before, Some(b'/')) && !used_as_host(text, &span);
    let top = matches!(
        last,
        "internal"
            | "local"
            | "lan"
            | "corp"
            | "intranet"
            | "intra"
            | "localdomain"
            | "private"
            | "consul"
            | "priv"
            | "onprem"
            | "dmz"
            | "home"
    ) || lower.ends_with("home.arpa")
        || lower.ends_with(".svc");
    let inner = labels[..labels.len() - 1]
        .iter()
        .any(|l| INSIDE.contains(l) || l.ends_with("-internal") || l.starts_with("internal-"));
    let company = labels.len() >= 3
        && labels[..labels.len() - 2].iter().any(|l| {
            matches!(
                *l,
                "int"
                    | "ad"
                    | "prod"
                    | "stg"
                    | "staging"
                    | "infra"
                    | "vpn"
                    | "office"
                    | "ec2"
                    | "cluster"
                    | "dc01"
                    | "dc1"
            )
        });
    let used = used_as_host(text, &span);
    let said = said_before(text, &span, INFRA);
    let domain = last.bytes().all(|b| b.is_ascii_alphabetic()) && last.len() >= 2 || last == "arpa";
    let score = match () {
        () if !domain || path => return None,
        () if (top || inner) && used => 0.9,
        () if lower.contains(".svc.cluster.local")
            || lower.contains(".compute.internal")
            || lower.ends_with(".svc") && labels.len() >= 3 =>
        {
            0.85
        }
        () if top && labels.len() >= 3 && !expression => 0.7,
        () if top && said || inner && labels.len() >= 3 && said => 0.6,
        () if inner && labels.len() >= 4 => 0.55,
        () if company && used => 0.6,
        () if company && labels.len() >= 4 && said => 0.5,
        () if top || inner => 0.3,
        () => return None,
    };
    Some(Leak::new(HOST, "host.internal-name", span, score, "a name that only resolves inside"))
}

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

/// An IPv4 address at `at`: private, shared, link-local or loopback (RFC 1918, 6598, 3927).
pub(crate) fn v4(text: &str, at: usize) -> Option<(Leak, usize)> {
    let bytes = text.as_bytes();
    bytes[at..].iter().take(4).find(|b| **b == b'.')?;
    let end = run(bytes, at, 15, |b| b.is_ascii_digit() || b == b'.');
    let raw = text.get(at..end)?.trim_end_matches('.');
    let span = at..at + raw.len();
    let address: Ipv4Addr = raw.parse().ok()?;
    let before = at.checked_sub(1).map(|i| bytes[i]);
    let after = bytes.get(span.end).copied();
    if before.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
        && !text[..at].ends_with("ip-")
        || after.is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
    {
        return None;
    }
    let [a, b, _, d] = address.octets();
    let network = d == 0
        || d == 255
        || after == Some(b'/')
            && bytes.get(span.end + 1).is_some_and(u8::is_ascii_digit)
            && !used_as_host(text, &span);
    let used = used_as_host(text, &span);
    let metadata = address == Ipv4Addr::new(169, 254, 169, 254) || address == Ipv4Addr::new(169, 254, 170, 2);
    let private = address.is_private() || a == 100 && (64..128).contains(&b);
    let score = match () {
        () if metadata && used => 0.6,
        () if metadata || address.is_loopback() => 0.2,
        () if !private && !address.is_link_local() => return None,
        () if network => 0.2,
        () if used => 0.85,
        () if said_before(text, &span, DOING) => 0.55,
        () => 0.35,
    };
    Some((Leak::new(HOST, "host.private-address", span, score, "an address of a private network"), end))
}

/// An IPv6 address from `at` on: unique local or link-local (RFC 4193, 4291).
pub(crate) fn v6(text: &str, at: usize) -> Option<Leak> {
    let joined = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b':' | b'-' | b'_' | b'.');
    if at.checked_sub(1).is_some_and(|before| joined(text.as_bytes()[before])) {
        return None;
    }
    let end = run(text.as_bytes(), at, 45, |b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.'));
    let address: Ipv6Addr = text.get(at..end)?.trim_end_matches(':').parse().ok()?;
    let inside = address.is_unique_local() || address.is_unicast_link_local();
    inside.then(|| Leak::new(HOST, "host.private-address", at..end, 0.7, "an address of a private network"))
}
