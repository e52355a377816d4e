//! Numbers that states give to people, by their check digits: in runs of digits that need a word beside them, and in
//! writings that say enough by themselves.
mod elsewhere;
mod europe;

pub(crate) use elsewhere::*;
pub(crate) use europe::*;

/// The digits of `text`, if it is `N` of them and nothing else.
fn digits<const N: usize>(text: &str) -> Option<[u32; N]> {
    let bytes: &[u8; N] = text.as_bytes().try_into().ok()?;
    bytes.iter().all(u8::is_ascii_digit).then(|| bytes.map(|b| u32::from(b - b'0')))
}

fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(d, w)| d * w).sum()
}

/// Whether two digits are a month and two a day.
fn dated(month: &[u32], day: &[u32]) -> bool {
    let number = |digits: &[u32]| digits.iter().fold(0, |number, d| number * 10 + d);
    (1..=12).contains(&number(month)) && (1..=31).contains(&number(day))
}

/// Whether a run of digits alone is a person's number with a strong check, and whose.
pub(crate) fn strong(text: &str) -> Option<&'static str> {
    match text.len() {
        15 if fr_nir(text) => Some("national-id.fr"),
        11 if pl_pesel(text) => Some("national-id.pl"),
        _ => None,
    }
}

/// Whether letters and digits together are a person's number whose form is its own, and whose.
pub(crate) fn lettered(text: &str) -> Option<&'static str> {
    match text.len() {
        9 if es_dni(text) => Some("national-id.es"),
        16 if it_codice(text) => Some("national-id.it"),
        18 if mx_curp(text) => Some("national-id.mx"),
        18 if cn_ric(text) => Some("national-id.cn"),
        _ => None,
    }
}

/// The longest that [`lettered`] knows.
pub(crate) const LETTERED: usize = 18;

/// The number with signs at their places that `text` begins with, and whose: Finland's, Korea's, Switzerland's, the
/// Emirates'.
pub(crate) fn grouped(text: &str) -> Option<(usize, &'static str)> {
    let part = |length: usize| text.get(..length);
    let plain = |length: usize, places: &[usize], sign: char| {
        let text = part(length).filter(|text| places.iter().all(|at| text[*at..].starts_with(sign)))?;
        Some(text.replace(sign, ""))
    };
    match text.as_bytes() {
        [_, _, _, _, _, _, b'-', ..] if plain(14, &[6], '-').is_some_and(|number| kr_rrn(&number)) => {
            Some((14, "national-id.kr"))
        }
        [_, _, _, _, _, _, b'-' | b'+' | b'A'..=b'F' | b'U'..=b'Y', ..] if part(11).is_some_and(fi_hetu) => {
            Some((11, "national-id.fi"))
        }
        [b'7', b'5', b'6', b'.', ..] if plain(16, &[3, 8, 13], '.').is_some_and(|number| ch_ahv(&number)) => {
            Some((16, "national-id.ch"))
        }
        [b'7', b'8', b'4', b'-', ..] if plain(18, &[3, 8, 16], '-').is_some_and(|number| ae_id(&number)) => {
            Some((18, "national-id.ae"))
        }
        _ => None,
    }
}

/// Whether a number beside a word that says whose it is has right check digits, of any state that says so strongly.
pub(crate) fn any(text: &str) -> bool {
    const CHECKS: &[Check] = &[
        pl_pesel, nl_bsn, be_number, br_cpf, de_tax, se_number, in_aadhaar, fr_nir, es_dni, it_codice,
        uk_nino, cn_ric, mx_curp, no_fnr, ro_cnp, tr_kimlik, za_id, th_pin, kr_rrn, ru_snils, fi_hetu,
    ];
    CHECKS.iter().any(|check| check(text))
}

/// Whether a text is a number of one state.
pub(crate) type Check = fn(&str) -> bool;

/// Words that say whose number follows but mean other things too, each with the check that the number must then hold.
#[rustfmt::skip]
pub(crate) const CHECKED: &[(&str, Check)] = &[
    ("nif", pt_nif), ("contribuinte", pt_nif), ("cpr", dk_cpr), ("fnr", no_fnr), ("hetu", fi_hetu), ("kennitala", is_kennitala), ("pps", ie_pps), ("ppsn", ie_pps),
    ("ahv", ch_ahv), ("avs", ch_ahv), ("svnr", at_vnr), ("sv-nummer", at_vnr), ("rodné číslo", cz_rc), ("rodne cislo", cz_rc), ("rodné č", cz_rc), ("cnp", ro_cnp), ("egn", bg_egn), ("егн", bg_egn), ("ЕГН", bg_egn),
    ("oib", hr_oib), ("jmbg", yu_jmbg), ("emšo", yu_jmbg), ("emso", yu_jmbg), ("isikukood", ee_ik), ("asmens kodas", ee_ik), ("amka", gr_amka), ("αμκα", gr_amka), ("ΑΜΚΑ", gr_amka),
    ("снилс", ru_snils), ("СНИЛС", ru_snils), ("snils", ru_snils), ("инн", ru_inn), ("ИНН", ru_inn), ("рнокпп", ua_rntrc), ("РНОКПП", ua_rntrc), ("іпн", ua_rntrc), ("ІПН", ua_rntrc),
    ("cnpj", br_cnpj), ("curp", mx_curp), ("cuit", ar_cuit), ("cuil", ar_cuit), ("rut", cl_rut), ("sin", ca_sin), ("social insurance", ca_sin), ("tfn", au_tfn), ("tax file number", au_tfn), ("ird", nz_ird),
    ("nric", sg_nric), ("fin", sg_nric), ("hkid", hk_id), ("identity number", za_id), ("id number", za_id), ("teudat zehut", il_id), ("תעודת זהות", il_id), ("tckn", tr_kimlik), ("kimlik", tr_kimlik),
    ("کد ملی", ir_melli), ("emirates id", ae_id), ("เลขประจำตัวประชาชน", th_pin), ("マイナンバー", jp_number), ("個人番号", jp_number), ("my number", jp_number),
    ("주민등록번호", kr_rrn), ("身份证", cn_ric), ("身份證", cn_ric), ("居民身份", cn_ric), ("आधार", in_aadhaar), ("steuernummer", de_tax), ("idnr", de_tax), ("registre national", be_number),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples_hold_and_a_changed_character_does_not() {
        // Each from the issuing authority's own description or the article on the number.
        let good: &[(&str, Check, &str)] = &[
            ("fr", fr_nir, "255081416802538"),
            ("es", es_dni, "12345678Z"),
            ("es", es_dni, "X1234567L"),
            ("it", it_codice, "RSSMRA85T10A562S"),
            ("pl", pl_pesel, "44051401359"),
            ("nl", nl_bsn, "111222333"),
            ("be", be_number, "85073003328"),
            ("br", br_cpf, "11144477735"),
            ("br", br_cnpj, "16727230000197"),
            ("de", de_tax, "86095742719"),
            ("se", se_number, "811218-9876"),
            ("uk", uk_nino, "AB123456C"),
            ("in", in_aadhaar, "234123412346"),
            ("cn", cn_ric, "11010519491231002X"),
            ("mx", mx_curp, "HEGG560427MVZRRL04"),
            ("fi", fi_hetu, "131052-308T"),
            ("ch", ch_ahv, "7569217076985"),
            ("kr", kr_rrn, "9710139019902"),
            ("pt", pt_nif, "501964843"),
            ("dk", dk_cpr, "2110625629"),
            ("no", no_fnr, "15108695088"),
            ("ie", ie_pps, "6433435F"),
            ("cz", cz_rc, "7103192745"),
            ("ro", ro_cnp, "1630615123457"),
            ("bg", bg_egn, "7523169263"),
            ("hr", hr_oib, "33392005961"),
            ("ee", ee_ik, "36805280109"),
            ("lt", ee_ik, "33309240064"),
            ("gr", gr_amka, "01013099997"),
            ("tr", tr_kimlik, "17291716060"),
            ("il", il_id, "039337423"),
            ("za", za_id, "7503305044089"),
            ("au", au_tfn, "123456782"),
            ("ca", ca_sin, "130692544"),
            ("nz", nz_ird, "49091850"),
            ("ar", ar_cuit, "20055361682"),
            ("cl", cl_rut, "125319092"),
            ("ru", ru_inn, "500100732259"),
            ("ru", ru_snils, "11223344595"),
            ("th", th_pin, "1234545678781"),
            ("ua", ua_rntrc, "1759013776"),
            ("is", is_kennitala, "1201743399"),
            ("yu", yu_jmbg, "0101006500006"),
            ("at", at_vnr, "1237010180"),
            ("jp", jp_number, "621498320257"),
            ("sg", sg_nric, "S1234567D"),
            ("hk", hk_id, "A1234563"),
            ("ir", ir_melli, "0499370899"),
            ("ae", ae_id, "784197912345671"),
        ];
        for (state, check, number) in good {
            assert!(check(number), "{state} {number}");
            let wrong = number.replacen(['1', '2', '4'], "9", 1);
            assert!(!check(&wrong) || *state == "uk", "{state} {wrong}");
            assert!(!check("") && !check("é") && !check(&number[1..]), "{state}");
        }
        assert!(!us_ssn(666, 1, 1) && !us_ssn(900, 1, 1) && !us_ssn(1, 0, 1) && us_ssn(899, 99, 9999));
    }

    #[test]
    fn writings_with_their_signs_stand_for_themselves() {
        for (text, whose) in [
            ("131052-308T.", Some("national-id.fi")),
            ("971013-9019902 ", Some("national-id.kr")),
            ("756.9217.0769.85", Some("national-id.ch")),
            ("756.9217.0769.84", None),
            ("131052-308U", None),
            ("784-2020", None),
        ] {
            assert_eq!(grouped(text).map(|(_, whose)| whose), whose, "{text}");
        }
    }
}
