//! What licences ask of whoever hands the work on, and the `NOTICE` that says it for a list of parts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::compat::{Class, class};
use crate::expression::Expression;
use crate::manifest::Component;

/// One thing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Obligation {
    /// Hand on the copyright notices and the licence text.
    KeepNotices,
    /// Hand on the content of a `NOTICE` file (Apache-2.0, section 4d).
    KeepNoticeFile,
    /// Say which files were changed (Apache-2.0, section 4b; GPL-2.0, section 2a).
    StateChanges,
    /// Name the author (CC-BY-4.0, section 3a).
    Attribute,
    /// Do not advertise with the authors' names (BSD-3-Clause, third clause).
    NoEndorsement,
    /// Say in advertising whose work it holds (BSD-4-Clause, third clause).
    AdvertisingNotice,
    /// Offer the source of its own files.
    OfferFileSource,
    /// Offer the library's source and let users put a changed one in its place.
    KeepReplaceable,
    /// Offer the source of the whole program.
    OfferSource,
    /// Offer it to users over a network too.
    OfferSourceToUsers,
    /// Ask a person: the terms are not known here.
    Review,
}

/// What an expression asks: of a choice what every branch asks, since which is taken is not known here.
pub fn obligations(expression: &Expression) -> BTreeSet<Obligation> {
    match expression {
        Expression::Licence { id, .. } => of_id(id),
        Expression::And(parts) => parts.iter().flat_map(obligations).collect(),
        // The branch that asks least is the one that a licensee takes.
        Expression::Or(parts) => parts
            .iter()
            .map(obligations)
            .min_by_key(|asked| (asked.iter().max().copied(), asked.len()))
            .unwrap_or_default(),
    }
}

fn of_id(id: &str) -> BTreeSet<Obligation> {
    use Obligation::{
        AdvertisingNotice, Attribute, KeepNoticeFile, KeepNotices, KeepReplaceable, NoEndorsement,
        OfferFileSource, OfferSource, OfferSourceToUsers, Review, StateChanges,
    };
    let mut asked = BTreeSet::new();
    match class(id) {
        Class::Permissive => {}
        Class::FileCopyleft => asked.extend([OfferFileSource]),
        Class::Library => asked.extend([KeepReplaceable, StateChanges]),
        Class::Strong => asked.extend([OfferSource, StateChanges]),
        Class::Network => asked.extend([OfferSource, OfferSourceToUsers, StateChanges]),
        Class::Limited | Class::Unknown => asked.extend([Review]),
    }
    if !matches!(id, "0BSD" | "CC0-1.0" | "Unlicense" | "MIT-0" | "WTFPL") {
        asked.insert(KeepNotices);
    }
    if id.starts_with("Apache-2") {
        asked.extend([KeepNoticeFile, StateChanges]);
    }
    if id.starts_with("CC-BY") {
        asked.extend([Attribute, StateChanges]);
    }
    if id.starts_with("BSD-3") || id.starts_with("BSD-4") {
        asked.insert(NoEndorsement);
    }
    if id.starts_with("BSD-4") {
        asked.insert(AdvertisingNotice);
    }
    asked
}

/// A part with the notices found in its own files.
#[derive(Debug, Clone)]
pub struct Part {
    /// The package.
    pub component: Component,
    /// Its expression, if known.
    pub licence: Option<Expression>,
    /// Copyright lines of its files.
    pub copyright: Vec<String>,
    /// Its licence files, and its `NOTICE` if it has one, as they are.
    pub texts: Vec<String>,
}

/// The `NOTICE` of a work made of `parts`. Equal texts are printed once; parts are in order of name.
pub fn notice(work: &str, parts: &[Part]) -> String {
    let mut out = format!("{work}\n\nThis work contains the following parts.\n");
    let mut texts: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut parts: Vec<&Part> = parts.iter().collect();
    parts.sort_by(|a, b| a.component.cmp(&b.component));
    for part in parts {
        let name = format!(
            "{} {}",
            part.component.name,
            part.component.version.as_deref().unwrap_or("(no version)")
        );
        let licence =
            part.licence.as_ref().map_or_else(|| "UNKNOWN, to be reviewed".to_owned(), ToString::to_string);
        // Writing to a string cannot fail.
        let _ = write!(out, "\n{}\n  Licence: {licence}\n", name.trim_end());
        for line in &part.copyright {
            let _ = writeln!(out, "  {}", line.trim());
        }
        for text in &part.texts {
            texts.entry(text.trim()).or_default().push(name.clone());
        }
    }
    for (text, names) in texts {
        let _ = write!(out, "\n{}\nFor {}:\n\n{text}\n", "-".repeat(72), names.join(", "));
    }
    out
}
