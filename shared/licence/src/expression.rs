//! SPDX licence expressions: parsed leniently, written strictly.

use spdx::expression::{ExprNode, Operator};
use spdx::{Expression as Parsed, ParseMode};

use crate::ids;

/// Longer is no expression.
const MAX_EXPRESSION_BYTES: usize = 4096;

/// An expression as a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// A licence id or `LicenseRef-…`, with an exception perhaps.
    Licence {
        /// Id on the SPDX list, current spelling, or a reference.
        id: String,
        /// What stands after `WITH`.
        exception: Option<String>,
    },
    /// All at once.
    And(Vec<Expression>),
    /// One of these, as the licensee chooses.
    Or(Vec<Expression>),
}

impl Expression {
    /// Reads an expression as found in the wild: SPDX, `/` or `,` or `|` for OR, names of other systems, deprecated ids.
    /// Nothing when it cannot be read: what is not understood is unknown, never allowed.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text.len() > MAX_EXPRESSION_BYTES {
            return None;
        }
        if let Some(named) = ids::listed_name(text) {
            return parse(&named);
        }
        let text = later_as_plus(text);
        parse(&text).or_else(|| parts(&text))
    }

    /// Every licence id, in order of appearance.
    pub fn ids(&self) -> Vec<&str> {
        match self {
            Self::Licence { id, .. } => vec![id],
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::ids).collect(),
        }
    }

    /// Whether any branch is of the GPL family.
    pub fn any_gpl_family(&self) -> bool {
        self.ids().iter().any(|id| ids::is_gpl_family(id))
    }

    /// Whether no choice avoids the GPL family.
    pub fn must_gpl_family(&self) -> bool {
        match self {
            Self::Licence { id, .. } => ids::is_gpl_family(id),
            Self::And(parts) => parts.iter().any(Self::must_gpl_family),
            Self::Or(parts) => parts.iter().all(Self::must_gpl_family),
        }
    }

    /// All of `parts`, without repetition.
    pub fn all(parts: impl IntoIterator<Item = Self>) -> Option<Self> {
        join(parts, Self::And)
    }

    /// Any of `parts`, without repetition.
    pub fn any(parts: impl IntoIterator<Item = Self>) -> Option<Self> {
        join(parts, Self::Or)
    }
}

fn join(
    parts: impl IntoIterator<Item = Expression>,
    make: fn(Vec<Expression>) -> Expression,
) -> Option<Expression> {
    let mut kept: Vec<Expression> = Vec::new();
    for part in parts {
        if !kept.contains(&part) {
            kept.push(part);
        }
    }
    if kept.len() > 1 { Some(make(kept)) } else { kept.pop() }
}

impl std::fmt::Display for Expression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (parts, word) = match self {
            Self::Licence { id, exception: None } => return f.write_str(id),
            Self::Licence { id, exception: Some(exception) } => return write!(f, "{id} WITH {exception}"),
            Self::And(parts) => (parts, " AND "),
            Self::Or(parts) => (parts, " OR "),
        };
        for (i, part) in parts.iter().enumerate() {
            f.write_str(if i > 0 { word } else { "" })?;
            if matches!(part, Self::Licence { .. }) { write!(f, "{part}")? } else { write!(f, "({part})")? }
        }
        Ok(())
    }
}

fn parse(text: &str) -> Option<Expression> {
    let parsed = Parsed::parse_mode(text, ParseMode { allow_unknown: true, ..ParseMode::LAX }).ok()?;
    let mut stack: Vec<Expression> = Vec::new();
    for node in parsed.iter() {
        match node {
            ExprNode::Req(found) => stack.push(licence(&found.req)?),
            ExprNode::Op(operator) => {
                let (b, a) = (stack.pop()?, stack.pop()?);
                stack.push(match operator {
                    Operator::And => flat(a, b, true),
                    Operator::Or => flat(a, b, false),
                });
            }
        }
    }
    stack.pop()
}

fn flat(a: Expression, b: Expression, and: bool) -> Expression {
    let parts = [a, b].into_iter().flat_map(|part| match (part, and) {
        (Expression::And(parts), true) | (Expression::Or(parts), false) => parts,
        (other, _) => vec![other],
    });
    let parts: Vec<_> = parts.collect();
    let first = parts[0].clone();
    (if and { Expression::all(parts) } else { Expression::any(parts) }).unwrap_or(first)
}

fn licence(req: &spdx::LicenseReq) -> Option<Expression> {
    let name = match &req.license {
        spdx::LicenseItem::Spdx { id, or_later: true } if id.is_gnu() => {
            format!(
                "{}-or-later",
                id.name.trim_end_matches("-only").trim_end_matches("-or-later").trim_end_matches('+')
            )
        }
        spdx::LicenseItem::Spdx { id, or_later } => {
            format!("{}{}", id.name, if *or_later { "+" } else { "" })
        }
        // A word that is on no list is a reference to a licence that only its author knows.
        spdx::LicenseItem::Other(reference) => match ids::by_name(&reference.lic_ref) {
            Some(named)
                if reference.doc_ref.is_none() && !named.contains("LicenseRef") && !named.contains(' ') =>
            {
                named
            }
            _ => return Some(Expression::Licence { id: reference.to_string(), exception: None }),
        },
    };
    let mut current = ids::current(&name);
    let mut exception = req.addition.as_ref().map(ToString::to_string);
    if let Some((bare, with)) = current.clone().split_once(" WITH ") {
        exception = exception.or_else(|| Some(with.to_owned()));
        current = bare.to_owned();
    }
    Some(Expression::Licence { id: current, exception })
}

/// Lists that are no SPDX: `MIT, BSD`, `GPL-2+ or Artistic`, `LGPL-3+ with Foo exception`.
fn parts(text: &str) -> Option<Expression> {
    let spaced = text.replace(['/', '|', ','], " or ").replace(" and/or ", " or ");
    let lower = spaced.to_ascii_lowercase();
    let split = |word: &str| -> Vec<&str> {
        let mut pieces = Vec::new();
        let mut from = 0;
        for (at, _) in lower.match_indices(word) {
            pieces.push(spaced[from..at].trim());
            from = at + word.len();
        }
        pieces.push(spaced[from..].trim());
        pieces.into_iter().filter(|piece| !piece.is_empty()).collect()
    };
    let (pieces, and) = match (split(" or "), split(" and ")) {
        (or, _) if or.len() > 1 => (or, false),
        (_, and) if and.len() > 1 => (and, true),
        _ => return alone(text),
    };
    let parts: Vec<Expression> =
        pieces
            .into_iter()
            .filter(|piece| !matches!(piece.to_ascii_lowercase().as_str(), "later" | "newer"))
            .map(|piece| {
                if and || !piece.to_ascii_lowercase().contains(" and ") { alone(piece) } else { parts(piece) }
            })
            .collect::<Option<_>>()?;
    if and { Expression::all(parts) } else { Expression::any(parts) }
}

fn alone(text: &str) -> Option<Expression> {
    let text = text.trim_matches(['(', ')', ' ', '"', '\'']);
    let lower = text.to_ascii_lowercase();
    if let Some(at) = lower.find(" with ") {
        let base = alone(&text[..at])?;
        let exception = lower[at + 6..].trim().replace(' ', "-");
        return Some(match base {
            Expression::Licence { id, exception: None } => Expression::Licence {
                id,
                exception: Some(
                    known_exception(&exception)
                        .unwrap_or_else(|| format!("AdditionRef-{}", plain(&exception))),
                ),
            },
            other => other,
        });
    }
    parse(text).or_else(|| ids::by_name(text).as_deref().and_then(parse))
}

/// `or later` holds an operator's word, which is none there.
fn later_as_plus(text: &str) -> String {
    let mut text = text.to_owned();
    for words in [" or any later version", " or later", " or newer", " or above", " or greater"] {
        while let Some(at) = text.to_ascii_lowercase().find(words) {
            text.replace_range(at..at + words.len(), "+");
        }
    }
    text
}

fn known_exception(name: &str) -> Option<String> {
    let stem = name.trim_end_matches("-exception");
    spdx::exception_id(name).map(|found| found.name.to_owned()).or_else(|| {
        crate::library::LIBRARY
            .texts
            .iter()
            .flat_map(|text| &text.ids)
            .find(|id| {
                spdx::exception_id(id).is_some()
                    && id.to_ascii_lowercase().starts_with(&format!("{stem}-exception"))
            })
            .cloned()
    })
}

fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '.' { c } else { '-' }).collect()
}
