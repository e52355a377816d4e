//! Notices of licences other than the GPL family: full names from the SPDX list and the usual phrases, where words around
//! them grant.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::tokens::Words;

/// Names of fewer words are ordinary speech.
const FEWEST_NAME_WORDS: usize = 3;
/// Words before and after a name that say whether it grants.
const BEFORE: usize = 9;
const AFTER: usize = 5;
/// More notices than this are a list, not a grant.
const MAX_NOTICES: usize = 400;

/// Phrases that grant by themselves or together with the words around them.
const PHRASES: [(&str, &str); 64] = [
    ("apache license version 2.0", "Apache-2.0"),
    ("apache license 2.0", "Apache-2.0"),
    ("apache license v2.0", "Apache-2.0"),
    ("apache license version 2", "Apache-2.0"),
    ("apache software license version 2.0", "Apache-2.0"),
    ("apache software license version 1.1", "Apache-1.1"),
    ("apache org licenses license 2.0", "Apache-2.0"),
    ("apache 2.0", "Apache-2.0"),
    ("mozilla public license version 2.0", "MPL-2.0"),
    ("mozilla public license v 2.0", "MPL-2.0"),
    ("mozilla public license v2.0", "MPL-2.0"),
    ("mozilla public license version 1.1", "MPL-1.1"),
    ("mozilla public license version 1.0", "MPL-1.0"),
    ("mozilla org mpl 2.0", "MPL-2.0"),
    ("eclipse public license version 1.0", "EPL-1.0"),
    ("eclipse public license v1.0", "EPL-1.0"),
    ("eclipse public license v 1.0", "EPL-1.0"),
    ("eclipse public license version 2.0", "EPL-2.0"),
    ("eclipse public license v2.0", "EPL-2.0"),
    ("eclipse public license v 2.0", "EPL-2.0"),
    ("eclipse public license 2.0", "EPL-2.0"),
    ("eclipse distribution license v 1.0", "BSD-3-Clause"),
    ("common development and distribution license version 1.1", "CDDL-1.1"),
    ("common development and distribution license version 1.0", "CDDL-1.0"),
    ("common development and distribution license", "CDDL-1.0"),
    ("boost software license version 1.0", "BSL-1.0"),
    ("academic free license version 3.0", "AFL-3.0"),
    ("academic free license version 2.1", "AFL-2.1"),
    ("open software license version 3.0", "OSL-3.0"),
    ("artistic license 2.0", "Artistic-2.0"),
    ("artistic license version 2.0", "Artistic-2.0"),
    ("european union public license version 1.2", "EUPL-1.2"),
    ("european union public license version 1.1", "EUPL-1.1"),
    ("eupl version 1.2", "EUPL-1.2"),
    ("sil open font license version 1.1", "OFL-1.1"),
    ("microsoft public license", "MS-PL"),
    ("microsoft reciprocal license", "MS-RL"),
    ("do what the fuck you want to public license", "WTFPL"),
    ("creative commons zero", "CC0-1.0"),
    ("creativecommons org publicdomain zero 1.0", "CC0-1.0"),
    ("creativecommons org licenses by 4.0", "CC-BY-4.0"),
    ("creativecommons org licenses by 3.0", "CC-BY-3.0"),
    ("creativecommons org licenses by sa 4.0", "CC-BY-SA-4.0"),
    ("creativecommons org licenses by sa 3.0", "CC-BY-SA-3.0"),
    ("creativecommons org licenses by nc 4.0", "CC-BY-NC-4.0"),
    ("creativecommons org licenses by nc sa 4.0", "CC-BY-NC-SA-4.0"),
    ("php license version 3.01", "PHP-3.01"),
    ("zope public license version 2.1", "ZPL-2.1"),
    ("server side public license version 1", "SSPL-1.0"),
    ("business source license 1.1", "BUSL-1.1"),
    ("university of illinois open source license", "NCSA"),
    ("bsd 3 clause", "BSD-3-Clause"),
    ("3 clause bsd", "BSD-3-Clause"),
    ("three clause bsd", "BSD-3-Clause"),
    ("new bsd license", "BSD-3-Clause"),
    ("modified bsd license", "BSD-3-Clause"),
    ("bsd style license", "BSD-3-Clause"),
    ("bsd license", "BSD-3-Clause"),
    ("bsd 2 clause", "BSD-2-Clause"),
    ("2 clause bsd", "BSD-2-Clause"),
    ("simplified bsd license", "BSD-2-Clause"),
    ("mit license", "MIT"),
    ("isc license", "ISC"),
    ("zlib license", "Zlib"),
];

const GRANTS: [&str; 15] = [
    "under",
    "license",
    "licensed",
    "terms",
    "subject to",
    "released",
    "distributed",
    "covered",
    "copy of",
    "governed",
    "conditions",
    "see",
    "obtain",
    "spdx",
    "by the",
];

/// A notice that grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    /// SPDX id.
    pub(crate) id: &'static str,
    /// First word and one past the last.
    pub(crate) from: usize,
    /// One past the last.
    pub(crate) to: usize,
}

struct Names {
    automaton: AhoCorasick,
    ids: Vec<&'static str>,
}

static NAMES: LazyLock<Option<Names>> = LazyLock::new(|| {
    let listed = spdx::identifiers::LICENSES
        .iter()
        .filter(|known| !known.is_deprecated_name())
        .map(|known| (Words::of(known.full_name).joined, known.name));
    let listed = listed
        .filter(|(name, id)| name.split(' ').count() >= FEWEST_NAME_WORDS && !crate::ids::is_gpl_family(id));
    let (phrases, ids): (Vec<String>, Vec<&'static str>) =
        PHRASES.iter().map(|(phrase, id)| ((*phrase).to_owned(), *id)).chain(listed).unzip();
    let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(phrases).ok()?;
    Some(Names { automaton, ids })
});

/// Every notice that grants, in order; words for which `covered` holds are part of a known text.
pub(crate) fn notices(words: &Words, covered: impl Fn(usize) -> bool) -> Vec<Notice> {
    let Some(names) = NAMES.as_ref() else { return Vec::new() };
    let mut found: Vec<Notice> = Vec::new();
    for hit in names.automaton.find_iter(&words.joined).take(MAX_NOTICES) {
        let bytes = words.joined.as_bytes();
        let bounded = (hit.start() == 0 || bytes[hit.start() - 1] == b' ')
            && bytes.get(hit.end()).is_none_or(|b| *b == b' ');
        let (from, to) = (words.index_at(hit.start()), words.index_at(hit.end() - 1) + 1);
        if bounded && !covered(from) && grants(words, from, to) {
            found.push(Notice { id: names.ids[hit.pattern().as_usize()], from, to });
        }
    }
    found
}

fn grants(words: &Words, from: usize, to: usize) -> bool {
    let around = (from.saturating_sub(BEFORE)..from)
        .chain(to..to + AFTER)
        .map(|i| words.get(i))
        .collect::<Vec<_>>()
        .join(" ");
    let padded = format!(" {around} ");
    let denied =
        [" not ", " compatible ", " incompatible ", " unlike "].iter().any(|word| padded.contains(word));
    // A name that begins the text is its title.
    !denied && (from == 0 || GRANTS.iter().any(|cue| padded.contains(&format!(" {cue} "))))
}

trait Listed {
    fn is_deprecated_name(&self) -> bool;
}

impl Listed for spdx::License {
    fn is_deprecated_name(&self) -> bool {
        self.flags & spdx::flags::IS_DEPRECATED != 0
    }
}
