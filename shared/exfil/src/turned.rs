//! A text backwards, and shifted by 13. The literals of the rules are looked for turned the same way, so that one search
//! says whether anything is there at all.
use crate::leak::{Kind, Leak};
use crate::scan::{MOST, numbers, secret};
use crate::triggers::{self, Trigger};
use aho_corasick::AhoCorasick;
use std::ops::Range;
use std::sync::LazyLock;

/// A way in which a text is turned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Way {
    Backwards,
    Shifted,
}

impl Way {
    const ALL: [Self; 2] = [Self::Backwards, Self::Shifted];

    /// As leaks are told.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Backwards => "reversed",
            Self::Shifted => "rot13",
        }
    }

    fn turn(self, text: &str) -> String {
        match self {
            Self::Backwards if text.is_ascii() => {
                String::from_utf8(text.bytes().rev().collect()).unwrap_or_default()
            }
            Self::Backwards => text.chars().rev().collect(),
            Self::Shifted => rot13(text),
        }
    }

    /// Where `span` of the text is in the turned one of `len` bytes, and the other way round.
    fn span(self, span: Range<usize>, len: usize) -> Range<usize> {
        match self {
            Self::Backwards => len - span.end..len - span.start,
            Self::Shifted => span,
        }
    }
}

/// The letters shifted by 13. They are ASCII, so that what they become is as good UTF-8 as it was.
pub(crate) fn rot13(text: &str) -> String {
    let shift = |b: u8, a: u8| (b - a + 13) % 26 + a;
    let turned = text.bytes().map(|b| match b {
        b'a'..=b'z' => shift(b, b'a'),
        b'A'..=b'Z' => shift(b, b'A'),
        other => other,
    });
    String::from_utf8(turned.collect()).unwrap_or_default()
}

/// The literal of a form whose second point stands this far behind the first.
const POINT: &str = ".";
const POINTS_APART: usize = 7;

struct Turned {
    search: Option<AhoCorasick>,
    what: Vec<(Way, Trigger)>,
}

static TURNED: LazyLock<Turned> = LazyLock::new(|| {
    let secret = |trigger: &Trigger| {
        matches!(
            trigger,
            Trigger::Prefix(_)
                | Trigger::Form(_)
                | Trigger::Name
                | Trigger::Vendor
                | Trigger::Login(_)
                | Trigger::Person(_)
                | Trigger::Checked(_)
                | Trigger::Pem
                | Trigger::Putty
                | Trigger::WebKey
                | Trigger::NakedKey
        )
    };
    let mut literals = Vec::new();
    let mut what = Vec::new();
    for (literal, trigger) in triggers::literals() {
        // Signs are the same in both, and everywhere; a point is followed by another one in its form.
        if secret(&trigger) && (literal.bytes().any(|b| b.is_ascii_alphabetic()) || literal == POINT) {
            for way in Way::ALL {
                literals.push(way.turn(literal));
                what.push((way, trigger));
            }
        }
    }
    Turned { search: triggers::search(literals), what }
});

/// Digits in one word, or so many so close, may be a number with check digits; a date has fewer.
const DIGITS: usize = 7;
const GROUPED: usize = 10;
const CLOSE: usize = 12;

/// What `text` shows when it is turned, in the places of `text`: only what names itself.
pub(crate) fn scan(text: &str) -> Vec<(Leak, Way)> {
    let Some(search) = &TURNED.search else { return Vec::new() };
    let mut hits: Vec<(Way, Range<usize>, Trigger)> = Vec::new();
    for hit in search.find_overlapping_iter(text) {
        let (way, trigger) = TURNED.what[hit.pattern().as_usize()];
        if may_be(text.as_bytes(), way, hit.span().into(), trigger) {
            hits.push((way, way.span(hit.span().into(), text.len()), trigger));
        }
    }
    let digits = digits_close(text.as_bytes());
    let mut found = Vec::new();
    for way in Way::ALL {
        let mut own: Vec<&(Way, Range<usize>, Trigger)> = hits.iter().filter(|hit| hit.0 == way).collect();
        if own.is_empty() && !digits {
            continue;
        }
        // As the search of the turned text would give them.
        own.sort_by_key(|(_, span, _)| (span.end, span.start));
        let turned = way.turn(text);
        let (mut leaks, mut name_end) = (Vec::new(), 0);
        for (_, span, trigger) in own {
            leaks.extend(secret(&turned, *trigger, span.clone(), &mut name_end));
            if leaks.len() >= MOST {
                break;
            }
        }
        if digits {
            numbers(&turned, &mut leaks);
        }
        let told = leaks.into_iter().filter(names_itself);
        found.extend(told.map(|leak| (Leak { span: way.span(leak.span.clone(), text.len()), ..leak }, way)));
    }
    found
}

/// Whether there is room for what `trigger`, seen turned at `span`, asks for: short literals stand in many words.
fn may_be(bytes: &[u8], way: Way, span: Range<usize>, trigger: Trigger) -> bool {
    let before = match way {
        Way::Backwards => bytes.get(span.end).copied(),
        Way::Shifted => span.start.checked_sub(1).map(|at| bytes[at]),
    };
    let token =
        |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'=' | b'~' | b'+' | b'/');
    let room = |least: usize| match way {
        Way::Backwards => {
            span.start >= least && bytes[span.start - least..span.start].iter().rev().all(token)
        }
        Way::Shifted => bytes.get(span.end..span.end + least).is_some_and(|rest| rest.iter().all(token)),
    };
    match trigger {
        Trigger::Prefix(i) => room(crate::tokens::PREFIXES[i].min),
        Trigger::Form(i) if crate::tokens::FORMS[i].literal == POINT => {
            let second = match way {
                Way::Backwards => span.start.checked_sub(POINTS_APART),
                Way::Shifted => Some(span.start + POINTS_APART),
            };
            second.and_then(|at| bytes.get(at)) == Some(&b'.')
        }
        Trigger::Person(_) | Trigger::Checked(_) => {
            !before.is_some_and(|b| b.is_ascii_alphabetic() || !b.is_ascii())
        }
        _ => true,
    }
}

fn digits_close(bytes: &[u8]) -> bool {
    const BEFORE: usize = GROUPED - 1;
    let mut last = [0; BEFORE];
    let (mut count, mut word) = (0, 0);
    for (at, byte) in bytes.iter().enumerate() {
        if byte.is_ascii_digit() {
            let oldest = std::mem::replace(&mut last[count % BEFORE], at);
            (count, word) = (count + 1, word + 1);
            if word >= DIGITS || count > BEFORE && at - oldest < CLOSE {
                return true;
            }
        } else if !byte.is_ascii_alphabetic() {
            word = 0;
        }
    }
    false
}

/// Whether a leak in a turned text is more than digits, which are the same in every cipher of letters, and no mailbox
/// turned round.
pub(crate) fn names_itself(leak: &Leak) -> bool {
    leak.score >= 0.6
        && !matches!(&*leak.rule, "credential.url" | "credential.curl")
        && (matches!(leak.kind, Kind::ApiKey | Kind::PrivateKey | Kind::Credential)
            || leak.rule.ends_with(".named")
            || matches!(
                &*leak.rule,
                "date-of-birth"
                    | "address.postal"
                    | "account.iban"
                    | "card.number"
                    | "national-id.it"
                    | "national-id.es"
            ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_turned_is_found_where_it_stands() {
        // Drawn at random; the checksum of an IBAN that no bank gave.
        for (value, rule) in [
            ("ghp_R7xLpZ3vK8t9fQ2mW4nB6yH1cD5sJ0gTuEaX", "github.pat"),
            ("password = \"tr0mbone&Kettle\"", "credential.password"),
            ("NL34INGB0417164301", "account.iban"),
            ("RSSMRA85T10A562S", "national-id.it"),
        ] {
            for way in Way::ALL {
                let hidden = way.turn(value);
                let text = format!("see é: {hidden} .");
                let found = scan(&text);
                let own = found.iter().find(|(leak, by)| *by == way && leak.rule == rule);
                let Some((leak, _)) = own else { panic!("{rule} {way:?} in {text}: {found:?}") };
                assert!(hidden.contains(&text[leak.span.clone()]), "{rule} {way:?}");
            }
        }
        assert!(
            scan("Released on 2024-01-01 12:30:05 by the team, see the changes of 2023-11-30.").is_empty()
        );
    }

    #[test]
    fn dates_and_times_are_no_numbers_with_check_digits() {
        for (text, close) in [
            ("2024-01-01 12:30:05", false),
            ("4111 1111 1111", true),
            ("X1234567L", true),
            ("RSSMRA85T10A562S", true),
            ("10.20.30.40", false),
        ] {
            assert_eq!(digits_close(text.as_bytes()), close, "{text}");
        }
    }
}
