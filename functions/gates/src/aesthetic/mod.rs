//! `aesthetic`: pages that people can read and use, judged as they were served.
//!
//! What rules can tell of WCAG 2.2 AA is measured on the pages that the checks saw: language, title, names of
//! controls, headings, landmarks, contrast. What only people can tell is the agent's review, whose high
//! findings must be answered.

mod colour;
mod contrast;
mod css;
mod page;

use ideamine_core::artifacts::{AestheticReview, App, GateOutcome, Measure, Severity};
use scraper::Html;

use crate::critique::answered;
use crate::gate::{Gate, Judgement};
use crate::security::failed_checks;
use crate::view::Page;
use crate::view::{GateView, Need};
use crate::wording::said;

const FILE: &str = "aesthetic.json";

/// The gate of the aesthetic phase.
pub(crate) struct Aesthetic;

/// Something that keeps people from reading or using a page.
struct Barrier {
    rule: &'static str,
    severity: Severity,
    /// The element, as a person would find it.
    at: String,
    message: String,
}

fn barrier(
    rule: &'static str,
    severity: Severity,
    at: impl Into<String>,
    message: impl Into<String>,
) -> Barrier {
    Barrier { rule, severity, at: at.into(), message: message.into() }
}

impl Gate for Aesthetic {
    fn id(&self) -> &'static str {
        "aesthetic"
    }
    fn needs(&self) -> &'static [Need] {
        &[Need::Artifact(FILE), Need::Artifact("app.json"), Need::Source, Need::Pages]
    }

    fn judge(&self, view: &GateView) -> Judgement {
        let mut j = Judgement::of("aesthetic");
        failed_checks(&mut j, view);
        let pages = pages(view);
        if serves_pages(view) {
            let message = "no page was seen: the check `start` or `held-out` must run in this phase and receive HTML at `/`";
            let place = ("page:/".to_owned(), message.to_owned());
            j.at_least(("pages-seen", Severity::Critical, GateOutcome::Fail), pages.len(), 1, place);
        }
        let sheets = sheets(view);
        let (mut grave, mut slight) = (0, 0);
        let mut told = std::collections::BTreeSet::new();
        for page in &pages {
            for found in barriers(page, &sheets) {
                let counter = if found.severity >= Severity::High { &mut grave } else { &mut slight };
                *counter += 1;
                // The same element on every page is mended once.
                if told.insert((found.rule, found.at.clone())) {
                    j.find(
                        found.rule,
                        found.severity,
                        &format!("{} {}", page.name, found.at),
                        &found.message,
                    );
                }
            }
        }
        j.measures.push(Measure::at_most("barriers", grave, 0, GateOutcome::Fail));
        j.measures.push(Measure::at_most("slight-barriers", slight, 0, GateOutcome::Concerns));
        let Some(review) = j.read::<AestheticReview>(view, FILE) else { return j };
        answered(&mut j, FILE, &review.findings);
        let principles = review.principles.iter().filter(|text| said(text)).count();
        let message = "no principle says what look and words follow".to_owned();
        let rule = ("principles", Severity::Low, GateOutcome::Concerns);
        j.at_least(rule, principles, 1, (format!("{FILE}#/body/principles"), message));
        j.substance(view, FILE);
        j
    }
}

/// Whether there must be a page: a command and a library have none.
fn serves_pages(view: &GateView) -> bool {
    view.document::<App>("app.json").map_or(true, |app| app.body.kind.is_service())
}

/// Pages as served; where none were seen, HTML files of the tree.
fn pages(view: &GateView) -> Vec<Page> {
    let served: Vec<Page> =
        view.pages.iter().filter(|page| page.name.starts_with("page:")).cloned().collect();
    if !served.is_empty() {
        return served;
    }
    let files = view.source.iter().filter(|file| file.path.ends_with(".html") || file.path.ends_with(".htm"));
    files.map(|file| Page { name: format!("app/{}", file.path), content: file.content.clone() }).collect()
}

/// Style sheets as served and, by their path, those of the tree.
fn sheets(view: &GateView) -> Vec<Page> {
    let served = view.pages.iter().filter_map(|page| {
        let path = page.name.strip_prefix("style:")?;
        Some(Page { name: path.to_owned(), content: page.content.clone() })
    });
    let files = view.source.iter().filter(|file| file.path.ends_with(".css"));
    served.chain(files.map(|f| Page { name: f.path.clone(), content: f.content.clone() })).collect()
}

fn barriers(page: &Page, sheets: &[Page]) -> Vec<Barrier> {
    let html = Html::parse_document(&page.content);
    let style = css::Style::of(&html, sheets);
    let mut found = page::barriers(&html);
    found.extend(contrast::barriers(&html, &style));
    found.extend(css::hidden_focus(&style));
    found
}

#[cfg(test)]
mod tests;
