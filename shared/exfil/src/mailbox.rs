//! Mailboxes of persons: not those of roles, of documentation, or of authors who sign their work.
use crate::leak::{Kind, Leak};
use crate::personal::near;
use crate::tokens::{around, floor, run};

/// Words before a mailbox that its owner published as the author of what follows.
const ATTRIBUTION: &[&str] = &[
    "author",
    "maintainer",
    "maintained",
    "copyright",
    "(c) ",
    "©",
    "-by: ",
    "co-authored",
    "committer",
    "@param",
    "fake",
    "uploaders",
    "written by",
    "contributed by",
    "ported by",
    "thanks to",
    "suggested by",
    "reported by",
    "patch by",
    "patches by",
    "\n -- ",
    "contributor",
    "packaged by",
    "bugs to",
    "bug report",
    "upstream-contact",
];

/// Mailboxes of roles, machines and documentation.
const ROLES: &[&str] = &[
    "noreply",
    "no-reply",
    "donotreply",
    "git",
    "info",
    "support",
    "security",
    "admin",
    "root",
    "postmaster",
    "webmaster",
    "hello",
    "contact",
    "help",
    "sales",
    "abuse",
    "press",
    "test",
    "user",
    "username",
    "you",
    "your",
    "name",
    "email",
    "me",
    "someone",
    "foo",
    "bar",
    "john.doe",
    "jane.doe",
    "johndoe",
    "janedoe",
    "user1",
    "alice",
    "bob",
    "src",
    "dst",
    "maintainers",
    "dev",
    "team",
    "bot",
    "ssh",
    "hg",
    "attacker",
    "victim",
    "admin1",
    "from",
    "to",
    "sender",
    "recipient",
];

/// The mailbox whose `@` is at `at` (RFC 5321's usual part).
pub(crate) fn email(text: &str, at: usize) -> Option<Leak> {
    let bytes = text.as_bytes();
    let local = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'+' | b'%' | b'\'');
    let start = (at.saturating_sub(64)..at).rev().take_while(|i| local(bytes[*i])).last()?;
    let end = run(bytes, at + 1, 255, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    let host = text.get(at + 1..end)?.trim_end_matches(['.', '-']);
    let (before, tld) = host.rsplit_once('.')?;
    let name = text.get(start..at)?.trim_start_matches(['.', '\'', '-', '%']).to_ascii_lowercase();
    let start = at - name.len();
    let url = text.get(..start).is_some_and(|b| {
        b.ends_with("://")
            || b.ends_with(':')
                && b[floor(b, b.len().saturating_sub(64))..].contains("://")
                && !b.ends_with("mailto:")
    });
    let after = bytes.get(at + 1 + host.len()).copied();
    let file = matches!(
        tld,
        "png"
            | "jpg"
            | "svg"
            | "js"
            | "ts"
            | "json"
            | "whl"
            | "internal"
            | "local"
            | "service"
            | "py"
            | "rs"
            | "css"
            | "gif"
            | "md"
            | "example"
            | "test"
            | "invalid"
            | "localhost"
    );
    if before.is_empty()
        || tld.len() < 2
        || !tld.bytes().all(|b| b.is_ascii_alphabetic())
        || name.is_empty()
        || url
        || file
        || matches!(after, Some(b':' | b'('))
            && !matches!(bytes.get(at + 2 + host.len()), Some(b' ' | b'\n') | None)
    {
        return None;
    }
    let domain = host.to_ascii_lowercase();
    let reserved = [
        "example.com",
        "example.net",
        "example.org",
        "test.com",
        "domain.com",
        "email.com",
        "company.com",
        "acme.com",
        "contoso.com",
        "localhost.com",
        "yourdomain.com",
        "users.noreply.github.com",
        "evil.com",
        "attacker.com",
        "mail.com",
        "corp.com",
        "site.com",
        "foo.com",
        "bar.com",
        "host.com",
    ];
    let documented = reserved.iter().any(|r| {
        domain == *r || domain.ends_with(r) && domain.as_bytes()[domain.len() - r.len() - 1] == b'.'
    });
    let author = near(text, &(start..at), ATTRIBUTION, 64)
        || domain.starts_with("lists.")
        || domain.starts_with("googlegroups.");
    let score = match () {
        () if record(text, start) => 0.65,
        () if documented => 0.2,
        () if ROLES.contains(&name.as_str()) || name.contains("noreply") || name.contains("fake") => 0.2,
        () if author => 0.3,
        () => 0.6,
    };
    Some(Leak::new(
        Kind::PersonalData,
        "email.address",
        start..at + 1 + host.len(),
        score,
        "a person's mailbox",
    ))
}

/// Whether the line around `at` is a row about a person: three commas or tabs, and a date.
fn record(text: &str, at: usize) -> bool {
    let (from, to) = around(text, &(at..at), 120, 120);
    let begin = text[from..at].rfind('\n').map_or(from, |n| from + n + 1);
    let line = &text[begin..text[at..to].find('\n').map_or(to, |n| at + n)];
    let date = |w: &[u8]| {
        matches!(w[..2], [b'1', b'9'] | [b'2', b'0'])
            && w[4] == b'-'
            && w[7] == b'-'
            && [2, 3, 5, 6, 8, 9].iter().all(|i| w[*i].is_ascii_digit())
    };
    line.matches([',', '\t', ';', '|']).count() >= 3 && line.as_bytes().windows(10).any(date)
}
