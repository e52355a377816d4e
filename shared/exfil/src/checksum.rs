//! Check digits and checksums, each with the place that defines it.
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// Luhn's check over decimal digits (ISO/IEC 7812-1, annex B).
pub fn luhn(digits: &[u8]) -> bool {
    let doubled = |d: u8| if d > 4 { d * 2 - 9 } else { d * 2 };
    let value = |d: &u8| d.wrapping_sub(b'0') % 10;
    let sum: u32 = digits
        .iter()
        .rev()
        .map(value)
        .zip(0..)
        .map(|(d, i)| u32::from(if i % 2 == 1 { doubled(d) } else { d }))
        .sum();
    digits.len() > 1 && sum.is_multiple_of(10)
}

/// Remainder by 97 of letters and digits, a letter counting as two digits from 10 (ISO 7064, used by ISO 13616).
/// `None` if anything else is in it.
pub fn mod97(text: impl Iterator<Item = u8>) -> Option<u32> {
    text.filter(|b| *b != b' ').try_fold(0u32, |rest, b| match b {
        b'0'..=b'9' => Some((rest * 10 + u32::from(b - b'0')) % 97),
        b'A'..=b'Z' => Some((rest * 100 + u32::from(b - b'A') + 10) % 97),
        b'a'..=b'z' => Some((rest * 100 + u32::from(b - b'a') + 10) % 97),
        _ => None,
    })
}

/// Length of an IBAN by country (SWIFT IBAN registry).
const IBAN: &[(&str, usize)] = &[
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BI", 27),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DJ", 27),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FK", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MN", 20),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NI", 28),
    ("NL", 18),
    ("NO", 15),
    ("OM", 23),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("RU", 33),
    ("SA", 24),
    ("SC", 31),
    ("SD", 18),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("SO", 23),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
];

/// Whether `text` (capitals and digits, no spaces) is an IBAN: length by country and remainder 1 (ISO 13616).
pub fn iban(text: &str) -> bool {
    let length =
        text.get(..2).and_then(|country| IBAN.iter().find(|(c, _)| *c == country)).map(|(_, len)| *len);
    length == Some(text.len())
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && mod97(text.bytes().skip(4).chain(text.bytes().take(4))) == Some(1)
}

/// The length of an IBAN of the country that `text` begins with.
pub fn iban_length(text: &str) -> Option<usize> {
    text.get(..2).and_then(|country| IBAN.iter().find(|(c, _)| *c == country)).map(|(_, len)| *len)
}

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// CRC-32 of `body` as six base-62 digits: the tail of GitHub's and npm's tokens
/// (github.blog, "Behind GitHub's new authentication token formats").
pub fn crc32_base62(body: &[u8]) -> [u8; 6] {
    let mut rest = crc32fast::hash(body);
    let mut out = [b'0'; 6];
    for place in out.iter_mut().rev() {
        *place = BASE62[(rest % 62) as usize];
        rest /= 62;
    }
    out
}

/// Whether the last six characters of `token` (after its `_`) are the checksum of those before.
pub fn github(token: &str) -> bool {
    let Some((_, body)) = token.split_once('_') else { return false };
    let Some(at) = body.len().checked_sub(6) else { return false };
    body.is_char_boundary(at) && body.as_bytes()[at..] == crc32_base62(&body.as_bytes()[..at])
}

/// Whether the eight digits after the last `_` are the CRC-32 of what stands before it, least byte first: keys of Grafana's
/// service accounts (`pkg/components/satokengen` in its source).
pub fn grafana(token: &str) -> bool {
    token.rsplit_once('_').is_some_and(|(body, sum)| {
        hex::decode(sum).is_ok_and(|sum| sum == crc32fast::hash(body.as_bytes()).to_le_bytes())
    })
}

/// Whether what follows the first `-` is a macaroon of version 2 that says where it is for (libmacaroons, "Macaroon
/// format"; tokens of PyPI): a version, the field of the place, and its name.
pub fn macaroon(token: &str) -> bool {
    const VERSION: u8 = 2;
    const PLACE: u8 = 1;
    let Some((_, body)) = token.split_once('-') else { return false };
    // What begins a token decides; its end may be cut off.
    let head = body.get(..body.len().min(64) / 4 * 4).unwrap_or_default();
    let bytes = URL_SAFE_NO_PAD.decode(head).unwrap_or_default();
    let [VERSION, PLACE, length, rest @ ..] = bytes.as_slice() else { return false };
    rest.get(..usize::from(*length)).is_some_and(|place| {
        place.contains(&b'.') && place.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
    })
}

/// Bech32's checksum (BIP 173) with the constant 1: keys of `age` and Nostr.
pub fn bech32(text: &str) -> bool {
    const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let text = text.to_ascii_lowercase();
    let Some((human, data)) = text.rsplit_once('1') else { return false };
    let values: Option<Vec<u32>> =
        data.bytes().map(|b| ALPHABET.iter().position(|a| *a == b).map(|at| at as u32)).collect();
    let Some(values) = values.filter(|values| values.len() > 6) else { return false };
    let expanded =
        human.bytes().map(|b| u32::from(b >> 5)).chain([0]).chain(human.bytes().map(|b| u32::from(b & 31)));
    let step = |rest: u32, value: u32| {
        let top = rest >> 25;
        let rest = (rest & 0x01ff_ffff) << 5 ^ value;
        GENERATOR.iter().enumerate().filter(|(i, _)| top >> i & 1 == 1).fold(rest, |rest, (_, g)| rest ^ g)
    };
    expanded.chain(values).fold(1, step) == 1
}

/// Base58Check (Bitcoin's wallet import format): the last four bytes are the double SHA-256's first four.
pub fn base58check(text: &str) -> bool {
    const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    const MAX: usize = 128;
    if text.len() > MAX {
        return false;
    }
    let mut bytes: Vec<u8> = Vec::new();
    for b in text.bytes() {
        let Some(mut carry) = ALPHABET.iter().position(|a| *a == b) else { return false };
        for byte in &mut bytes {
            carry += usize::from(*byte) * 58;
            *byte = (carry & 0xff) as u8;
            carry >>= 8;
        }
        while carry > 0 {
            bytes.push((carry & 0xff) as u8);
            carry >>= 8;
        }
    }
    bytes.reverse();
    bytes.len() > 4 && {
        let (body, sum) = bytes.split_at(bytes.len() - 4);
        Sha256::digest(Sha256::digest(body))[..4] == *sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_vectors_hold_and_a_changed_digit_does_not() {
        // Luhn: the example of ISO/IEC 7812 in common use, and vendors' test cards.
        for good in
            ["79927398713", "4111111111111111", "5555555555554444", "378282246310005", "6011111111111117"]
        {
            assert!(luhn(good.as_bytes()), "{good}");
            let wrong =
                format!("{}{}", &good[..good.len() - 1], (good.as_bytes()[good.len() - 1] - b'0' + 1) % 10);
            assert!(!luhn(wrong.as_bytes()), "{wrong}");
        }
        // IBAN: examples of the SWIFT registry.
        for good in [
            "GB29NWBK60161331926819",
            "DE89370400440532013000",
            "FR1420041010050500013M02606",
            "NO9386011117947",
        ] {
            assert!(iban(good), "{good}");
            assert!(!iban(&good.replacen('1', "2", 1)), "{good}");
        }
        // BIP 173's valid strings; the first is the shortest.
        for good in ["A12UEL5L", "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"] {
            assert_eq!(bech32(good), good.len() > 8, "{good}");
        }
        assert!(!bech32("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxx"));
        // Grafana's own test of its keys.
        assert!(grafana("glsa_yscW25imSKJIuav8zF37RZmnbiDvB05G_fcaaf58a"));
        assert!(!grafana("glsa_yscW25imSKJIuav8zF37RZmnbiDvB05H_fcaaf58a") && !grafana("glsa_x_y"));
        // "\x02\x01\x08pypi.org" begins each token of PyPI.
        assert!(macaroon("pypi-AgEIcHlwaS5vcmcCJGY0OTg5YjIwLTk0M2"));
        assert!(!macaroon("pypi-AgEIcHlwaS5v") && !macaroon("pypi") && !macaroon("pypi-éAgE"));
        // Bitcoin wiki, "Wallet import format".
        assert!(base58check("5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"));
        assert!(!base58check("5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTK"));
    }

    #[test]
    fn crc_tail_is_six_digits_of_base_62() {
        // CRC-32 of "123456789" is 0xCBF43926 (the check value of the catalogue of CRCs) = 3_421_780_262.
        assert_eq!(&crc32_base62(b"123456789"), b"3jZRME");
        let body = "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ";
        let sum = String::from_utf8(crc32_base62(body.as_bytes()).to_vec()).unwrap();
        assert!(github(&format!("ghp_{body}{sum}")));
        assert!(!github(&format!("ghp_{body}000000")));
    }
}
