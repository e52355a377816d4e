//! Names that only resolve inside, by their labels.
use super::{HOST, in_host, said_before, used_as_host};
use crate::leak::Leak;
use crate::tokens::run;

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
