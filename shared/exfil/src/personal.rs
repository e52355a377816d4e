//! Personal data found by its form: cards, accounts, numbers of states.
use crate::checksum::{iban, iban_length, luhn};
use crate::leak::{Kind, Leak};
use crate::national;
use crate::tokens::{around, run};
use std::ops::Range;

const PII: Kind = Kind::PersonalData;

/// Test numbers that payment providers document (Stripe, Adyen, PayPal, Braintree).
const TEST_CARDS: &[&str] = &[
    "4111111111111111",
    "4242424242424242",
    "4000056655665556",
    "5555555555554444",
    "5105105105105100",
    "2223003122003222",
    "378282246310005",
    "371449635398431",
    "6011111111111117",
    "6011000990139424",
    "3056930009020004",
    "30569309025904",
    "38520000023237",
    "3566002020360505",
    "3530111333300000",
    "6200000000000005",
    "4012888888881881",
    "4222222222222",
    "5200828282828210",
    "4000000000000002",
    "6304000000000000",
    "4000000000000077",
];

/// Words near a long number that say it is no card and no person's number.
const NOT_PERSONAL: &[&str] = &[
    "isbn",
    "ean",
    "issn",
    "upc",
    "gtin",
    "imei",
    "timestamp",
    "tracking",
    "sku",
    "barcode",
    "epoch",
    "nanos",
    "millis",
    "offset",
    "size",
    "seed",
    "commit",
    "version",
    "build",
];

fn edges(bytes: &[u8], span: &Range<usize>) -> bool {
    let joined = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let before = span.start.checked_sub(1).map(|i| bytes[i]);
    let after = bytes.get(span.end).copied();
    let point = |at: Option<u8>, next: Option<u8>| {
        matches!(at, Some(b'.' | b'-' | b'/' | b'+' | b'='))
            && next.is_some_and(|b| b.is_ascii_alphanumeric())
    };
    !before.is_some_and(joined)
        && !after.is_some_and(joined)
        && !point(before, span.start.checked_sub(2).map(|i| bytes[i]))
        && !point(after, bytes.get(span.end + 1).copied())
}

pub(crate) fn near(text: &str, span: &Range<usize>, words: &[&str], reach: usize) -> bool {
    let (from, _) = around(text, span, reach, 0);
    let before = text.get(from..span.start).unwrap_or_default().to_lowercase();
    words.iter().any(|word| before.contains(word))
}

/// What a run of digits (with single spaces, points or hyphens inside) beginning at `at` is; and where to go on.
pub(crate) fn number(text: &str, at: usize, out: &mut Vec<Leak>) -> usize {
    const MOST: usize = 40;
    const LEAST: usize = 9;
    let bytes = text.as_bytes();
    let (mut end, mut count) = (at, 0);
    while end < bytes.len() && end - at < MOST {
        match bytes[end] {
            b'0'..=b'9' => (end, count) = (end + 1, count + 1),
            b' ' | b'-' | b'.' | b'/' if bytes.get(end + 1).is_some_and(u8::is_ascii_digit) => end += 1,
            _ => break,
        }
    }
    let solid = run(bytes, at, MOST, |b| b.is_ascii_digit());
    let next = if solid > at + 4 { solid } else { end.max(at + 1) };
    if count < LEAST {
        return next;
    }
    for stop in [end, solid] {
        let span = at..stop;
        if stop > at && edges(bytes, &span) {
            let found = card(text, &span).or_else(|| ssn(text, &span)).or_else(|| state(text, &span));
            if let Some(leak) = found {
                out.push(leak);
                return stop;
            }
        }
    }
    // A card followed by other numbers on its line: its first four groups.
    let digits: Vec<usize> = (at..end).filter(|i| bytes[*i].is_ascii_digit()).collect();
    if digits.len() > 16 && solid == at + 4 {
        let span = at..digits[15] + 1;
        if let Some(leak) = bytes.get(span.end).filter(|b| **b == b' ').and_then(|_| card(text, &span)) {
            out.push(leak);
        }
    }
    next
}

/// A payment card: issuer's range and length (ISO/IEC 7812; networks' published ranges) and Luhn's digit.
fn card(text: &str, span: &Range<usize>) -> Option<Leak> {
    let raw = text.get(span.clone())?;
    let digits: String = raw.chars().filter(char::is_ascii_digit).collect();
    let separators: Vec<char> = raw.chars().filter(|c| !c.is_ascii_digit()).collect();
    let regular = separators.iter().all(|c| *c == separators[0])
        && separators.len() <= 4
        && separators.first().is_none_or(|c| matches!(c, ' ' | '-'));
    if !regular || !(12..=19).contains(&digits.len()) || !luhn(digits.as_bytes()) {
        return None;
    }
    let first = |n: usize| digits.get(..n).and_then(|d| d.parse::<u32>().ok()).unwrap_or(0);
    let network = match digits.len() {
        13 | 19 if first(1) == 4 => true,
        14 if matches!(first(2), 36 | 38 | 39) || (300..=305).contains(&first(3)) => true,
        15 if matches!(first(2), 34 | 37) || matches!(first(4), 1800 | 2131) => true,
        16 => {
            first(1) == 4
                || (51..=55).contains(&first(2))
                || (2221..=2720).contains(&first(4))
                || matches!(first(2), 35 | 36 | 60 | 62 | 64 | 65 | 81)
                || (5018..=5018).contains(&first(4))
                || matches!(first(4), 5020 | 5038 | 6304 | 6759 | 6761..=6763 | 6706 | 6771 | 6709 | 9792 | 2200..=2204)
        }
        12..=19 => {
            matches!(first(4), 5018 | 5020 | 5038 | 5893 | 6304 | 6759 | 6761..=6763)
                || (first(2) == 62 && digits.len() > 16)
        }
        _ => false,
    };
    let said = near(
        text,
        span,
        &[
            "card",
            "visa",
            "mastercard",
            "amex",
            "pan ",
            "pan:",
            "cc:",
            "cc ",
            "carte",
            "karte",
            "tarjeta",
            "carta",
            "credit",
            "debit",
        ],
        40,
    );
    let network = network || said && separators.is_empty();
    if !network
        || TEST_CARDS.contains(&digits.as_str())
        || near(text, span, NOT_PERSONAL, 24)
        || crate::value::is_sequence(digits.as_bytes()) && !said
    {
        return None;
    }
    let score = match digits.len() {
        _ if said => 0.95,
        15 | 16 => 0.7,
        _ => 0.4,
    };
    Some(Leak::new(PII, "card.number", span.clone(), score, "a payment card's number with its check digit"))
}

/// A social security number of the United States, written with hyphens or spaces.
fn ssn(text: &str, span: &Range<usize>) -> Option<Leak> {
    let raw = text.get(span.clone())?;
    let mut parts = raw.split(['-', ' ']);
    let (Some(area), Some(group), Some(serial), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let shape = (area.len(), group.len(), serial.len()) == (3, 2, 4) && raw.matches('-').count() != 1;
    if !shape {
        return None;
    }
    let number = |part: &str| part.parse::<u32>().unwrap_or(0);
    let said = near(text, span, &["ssn", "social security", "security number", "taxpayer", "itin"], 32);
    if national::US_KNOWN.contains(&raw)
        || !(national::us_ssn(number(area), number(group), number(serial))
            || said
            || number(area) >= 900 && number(group) >= 50)
    {
        return None;
    }
    let score = if said {
        0.95
    } else if raw.contains('-') {
        0.7
    } else {
        0.3
    };
    Some(Leak::new(PII, "national-id.us", span.clone(), score, "a social security number"))
}

fn state(text: &str, span: &Range<usize>) -> Option<Leak> {
    let raw = text.get(span.clone())?;
    let digits: String = raw.chars().filter(|c| !matches!(c, ' ' | '.' | '-')).collect();
    let rule = national::strong(&digits)?;
    let alone = !near(text, span, NOT_PERSONAL, 24);
    // Eleven digits hold PESEL's check and a date one time in forty: only in a record about a person.
    let record = text
        .get(around(text, span, 80, 0).0..span.start)
        .is_some_and(|before| before.contains('@') || before.to_lowercase().contains("pesel"));
    let score = if digits.len() == 15 || record { 0.7 } else { 0.3 };
    (alone && !crate::value::is_sequence(digits.as_bytes()))
        .then(|| Leak::new(PII, rule, span.clone(), score, "a person's number with its check digits"))
}

/// An account number that begins with two capitals at `at` (ISO 13616), written together or in groups.
pub(crate) fn account(text: &str, at: usize) -> Option<Leak> {
    let bytes = text.as_bytes();
    let digits = bytes.get(at + 2..at + 4)?.iter().all(u8::is_ascii_digit);
    if !digits || !crate::tokens::begins(bytes, at) {
        return None;
    }
    let length = iban_length(text.get(at..at + 2)?)?;
    let mut plain = String::with_capacity(length);
    let mut end = at;
    while plain.len() < length {
        match bytes.get(end)? {
            b if b.is_ascii_alphanumeric() => plain.push(char::from(b.to_ascii_uppercase())),
            b' ' | b'-' if end > at + 3 => {}
            _ => return None,
        }
        end += 1;
    }
    let ends = !bytes.get(end).is_some_and(u8::is_ascii_alphanumeric);
    let documented = [
        "GB29NWBK60161331926819",
        "DE89370400440532013000",
        "GB82WEST12345698765432",
        "GB33BUKB20201555555555",
    ]
    .contains(&plain.as_str());
    (ends && iban(&plain) && !documented)
        .then(|| Leak::new(PII, "account.iban", at..end, 0.95, "an IBAN with its check digits"))
}

/// Letters and digits in `span` that are a person's number by their form and check.
pub(crate) fn lettered(text: &str, span: &Range<usize>) -> Option<Leak> {
    let raw = text.get(span.clone())?;
    let rule = national::lettered(raw)?;
    let score = if raw.len() > 9 { 0.9 } else { 0.7 };
    (!crate::value::is_sequence(raw.as_bytes()))
        .then(|| Leak::new(PII, rule, span.clone(), score, "a person's number with its check letter"))
}

/// The number that begins at `at` and has its signs at the places that a state puts them.
pub(crate) fn grouped(text: &str, at: usize) -> Option<Leak> {
    let (length, rule) = national::grouped(text.get(at..)?)?;
    let span = at..at + length;
    (edges(text.as_bytes(), &span) && !near(text, &span, NOT_PERSONAL, 24)).then(|| {
        Leak::new(PII, rule, span, 0.7, "a person's number as its state writes it, with its check digits")
    })
}
