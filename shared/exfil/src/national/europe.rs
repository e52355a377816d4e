//! Numbers of the states of Europe, by their check digits. A text is given without the signs between its groups.
use super::{dated, digits, weighted};
use crate::checksum::luhn;

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
    digits::<11>(text).is_some_and(|d| {
        let (month, day) = ((d[2] * 10 + d[3]) % 20, d[4] * 10 + d[5]);
        let sum = weighted(&d, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]);
        (1..=12).contains(&month) && (1..=31).contains(&day) && (10 - sum % 10) % 10 == d[10]
    })
}

/// Netherlands (BSN): nine digits, weights 9 to 2 and −1, divisible by 11.
pub(crate) fn nl_bsn(text: &str) -> bool {
    digits::<9>(text)
        .filter(|d| d.iter().any(|d| *d > 0))
        .is_some_and(|d| (weighted(&d[..8], &[9, 8, 7, 6, 5, 4, 3, 2]) + 11 * 10 - d[8]).is_multiple_of(11))
}

/// Belgium: eleven digits, 97 minus the remainder of the first nine (with a 2 before them since 2000).
pub(crate) fn be_number(text: &str) -> bool {
    digits::<11>(text).is_some_and(|d| {
        let number = |from: u64| d[..9].iter().fold(from, |n, d| n * 10 + u64::from(*d));
        let key = u64::from(d[9] * 10 + d[10]);
        let (month, day) = (d[2] * 10 + d[3], d[4] * 10 + d[5]);
        (1..=12).contains(&month)
            && (1..=31).contains(&day)
            && (97 - number(0) % 97 == key || 97 - number(2) % 97 == key)
    })
}

/// Germany (tax number, 11 digits, the first not zero): ISO 7064 MOD 11,10.
pub(crate) fn de_tax(text: &str) -> bool {
    digits::<11>(text).is_some_and(|d| d[0] > 0 && mod_11_10(&d))
}

/// Sweden and others by Luhn over ten digits; with a sign before the last four.
pub(crate) fn se_number(text: &str) -> bool {
    let plain: String = text.chars().filter(char::is_ascii_digit).collect();
    let ten = plain.get(plain.len().saturating_sub(10)..).unwrap_or_default();
    ten.len() == 10
        && matches!(plain.len(), 10 | 12)
        && ten[2..4].parse().is_ok_and(|m: u32| (1..=12).contains(&m))
        && luhn(ten.as_bytes())
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

/// Croatia (OIB, 11 digits): ISO 7064 MOD 11,10.
pub(crate) fn hr_oib(text: &str) -> bool {
    digits::<11>(text).is_some_and(|d| mod_11_10(&d))
}

/// ISO 7064 MOD 11,10: a product carried from digit to digit.
fn mod_11_10(d: &[u32; 11]) -> bool {
    let product = d[..10].iter().fold(10, |product, d| {
        let sum = (product + d) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10 == d[10]
}

/// Portugal (NIF, 9 digits): weights 9 to 2.
pub(crate) fn pt_nif(text: &str) -> bool {
    digits::<9>(text)
        .is_some_and(|d| d[0] > 0 && (11 - weighted(&d, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10 == d[8])
}

/// Denmark (CPR, 10 digits, a date first): weights 4 3 2 7 6 5 4 3 2 1; numbers given since 2007 need not hold it.
pub(crate) fn dk_cpr(text: &str) -> bool {
    digits::<10>(text).is_some_and(|d| {
        dated(&d[2..4], &d[..2]) && weighted(&d, &[4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
    })
}

/// Norway (11 digits): two check digits by 11 (Skatteetaten).
pub(crate) fn no_fnr(text: &str) -> bool {
    digits::<11>(text).is_some_and(|d| {
        weighted(&d, &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1]).is_multiple_of(11)
            && weighted(&d, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
            && d[0] < 8
            && d.iter().any(|n| *n > 0)
    })
}

/// Finland (henkilötunnus): a date, a sign of the century, three digits, and a character by 31.
pub(crate) fn fi_hetu(text: &str) -> bool {
    const CHECK: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";
    let b = text.as_bytes();
    if b.len() != 11 || !b"+-ABCDEFUVWXY".contains(&b[6]) {
        return false;
    }
    let Some(d) =
        text.get(..6).zip(text.get(7..10)).and_then(|(date, rest)| digits::<9>(&format!("{date}{rest}")))
    else {
        return false;
    };
    let number = d.iter().fold(0, |number, d| number * 10 + *d as usize);
    dated(&d[2..4], &d[..2]) && CHECK[number % 31] == b[10].to_ascii_uppercase()
}

/// Iceland (kennitala, 10 digits): weights 3 2 7 6 5 4 3 2 1.
pub(crate) fn is_kennitala(text: &str) -> bool {
    digits::<10>(text).is_some_and(|d| {
        dated(&d[2..4], &d[..2]) && weighted(&d, &[3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
    })
}

/// Ireland (PPS): seven digits and one or two letters, the first by 23 (Department of Social Protection).
pub(crate) fn ie_pps(text: &str) -> bool {
    const CHECK: &[u8; 23] = b"WABCDEFGHIJKLMNOPQRSTUV";
    let b = text.as_bytes();
    let Some(d) = text.get(..7).and_then(digits::<7>).filter(|_| matches!(b.len(), 8 | 9)) else {
        return false;
    };
    let second = match b.get(8).map(u8::to_ascii_uppercase) {
        None | Some(b'W') => 0,
        Some(letter @ b'A'..=b'I') => u32::from(letter - b'A') + 1,
        Some(_) => return false,
    };
    let sum = weighted(&d, &[8, 7, 6, 5, 4, 3, 2]) + 9 * second;
    CHECK[sum as usize % 23] == b[7].to_ascii_uppercase()
}

/// Switzerland (AHV, 13 digits from 756 on): EAN's check digit.
pub(crate) fn ch_ahv(text: &str) -> bool {
    text.starts_with("756")
        && digits::<13>(text)
            .is_some_and(|d| weighted(&d, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]).is_multiple_of(10))
}

/// Austria (10 digits, the fourth the check, a date last): by 11 (Dachverband der Sozialversicherungsträger).
pub(crate) fn at_vnr(text: &str) -> bool {
    digits::<10>(text).is_some_and(|d| {
        d[0] > 0 && dated(&d[6..8], &d[4..6]) && weighted(&d, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 == d[3]
    })
}

/// Czechia and Slovakia (10 digits): divisible by 11; a woman's month is 50 higher, and 20 more where numbers ran out.
pub(crate) fn cz_rc(text: &str) -> bool {
    digits::<10>(text).is_some_and(|d| {
        let number = d[..9].iter().fold(0u64, |number, d| number * 10 + u64::from(*d));
        let month = (d[2] * 10 + d[3]) % 50;
        (matches!(month, 1..=12 | 21..=32))
            && (1..=31).contains(&(d[4] * 10 + d[5]))
            && number % 11 % 10 == u64::from(d[9])
    })
}

/// Romania (CNP, 13 digits): weights 2 7 9 1 4 6 3 5 8 2 7 9 by 11.
pub(crate) fn ro_cnp(text: &str) -> bool {
    digits::<13>(text).is_some_and(|d| {
        let rest = weighted(&d, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
        d[0] > 0 && dated(&d[3..5], &d[5..7]) && (if rest == 10 { 1 } else { rest }) == d[12]
    })
}

/// Bulgaria (EGN, 10 digits): weights 2 4 8 5 10 9 7 3 6 by 11; the century is in the month.
pub(crate) fn bg_egn(text: &str) -> bool {
    digits::<10>(text).is_some_and(|d| {
        let month = d[2] * 10 + d[3];
        matches!(month, 1..=12 | 21..=32 | 41..=52)
            && (1..=31).contains(&(d[4] * 10 + d[5]))
            && weighted(&d, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == d[9]
    })
}

/// Estonia and Lithuania (11 digits): weights 1 to 9 and 1, or 3 to 9 and 1 to 3 where those leave 10.
pub(crate) fn ee_ik(text: &str) -> bool {
    digits::<11>(text).is_some_and(|d| {
        let first = weighted(&d, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
        let second = weighted(&d, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10;
        (1..=8).contains(&d[0])
            && dated(&d[3..5], &d[5..7])
            && (if first == 10 { second } else { first }) == d[10]
    })
}

/// Greece (AMKA, 11 digits, a date first): Luhn.
pub(crate) fn gr_amka(text: &str) -> bool {
    digits::<11>(text).is_some_and(|d| dated(&d[2..4], &d[..2]) && luhn(text.as_bytes()))
}

/// The states of former Yugoslavia (JMBG, 13 digits, a date first): weights 7 to 2 twice, by 11.
pub(crate) fn yu_jmbg(text: &str) -> bool {
    digits::<13>(text).is_some_and(|d| {
        let rest = weighted(&d, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
        dated(&d[2..4], &d[..2]) && (11 - rest) % 11 % 10 == d[12]
    })
}

/// Russia (SNILS, 11 digits): weights 9 to 1 by 101.
pub(crate) fn ru_snils(text: &str) -> bool {
    digits::<11>(text).is_some_and(|d| {
        d[..9].iter().any(|n| *n > 0)
            && weighted(&d, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100 == d[9] * 10 + d[10]
    })
}

/// Russia (INN of a person, 12 digits): two check digits by 11.
pub(crate) fn ru_inn(text: &str) -> bool {
    digits::<12>(text).is_some_and(|d| {
        weighted(&d, &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10 == d[10]
            && weighted(&d, &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10 == d[11]
            && d.iter().any(|n| *n > 0)
    })
}

/// Ukraine (10 digits): weights -1 5 7 9 4 6 10 5 7 by 11.
pub(crate) fn ua_rntrc(text: &str) -> bool {
    digits::<10>(text)
        .is_some_and(|d| (weighted(&d, &[10, 5, 7, 9, 4, 6, 10, 5, 7])) % 11 % 10 == d[9] && d[0] > 0)
}
