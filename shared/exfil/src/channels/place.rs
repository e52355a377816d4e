//! Places that keep what anybody sends them.
use super::{AROUND, CHANNEL, URL};
use crate::leak::Leak;
use crate::tokens::{floor, run};

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
