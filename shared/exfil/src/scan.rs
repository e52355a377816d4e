//! One pass over one reading of a text: every rule, where its literal was seen or its first byte stands.
use crate::leak::Leak;
use crate::triggers::{TRIGGERS, Trigger};
use crate::{channels, credentials, hosts, keys, logins, people, personal, tokens, vendors};
use std::ops::Range;

/// What a pass found: leaks, URLs to be judged once their insides are known, and parts that are pictures or fonts.
#[derive(Default)]
pub(crate) struct Found<'t> {
    pub(crate) leaks: Vec<Leak>,
    pub(crate) links: Vec<channels::Link<'t>>,
    pub(crate) pictures: Vec<Range<usize>>,
}

/// The most leaks of one pass: a text with more of them is stopped anyway.
const MOST: usize = 4096;
/// The most URLs and pictures of one pass that are judged.
const MOST_LINKS: usize = 256;

pub(crate) fn scan(text: &str) -> Found<'_> {
    let mut found = Found::default();
    let triggers = &*TRIGGERS;
    let bytes = text.as_bytes();
    let mut name_end = 0;
    if let Some(search) = &triggers.search {
        for hit in search.find_overlapping_iter(text) {
            let (start, end) = (hit.start(), hit.end());
            let leak = match triggers.what[hit.pattern().as_usize()] {
                Trigger::Prefix(i) => tokens::by_prefix(text, &tokens::PREFIXES[i], start),
                Trigger::Form(i) => triggers.forms[i]
                    .as_ref()
                    .and_then(|pattern| tokens::by_form(text, &tokens::FORMS[i], pattern, start)),
                Trigger::Name if start < name_end => None,
                Trigger::Name => {
                    credentials::assignment(text, start, end - start).inspect(|leak| name_end = leak.span.end)
                }
                Trigger::Vendor => vendors::assigned(text, start, end),
                Trigger::Login(i) => logins::by_form(text, i, start),
                Trigger::Person(sort) => people::word(text, start, end, sort),
                Trigger::Label => hosts::name(text, start),
                Trigger::Scheme => {
                    if found.links.len() < MOST_LINKS
                        && found.links.last().is_none_or(|link| link.span.end <= start)
                    {
                        found.links.extend(channels::link(text, start));
                    }
                    found.leaks.extend(hosts::url(text, start));
                    logins::url(text, start)
                }
                Trigger::Drop(i) => channels::place(text, start, channels::DROPS[i], false),
                Trigger::Paste(i) => channels::place(text, start, channels::PASTES[i], true),
                Trigger::Lookup => channels::lookup(text, end),
                Trigger::Pem => keys::block(text, start),
                Trigger::Putty => keys::putty(text, start),
                Trigger::WebKey => keys::jwk(text, start),
                Trigger::NakedKey => keys::naked(text, start),
                Trigger::At => personal::email(text, start),
                Trigger::Share => hosts::share(text, start),
                Trigger::V6
                    if start == 0
                        || !(bytes[start - 1].is_ascii_alphanumeric()
                            || matches!(bytes[start - 1], b':' | b'-' | b'_' | b'.')) =>
                {
                    hosts::v6(text, start)
                }
                Trigger::V6 => None,
                Trigger::Data if found.pictures.len() >= MOST_LINKS => None,
                Trigger::Data => {
                    let run = tokens::run(bytes, end, usize::MAX, |b| {
                        b.is_ascii_alphanumeric()
                            || matches!(b, b'+' | b'/' | b'=' | b';' | b',' | b'-' | b'.')
                    });
                    found.pictures.push(start..run);
                    None
                }
            };
            found.leaks.extend(leak);
            if found.leaks.len() >= MOST {
                break;
            }
        }
    }
    numbers(text, &mut found.leaks);
    if !found.pictures.is_empty() {
        let inside =
            |span: &Range<usize>| found.pictures.iter().any(|p| p.start <= span.start && span.end <= p.end);
        found.leaks.retain(|leak| !inside(&leak.span));
    }
    found
}

/// What begins with a digit, a sign of a telephone number, or capitals and digits.
fn numbers(text: &str, out: &mut Vec<Leak>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() && out.len() < MOST {
        let word_before = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
        match bytes[at] {
            b'0'..=b'9' => {
                if let Some((leak, end)) = hosts::v4(text, at) {
                    out.push(leak);
                    at = end;
                    continue;
                }
                let next = personal::number(text, at, out);
                if !word_before {
                    let end = tokens::run(bytes, at, 17, |b| b.is_ascii_alphanumeric());
                    out.extend(personal::lettered(text, &(at..end)));
                }
                // Past the run of digits, so that none is looked at twice.
                at = next.max(tokens::run(bytes, at, usize::MAX, |b| b.is_ascii_digit()));
            }
            b'+' => {
                out.extend(people::international(text, at));
                at += 1;
            }
            b'(' => {
                out.extend(people::national_form(text, at));
                at += 1;
            }
            b'A'..=b'Z' if !word_before => {
                out.extend(personal::account(text, at));
                let end = tokens::run(bytes, at, 17, |b| b.is_ascii_alphanumeric());
                out.extend(personal::lettered(text, &(at..end)));
                at = end.max(at + 1);
            }
            b if b.is_ascii_alphabetic() => {
                at = tokens::run(bytes, at, usize::MAX, |b| b.is_ascii_alphabetic())
            }
            _ => at += 1,
        }
    }
}
