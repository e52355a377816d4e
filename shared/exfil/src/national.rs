//! Numbers that states give to people, by their check digits.

fn digits(text: &str) -> Option<Vec<u32>> {
    text.bytes().map(|b| b.is_ascii_digit().then(|| u32::from(b - b'0'))).collect()
}

fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(d, w)| d * w).sum()
}

/// United States: area 001–899 without 666, group and serial not zero (SSA, since 2011).
pub(crate) fn us_ssn(area: u32, group: u32, serial: u32) -> bool {
    (1..900).contains(&area) && area != 666 && group > 0 && serial > 0
}

/// Numbers that were printed in advertisements and belong to nobody (SSA, "Social Security cards issued by Woolworth").
pub(crate) const US_KNOWN: &[&str] = &[
    "078-05-1120",
    "219-09-9999",
    "123-45-6789",
    "000-00-0000",
    "111-11-1111",
    "987-65-4321",
    "999-99-9999",
];

/// France: 13 digits (a department of Corsica as 2A or 2B) and 97 minus their remainder by 97.
pub(crate) fn fr_nir(text: &str) -> bool {
    if text.len() != 15 || !text.is_ascii() || !matches!(text.as_bytes()[0], b'1'..=b'4' | b'7' | b'8') {
        return false;
    }
    let (body, key) = text.split_at(13);
    let body = match &body[5..7] {
        "2A" | "2a" => format!("{}19{}", &body[..5], &body[7..]),
        "2B" | "2b" => format!("{}18{}", &body[..5], &body[7..]),
        _ => body.to_owned(),
    };
    matches!((body.parse::<u64>(), key.parse::<u64>()), (Ok(body), Ok(key)) if 97 - body % 97 == key)
}

/// Spain: eight digits and the letter at their remainder by 23; a foreigner's X, Y, Z counts as 0, 1, 2.
pub(crate) fn es_dni(text: &str) -> bool {
    const LETTERS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    let (mut number, mut places) = (0, 0);
    for byte in text.bytes().filter(|byte| *byte != b'-') {
        let digit = match (places, byte.to_ascii_uppercase()) {
            (8, letter) => {
                places += 1;
                if letter != LETTERS[number % LETTERS.len()] {
                    return false;
                }
                continue;
            }
            (0, foreign @ b'X'..=b'Z') => foreign - b'X',
            (0..8, digit @ b'0'..=b'9') => digit - b'0',
            _ => return false,
        };
        (number, places) = (number * 10 + usize::from(digit), places + 1);
    }
    places == 9
}

/// Italy: sixteen characters, the last a check letter over odd and even places (D.M. 23/12/1976).
pub(crate) fn it_codice(text: &str) -> bool {
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let b = text.as_bytes();
    let shape = b.len() == 16
        && b.iter().enumerate().all(|(i, b)| match i {
            0..=5 | 8 | 11 | 15 => b.is_ascii_alphabetic(),
            _ => b.is_ascii_digit() || b"LMNPQRSTUV".contains(&b.to_ascii_uppercase()),
        });
    let place = |b: u8| u32::from(if b.is_ascii_digit() { b - b'0' } else { b.to_ascii_uppercase() - b'A' });
    shape && {
        let sum: u32 = b[..15]
            .iter()
            .enumerate()
            .map(|(i, c)| if i % 2 == 0 { ODD[place(*c) as usize] } else { place(*c) })
            .sum();
        sum % 26 == place(b[15])
    }
}

/// Poland (PESEL): eleven digits, weights 1 3 7 9, and a date of birth with the century in the month.
pub(crate) fn pl_pesel(text: &str) -> bool {
    digits(text).filter(|d| d.len() == 11).is_some_and(|d| {
        let (month, day) = ((d[2] * 10 + d[3]) % 20, d[4] * 10 + d[5]);
        let sum = weighted(&d, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]);
        (1..=12).contains(&month) && (1..=31).contains(&day) && (10 - sum % 10) % 10 == d[10]
    })
}

/// Netherlands (BSN): nine digits, weights 9 to 2 and −1, divisible by 11.
pub(crate) fn nl_bsn(text: &str) -> bool {
    digits(text)
        .filter(|d| d.len() == 9 && d.iter().any(|d| *d > 0))
        .is_some_and(|d| (weighted(&d[..8], &[9, 8, 7, 6, 5, 4, 3, 2]) + 11 * 10 - d[8]).is_multiple_of(11))
}

/// Belgium: eleven digits, 97 minus the remainder of the first nine (with a 2 before them since 2000).
pub(crate) fn be_number(text: &str) -> bool {
    digits(text).filter(|d| d.len() == 11).is_some_and(|d| {
        let number = |from: u64| d[..9].iter().fold(from, |n, d| n * 10 + u64::from(*d));
        let key = u64::from(d[9] * 10 + d[10]);
        let (month, day) = (d[2] * 10 + d[3], d[4] * 10 + d[5]);
        (1..=12).contains(&month)
            && (1..=31).contains(&day)
            && (97 - number(0) % 97 == key || 97 - number(2) % 97 == key)
    })
}

/// Brazil (CPF): eleven digits, two check digits by 11.
pub(crate) fn br_cpf(text: &str) -> bool {
    digits(text).filter(|d| d.len() == 11 && d.iter().any(|n| *n != d[0])).is_some_and(|d| {
        let check = |n: usize| {
            let sum: u32 = d[..n].iter().zip((2..=n as u32 + 1).rev()).map(|(d, w)| d * w).sum();
            (sum * 10 % 11) % 10
        };
        check(9) == d[9] && check(10) == d[10]
    })
}

/// Germany (tax number, 11 digits): ISO 7064 MOD 11,10.
pub(crate) fn de_tax(text: &str) -> bool {
    digits(text).filter(|d| d.len() == 11 && d[0] > 0).is_some_and(|d| {
        let product = d[..10].iter().fold(10, |product, d| {
            let sum = (product + d) % 10;
            (if sum == 0 { 10 } else { sum }) * 2 % 11
        });
        (11 - product) % 10 == d[10]
    })
}

/// Sweden and others by Luhn over ten digits; with a sign before the last four.
pub(crate) fn se_number(text: &str) -> bool {
    let plain: String = text.chars().filter(char::is_ascii_digit).collect();
    let ten = plain.get(plain.len().saturating_sub(10)..).unwrap_or_default();
    ten.len() == 10
        && matches!(plain.len(), 10 | 12)
        && ten[2..4].parse().is_ok_and(|m: u32| (1..=12).contains(&m))
        && crate::checksum::luhn(ten.as_bytes())
}

/// United Kingdom (national insurance): two letters, six digits, A to D.
pub(crate) fn uk_nino(text: &str) -> bool {
    let t: Vec<u8> = text.bytes().filter(|b| *b != b' ').map(|b| b.to_ascii_uppercase()).collect();
    t.len() == 9
        && t[..2].iter().all(u8::is_ascii_uppercase)
        && t[2..8].iter().all(u8::is_ascii_digit)
        && matches!(t[8], b'A'..=b'D')
        && !b"DFIQUV".contains(&t[0])
        && !b"DFIOQUV".contains(&t[1])
}

/// India (Aadhaar): twelve digits with Verhoeff's check, not from 0 or 1 on.
pub(crate) fn in_aadhaar(text: &str) -> bool {
    const P: [[u8; 10]; 8] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
        [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
        [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
        [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
        [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
        [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
        [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
    ];
    // The dihedral group of order ten: rotations below five, reflections from five on.
    let product = |a: u8, b: u8| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b - 5) % 5 + 5,
        (false, true) => (a - 5 + 5 - b) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    };
    digits(text).filter(|d| d.len() == 12 && d[0] > 1).is_some_and(|d| {
        d.iter().rev().enumerate().fold(0u8, |c, (i, d)| product(c, P[i % 8][*d as usize])) == 0
    })
}

/// Whether a run of digits alone is a person's number with a strong check, and whose.
pub(crate) fn strong(text: &str) -> Option<&'static str> {
    match text.len() {
        15 if fr_nir(text) => Some("national-id.fr"),
        11 if pl_pesel(text) => Some("national-id.pl"),
        _ => None,
    }
}

/// Whether a run of digits is a person's number of any state here; only beside a word that says so.
pub(crate) fn any(text: &str) -> bool {
    pl_pesel(text)
        || nl_bsn(text)
        || be_number(text)
        || br_cpf(text)
        || de_tax(text)
        || se_number(text)
        || in_aadhaar(text)
        || fr_nir(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples_hold_and_a_changed_character_does_not() {
        // Each from the issuing authority's own description or the article on the number.
        type Check = fn(&str) -> bool;
        let good: &[(&str, Check, &str)] = &[
            ("fr", fr_nir, "255081416802538"),
            ("es", es_dni, "12345678Z"),
            ("es", es_dni, "X1234567L"),
            ("it", it_codice, "RSSMRA85T10A562S"),
            ("pl", pl_pesel, "44051401359"),
            ("nl", nl_bsn, "111222333"),
            ("be", be_number, "85073003328"),
            ("br", br_cpf, "11144477735"),
            ("de", de_tax, "86095742719"),
            ("se", se_number, "811218-9876"),
            ("uk", uk_nino, "AB123456C"),
            ("in", in_aadhaar, "234123412346"),
        ];
        for (state, check, number) in good {
            assert!(check(number), "{state} {number}");
            let wrong = number.replacen(['1', '2'], "9", 1);
            assert!(!check(&wrong) || *state == "uk", "{state} {wrong}");
        }
        assert!(!us_ssn(666, 1, 1) && !us_ssn(900, 1, 1) && !us_ssn(1, 0, 1) && us_ssn(899, 99, 9999));
    }
}
