//! What kind of terms a licence has, by its SPDX id.

use serde::{Deserialize, Serialize};

use crate::ids;

/// How far its terms reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Keep the notices.
    Permissive,
    /// Its own files stay under it.
    FileCopyleft,
    /// The library stays under it, and must stay replaceable.
    Library,
    /// The whole program is under it when handed on.
    Strong,
    /// The same, and also for use over a network.
    Network,
    /// Limits fields of use or users, or forbids sale.
    Limited,
    /// Nothing is said here about it.
    Unknown,
}

const PERMISSIVE: [&str; 62] = [
    "0BSD",
    "AFL-3.0",
    "Apache-1.1",
    "Apache-2.0",
    "Artistic-2.0",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-2-Clause-Patent",
    "BSD-2-Clause-Views",
    "BSD-3-Clause",
    "BSD-3-Clause-Clear",
    "BSD-3-Clause-LBNL",
    "BSD-4-Clause",
    "BSD-4-Clause-UC",
    "BSD-Source-Code",
    "BSL-1.0",
    "Beerware",
    "BlueOak-1.0.0",
    "CC-BY-3.0",
    "CC-BY-4.0",
    "CC0-1.0",
    "CDLA-Permissive-1.0",
    "CDLA-Permissive-2.0",
    "ClArtistic",
    "ECL-2.0",
    "FSFAP",
    "FSFUL",
    "FSFULLR",
    "FTL",
    "HPND",
    "ICU",
    "IJG",
    "ISC",
    "Info-ZIP",
    "Libpng",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "MIT-Modern-Variant",
    "MS-PL",
    "MulanPSL-2.0",
    "NCSA",
    "NTP",
    "OFL-1.1",
    "OLDAP-2.8",
    "OpenSSL",
    "PHP-3.01",
    "PSF-2.0",
    "PostgreSQL",
    "Python-2.0",
    "Python-2.0.1",
    "TCL",
    "UPL-1.0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "W3C",
    "WTFPL",
    "X11",
    "ZPL-2.1",
    "Zlib",
    "libpng-2.0",
];
const FILE_COPYLEFT: [&str; 15] = [
    "MPL-1.0",
    "MPL-1.1",
    "MPL-2.0",
    "CDDL-1.0",
    "CDDL-1.1",
    "EPL-1.0",
    "EPL-2.0",
    "CPL-1.0",
    "IPL-1.0",
    "APSL-2.0",
    "MS-RL",
    "SPL-1.0",
    "NPL-1.1",
    "Artistic-1.0",
    "Artistic-1.0-Perl",
];
const STRONG: [&str; 10] = [
    "EUPL-1.1",
    "CECILL-2.1",
    "CECILL-2.0",
    "Sleepycat",
    "QPL-1.0",
    "NGPL",
    "CC-BY-SA-3.0",
    "CC-BY-SA-4.0",
    "GFDL-1.3-or-later",
    "CERN-OHL-S-2.0",
];
const NETWORK: [&str; 8] =
    ["SSPL-1.0", "OSL-3.0", "EUPL-1.2", "CPAL-1.0", "RPL-1.5", "CAL-1.0", "Watcom-1.0", "NPOSL-3.0"];
const LIMITED_MARKS: [&str; 12] = [
    "-NC-",
    "-ND-",
    "BUSL-",
    "Elastic-",
    "PolyForm-",
    "JSON",
    "Hippocratic",
    "Parity-",
    "Aladdin",
    "CC-BY-ND",
    "CC-BY-NC",
    "FSL-",
];

/// Licences that the FSF lists as free and incompatible with every GPL.
pub(super) const EXCLUDES_GPL: [&str; 22] = [
    "CDDL-1.0",
    "CDDL-1.1",
    "EPL-1.0",
    "EPL-2.0",
    "CPL-1.0",
    "IPL-1.0",
    "MPL-1.0",
    "MPL-1.1",
    "MS-PL",
    "MS-RL",
    "BSD-4-Clause",
    "OpenSSL",
    "Apache-1.1",
    "Apache-1.0",
    "APSL-2.0",
    "AFL-3.0",
    "OSL-3.0",
    "PHP-3.01",
    "QPL-1.0",
    "SPL-1.0",
    "NPL-1.1",
    "CPAL-1.0",
];
/// Licences that agree with version 3 of the GPL and not with version 2.
pub(super) const EXCLUDES_GPL_2: [&str; 3] = ["Apache-2.0", "ECL-2.0", "FTL"];
/// Licences that the FSF does not judge or judges by the author, and OSADL's matrix holds incompatible: the University of
/// California took its advertising clause back, others that use its text did not; the text of Python-2.0 holds CNRI's
/// choice of law.
pub(super) const DOUBTED_WITH_GPL: [&str; 3] = ["BSD-4-Clause-UC", "Python-2.0", "IJG"];

/// The class of an id.
pub fn class(id: &str) -> Class {
    let current = ids::current(id.trim_end_matches('+'));
    let id = current.split(" WITH ").next().unwrap_or(&current);
    let listed = |rows: &[&str]| rows.contains(&id);
    if id.starts_with("AGPL-") || listed(&NETWORK) {
        Class::Network
    } else if id.starts_with("LGPL-") {
        Class::Library
    } else if id.starts_with("GPL-") || listed(&STRONG) || id.starts_with("GFDL-") {
        Class::Strong
    } else if LIMITED_MARKS.iter().any(|mark| id.contains(mark)) {
        Class::Limited
    } else if listed(&FILE_COPYLEFT) {
        Class::FileCopyleft
    } else if listed(&PERMISSIVE) {
        Class::Permissive
    } else {
        Class::Unknown
    }
}
