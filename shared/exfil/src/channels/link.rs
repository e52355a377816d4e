//! Links and images: what their addresses carry.
use super::{AROUND, CHANNEL, URL};
use crate::leak::Leak;
use crate::tokens::{floor, run};
use std::ops::Range;

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
