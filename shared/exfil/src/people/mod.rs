//! Personal data found by the word before it: numbers of states, dates of birth, telephone numbers, addresses.
mod home;
mod number;
mod phone;

pub(crate) use number::checked;
pub(crate) use phone::{international, national_form};

use crate::leak::{Kind, Leak};
use crate::tokens::floor;
use regex::Regex;
use std::sync::LazyLock;

const PII: Kind = Kind::PersonalData;

/// How far after its word a value may begin, and how long an address may be.
const REACH: usize = 96;

const HOME: usize = 200;

/// Words before a value that say a person's number, a date of birth, a telephone number or a home follows. The letter is the sort.
#[rustfmt::skip]
pub(crate) const WORDS: &[(&str, char)] = &[
    ("ssn", 'n'), ("social security", 'n'), ("national id", 'n'), ("national insurance", 'n'), ("nino", 'n'), ("pesel", 'n'), ("dni", 'n'), ("nie:", 'n'), ("codice fiscale", 'n'),
    ("passport", 'n'), ("tax id", 'n'), ("tax number", 'n'), ("steuer-id", 'n'), ("steueridentifikation", 'n'), ("sozialversicherung", 'n'), ("bsn", 'n'), ("aadhaar", 'n'), ("cpf", 'n'),
    ("personnummer", 'n'), ("sécurité sociale", 'n'), ("numéro de sécu", 'n'), ("driver's license", 'n'), ("driver license", 'n'), ("driving licence", 'n'), ("driver's licence", 'n'), ("nhs number", 'n'), ("identity card", 'n'),
    ("medicare", 'n'), ("taxpayer", 'n'), ("itin", 'n'), ("rijksregister", 'n'), ("licence number", 'n'), ("license number", 'n'), ("medical record", 'n'), ("mrn", 'n'), ("personal number", 'n'), ("national_id", 'n'), ("identification number", 'n'),
    ("fødselsnummer", 'n'), ("cpr-nummer", 'n'), ("cpr nummer", 'n'), ("cpr-nr", 'n'), ("rijksregisternummer", 'n'), ("numéro national", 'n'), ("burgerservicenummer", 'n'), ("samordningsnummer", 'n'), ("steueridentifikationsnummer", 'n'), ("sozialversicherungsnummer", 'n'), ("henkilötunnus", 'n'), ("documento nacional", 'n'),
    ("dob", 'd'), ("date of birth", 'd'), ("born on", 'd'), ("birth date", 'd'), ("birthdate", 'd'), ("birthday", 'd'), ("geburtsdatum", 'd'), ("date de naissance", 'd'), ("date_of_birth", 'd'), ("fecha de nacimiento", 'd'), ("data di nascita", 'd'), ("born:", 'd'), ("né le", 'd'), ("née le", 'd'), ("geboren am", 'd'),
    ("phone", 't'), ("telephone", 't'), ("mobile", 't'), ("cell", 't'), ("tel:", 't'), ("tel.", 't'), ("tel ", 't'), ("call me", 't'), ("call ", 't'), ("reached at", 't'), ("reach me", 't'), ("reach ", 't'), ("contact", 't'), ("whatsapp", 't'), ("fax", 't'), ("telefon", 't'), ("teléfono", 't'), ("téléphone", 't'), ("portable", 't'), ("handy", 't'), ("cellulare", 't'), ("ring ", 't'), ("sms", 't'), ("text me", 't'), ("dial", 't'), ("phone_number", 't'), ("numer", 't'),
    ("lives at", 'a'), ("living at", 'a'), ("resides at", 'a'), ("address", 'a'), ("adresse", 'a'), ("dirección", 'a'), ("indirizzo", 'a'), ("adres", 'a'), ("ship to", 'a'), ("shipped to", 'a'), ("deliver to", 'a'), ("residence", 'a'), ("wohnt in", 'a'), ("home:", 'a'), ("street:", 'a'), ("mailing", 'a'), ("moved to", 'a'), ("lives in", 'a'), ("located at", 'a'), ("habite", 'a'), ("vive en", 'a'), ("abita in", 'a'), ("anschrift", 'a'), ("endereço", 'a'), ("billing", 'a'),
];

static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^[^0-9a-z\n]{0,12}(?:is|was|:|on|le|am|il|el)?[^0-9a-z\n]{0,4}((?:19|20)[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/. ][0-9]{1,2}[-/. ](?:19|20)?[0-9]{2}|[0-9]{1,2}(?:st|nd|rd|th|\.)? \pL{3,10},? (?:19|20)[0-9]{2}|\pL{3,10} [0-9]{1,2}(?:st|nd|rd|th)?,? (?:19|20)[0-9]{2})").ok()
});

#[cfg(test)]
pub(crate) fn patterns() -> impl Iterator<Item = bool> {
    [
        &DATE,
        &number::NUMBER,
        &number::CHECKED_NUMBER,
        &phone::PHONE,
        &phone::INTERNATIONAL,
        &home::POSTCODE,
        &home::STREET,
    ]
    .into_iter()
    .map(|pattern| pattern.is_some())
}

/// What makes another address of one.
const NO_HOMES: &[&str] =
    &["mail ", "ip ", "ipv4 ", "ipv6 ", "mac ", "web ", "memory ", "base ", "bus ", "--", "return "];

/// What follows a word of sort `sort` that ends at `end`.
pub(crate) fn word(text: &str, start: usize, end: usize, sort: char) -> Option<Leak> {
    let bytes = text.as_bytes();
    let letter = |b: u8| b.is_ascii_alphabetic() || b >= 0x80;
    let joined =
        start > 0 && letter(bytes[start - 1]) || sort != 't' && bytes.get(end).is_some_and(|b| letter(*b));
    let other = |text: &str| NO_HOMES.iter().any(|word| text.to_ascii_lowercase().ends_with(word));
    if sort == 'a' && text.get(floor(text, start.saturating_sub(10))..start).is_some_and(other) {
        return None;
    }
    // Whatever follows has a digit.
    let reach = if sort == 'a' { HOME } else { REACH };
    if joined || !after(text, end, reach).bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    match sort {
        'd' => {
            let found = DATE.as_ref()?.captures(after(text, end, REACH))?.get(1)?;
            Some(Leak::new(
                PII,
                "date-of-birth",
                end + found.start()..end + found.end(),
                0.7,
                "a date of birth",
            ))
        }
        'n' => number::number(text, end),
        't' => phone::phone(text, end),
        _ => home::home(text, end),
    }
}

/// The text of at most `reach` bytes after `from`.
pub(crate) fn after(text: &str, from: usize, reach: usize) -> &str {
    text.get(from..floor(text, (from + reach).min(text.len()))).unwrap_or_default()
}
