//! The components that can be evaluated, each as it is used elsewhere: the same calls, the same operating points.

use ideamine_exfil::{Context, Guard, Registry};
use ideamine_shield::screen;

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
        _ => return None,
    })
}

/// Every component that can be evaluated.
pub(crate) const NAMES: [&str; 2] = ["prompt-shield", "exfil"];

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
