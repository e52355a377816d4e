//! Addresses of private networks.
use super::{HOST, said_before, used_as_host};
use crate::leak::Leak;
use crate::tokens::run;
use std::net::{Ipv4Addr, Ipv6Addr};

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
