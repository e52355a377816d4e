//! SPDX ids: what is deprecated by what, which belong to the GPL family, and the names that other systems use.

/// Deprecated ids and the expression that replaces each
/// (SPDX licence list, "Deprecated License Identifiers": <https://spdx.org/licenses/>).
const DEPRECATED: [(&str, &str); 33] = [
    ("AGPL-1.0", "AGPL-1.0-only"),
    ("AGPL-3.0", "AGPL-3.0-only"),
    ("GFDL-1.1", "GFDL-1.1-only"),
    ("GFDL-1.2", "GFDL-1.2-only"),
    ("GFDL-1.3", "GFDL-1.3-only"),
    ("GPL-1.0", "GPL-1.0-only"),
    ("GPL-1.0+", "GPL-1.0-or-later"),
    ("GPL-2.0", "GPL-2.0-only"),
    ("GPL-2.0+", "GPL-2.0-or-later"),
    ("GPL-3.0", "GPL-3.0-only"),
    ("GPL-3.0+", "GPL-3.0-or-later"),
    ("LGPL-2.0", "LGPL-2.0-only"),
    ("LGPL-2.0+", "LGPL-2.0-or-later"),
    ("LGPL-2.1", "LGPL-2.1-only"),
    ("LGPL-2.1+", "LGPL-2.1-or-later"),
    ("LGPL-3.0", "LGPL-3.0-only"),
    ("LGPL-3.0+", "LGPL-3.0-or-later"),
    ("GPL-2.0-with-GCC-exception", "GPL-2.0-or-later WITH GCC-exception-2.0"),
    ("GPL-2.0-with-autoconf-exception", "GPL-2.0-or-later WITH Autoconf-exception-2.0"),
    ("GPL-2.0-with-bison-exception", "GPL-2.0-or-later WITH Bison-exception-2.2"),
    ("GPL-2.0-with-classpath-exception", "GPL-2.0-or-later WITH Classpath-exception-2.0"),
    ("GPL-2.0-with-font-exception", "GPL-2.0-or-later WITH Font-exception-2.0"),
    ("GPL-3.0-with-GCC-exception", "GPL-3.0-or-later WITH GCC-exception-3.1"),
    ("GPL-3.0-with-autoconf-exception", "GPL-3.0-or-later WITH Autoconf-exception-3.0"),
    ("eCos-2.0", "GPL-2.0-or-later WITH eCos-exception-2.0"),
    ("wxWindows", "LGPL-2.0-or-later WITH WxWindows-exception-3.1"),
    ("BSD-2-Clause-FreeBSD", "BSD-2-Clause"),
    ("BSD-2-Clause-NetBSD", "BSD-2-Clause"),
    ("StandardML-NJ", "SMLNJ"),
    ("Nunit", "zlib-acknowledgement"),
    ("bzip2-1.0.5", "bzip2-1.0.6"),
    ("Net-SNMP", "LicenseRef-Net-SNMP"),
    ("OFL", "OFL-1.1"),
];

/// Names of other systems (Debian, Perl, Python, RPM, npm) and their SPDX ids. Lower case; versions stay in the name.
const NAMES: [(&str, &str); 70] = [
    ("expat", "MIT"),
    ("mit license", "MIT"),
    ("mit/x11", "MIT"),
    ("x11/mit", "MIT"),
    ("the mit license", "MIT"),
    ("apache", "Apache-2.0"),
    ("apache 2", "Apache-2.0"),
    ("apache 2.0", "Apache-2.0"),
    ("apache-2", "Apache-2.0"),
    ("apache2", "Apache-2.0"),
    ("apache2.0", "Apache-2.0"),
    ("apache license", "Apache-2.0"),
    ("apache license 2.0", "Apache-2.0"),
    ("apache license, version 2.0", "Apache-2.0"),
    ("the apache license, version 2.0", "Apache-2.0"),
    ("the apache software license, version 2.0", "Apache-2.0"),
    ("apache license version 2.0", "Apache-2.0"),
    ("apache software license", "Apache-2.0"),
    ("apache software license 2.0", "Apache-2.0"),
    ("bsd", "BSD-3-Clause"),
    ("bsd license", "BSD-3-Clause"),
    ("new bsd license", "BSD-3-Clause"),
    ("modified bsd license", "BSD-3-Clause"),
    ("new bsd", "BSD-3-Clause"),
    ("bsd-3", "BSD-3-Clause"),
    ("bsd 3-clause", "BSD-3-Clause"),
    ("3-clause bsd", "BSD-3-Clause"),
    ("bsd-2", "BSD-2-Clause"),
    ("simplified bsd license", "BSD-2-Clause"),
    ("bsd 2-clause", "BSD-2-Clause"),
    ("bsd-4", "BSD-4-Clause"),
    ("isc license", "ISC"),
    ("isc license (iscl)", "ISC"),
    ("zlib/libpng", "Zlib"),
    ("zlib/libpng license", "Zlib"),
    ("boost", "BSL-1.0"),
    ("boost software license", "BSL-1.0"),
    ("cc0", "CC0-1.0"),
    ("cc0 1.0", "CC0-1.0"),
    ("wtfpl-2", "WTFPL"),
    ("mpl 2.0", "MPL-2.0"),
    ("mpl2", "MPL-2.0"),
    ("mpl-2", "MPL-2.0"),
    ("mozilla public license 2.0 (mpl 2.0)", "MPL-2.0"),
    ("mpl-1.1", "MPL-1.1"),
    ("python software foundation license", "PSF-2.0"),
    ("psf", "PSF-2.0"),
    ("psf license", "PSF-2.0"),
    ("psf-2", "PSF-2.0"),
    ("artistic", "Artistic-1.0-Perl"),
    ("artistic-1", "Artistic-1.0"),
    ("artistic-2", "Artistic-2.0"),
    ("perl", "GPL-1.0-or-later OR Artistic-1.0-Perl"),
    ("perl_5", "GPL-1.0-or-later OR Artistic-1.0-Perl"),
    ("ofl", "OFL-1.1"),
    ("eclipse public license 2.0", "EPL-2.0"),
    ("eclipse public license 1.0", "EPL-1.0"),
    ("eclipse public license v2.0", "EPL-2.0"),
    ("cddl", "CDDL-1.0"),
    ("the unlicense (unlicense)", "Unlicense"),
    ("unlicense", "Unlicense"),
    ("public domain", "LicenseRef-public-domain"),
    ("boost-1.0", "BSL-1.0"),
    ("bsl-1", "BSL-1.0"),
    ("ms-pl", "MS-PL"),
    ("ms-rl", "MS-RL"),
    ("edl-1.0", "BSD-3-Clause"),
    ("gfdl", "GFDL-1.1-or-later"),
    ("gfdl-1.2+", "GFDL-1.2-or-later"),
    ("gfdl-1.3+", "GFDL-1.3-or-later"),
];

/// Ids with one text, which no reading of the text alone tells apart.
const ONE_TEXT_SUFFIXES: [&str; 3] = ["-only", "-or-later", "+"];

/// The replacement of a deprecated id, or the id itself in the list's spelling.
pub fn current(id: &str) -> String {
    let known = spdx::license_id(id).map_or(id, |found| found.name);
    DEPRECATED
        .iter()
        .find(|(old, _)| old.eq_ignore_ascii_case(known))
        .map_or_else(|| known.to_owned(), |(_, new)| (*new).to_owned())
}

/// The expression that a name of another system stands for.
pub fn by_name(name: &str) -> Option<String> {
    listed_name(name).or_else(|| gnu_name(&name.to_ascii_lowercase()))
}

/// The same for the names that are listed here alone.
pub fn listed_name(name: &str) -> Option<String> {
    let name = name.trim().trim_matches(['"', '\'', '.']).to_ascii_lowercase();
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, id)| (*id).to_owned())
}

/// `gpl-2+`, `lgpl 2.1 or later`, `gplv3`, `gnu agpl 3` and their like.
fn gnu_name(name: &str) -> Option<String> {
    let family = if name.contains("agpl") || name.contains("affero") {
        "AGPL"
    } else if name.contains("lgpl") || name.contains("lesser general") || name.contains("library general") {
        "LGPL"
    } else if name.contains("gpl") || name.contains("gnu general public") {
        "GPL"
    } else {
        return None;
    };
    let digits: String = name
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(|c| c.is_ascii_digit() || *c == '.')
        .collect();
    let later =
        name.contains('+') || ["later", "newer", "above", "greater"].iter().any(|word| name.contains(word));
    Some(gnu(family, Some(digits.trim_end_matches('.')).filter(|d| !d.is_empty()), later))
}

/// The id of a GNU licence. Without a version any version may be chosen, as section 9 of the GPL 2 and 14 of the GPL 3 say.
pub fn gnu(family: &str, version: Option<&str>, later: bool) -> String {
    let (first, known): (&str, &[&str]) = match family {
        "AGPL" => ("3.0", &["1.0", "3.0"]),
        "LGPL" => ("2.0", &["2.0", "2.1", "3.0"]),
        _ => ("1.0", &["1.0", "2.0", "3.0"]),
    };
    let asked = version.map(|v| if v.contains('.') { v.to_owned() } else { format!("{v}.0") });
    match asked.filter(|v| known.contains(&v.as_str())) {
        Some(version) => format!("{family}-{version}-{}", if later { "or-later" } else { "only" }),
        None => format!("{family}-{first}-or-later"),
    }
}

/// Whether an id is of the GPL family: GPL, LGPL or AGPL in any version, also under deprecated ids.
pub fn is_gpl_family(id: &str) -> bool {
    let current = current(id);
    ["GPL-", "LGPL-", "AGPL-"].iter().any(|family| current.starts_with(family))
}

/// Ids are alike when their texts are: version and "or later" of a GNU licence stand in notices, not in the text.
pub fn text_class(id: &str) -> String {
    let id = current(id);
    let bare = id.split(" WITH ").next().unwrap_or(&id);
    if is_gpl_family(bare) || bare.starts_with("GFDL-") {
        let mut bare = bare.replace("-no-invariants", "").replace("-invariants", "");
        for suffix in ONE_TEXT_SUFFIXES {
            bare = bare.strip_suffix(suffix).unwrap_or(&bare).to_owned();
        }
        return id
            .split_once(" WITH ")
            .map_or_else(|| bare.clone(), |(_, exception)| format!("{bare} WITH {exception}"));
    }
    crate::library::LIBRARY
        .texts
        .iter()
        .find(|text| text.ids.contains(&id))
        .map_or_else(|| id.clone(), |text| text.ids[0].clone())
}
