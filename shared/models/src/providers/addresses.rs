//! Which addresses may be connected to: public ones, or this machine's loopback, never both for one host.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// A name that leads where no request may go.
#[derive(Debug, thiserror::Error)]
#[error("the host resolves to no address that requests may go to: {0}")]
pub(super) struct Refused(&'static str);

/// The addresses that may be connected to; none is a refusal.
pub(super) fn admitted(loopback: bool, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Refused> {
    let all = found.len();
    let kept: Vec<SocketAddr> = found.into_iter().filter(|at| admits(loopback, at.ip())).collect();
    match (kept.is_empty(), loopback) {
        (false, _) => Ok(kept),
        (true, _) if all == 0 => Err(Refused("it has none")),
        (true, true) => Err(Refused("not this machine")),
        (true, false) => Err(Refused("private, link-local or reserved")),
    }
}

/// Whether a host of this kind may be at this address.
pub(super) fn admits(loopback: bool, ip: IpAddr) -> bool {
    match (loopback, ip.to_canonical()) {
        (true, ip) => ip.is_loopback(),
        (false, IpAddr::V4(ip)) => is_public_v4(ip),
        (false, IpAddr::V6(ip)) => is_public_v6(ip),
    }
}

/// Globally reachable unicast, by the IANA special-purpose registry.
fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127 | 224.., ..)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    )
}

/// 2000::/3 without documentation, benchmarking and what wraps an IPv4 address that is not public.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = ip.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (a, b) {
        // NAT64 and 6to4 carry the address that is really meant.
        (0x64, 0xff9b) => (c, d, e, f) == (0, 0, 0, 0) && v4(g, h),
        (0x2002, _) => v4(b, c),
        // Teredo and other protocol assignments, and documentation.
        (0x2001, 0..=0x1ff | 0xdb8) | (0x3fff, 0..=0xfff) => false,
        _ => a & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_lead_to_public_addresses_only_and_a_local_name_to_this_machine_only() {
        let check = |loopback: bool, ip: &str, good: bool| {
            let ip: IpAddr = ip.parse().unwrap();
            let found = vec![SocketAddr::new(ip, 443)];
            assert_eq!(admitted(loopback, found).is_ok(), good, "{loopback} {ip}");
        };
        for public in
            ["8.8.8.8", "172.15.0.1", "172.32.0.1", "100.63.0.1", "2606:4700::1111", "64:ff9b::808:808"]
        {
            check(false, public, true);
            check(true, public, false);
        }
        for special in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::10.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "2001:db8::1",
            "2001::1",
            "2002:a00:1::",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            check(false, special, false);
        }
        for local in ["127.0.0.1", "127.9.9.9", "::1"] {
            check(true, local, true);
        }
        assert!(admitted(false, vec![]).is_err());
        let mixed = ["10.0.0.1:443", "8.8.8.8:443"].map(|at| at.parse().unwrap());
        assert_eq!(admitted(false, mixed.to_vec()).unwrap(), [mixed[1]]);
    }
}
