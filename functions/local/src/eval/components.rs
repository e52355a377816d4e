//! The components that can be evaluated, each as it is used elsewhere: the same calls, the same operating points.

use std::collections::BTreeSet;

use ideamine_exfil::{Context, Guard, Registry};
use ideamine_licence::Expression;
use ideamine_shield::screen_long as screen;

use super::{Component, Row, Said};
use crate::cli::Point;

/// The component of this name, at this operating point.
pub(crate) fn component(name: &str, point: Point) -> Option<Component> {
    Some(match name {
        "prompt-shield" => Component {
            name: "prompt-shield",
            label: |row| label(row, "attack"),
            judge: Box::new(move |row| positive(screen(&row.text, channel(row), point.into()).blocked)),
        },
        "exfil" => {
            let context = Context { point: point.into(), file: None };
            let plain = Guard::new(Registry::new());
            Component {
                name: "exfil",
                label: |row| label(row, "leak"),
                judge: Box::new(move |row| {
                    let found = if row.secrets.is_empty() {
                        plain.scan(&row.text, &context)
                    } else {
                        Guard::new(row.secrets.iter().map(String::as_str).collect()).scan(&row.text, &context)
                    };
                    positive(!found.is_empty())
                }),
            }
        }
        "licence" => Component { name: "licence", label: |row| row.gpl_family, judge: Box::new(licence) },
        "terms" => Component {
            name: "terms",
            label: |row| row.prohibited,
            judge: Box::new(|row| {
                positive(!ideamine_terms::scan(&row.text, ideamine_terms::Kind::Idea).is_empty())
            }),
        },
        _ => return None,
    })
}

/// Every component that can be evaluated.
pub(crate) const NAMES: [&str; 4] = ["prompt-shield", "exfil", "licence", "terms"];

/// A file, or where a row has one a declared expression. Exact is: its ids are those of the row, where an id stands for all that
/// have the same text.
fn licence(row: &Row) -> Said {
    let (gpl, ids) = match &row.expr {
        Some(declared) => match Expression::read(declared) {
            Some(read) => (read.any_gpl_family(), read.ids().iter().map(|id| (*id).to_owned()).collect()),
            None => (false, Vec::new()),
        },
        None => {
            let told = ideamine_licence::identify(&row.text, &row.id);
            (told.gpl_family, told.ids)
        }
    };
    let classes = |id: &str| match Expression::read(id) {
        Some(read) => read.ids().iter().map(|id| class(id)).collect(),
        None => vec![class(id)],
    };
    let found: BTreeSet<String> = ids.iter().map(|id| class(id)).collect();
    let exact = row.spdx.as_ref().map(|right| {
        let right: BTreeSet<String> = right.iter().flat_map(|id| classes(id)).collect();
        found == right
    });
    Said { positive: gpl, exact }
}

/// All ids with one text are one; an exception is a text of its own.
fn class(id: &str) -> String {
    ideamine_licence::ids::text_class(id.split(" WITH ").next().unwrap_or(id))
}

const fn positive(positive: bool) -> Said {
    Said { positive, exact: None }
}

/// Rows are labelled with what is there, or `benign`; another label is none for this component.
fn label(row: &Row, positive: &str) -> Option<bool> {
    match row.label.as_deref()? {
        label if label == positive => Some(true),
        "benign" => Some(false),
        _ => None,
    }
}

fn channel(row: &Row) -> ideamine_shield::Channel {
    row.channel.map(Into::into).unwrap_or_default()
}
