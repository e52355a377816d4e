//! Numbers of the states of America, Asia, Africa and Oceania, by their check digits. A text is given without the signs
//! between its groups.
use super::{dated, digits, weighted};
use crate::checksum::luhn;

/// United States: area 001–899 without 666, group and serial not zero (SSA, since 2011).
pub(crate) fn us_ssn(area: u32, group: u32, serial: u32) -> bool {
    (1..900).contains(&area) && area != 666 && group > 0 && serial > 0
}

/// Brazil (CPF): eleven digits, two check digits by 11.
pub(crate) fn br_cpf(text: &str) -> bool {
    digits::<11>(text).filter(|d| d.iter().any(|n| *n != d[0])).is_some_and(|d| {
        let check = |n: usize| {
            let sum: u32 = d[..n].iter().zip((2..=n as u32 + 1).rev()).map(|(d, w)| d * w).sum();
            (sum * 10 % 11) % 10
        };
        check(9) == d[9] && check(10) == d[10]
    })
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
    digits::<12>(text).filter(|d| d[0] > 1).is_some_and(|d| {
        d.iter().rev().enumerate().fold(0u8, |c, (i, d)| product(c, P[i % 8][*d as usize])) == 0
    })
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

/// Brazil (CNPJ of a company, 14 digits): two check digits by 11.
pub(crate) fn br_cnpj(text: &str) -> bool {
    let check = |sum: u32| if sum % 11 < 2 { 0 } else { 11 - sum % 11 };
    digits::<14>(text).is_some_and(|d| {
        d.iter().any(|n| *n != d[0])
            && check(weighted(&d, &[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])) == d[12]
            && check(weighted(&d, &[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])) == d[13]
    })
}

/// Mexico (CURP): eighteen characters with a date, the sex, a state, and a check digit (RENAPO).
pub(crate) fn mx_curp(text: &str) -> bool {
    let b = text.to_ascii_uppercase().into_bytes();
    let shape = b.len() == 18
        && b.iter().enumerate().all(|(i, b)| match i {
            4..=9 | 17 => b.is_ascii_digit(),
            16 => b.is_ascii_alphanumeric(),
            10 => matches!(b, b'H' | b'M' | b'X'),
            _ => b.is_ascii_uppercase(),
        });
    // The alphabet has an Ñ between N and O.
    let value = |b: u8| match b {
        b'0'..=b'9' => u32::from(b - b'0'),
        b'A'..=b'N' => u32::from(b - b'A') + 10,
        _ => u32::from(b - b'A') + 11,
    };
    shape
        && dated(
            &[u32::from(b[6] - b'0'), u32::from(b[7] - b'0')],
            &[u32::from(b[8] - b'0'), u32::from(b[9] - b'0')],
        )
        && {
            let sum: u32 = (2..=18u32).rev().zip(&b).map(|(weight, b)| weight * value(*b)).sum();
            (10 - sum % 10) % 10 == value(b[17])
        }
}

/// Argentina (CUIT and CUIL, 11 digits): weights 5 4 3 2 7 6 5 4 3 2 by 11.
pub(crate) fn ar_cuit(text: &str) -> bool {
    digits::<11>(text).is_some_and(|d| {
        let check = (11 - weighted(&d, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
        matches!(d[0], 2 | 3) && (if check == 10 { 9 } else { check }) == d[10]
    })
}

/// Chile (RUT): seven or eight digits and a digit or K, by 11.
pub(crate) fn cl_rut(text: &str) -> bool {
    let Some((body, check)) = text.len().checked_sub(1).and_then(|at| text.split_at_checked(at)) else {
        return false;
    };
    if !matches!(body.len(), 7 | 8) || !body.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let sum: u32 = body
        .bytes()
        .rev()
        .zip([2, 3, 4, 5, 6, 7].into_iter().cycle())
        .map(|(b, w)| u32::from(b - b'0') * w)
        .sum();
    match 11 - sum % 11 {
        11 => check == "0",
        10 => check.eq_ignore_ascii_case("k"),
        digit => check.parse() == Ok(digit),
    }
}

/// Canada (SIN, 9 digits, the first neither 0 nor 8): Luhn.
pub(crate) fn ca_sin(text: &str) -> bool {
    digits::<9>(text).is_some_and(|d| !matches!(d[0], 0 | 8) && luhn(text.as_bytes()))
}

/// China (18 characters): province, date, and ISO 7064 MOD 11-2 (GB 11643).
pub(crate) fn cn_ric(text: &str) -> bool {
    let b = text.as_bytes();
    let Some(d) = text.get(..17).and_then(digits::<17>).filter(|_| b.len() == 18) else { return false };
    let check = match b[17] {
        digit @ b'0'..=b'9' => u32::from(digit - b'0'),
        b'X' | b'x' => 10,
        _ => return false,
    };
    let year = d[6] * 10 + d[7];
    matches!(d[0] * 10 + d[1], 11..=65 | 71 | 81 | 82)
        && matches!(year, 18..=20)
        && dated(&d[10..12], &d[12..14])
        && d.iter().fold(0, |sum, d| (sum + d) * 2 % 11).wrapping_add(check) % 11 == 1
}

/// Korea (13 digits): a date, a digit for sex and century, weights 2 to 9 and 2 to 5 by 11.
pub(crate) fn kr_rrn(text: &str) -> bool {
    digits::<13>(text).is_some_and(|d| {
        dated(&d[2..4], &d[4..6])
            && (11 - weighted(&d, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11) % 10 == d[12]
    })
}

/// Japan (12 digits): by 11 (ministerial order 85 of 2014).
pub(crate) fn jp_number(text: &str) -> bool {
    digits::<12>(text).is_some_and(|d| {
        let rest = weighted(&d, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
        (if rest < 2 { 0 } else { 11 - rest }) == d[11]
    })
}

/// Thailand (13 digits): weights 13 to 2 by 11.
pub(crate) fn th_pin(text: &str) -> bool {
    digits::<13>(text).is_some_and(|d| {
        d[0] > 0 && (11 - weighted(&d, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 10 == d[12]
    })
}

/// Singapore (NRIC and FIN): a letter, seven digits, a letter by 11.
pub(crate) fn sg_nric(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    let b = upper.as_bytes();
    let Some(d) = upper.get(1..8).and_then(digits::<7>).filter(|_| b.len() == 9) else { return false };
    let (from, letters) = match b[0] {
        b'S' => (0, b"JZIHGFEDCBA"),
        b'T' => (4, b"JZIHGFEDCBA"),
        b'F' => (0, b"XWUTRQPNMLK"),
        b'G' => (4, b"XWUTRQPNMLK"),
        _ => return false,
    };
    letters[(weighted(&d, &[2, 7, 6, 5, 4, 3, 2]) + from) as usize % 11] == b[8]
}

/// Hong Kong: a letter or two, six digits, a digit or A by 11; a missing letter counts 36.
pub(crate) fn hk_id(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    let Some(at) = upper.len().checked_sub(7).filter(|at| matches!(at, 1 | 2)) else { return false };
    let (Some(d), Some(letters)) = (upper.get(at..at + 6).and_then(digits::<6>), upper.get(..at)) else {
        return false;
    };
    let check = match upper.as_bytes()[at + 6] {
        digit @ b'0'..=b'9' => u32::from(digit - b'0'),
        b'A' => 10,
        _ => return false,
    };
    let mut values = letters.bytes().rev().map(|b| u32::from(b.wrapping_sub(b'A')) + 10);
    let last = values.next().unwrap_or(36);
    let first = values.next().unwrap_or(36);
    letters.bytes().all(|b| b.is_ascii_uppercase())
        && (9 * first + 8 * last + weighted(&d, &[7, 6, 5, 4, 3, 2]) + check).is_multiple_of(11)
}

/// Turkey (11 digits): two check digits.
pub(crate) fn tr_kimlik(text: &str) -> bool {
    digits::<11>(text).is_some_and(|d| {
        let (odd, even) =
            (weighted(&d, &[1, 0, 1, 0, 1, 0, 1, 0, 1]), weighted(&d, &[0, 1, 0, 1, 0, 1, 0, 1]));
        d[0] > 0 && (odd * 7 + 100 - even) % 10 == d[9] && d[..10].iter().sum::<u32>() % 10 == d[10]
    })
}

/// Israel (9 digits): Luhn.
pub(crate) fn il_id(text: &str) -> bool {
    digits::<9>(text).is_some_and(|d| d.iter().any(|n| *n > 0) && luhn(text.as_bytes()))
}

/// Iran (10 digits): weights 10 to 2 by 11.
pub(crate) fn ir_melli(text: &str) -> bool {
    digits::<10>(text).is_some_and(|d| {
        let rest = weighted(&d, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
        d.iter().any(|n| *n != d[0]) && (if rest < 2 { rest } else { 11 - rest }) == d[9]
    })
}

/// The United Arab Emirates (15 digits from 784 on): a year, and Luhn.
pub(crate) fn ae_id(text: &str) -> bool {
    text.starts_with("784")
        && digits::<15>(text).is_some_and(|d| matches!(d[3] * 10 + d[4], 19 | 20) && luhn(text.as_bytes()))
}

/// South Africa (13 digits): a date, a digit for citizenship, Luhn.
pub(crate) fn za_id(text: &str) -> bool {
    digits::<13>(text).is_some_and(|d| dated(&d[2..4], &d[4..6]) && d[10] < 3 && luhn(text.as_bytes()))
}

/// Australia (tax file number, 9 digits): weights 1 4 3 7 5 8 6 9 10 by 11.
pub(crate) fn au_tfn(text: &str) -> bool {
    digits::<9>(text).is_some_and(|d| {
        d.iter().any(|n| *n > 0) && weighted(&d, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11)
    })
}

/// New Zealand (IRD, 8 or 9 digits): two rows of weights by 11 (Inland Revenue).
pub(crate) fn nz_ird(text: &str) -> bool {
    let padded = if text.len() == 8 { format!("0{text}") } else { text.to_owned() };
    digits::<9>(&padded).is_some_and(|d| {
        let check = |weights: &[u32]| (11 - weighted(&d, weights) % 11) % 11;
        let first = check(&[3, 2, 7, 6, 5, 4, 3, 2]);
        d.iter().any(|n| *n > 0)
            && (if first == 10 { check(&[7, 4, 3, 2, 5, 2, 7, 6]) } else { first }) == d[8]
    })
}
