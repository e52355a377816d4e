//! Ways out: places that collect what is sent to them, and links, images, names and requests that carry data.
use crate::leak::{Kind, Leak};
use crate::tokens::{floor, run};
use std::ops::Range;

const CHANNEL: Kind = Kind::ExfilChannel;

/// Hosts that take anything from anybody and show it to whoever asks: request bins, callback domains, tunnels.
pub(crate) const DROPS: &[&str] = &[
    "webhook.site/",
    "requestbin.",
    "pipedream.net",
    "requestcatcher.com",
    "hookbin.com",
    "beeceptor.com",
    "mockbin.",
    "postb.in/",
    "ptsv2.com",
    "ptsv3.com",
    "hookdeck.com/",
    "smee.io/",
    "webhookinbox.com",
    "putsreq.com",
    "requestinspector.com",
    "typedwebhook.tools",
    "webhook.cool",
    "burpcollaborator.net",
    "oastify.com",
    "interact.sh",
    "interactsh.com",
    "oast.fun",
    "oast.pro",
    "oast.live",
    "oast.site",
    "oast.online",
    "oast.me",
    "dnslog.cn",
    "ceye.io",
    "bxss.me",
    "xss.ht",
    "canarytokens.com",
    "dnsbin.zhack.ca",
    "requestrepo.com",
    "eyes.sh",
    "ngrok.io",
    "ngrok.app",
    "ngrok-free.app",
    "ngrok-free.dev",
    "ngrok.dev",
    "trycloudflare.com",
    "loca.lt",
    "localtunnel.me",
    "serveo.net",
    "localhost.run",
    "lhr.life",
    "pagekite.me",
    "telebit.cloud",
    "bore.pub",
    "tunnelto.dev",
    "playit.gg",
    "pinggy.link",
    "pinggy.io",
    "devtunnels.ms",
    "zrok.io",
];

/// Places that keep what is put there: pastes and anonymous files. Only with a word of sending.
pub(crate) const PASTES: &[&str] = &[
    "pastebin.com",
    "hastebin.com",
    "paste.ee",
    "dpaste.",
    "ix.io",
    "termbin.com",
    "sprunge.us",
    "0x0.st",
    "transfer.sh",
    "file.io",
    "rentry.co",
    "ghostbin.",
    "controlc.com",
    "paste.rs",
    "bashupload.com",
    "temp.sh",
    "gofile.io",
    "anonfiles.com",
    "catbox.moe",
    "tmpfiles.org",
    "privatebin.",
    "paste.debian.net",
    "p.ip.fi",
    "clbin.com",
    "pastes.io",
    "paste.mozilla.org",
    "gist.github.com",
    "api.github.com/gists",
    "filebin.net",
    "uguu.se",
    "keep.sh",
    "oshi.at",
    "wetransfer.com",
    "justpaste.it",
    "hooks.slack.com/",
    "discord.com/api/webhooks",
    "discordapp.com/api/webhooks",
    "api.telegram.org/bot",
    "webhook.office.com",
    "hooks.zapier.com",
    "maker.ifttt.com",
    "hook.eu1.make.com",
    "hook.us1.make.com",
    "docs.google.com/forms",
];

/// Hosts of pictures whose queries say what to draw.
const DRAWN: &[&str] = &[
    "shields.io",
    "quickchart.io",
    "chart.googleapis.com",
    "badgen.net",
    "badge",
    "travis-ci",
    "codecov.io",
    "github.com",
    "githubusercontent.com",
    "gravatar.com",
    "latex.codecogs.com",
    "mermaid.ink",
    "kroki.io",
    "plantuml.com",
    "wikimedia.org",
    "gitlab.com",
    "star-history.com",
    "contrib.rocks",
    "vercel.app",
    "sonarcloud.io",
    "img.youtube.com",
    "githubassets.com",
];

/// Words of sending.
const SENDING: &[&str] = &[
    "post",
    "put ",
    "-d ",
    "--data",
    "-f ",
    "-t ",
    "upload",
    "fetch(",
    "send",
    "nc ",
    "| curl",
    "body",
    "json=",
    "data=",
    "text=",
    "exfil",
    "--form",
    "request",
    "payload",
    "@-",
    "axios",
    "invoke-webrequest",
    "iwr ",
    "wget",
];

/// Longest URL looked at, and how much around it says what is done with it.
const URL: usize = 2048;
const AROUND: usize = 200;

/// A URL in a text and what stands around it.
pub(crate) struct Link<'t> {
    pub(crate) span: Range<usize>,
    host: &'t str,
    rest: &'t str,
    image: bool,
}

/// The URL whose `://` is at `at`.
pub(crate) fn link(text: &str, at: usize) -> Option<Link<'_>> {
    let bytes = text.as_bytes();
    let start = (at.saturating_sub(8)..at).rev().take_while(|i| bytes[*i].is_ascii_alphabetic()).last()?;
    let scheme = text.get(start..at)?.to_ascii_lowercase();
    let end = run(bytes, at + 3, URL, |b| {
        b > b' ' && !matches!(b, b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\' | b')')
    });
    let host_end = run(bytes, at + 3, 300, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    let before = text.get(floor(text, start.saturating_sub(AROUND))..start)?;
    let markdown = before.ends_with("](")
        && before.rfind("![").is_some_and(|image| !before[image + 2..before.len() - 2].contains("]("));
    let line = &before[before.rfind('\n').map_or(0, |n| n + 1)..];
    let html = before.rfind('<').is_some_and(|open| before[open..].to_ascii_lowercase().starts_with("<img"))
        || line.contains("url(");
    matches!(scheme.as_str(), "http" | "https" | "ws" | "wss" | "ftp" | "dns").then(|| Link {
        span: start..floor(text, end),
        host: &text[at + 3..host_end],
        rest: &text[host_end..floor(text, end)],
        image: markdown || html,
    })
}

/// What a URL says by itself. `sensitive` tells whether something inside it, decoded, is of the other kinds.
pub(crate) fn judge(link: &Link<'_>, sensitive: Option<bool>) -> Option<Leak> {
    let leak =
        |rule, score, reason: &'static str| Some(Leak::new(CHANNEL, rule, link.span.clone(), score, reason));
    let drawn = DRAWN.iter().any(|d| link.host.contains(d));
    let query = link.rest.split_once('?').map_or("", |(_, query)| query);
    let public = link.host.eq_ignore_ascii_case("localhost")
        || link.host.parse::<std::net::Ipv4Addr>().is_ok_and(|a| a.is_loopback());
    if let Some(encoded) = sensitive.filter(|encoded| *encoded || !drawn) {
        return if link.image {
            leak("channel.image", 0.95, "an image whose address carries data")
        } else if encoded {
            leak("channel.link", 0.9, "a link that carries encoded data")
        } else {
            leak("channel.link", 0.8, "a link that carries data")
        };
    }
    let values = || query.split('&').filter_map(|pair| pair.split_once('=')).map(|(_, value)| value);
    let encoded = values().any(|value| value.len() >= 24 && ideamine_unmask::is_encoded(value));
    let prose = values()
        .any(|value| value.len() >= 24 && value.matches('%').count() + value.matches('+').count() >= 3);
    let collected = |name: &str| {
        matches!(
            name,
            "d" | "data"
                | "x"
                | "payload"
                | "exfil"
                | "leak"
                | "p"
                | "c"
                | "content"
                | "msg"
                | "message"
                | "body"
                | "secret"
                | "key"
                | "info"
                | "dump"
                | "log"
                | "out"
                | "v"
        )
    };
    let carried =
        query.split('&').filter_map(|pair| pair.split_once('=')).filter(|(name, _)| collected(name)).any(
            |(_, value)| {
                value.split(['%', '+']).any(|part| part.len() >= 18 && crate::value::is_random(part))
            },
        );
    let label = link.host.split('.').any(|label| label.len() >= 24 && ideamine_unmask::is_encoded(label));
    let template = query.contains("{{")
        || query.contains("${")
        || query.contains("%7B%7B")
        || query.to_ascii_lowercase().contains("secret") && query.contains('{');
    match () {
        () if public => None,
        () if label => leak("channel.host-label", 0.8, "a host name that carries encoded data"),
        () if link.image && !drawn && (encoded || prose) => {
            leak("channel.image", 0.75, "an image whose address carries data")
        }
        () if link.image && !drawn && template => {
            leak("channel.image-template", 0.5, "an image whose address is to be filled with data")
        }
        () if carried && !drawn => {
            leak("channel.link", 0.55, "a link that carries what looks drawn at random")
        }
        () if encoded && !drawn && !query.contains("token=") && !query.contains("state=") => {
            leak("channel.link", 0.55, "a link that carries encoded text")
        }
        () => None,
    }
}

/// A drop or paste named at `at`; `table` says which.
pub(crate) fn place(text: &str, at: usize, name: &str, paste: bool) -> Option<Leak> {
    let bytes = text.as_bytes();
    let start = (at.saturating_sub(128)..at)
        .rev()
        .take_while(|i| bytes[*i].is_ascii_alphanumeric() || matches!(bytes[*i], b'.' | b'-' | b'_'))
        .last()
        .unwrap_or(at);
    let whole = start == at || bytes[at - 1] == b'.' || bytes[at - 1] == b'-';
    let end = run(bytes, at + name.len(), URL, |b| {
        b > b' ' && b < 0x7f && !matches!(b, b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\' | b')')
    });
    let around = text
        .get(floor(text, start.saturating_sub(AROUND))..floor(text, (end + AROUND).min(text.len())))?
        .to_ascii_lowercase();
    let sent = SENDING.iter().any(|word| around.contains(word));
    let addressed = text[..start].ends_with("://")
        || text[..start].ends_with('@')
        || start > 0 && bytes[start - 1] == b' ' && sent;
    let path =
        bytes.get(at + name.len() - usize::from(name.ends_with('/'))) == Some(&b'/') && end > at + name.len();
    let below = start < at;
    let score = match (paste, sent) {
        _ if !whole => return None,
        (false, true) if addressed => 0.85,
        (false, false) if addressed && (path || below) => 0.7,
        (false, _) if path || below => 0.5,
        (true, true) if addressed => 0.55,
        _ => 0.3,
    };
    let readable = paste && around.contains("/raw/") && !around.contains("post") && !around.contains("-d ");
    Some(Leak::new(
        CHANNEL,
        if paste { "channel.paste" } else { "channel.drop" },
        floor(text, start)..floor(text, end),
        if readable { 0.3 } else { score },
        "a place that keeps whatever is sent there",
    ))
}

/// Commands that ask for a name.
pub(crate) const LOOKUPS: &[&str] = &[
    "nslookup",
    "dig ",
    "host ",
    "ping ",
    "resolve-dnsname",
    "gethostbyname",
    "getaddrinfo",
    "getent",
    "dns.resolve",
    "lookup(",
    "curl ",
    "wget ",
    "dns query",
    "query:",
    "traceroute ",
];

/// A name after a command at `at` whose labels carry data: long ones of hexadecimal, base32 or base64.
pub(crate) fn lookup(text: &str, at: usize) -> Option<Leak> {
    let bytes = text.as_bytes();
    let line = run(bytes, at, 400, |b| b != b'\n');
    let mut from = at;
    while from < line {
        let end =
            run(bytes, from, 260, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'='));
        if let Some(leak) = labels(text, from..end) {
            return Some(leak);
        }
        from = end + 1;
    }
    None
}

fn labels(text: &str, span: Range<usize>) -> Option<Leak> {
    let name = text.get(span.clone())?.trim_end_matches('.');
    let parts: Vec<&str> = name.split('.').collect();
    if parts.len() < 3 || !parts.last()?.bytes().all(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    let data = &parts[..parts.len() - 2];
    let hex = |l: &&str| {
        l.len() >= 12 && l.bytes().all(|b| b.is_ascii_hexdigit()) && l.bytes().any(|b| b.is_ascii_digit())
    };
    let coded = |l: &&str| {
        l.len() >= 20
            && crate::value::entropy(l.as_bytes()) > 3.0
            && (crate::value::changes(l.as_bytes()) >= 5
                || l.bytes().all(|b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b) || b == b'='))
    };
    let length: usize = data.iter().filter(|l| hex(l) || coded(l)).map(|l| l.len()).sum();
    (length >= 20).then(|| {
        Leak::new(
            CHANNEL,
            "channel.dns",
            span.start..span.start + name.len(),
            0.85,
            "a name whose labels carry encoded data",
        )
    })
}
