//! Whether a licence suits what its work is used for, under the licence that goes out: allowed, conflict or review.
//!
//! Every answer names its rule and where the rule is written. What no rule speaks of is for a person to review. This is a
//! filter before a lawyer, not one.

mod classes;

use serde::{Deserialize, Serialize};

pub use classes::{Class, class};

use crate::expression::Expression;

/// What is done with the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Use {
    /// Never leaves the house, and nobody outside talks to it.
    Internal,
    /// People use it over a network.
    NetworkService,
    /// Linked into one program, as Rust crates are.
    StaticLink,
    /// A library that its user can replace.
    DynamicLink,
    /// Handed on beside the own work, not part of it.
    Aggregate,
}

/// The answer, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Nothing stands against it; obligations may hold.
    Allowed,
    /// A person decides.
    Review,
    /// The terms exclude each other.
    Conflict,
}

/// An answer with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The answer.
    pub outcome: Outcome,
    /// The licence that it is about; of a choice the one that suits best.
    pub licence: String,
    /// Why.
    pub why: &'static str,
    /// Where that is written.
    pub source: &'static str,
}

const FSF_LIST: &str =
    "FSF, Various Licenses and Comments about Them: https://www.gnu.org/licenses/license-list.html";
const FSF_MATRIX: &str =
    "FSF, GPL FAQ, AllCompatibility: https://www.gnu.org/licenses/gpl-faq.html#AllCompatibility";
const FSF_PRIVATE: &str = "FSF, GPL FAQ, GPLRequireSourcePostedPublic: https://www.gnu.org/licenses/gpl-faq.html#GPLRequireSourcePostedPublic";
const FSF_AGGREGATE: &str =
    "FSF, GPL FAQ, MereAggregation: https://www.gnu.org/licenses/gpl-faq.html#MereAggregation";
const FSF_LINKING: &str =
    "FSF, GPL FAQ, IfLibraryIsGPL: https://www.gnu.org/licenses/gpl-faq.html#IfLibraryIsGPL";
const AGPL_13: &str = "AGPL-3.0, section 13";
const LGPL_LINK: &str = "LGPL-3.0, section 4; LGPL-2.1, section 6";
const FILE_LEVEL: &str = "MPL-2.0, section 3.3; EPL-2.0, section 3; CDDL-1.0, section 3.6";
const LIMITED: &str = "Open Source Definition, 1 and 6: https://opensource.org/osd";
const SPDX_LIST: &str = "SPDX licence list: https://spdx.org/licenses/";
const EUPL: &str = "EUPL-1.1, EUPL-1.2, section 5 and appendix: https://eupl.eu/1.2/en/";
/// A published judgement of pairs of licences, CC-BY-4.0; `examples/osadl.rs` holds the verdicts here against it.
const OSADL: &str = "OSADL, Open Source License Compatibility Matrix: https://www.osadl.org/OSADL-Matrix";
const NO_RULE: &str = "no rule speaks of it";

/// Holds `inbound` against `outgoing` (the licence of the own work) and the use. Of a choice the best branch counts, of
/// several that hold at once the worst.
pub fn judge(inbound: &Expression, outgoing: &Expression, used: Use) -> Verdict {
    match inbound {
        Expression::Or(parts) => pick(parts, outgoing, used, |a, b| a < b),
        Expression::And(parts) => pick(parts, outgoing, used, |a, b| a > b),
        Expression::Licence { id, exception } => {
            let mut verdict = match outgoing {
                // Whoever takes the own work may choose, so every choice must hold.
                Expression::Or(parts) | Expression::And(parts) => pick_outgoing(inbound, parts, used),
                Expression::Licence { id: out, .. } => one(id, exception.as_deref(), out, used),
            };
            verdict.licence = inbound.to_string();
            verdict
        }
    }
}

/// What is unknown is for review, whatever the use.
pub fn judge_unknown(what: &str) -> Verdict {
    Verdict {
        outcome: Outcome::Review,
        licence: what.to_owned(),
        why: "the licence is unknown: without a licence nothing may be used",
        source: "https://choosealicense.com/no-permission/",
    }
}

fn pick(
    parts: &[Expression],
    outgoing: &Expression,
    used: Use,
    better: fn(Outcome, Outcome) -> bool,
) -> Verdict {
    let mut verdicts = parts.iter().map(|part| judge(part, outgoing, used));
    let first = verdicts.next().unwrap_or_else(|| judge_unknown("empty expression"));
    verdicts.fold(first, |best, next| if better(next.outcome, best.outcome) { next } else { best })
}

fn pick_outgoing(inbound: &Expression, parts: &[Expression], used: Use) -> Verdict {
    let mut verdicts = parts.iter().map(|out| judge(inbound, out, used));
    let first = verdicts.next().unwrap_or_else(|| judge_unknown("empty expression"));
    verdicts.fold(first, |worst, next| if next.outcome > worst.outcome { next } else { worst })
}

fn one(id: &str, exception: Option<&str>, outgoing: &str, used: Use) -> Verdict {
    let told = |outcome, why, source| Verdict { outcome, licence: id.to_owned(), why, source };
    let class = class(id);
    match class {
        Class::Unknown => return told(Outcome::Review, "not on the SPDX list, or not judged yet", SPDX_LIST),
        Class::Limited => {
            return told(Outcome::Conflict, "it limits who may use the work, or for what", LIMITED);
        }
        _ => {}
    }
    if used == Use::Internal {
        return told(Outcome::Allowed, "nothing is handed on and nobody outside uses it", FSF_PRIVATE);
    }
    if used == Use::NetworkService && !matches!(class, Class::Network) {
        return told(Outcome::Allowed, "use over a network is not handing on", FSF_PRIVATE);
    }
    if used == Use::Aggregate {
        return told(
            Outcome::Allowed,
            "works side by side keep their own licences; its own obligations hold",
            FSF_AGGREGATE,
        );
    }
    if id == outgoing && exception.is_none() {
        return told(Outcome::Allowed, "the whole is under the same licence", FSF_LINKING);
    }
    if names(id).iter().any(|family| outgoing.starts_with(family)) {
        return told(Outcome::Allowed, "its appendix names the licence to combine with", EUPL);
    }
    if let Some(verdict) = with_gnu(id, outgoing) {
        return told(verdict.0, verdict.1, verdict.2);
    }
    match class {
        Class::Permissive => told(Outcome::Allowed, "permissive: keep its notices", FSF_LIST),
        Class::FileCopyleft => {
            told(Outcome::Review, "its own files stay under it and their source must be offered", FILE_LEVEL)
        }
        Class::Library if used == Use::DynamicLink => {
            told(Outcome::Allowed, "a library that can be replaced; its own obligations hold", LGPL_LINK)
        }
        Class::Library => told(
            Outcome::Review,
            "linked statically, the user must be able to link anew with a changed library",
            LGPL_LINK,
        ),
        Class::Strong if exception.is_some_and(lets_link) => {
            told(Outcome::Review, "an exception permits linking; check that its conditions are met", FSF_LIST)
        }
        Class::Strong => {
            told(Outcome::Conflict, "one program with it must be under it as a whole", FSF_LINKING)
        }
        Class::Network => told(
            Outcome::Conflict,
            "users over a network must be offered the source of the whole program",
            AGPL_13,
        ),
        Class::Unknown | Class::Limited => told(Outcome::Review, NO_RULE, SPDX_LIST),
    }
}

/// Exceptions that were made for programs that link or embed the work.
fn lets_link(exception: &str) -> bool {
    [
        "Classpath",
        "GCC-exception",
        "Bison",
        "Autoconf",
        "Libtool",
        "linking",
        "WxWindows",
        "eCos",
        "freertos",
        "FLTK",
        "LGPL",
        "Font",
        "GNAT",
        "Universal-FOSS",
        "Linux-syscall",
    ]
    .iter()
    .any(|name| exception.contains(name))
}

/// The licences that the appendix of the EUPL names: the whole may go out under them.
fn names(id: &str) -> &'static [&'static str] {
    match id {
        "EUPL-1.1" => &["GPL-2.0", "OSL-2.1", "OSL-3.0", "CPL-1.0", "EPL-1.0", "CECILL-2.0", "EUPL-1.2"],
        "EUPL-1.2" => &[
            "GPL-2.0",
            "GPL-3.0",
            "AGPL-3.0",
            "LGPL-2.1",
            "LGPL-3.0",
            "MPL-2.0",
            "OSL-2.1",
            "OSL-3.0",
            "EPL-1.0",
            "CECILL-2.0",
            "CECILL-2.1",
            "LiLiQ-R",
        ],
        _ => &[],
    }
}

/// The FSF's judgements for work that goes out under a GNU licence.
fn with_gnu(id: &str, outgoing: &str) -> Option<(Outcome, &'static str, &'static str)> {
    let gnu = |text: &str| ["GPL-", "AGPL-", "LGPL-"].iter().any(|family| text.starts_with(family));
    if !gnu(outgoing) {
        return None;
    }
    let two_only = outgoing.starts_with("GPL-2.0-only") || outgoing.starts_with("LGPL-2");
    if gnu(id) {
        let same = id == outgoing
            || id.trim_end_matches("-or-later")
                == outgoing.trim_end_matches("-or-later").trim_end_matches("-only");
        let later = id.ends_with("-or-later");
        let version = |text: &str| text.trim_end_matches("-only").trim_end_matches("-or-later").to_owned();
        let three = |text: &str| text.contains("-3.0");
        return Some(if outgoing.starts_with("LGPL-") && !id.starts_with("LGPL-") {
            (Outcome::Conflict, "a library under the LGPL cannot hold parts under the GPL", FSF_MATRIX)
        } else if !later
            && outgoing.ends_with("-or-later")
            && id.starts_with("LGPL-") == outgoing.starts_with("LGPL-")
            && version(id) <= version(outgoing)
        {
            (Outcome::Review, "the whole can then go out under that version alone", FSF_MATRIX)
        } else if !later
            && !same
            && id.starts_with("LGPL-")
            && outgoing.starts_with("LGPL-")
            && !id.contains("-3.0")
        {
            (
                Outcome::Review,
                "linked it may be; copied in, version 2 cannot be taken under another",
                FSF_MATRIX,
            )
        } else if same || later && !three(id) || id.starts_with("LGPL-") && !three(id) {
            (Outcome::Allowed, "the versions agree, or it may be taken under a later one", FSF_MATRIX)
        } else if id == "GPL-1.0-only" || outgoing == "GPL-1.0-only" {
            (Outcome::Conflict, "version 1 alone cannot be taken under another version", OSADL)
        } else if !two_only && three(id) && !three(outgoing) {
            (Outcome::Review, "the whole can then go out under version 3 alone", FSF_MATRIX)
        } else if two_only && three(id) {
            (Outcome::Conflict, "version 3 adds terms that version 2 alone does not permit", FSF_MATRIX)
        } else if id.ends_with("-2.0-only") && three(outgoing) {
            (Outcome::Conflict, "version 2 alone cannot be taken under version 3", FSF_MATRIX)
        } else if id.starts_with("AGPL-") && !outgoing.starts_with("AGPL-") {
            (
                Outcome::Review,
                "the whole may be conveyed, the part under the AGPL keeps its section 13",
                FSF_MATRIX,
            )
        } else {
            (Outcome::Allowed, "the versions agree, or it may be taken under a later one", FSF_MATRIX)
        });
    }
    if classes::EXCLUDES_GPL.contains(&id) {
        return Some((Outcome::Conflict, "the FSF lists it as incompatible with the GPL", FSF_LIST));
    }
    if two_only && classes::EXCLUDES_GPL_2.contains(&id) {
        return Some((Outcome::Conflict, "compatible with version 3 of the GPL only", FSF_LIST));
    }
    let older = !outgoing.contains("-3.0");
    if older && classes::EXCLUDES_GPL_2.contains(&id) {
        return Some((Outcome::Review, "the whole can then go out under version 3 alone", FSF_LIST));
    }
    if classes::DOUBTED_WITH_GPL.contains(&id) {
        return Some((Outcome::Review, "whether it suits the GNU licences is judged differently", OSADL));
    }
    (id == "MPL-2.0" && !outgoing.contains("GPL-1.0")).then_some((
        Outcome::Allowed,
        "it names the GNU licences as licences to combine with",
        FSF_LIST,
    ))
}
