//! The one search that every scan begins with: all literals of all rules, in any case, overlapping. What it finds says
//! which rule looks where; a text without any is done after it.
use crate::{channels, credentials, hosts, keys, logins, national, people, tokens, vendors};
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::Regex;
use std::sync::LazyLock;

/// What a literal sets off.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Trigger {
    Prefix(usize),
    Form(usize),
    Name,
    Login(usize),
    Person(char),
    Checked(usize),
    Label,
    Scheme,
    Drop(usize),
    Paste(usize),
    Lookup,
    Pem,
    Putty,
    WebKey,
    NakedKey,
    At,
    Share,
    Data,
    V6,
    Vendor,
}

pub(crate) struct Triggers {
    pub(crate) search: Option<AhoCorasick>,
    pub(crate) what: Vec<Trigger>,
    pub(crate) forms: Vec<Option<Regex>>,
}

/// Every literal of every rule.
pub(crate) fn literals() -> Vec<(&'static str, Trigger)> {
    let mut literals: Vec<(&str, Trigger)> = Vec::new();
    literals.extend(tokens::PREFIXES.iter().enumerate().map(|(i, p)| (p.literal, Trigger::Prefix(i))));
    literals.extend(tokens::FORMS.iter().enumerate().map(|(i, f)| (f.literal, Trigger::Form(i))));
    literals.extend(credentials::NAMES.iter().map(|name| (*name, Trigger::Name)));
    literals.extend(logins::LOGINS.iter().enumerate().map(|(i, l)| (l.literal, Trigger::Login(i))));
    literals.extend(people::WORDS.iter().map(|(word, sort)| (*word, Trigger::Person(*sort))));
    literals.extend(national::CHECKED.iter().enumerate().map(|(i, (word, _))| (*word, Trigger::Checked(i))));
    literals.extend(hosts::LABELS.iter().map(|label| (*label, Trigger::Label)));
    literals.extend(channels::DROPS.iter().enumerate().map(|(i, d)| (*d, Trigger::Drop(i))));
    literals.extend(channels::PASTES.iter().enumerate().map(|(i, d)| (*d, Trigger::Paste(i))));
    literals.extend(vendors::VENDORS.iter().map(|vendor| (*vendor, Trigger::Vendor)));
    literals.extend(channels::LOOKUPS.iter().map(|word| (*word, Trigger::Lookup)));
    literals.extend(keys::NAKED.iter().map(|head| (*head, Trigger::NakedKey)));
    literals.extend([
        ("://", Trigger::Scheme),
        ("-----begin", Trigger::Pem),
        ("---- begin", Trigger::Pem),
        ("putty-user-key-file", Trigger::Putty),
        ("\"kty\"", Trigger::WebKey),
        ("\\\"kty\\\"", Trigger::WebKey),
        ("@", Trigger::At),
        ("\\\\", Trigger::Share),
        ("data:image/", Trigger::Data),
        ("data:font/", Trigger::Data),
        ("data:application/font", Trigger::Data),
        ("sourcemappingurl=data:", Trigger::Data),
        ("fe80:", Trigger::V6),
        ("fd", Trigger::V6),
    ]);
    literals
}

/// A search for `literals` in any case.
pub(crate) fn search<S: AsRef<[u8]>>(literals: impl IntoIterator<Item = S>) -> Option<AhoCorasick> {
    AhoCorasick::builder().ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA)).build(literals).ok()
}

pub(crate) static TRIGGERS: LazyLock<Triggers> = LazyLock::new(|| {
    let literals = literals();
    Triggers {
        search: search(literals.iter().map(|(literal, _)| literal)),
        what: literals.iter().map(|(_, what)| *what).collect(),
        forms: tokens::FORMS.iter().map(|form| Regex::new(form.pattern).ok()).collect(),
    }
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_one_and_every_id_a_stable_name() {
        assert!(TRIGGERS.search.is_some());
        assert!(TRIGGERS.forms.iter().all(Option::is_some));
        assert!(
            crate::logins::patterns().all(|pattern| pattern)
                && crate::people::patterns().all(|pattern| pattern)
        );
        for id in tokens::PREFIXES.iter().map(|p| p.id).chain(tokens::FORMS.iter().map(|f| f.id)) {
            assert!(
                id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-')),
                "{id}"
            );
        }
        let ids: std::collections::HashSet<&str> = tokens::PREFIXES.iter().map(|p| p.id).collect();
        assert_eq!(ids.len(), tokens::PREFIXES.len(), "an id names one rule");
    }
}
