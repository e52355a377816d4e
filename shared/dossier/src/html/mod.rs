//! The dossier as one HTML file: nothing is loaded, nothing runs, everything generated is escaped.
//!
//! The page's policy forbids every source but the one style sheet inside it, by its hash. Escaping is on for
//! every template whatever its name; only the pictures (escaped where they are drawn) and the style sheet go in as they are.

mod figures;
mod filters;
mod gantt;
mod product;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ideamine_core::Digest;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value, context};
use serde::Serialize;

use crate::Dossier;
use crate::graph::to_svg;

const STYLE: &str = include_str!("style.css");
/// Templates by name; each is one part of the page.
const TEMPLATES: &[(&str, &str)] = &[
    ("page", include_str!("templates/page.html")),
    ("macros", include_str!("templates/macros.html")),
    ("cover", include_str!("templates/cover.html")),
    ("product", include_str!("templates/product.html")),
    ("gates", include_str!("templates/gates.html")),
    ("matrix", include_str!("templates/matrix.html")),
    ("architecture", include_str!("templates/architecture.html")),
    ("choices", include_str!("templates/choices.html")),
    ("costs", include_str!("templates/costs.html")),
    ("risks", include_str!("templates/risks.html")),
    ("papers", include_str!("templates/papers.html")),
    ("check", include_str!("templates/check.html")),
];

/// Why a page could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A template does not fit its data.
    #[error("the dossier's page could not be rendered: {0}")]
    Template(#[from] minijinja::Error),
    /// The dossier has no canonical form.
    #[error(transparent)]
    NotCanonical(#[from] ideamine_core::digest::NotCanonical),
}

/// Renders the page. It carries the digest of the `dossier.json` that it was made from.
///
/// # Errors
/// [`RenderError`], which no dossier that was built here meets.
pub fn render(dossier: &Dossier) -> Result<String, RenderError> {
    let digest = Digest::of(&dossier.to_bytes()?);
    let pictures: Vec<Value> = (0..)
        .zip(&dossier.content.diagrams)
        .map(|(n, diagram)| Value::from_safe_string(to_svg(diagram, &format!("picture-{n}"))))
        .collect();
    let page = environment()?.get_template("page")?.render(context! {
        policy => policy(),
        style => Value::from_safe_string(STYLE.to_owned()),
        digest => digest.to_string(),
        c => from(&dossier.content),
        product => product::product(&dossier.content),
        figures => from(figures::Figures::of(dossier)),
        pictures => pictures,
        gantt => Value::from_safe_string(gantt::gantt(&dossier.content.timeline)),
        heads => from(&dossier.ledger.heads),
    })?;
    Ok(page)
}

/// A value for the templates.
fn from<T: Serialize>(value: T) -> Value {
    Value::from(Serde(value))
}

/// Nothing but the style sheet of this page.
fn policy() -> String {
    let hash = STANDARD.encode(Digest::of(STYLE.as_bytes()).as_bytes());
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
}

fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    filters::add(&mut environment);
    for (name, text) in TEMPLATES {
        environment.add_template(name, text)?;
    }
    Ok(environment)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A colour of the style sheet by its variable, light scheme first.
    fn colours(name: &str) -> Vec<[f64; 3]> {
        let find = |line: &&str| line.trim().starts_with(&format!("--{name}:"));
        let channel = |hex: &str, at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        STYLE
            .lines()
            .filter(find)
            .map(|line| {
                let hex = line.split('#').nth(1).unwrap();
                [0, 2, 4].map(|at| {
                    let share = f64::from(channel(hex, at)) / 255.0;
                    if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
                })
            })
            .collect()
    }

    fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
        let light = |c: [f64; 3]| 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2] + 0.05;
        let (a, b) = (light(a), light(b));
        a.max(b) / a.min(b)
    }

    #[test]
    fn text_stands_out_from_its_ground_in_both_schemes() {
        let check = |ink: &str, ground: &str| {
            let (inks, grounds) = (colours(ink), colours(ground));
            assert_eq!(
                (inks.len(), grounds.len()),
                (2, 2),
                "{ink} and {ground} in a light and a dark scheme"
            );
            for (scheme, (ink_colour, ground_colour)) in inks.into_iter().zip(grounds).enumerate() {
                let ratio = contrast(ink_colour, ground_colour);
                assert!(
                    ratio >= 4.5,
                    "scheme {scheme}: {ink} on {ground} has {ratio:.2}, WCAG 2.2 AA asks 4.5"
                );
            }
        };
        for ground in ["paper", "card"] {
            for ink in ["ink", "soft", "link", "good", "warn", "bad"] {
                check(ink, ground);
            }
        }
        check("ink", "tint");
        check("soft", "tint");
    }
}
