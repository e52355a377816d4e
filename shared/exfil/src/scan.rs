//! One pass over one reading of a text: every rule, where its literal was seen or its first byte stands.
use crate::leak::Leak;
use crate::triggers::{TRIGGERS, Trigger};
use crate::{
    channels, credentials, hosts, keys, logins, mailbox, national, people, personal, tokens, vendors,
};
use std::ops::Range;

/// What a pass found: leaks, URLs to be judged once their insides are known, and parts that are pictures or fonts.
#[derive(Default)]
pub(crate) struct Found<'t> {
    pub(crate) leaks: Vec<Leak>,
    pub(crate) links: Vec<channels::Link<'t>>,
    pub(crate) pictures: Vec<Range<usize>>,
}

/// The most leaks of one pass: a text with more of them is stopped anyway.
pub(crate) const MOST: usize = 4096;
/// The most URLs and pictures of one pass that are judged.
const MOST_LINKS: usize = 256;

pub(crate) fn scan(text: &str) -> Found<'_> {
    let mut found = Found::default();
    let triggers = &*TRIGGERS;
    let mut name_end = 0;
    if let Some(search) = &triggers.search {
        for hit in search.find_overlapping_iter(text) {
            let (start, end) = (hit.start(), hit.end());
            let trigger = triggers.what[hit.pattern().as_usize()];
            let leak = match trigger {
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
                Trigger::Label => hosts::name(text, start),
                Trigger::Share => hosts::share(text, start),
                Trigger::V6 => hosts::v6(text, start),
                Trigger::At => mailbox::email(text, start),
                Trigger::Data if found.pictures.len() >= MOST_LINKS => None,
                Trigger::Data => {
                    let run = tokens::run(text.as_bytes(), end, usize::MAX, |b| {
                        b.is_ascii_alphanumeric()
                            || matches!(b, b'+' | b'/' | b'=' | b';' | b',' | b'-' | b'.')
                    });
                    found.pictures.push(start..run);
                    None
                }
                _ => secret(text, trigger, start..end, &mut name_end),
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

/// What `trigger`, whose literal stands at `at`, says of secrets and persons: all that hides well. `name_end` is the end
/// of the last value that its name called secret.
pub(crate) fn secret(text: &str, trigger: Trigger, at: Range<usize>, name_end: &mut usize) -> Option<Leak> {
    let Range { start, end } = at;
    match trigger {
        Trigger::Prefix(i) => tokens::by_prefix(text, &tokens::PREFIXES[i], start),
        Trigger::Form(i) => tokens::by_form(text, &tokens::FORMS[i], TRIGGERS.forms[i].as_ref()?, start),
        Trigger::Name if start < *name_end => None,
        Trigger::Name => {
            credentials::assignment(text, start, end - start).inspect(|leak| *name_end = leak.span.end)
        }
        Trigger::Vendor => vendors::assigned(text, start, end),
        Trigger::Login(i) => logins::by_form(text, i, start),
        Trigger::Person(sort) => people::word(text, start, end, sort),
        Trigger::Checked(i) => people::checked(text, start, end, national::CHECKED[i].1),
        Trigger::Pem => keys::block(text, start),
        Trigger::Putty => keys::putty(text, start),
        Trigger::WebKey => keys::jwk(text, start),
        Trigger::NakedKey => keys::naked(text, start),
        _ => None,
    }
}

/// What a byte may begin among the numbers.
#[derive(Clone, Copy, PartialEq)]
enum Begin {
    Nothing,
    Digit,
    Plus,
    Bracket,
    Capital,
    Small,
}

const BEGINS: [Begin; 256] = {
    let mut table = [Begin::Nothing; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = match byte as u8 {
            b'0'..=b'9' => Begin::Digit,
            b'+' => Begin::Plus,
            b'(' => Begin::Bracket,
            b'A'..=b'Z' => Begin::Capital,
            b'a'..=b'z' => Begin::Small,
            _ => Begin::Nothing,
        };
        byte += 1;
    }
    table
};

/// What begins with a digit, a sign of a telephone number, or capitals and digits.
pub(crate) fn numbers(text: &str, out: &mut Vec<Leak>) {
    let bytes = text.as_bytes();
    let word = |b: u8| b.is_ascii_alphanumeric();
    let mut at = 0;
    while at < bytes.len() && out.len() < MOST {
        match BEGINS[usize::from(bytes[at])] {
            Begin::Nothing => at += 1,
            Begin::Small => at = past_letters(bytes, at),
            Begin::Digit => {
                if let Some((leak, end)) = hosts::v4(text, at) {
                    out.push(leak);
                    at = end;
                    continue;
                }
                let next = personal::number(text, at, out);
                if at == 0 || !(word(bytes[at - 1]) || bytes[at - 1] == b'_') {
                    out.extend(personal::grouped(text, at));
                    let end = tokens::run(bytes, at, national::LETTERED + 1, word);
                    out.extend(personal::lettered(text, &(at..end)));
                }
                // Past the run of digits, so that none is looked at twice.
                at = next.max(tokens::run(bytes, at, usize::MAX, |b| b.is_ascii_digit()));
            }
            Begin::Plus => {
                out.extend(people::international(text, at));
                at += 1;
            }
            Begin::Bracket => {
                out.extend(people::national_form(text, at));
                at += 1;
            }
            Begin::Capital if at > 0 && (word(bytes[at - 1]) || bytes[at - 1] == b'_') => {
                at = past_letters(bytes, at);
            }
            Begin::Capital => {
                out.extend(personal::account(text, at));
                let end = tokens::run(bytes, at, national::LETTERED + 1, word);
                out.extend(personal::lettered(text, &(at..end)));
                at = end;
            }
        }
    }
}

fn past_letters(bytes: &[u8], at: usize) -> usize {
    tokens::run(bytes, at, usize::MAX, |b| b.is_ascii_alphabetic())
}
