//! What is wrong with a page's structure: names, labels, headings, landmarks.

use std::collections::BTreeSet;

use ideamine_core::artifacts::Severity::{High, Low, Medium};
use scraper::{ElementRef, Html, Selector};

use super::{Barrier, barrier};

/// Inputs that need no label: they are not seen, or name themselves.
const UNLABELLED: [&str; 5] = ["hidden", "submit", "reset", "button", "image"];
/// How much of an element a finding shows, characters.
const SHOWN: usize = 80;

/// Everything found.
pub(super) fn barriers(html: &Html) -> Vec<Barrier> {
    let rules: [fn(&Html) -> Vec<Barrier>; 9] =
        [document, viewport, controls, buttons_and_links, headings, images, landmarks, tables, order];
    rules.iter().flat_map(|rule| rule(html)).collect()
}

/// Elements that a selector finds; every selector here is a constant that a test parses.
pub(super) fn all<'a>(html: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    Selector::parse(selector).map(|selector| html.select(&selector).collect()).unwrap_or_default()
}

/// `<input name="due">`: enough to find it.
pub(super) fn shown(element: ElementRef<'_>) -> String {
    let value = element.value();
    let known = ["id", "name", "class", "href", "src", "type"];
    let attributes = known.iter().filter_map(|name| Some(format!(" {name}=\"{}\"", value.attr(name)?)));
    let text: String = format!("<{}{}>", value.name(), attributes.take(3).collect::<String>());
    text.chars().take(SHOWN).collect()
}

fn filled(text: Option<&str>) -> bool {
    text.is_some_and(|text| !text.trim().is_empty())
}

fn document(html: &Html) -> Vec<Barrier> {
    let mut found = Vec::new();
    let root = html.root_element();
    if !filled(root.value().attr("lang")) {
        found.push(barrier(
            "lang-missing",
            High,
            "<html>",
            "the page has no language: add `lang` so that it is read aloud rightly (WCAG 3.1.1)",
        ));
    }
    if !all(html, "head > title").iter().any(|title| filled(Some(&text_of(*title)))) {
        found.push(barrier("title-missing", High, "<title>", "the page has no title (WCAG 2.4.2)"));
    }
    let mut ids = BTreeSet::new();
    for element in all(html, "[id]") {
        if !ids.insert(element.value().attr("id").unwrap_or_default()) {
            found.push(barrier(
                "id-twice",
                Medium,
                shown(element),
                "the id comes twice on the page: labels and links may meet the wrong one",
            ));
        }
    }
    found
}

fn viewport(html: &Html) -> Vec<Barrier> {
    let metas = all(html, "meta[name=viewport]");
    let content = metas
        .first()
        .and_then(|meta| meta.value().attr("content"))
        .map(|c| c.replace(' ', "").to_lowercase());
    match content {
        None => vec![barrier(
            "viewport-missing",
            High,
            "<head>",
            "the page has no `<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">`: on a phone it cannot be read (WCAG 1.4.10)",
        )],
        Some(c)
            if c.contains("user-scalable=no")
                || c.contains("user-scalable=0")
                || c.contains("maximum-scale=1") =>
        {
            vec![barrier(
                "zoom-forbidden",
                High,
                "<meta name=\"viewport\">",
                "the page forbids zooming (WCAG 1.4.4)",
            )]
        }
        Some(_) => Vec::new(),
    }
}

fn text_of(element: ElementRef<'_>) -> String {
    element.text().collect::<String>()
}

/// Whether an attribute names it: in words, or by other elements that exist.
fn named_by_aria(html: &Html, element: ElementRef<'_>) -> bool {
    let exists = |id: &str| {
        all(html, "[id]")
            .iter()
            .any(|other| other.value().attr("id") == Some(id) && filled(Some(&text_of(*other))))
    };
    let by_others =
        element.value().attr("aria-labelledby").is_some_and(|ids| ids.split_whitespace().any(exists));
    filled(element.value().attr("aria-label")) || by_others || filled(element.value().attr("title"))
}

fn controls(html: &Html) -> Vec<Barrier> {
    let labels = all(html, "label");
    let labelled = |element: ElementRef<'_>| {
        let id = element.value().attr("id");
        let by_for = labels
            .iter()
            .any(|label| id.is_some() && label.value().attr("for") == id && filled(Some(&text_of(*label))));
        let around = element.ancestors().filter_map(ElementRef::wrap).find(|a| a.value().name() == "label");
        by_for || around.is_some_and(|label| filled(Some(&text_of(label))))
    };
    let kind = |element: ElementRef<'_>| element.value().attr("type").unwrap_or("text").to_lowercase();
    let needs = |e: &ElementRef<'_>| e.value().name() != "input" || !UNLABELLED.contains(&kind(*e).as_str());
    let bare = all(html, "input, select, textarea").into_iter().filter(needs);
    let bare = bare.filter(|e| !labelled(*e) && !named_by_aria(html, *e));
    bare.map(|e| {
        barrier(
            "label-missing",
            High,
            shown(e),
            "the control has no label: add `<label for=…>` (a placeholder is none; WCAG 1.3.1, 4.1.2)",
        )
    })
    .collect()
}

fn buttons_and_links(html: &Html) -> Vec<Barrier> {
    let has_image = |e: ElementRef<'_>| {
        e.descendants()
            .filter_map(ElementRef::wrap)
            .any(|d| d.value().name() == "img" && filled(d.value().attr("alt")))
    };
    let named = |e: ElementRef<'_>| filled(Some(&text_of(e))) || has_image(e) || named_by_aria(html, e);
    let mut found = Vec::new();
    for element in all(html, "button, a[href], summary, [role=button]") {
        if !named(element) {
            found.push(barrier(
                "name-missing",
                High,
                shown(element),
                "it has no name: give it a text (WCAG 4.1.2)",
            ));
        }
    }
    for element in all(html, "input[type=button], input[type=image]") {
        if !filled(element.value().attr("value"))
            && !filled(element.value().attr("alt"))
            && !named_by_aria(html, element)
        {
            found.push(barrier("name-missing", High, shown(element), "the button has no name (WCAG 4.1.2)"));
        }
    }
    found
}

fn headings(html: &Html) -> Vec<Barrier> {
    let mut found = Vec::new();
    let headings = all(html, "h1, h2, h3, h4, h5, h6");
    let level = |e: ElementRef<'_>| e.value().name()[1..].parse::<u8>().unwrap_or(1);
    match headings.iter().filter(|h| level(**h) == 1).count() {
        0 => found.push(barrier(
            "heading-missing",
            High,
            "<body>",
            "the page has no `<h1>`: say what it is (WCAG 2.4.6)",
        )),
        1 => {}
        _ => found.push(barrier(
            "heading-order",
            Medium,
            "<h1>",
            "the page has several `<h1>`: one says what the page is",
        )),
    }
    let mut last = 0;
    for heading in headings {
        let now = level(heading);
        if now > last + 1 && last > 0 {
            let message = format!("`h{now}` follows `h{last}`: do not leave out a level (WCAG 1.3.1)");
            found.push(barrier("heading-order", Medium, shown(heading), message));
        }
        if text_of(heading).trim().is_empty() {
            found.push(barrier("heading-empty", Medium, shown(heading), "the heading is empty"));
        }
        last = now;
    }
    found
}

fn images(html: &Html) -> Vec<Barrier> {
    let bare = all(html, "img").into_iter().filter(|e| e.value().attr("alt").is_none());
    bare.map(|e| {
        barrier(
            "alt-missing",
            High,
            shown(e),
            "the image has no `alt`: say what it shows, or `alt=\"\"` for decoration (WCAG 1.1.1)",
        )
    })
    .collect()
}

fn landmarks(html: &Html) -> Vec<Barrier> {
    match all(html, "main, [role=main]").len() {
        0 => vec![barrier(
            "main-missing",
            High,
            "<body>",
            "the page has no `<main>`: people who use a screen reader cannot skip to it (WCAG 1.3.1)",
        )],
        1 => Vec::new(),
        _ => vec![barrier("main-twice", Medium, "<main>", "the page has several `<main>`")],
    }
}

fn tables(html: &Html) -> Vec<Barrier> {
    let heads = |table: ElementRef<'_>| {
        table.descendants().filter_map(ElementRef::wrap).any(|e| e.value().name() == "th")
    };
    let presentation = |e: &ElementRef<'_>| matches!(e.value().attr("role"), Some("presentation" | "none"));
    let bare = all(html, "table").into_iter().filter(|e| !presentation(e) && !heads(*e));
    bare.map(|e| {
        barrier(
            "table-headers-missing",
            Medium,
            shown(e),
            "the table has no `<th>`: cells are read without their meaning (WCAG 1.3.1)",
        )
    })
    .collect()
}

/// What changes the order or begins by itself.
fn order(html: &Html) -> Vec<Barrier> {
    let positive = |e: &ElementRef<'_>| {
        e.value().attr("tabindex").and_then(|t| t.trim().parse::<i32>().ok()).is_some_and(|t| t > 0)
    };
    let tabs = all(html, "[tabindex]").into_iter().filter(positive);
    let mut found: Vec<Barrier> = tabs
        .map(|e| {
            barrier(
                "tab-order",
                Medium,
                shown(e),
                "a positive `tabindex` breaks the order of the keyboard (WCAG 2.4.3)",
            )
        })
        .collect();
    for element in all(html, "[autoplay], marquee, blink, meta[http-equiv=refresh]") {
        found.push(barrier(
            "moves-by-itself",
            Low,
            shown(element),
            "it moves or changes by itself (WCAG 2.2.1, 2.2.2)",
        ));
    }
    found
}
