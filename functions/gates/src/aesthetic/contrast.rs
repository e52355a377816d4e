//! Contrast of text on its background, for every element that has text of its own, in each colour scheme.

use std::collections::{BTreeMap, BTreeSet};

use ideamine_core::artifacts::Severity::{High, Low};
use scraper::{ElementRef, Html, Node};

use super::colour::{Colour, contrast};
use super::css::{Rule, Scheme, Style, resolved};
use super::page::shown;
use super::{Barrier, barrier};

/// WCAG 2.2, 1.4.3: text.
const TEXT_MIN: f64 = 4.5;
/// WCAG 2.2, 1.4.3: large text, from 24 px, or 18.66 px in bold.
const LARGE_MIN: f64 = 3.0;
const LARGE_PX: f64 = 24.0;
/// Most elements of a page that are looked at.
const ELEMENTS_MAX: usize = 4_000;
/// Elements whose text nobody sees.
const UNSEEN: [&str; 8] = ["head", "style", "script", "title", "template", "noscript", "option", "datalist"];
/// What browsers do when no style says otherwise: colour, background.
const BROWSER: [(&str, Option<u32>, Option<u32>); 5] = [
    ("a", Some(0x0000ee), None),
    ("button", Some(0x000000), Some(0xefefef)),
    ("input", Some(0x000000), Some(0xffffff)),
    ("select", Some(0x000000), Some(0xffffff)),
    ("textarea", Some(0x000000), Some(0xffffff)),
];

/// An element's place in memory, for as long as its document lives: scraper's own ids have no public name.
type Id = usize;
/// Rules by element, the strongest last.
type Matched<'a> = BTreeMap<Id, Vec<&'a Rule>>;

struct Looks<'a> {
    scheme: Scheme,
    variables: BTreeMap<&'a str, &'a str>,
    matched: Matched<'a>,
    /// Values that are no colour we understand.
    unknown: BTreeSet<String>,
}

/// Text that cannot be read well.
pub(super) fn barriers(html: &Html, style: &Style) -> Vec<Barrier> {
    let mut found = Vec::new();
    let mut unknown = BTreeSet::new();
    for scheme in style.schemes() {
        let mut looks = Looks::of(html, style, scheme);
        let mut told = BTreeSet::new();
        for element in texts(html) {
            let Some(low) = looks.low(element) else { continue };
            let at = shown(element);
            if told.insert((at.clone(), low.clone())) {
                found.push(barrier("contrast", High, at, low));
            }
        }
        unknown.extend(looks.unknown);
    }
    if !unknown.is_empty() {
        let some = unknown.iter().take(3).cloned().collect::<Vec<_>>().join("`, `");
        let message = format!(
            "these colours are not understood, and texts in them not judged: `{some}`; use #rrggbb, rgb() or hsl()"
        );
        found.push(barrier("colour-not-understood", Low, "style", message));
    }
    found
}

/// Elements with text of their own that people see.
fn texts(html: &Html) -> impl Iterator<Item = ElementRef<'_>> {
    let seen = |element: &ElementRef<'_>| {
        let hidden =
            |e: ElementRef<'_>| UNSEEN.contains(&e.value().name()) || e.value().attr("hidden").is_some();
        !hidden(*element) && !element.ancestors().filter_map(ElementRef::wrap).any(hidden)
    };
    let own_text = |element: &ElementRef<'_>| {
        element.children().any(|child| matches!(child.value(), Node::Text(text) if !text.trim().is_empty()))
    };
    let all = html.root_element().descendants().filter_map(ElementRef::wrap).take(ELEMENTS_MAX);
    all.filter(own_text).filter(seen)
}

fn id(element: ElementRef<'_>) -> Id {
    std::ptr::from_ref(element.value()) as usize
}

impl<'a> Looks<'a> {
    fn of(html: &Html, style: &'a Style, scheme: Scheme) -> Self {
        let mut matched: Matched<'a> = BTreeMap::new();
        for rule in style.rules(scheme).filter(|rule| !rule.in_state) {
            for element in rule.selector.iter().flat_map(|selector| html.select(selector)) {
                matched.entry(id(element)).or_default().push(rule);
            }
        }
        for rules in matched.values_mut() {
            // Stable: of two with the same weight the later stays last.
            rules.sort_by_key(|rule| rule.weight);
        }
        Self { scheme, variables: style.variables(scheme), matched, unknown: BTreeSet::new() }
    }

    /// The value of a property as the element itself has it.
    fn own(&self, element: ElementRef<'_>, names: &[&str]) -> Option<String> {
        let inline = element.value().attr("style").unwrap_or_default();
        let mut inline = inline.split(';').rev().filter_map(|declaration| declaration.split_once(':'));
        let inline =
            inline.find(|(name, _)| names.contains(&name.trim())).map(|(_, value)| value.trim().to_owned());
        let by_rules = || {
            let strongest_first = self.matched.get(&id(element))?.iter().rev();
            let mut found =
                strongest_first.filter_map(|rule| names.iter().find_map(|name| rule.declarations.get(*name)));
            found.next().cloned()
        };
        let value = inline.or_else(by_rules)?;
        Some(resolved(&value, &self.variables, self.scheme))
    }

    fn colour(&mut self, value: &str) -> Option<Colour> {
        let found = Colour::parse(value);
        if found.is_none() {
            self.unknown.insert(value.chars().take(60).collect());
        }
        found
    }

    /// The text's colour: its own or inherited; what cannot be told is `None`.
    fn text_colour(&mut self, element: ElementRef<'_>) -> Option<Colour> {
        for at in std::iter::once(element).chain(element.ancestors().filter_map(ElementRef::wrap)) {
            match self.own(at, &["color"]).as_deref() {
                Some("inherit" | "currentcolor" | "currentColor" | "unset" | "revert") => continue,
                Some(value) => return self.colour(value),
                None => {}
            }
            if let Some(colour) = by_browser(at).and_then(|(colour, _)| colour) {
                return Some(colour);
            }
        }
        Some(self.canvas().0)
    }

    /// Text and page where nothing is said: a page that declares both schemes gets the browser's dark one.
    fn canvas(&self) -> (Colour, Colour) {
        (Colour::BLACK, Colour::WHITE)
    }

    /// What lies behind the text, from the element outwards; `None` behind an image or what is not understood.
    fn background(&mut self, element: ElementRef<'_>) -> Option<Colour> {
        let mut layers = Vec::new();
        for at in std::iter::once(element).chain(element.ancestors().filter_map(ElementRef::wrap)) {
            let said = self.own(at, &["background-color", "background"]);
            let layer = match said.as_deref() {
                None | Some("inherit" | "none" | "unset" | "initial") => {
                    by_browser(at).filter(|_| said.is_none()).and_then(|(_, b)| b)
                }
                Some(value) if value.contains("url(") || value.contains("gradient(") => return None,
                Some(value) => Some(self.first_colour(value)?),
            };
            let Some(layer) = layer else { continue };
            layers.push(layer);
            if layer.alpha >= 1.0 {
                break;
            }
        }
        let canvas = self.canvas().1;
        Some(layers.into_iter().rev().fold(canvas, |below, layer| layer.over(below)))
    }

    /// The colour among the words of a `background`.
    fn first_colour(&mut self, value: &str) -> Option<Colour> {
        let words = value.split_whitespace().find_map(Colour::parse);
        words.or_else(|| self.colour(value))
    }

    /// What is wrong with an element's contrast.
    fn low(&mut self, element: ElementRef<'_>) -> Option<String> {
        let behind = self.background(element)?;
        let text = self.text_colour(element)?.over(behind);
        let (ratio, least) = (contrast(text, behind), self.least(element));
        let scheme = if self.scheme == Scheme::Dark { ", in the dark scheme" } else { "" };
        let message = format!(
            "text {} on {} has a contrast of {ratio:.2}, below {least}{scheme} (WCAG 1.4.3)",
            text.shown(),
            behind.shown()
        );
        (ratio < least).then_some(message)
    }

    fn least(&self, element: ElementRef<'_>) -> f64 {
        let by_style = self.own(element, &["font-size"]).and_then(|size| pixels(&size));
        let by_browser = match element.value().name() {
            "h1" => 32.0,
            "h2" => LARGE_PX,
            _ => 16.0,
        };
        if by_style.unwrap_or(by_browser) >= LARGE_PX { LARGE_MIN } else { TEXT_MIN }
    }
}

fn by_browser(element: ElementRef<'_>) -> Option<(Option<Colour>, Option<Colour>)> {
    let name = element.value().name();
    let is_link = name != "a" || element.value().attr("href").is_some();
    let (_, text, behind) = BROWSER.iter().find(|(known, ..)| *known == name && is_link)?;
    Some((text.map(Colour::rgb), behind.map(Colour::rgb)))
}

fn pixels(size: &str) -> Option<f64> {
    let number = |unit: &str| size.strip_suffix(unit).and_then(|n| n.trim().parse::<f64>().ok());
    number("px").or_else(|| number("rem").map(|n| n * 16.0)).or_else(|| number("em").map(|n| n * 16.0))
}
