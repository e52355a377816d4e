//! Style sheets of a page: rules in order, custom properties resolved, for one colour scheme at a time.

use std::collections::BTreeMap;

use ideamine_core::artifacts::Severity::High;
use scraper::{Html, Selector};

use super::page::all;
use super::{Barrier, barrier};
use crate::view::Page;

/// Most rules of a page that are looked at.
const RULES_MAX: usize = 2_000;
/// Deepest chain of custom properties.
const DEPTH_MAX: usize = 8;

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    Light,
    Dark,
}

/// One rule with one selector.
#[derive(Debug)]
pub(super) struct Rule {
    /// As it is written.
    pub(super) text: String,
    /// Without states such as `:hover`, which no document is in; `None` when it cannot match an element.
    pub(super) selector: Option<Selector>,
    /// Whether it holds in a state only.
    pub(super) in_state: bool,
    /// Rough specificity; a later rule of the same wins.
    pub(super) weight: usize,
    /// Properties in order; a later one of the same name wins.
    pub(super) declarations: BTreeMap<String, String>,
    dark_only: bool,
}

/// All rules of a page.
#[derive(Debug, Default)]
pub(super) struct Style {
    rules: Vec<Rule>,
}

impl Style {
    /// Rules of the page's own `<style>` elements and of the sheets that it links.
    pub(super) fn of(html: &Html, sheets: &[Page]) -> Self {
        let mut style = Self::default();
        for element in all(html, "style, link[rel~=stylesheet][href]") {
            match element.value().attr("href") {
                None => style.read(&element.text().collect::<String>()),
                Some(href) => {
                    if let Some(sheet) = sheets.iter().find(|sheet| is_sheet(&sheet.name, href)) {
                        style.read(&sheet.content);
                    }
                }
            }
        }
        style
    }

    fn read(&mut self, text: &str) {
        let plain = without_comments(text);
        self.block(&plain, false);
    }

    fn block(&mut self, text: &str, dark_only: bool) {
        for (prelude, body) in blocks(text) {
            let prelude = prelude.trim();
            match prelude.strip_prefix('@') {
                Some(at) => {
                    let words = at.split_whitespace().collect::<String>().to_lowercase();
                    let nested = ["media", "supports", "layer", "container"]
                        .iter()
                        .any(|word| words.starts_with(word));
                    let elsewhere = ["print", "forced-colors:active", "prefers-contrast"]
                        .iter()
                        .any(|word| words.contains(word));
                    if nested && !elsewhere {
                        self.block(&body, dark_only || words.contains("prefers-color-scheme:dark"));
                    }
                }
                None => self.rule(prelude, &body, dark_only),
            }
        }
    }

    fn rule(&mut self, prelude: &str, body: &str, dark_only: bool) {
        let declarations = declarations(body);
        for text in selectors(prelude) {
            if self.rules.len() >= RULES_MAX {
                return;
            }
            let (plain, in_state) = without_states(&text);
            let selector = plain.and_then(|plain| Selector::parse(&plain).ok());
            let weight = weight(&text);
            let declarations = declarations.clone();
            self.rules.push(Rule { text, selector, in_state, weight, declarations, dark_only });
        }
    }

    /// Rules that hold under a colour scheme, in order.
    pub(super) fn rules(&self, scheme: Scheme) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(move |rule| scheme == Scheme::Dark || !rule.dark_only)
    }

    /// Schemes that the page has colours for.
    pub(super) fn schemes(&self) -> Vec<Scheme> {
        let dark = self
            .rules
            .iter()
            .any(|rule| rule.dark_only || rule.declarations.values().any(|v| v.contains("light-dark(")));
        if dark { vec![Scheme::Light, Scheme::Dark] } else { vec![Scheme::Light] }
    }

    /// Custom properties of the whole page.
    pub(super) fn variables(&self, scheme: Scheme) -> BTreeMap<&str, &str> {
        let global =
            |rule: &&Rule| matches!(rule.text.as_str(), ":root" | "html" | "body" | "*" | ":root, html");
        let own = self.rules(scheme).filter(global).flat_map(|rule| &rule.declarations);
        own.filter(|(name, _)| name.starts_with("--"))
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }
}

/// `/static/style.css` is the file `app/static/style.css`.
fn is_sheet(name: &str, href: &str) -> bool {
    let path = href.split(['?', '#']).next().unwrap_or(href);
    let path = path.trim_start_matches("./").trim_start_matches('/');
    let name = name.trim_start_matches('/');
    !path.is_empty() && (name == path || name.ends_with(&format!("/{path}")))
}

fn without_comments(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        plain.push_str(before);
        plain.push(' ');
        rest = after.split_once("*/").map_or("", |(_, rest)| rest);
    }
    plain + rest
}

/// Preludes with their bodies, at the outer level; statements without a body are left out.
fn blocks(text: &str) -> Vec<(String, String)> {
    let (mut found, mut prelude, mut body, mut depth) = (Vec::new(), String::new(), String::new(), 0_usize);
    for c in text.chars() {
        match (c, depth) {
            ('{', 0) => depth = 1,
            ('{', _) => {
                depth += 1;
                body.push(c);
            }
            ('}', 1) => {
                depth = 0;
                found.push((std::mem::take(&mut prelude), std::mem::take(&mut body)));
            }
            ('}', 0) => {}
            ('}', _) => {
                depth -= 1;
                body.push(c);
            }
            (';', 0) => prelude.clear(),
            (c, 0) => prelude.push(c),
            (c, _) => body.push(c),
        }
    }
    found
}

fn declarations(body: &str) -> BTreeMap<String, String> {
    let pairs = body.split(';').filter_map(|declaration| declaration.split_once(':'));
    let plain = |value: &str| value.trim().trim_end_matches("!important").trim().to_owned();
    pairs.map(|(name, value)| (name.trim().to_lowercase(), plain(value))).collect()
}

/// Parts of a list of selectors, apart at commas outside of brackets.
fn selectors(prelude: &str) -> Vec<String> {
    let (mut parts, mut depth) = (vec![String::new()], 0_i32);
    for c in prelude.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            _ => {}
        }
        if c == ',' && depth == 0 {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts
        .into_iter()
        .map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|part| !part.is_empty())
        .collect()
}

/// Takes states off (`a:hover` → `a`); what names no element at all (`::before`) cannot match.
fn without_states(selector: &str) -> (Option<String>, bool) {
    const STATES: [&str; 13] = [
        ":hover",
        ":focus-visible",
        ":focus-within",
        ":focus",
        ":active",
        ":visited",
        ":link",
        ":target",
        ":disabled",
        ":invalid",
        ":valid",
        ":checked",
        ":any-link",
    ];
    if selector.contains("::") || selector.contains(":before") || selector.contains(":after") {
        return (None, true);
    }
    let mut plain = selector.to_owned();
    let mut in_state = false;
    for state in STATES {
        if plain.contains(state) {
            in_state |= !matches!(state, ":link" | ":any-link");
            plain = plain.replace(state, "");
        }
    }
    let bare = plain.split([' ', '>', '+', '~']).next_back().is_none_or(|last| last.trim().is_empty());
    let plain = if bare { format!("{plain}*") } else { plain };
    (Some(plain.replace(":not()", "")), in_state)
}

/// Ids count a hundred, classes, attributes and states ten, elements one.
fn weight(selector: &str) -> usize {
    let count = |marks: &[char]| selector.matches(marks).count();
    let elements =
        selector.split([' ', '>', '+', '~']).filter(|part| part.starts_with(char::is_alphabetic)).count();
    count(&['#']) * 100 + count(&['.', '[', ':']) * 10 + elements
}

/// A value with custom properties put in and `light-dark()` decided.
pub(super) fn resolved(value: &str, variables: &BTreeMap<&str, &str>, scheme: Scheme) -> String {
    let mut value = value.to_owned();
    for _ in 0..DEPTH_MAX {
        let function = ["var(", "light-dark("].iter().filter_map(|f| Some((value.rfind(f)?, f.len()))).max();
        let Some((start, length)) = function else { return value };
        let Some(end) = matching(&value, start + length) else { return value };
        let inside = &value[start + length..end];
        let (first, second) = inside.split_once(',').map_or((inside, None), |(a, b)| (a, Some(b)));
        let by_scheme = value[start..].starts_with("light-dark");
        let put = match (by_scheme, scheme) {
            (true, Scheme::Light) => Some(first),
            (true, Scheme::Dark) => second,
            (false, _) => variables.get(first.trim()).copied().or(second),
        };
        let put = put.unwrap_or_default().trim().to_owned();
        value.replace_range(start..=end, &put);
    }
    value
}

/// Where the bracket that was opened before `from` closes.
fn matching(text: &str, from: usize) -> Option<usize> {
    let mut depth = 1;
    for (at, c) in text[from..].char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(from + at);
        }
    }
    None
}

/// Rules that take the mark of the keyboard's focus away and put nothing in its place.
pub(super) fn hidden_focus(style: &Style) -> Vec<Barrier> {
    let gone = |rule: &&Rule| {
        let value = |name: &str| rule.declarations.get(name).map(String::as_str);
        let none = matches!(value("outline"), Some("none" | "0" | "0px" | "0 none"))
            || value("outline-style") == Some("none")
            || matches!(value("outline-width"), Some("0" | "0px"));
        let instead =
            ["box-shadow", "border", "border-color", "background", "background-color", "text-decoration"];
        let replaced = rule.in_state && instead.iter().any(|name| value(name).is_some_and(|v| v != "none"));
        // `:focus:not(:focus-visible)` is for the mouse alone.
        none && !replaced && !rule.text.contains(":not(:focus-visible)")
    };
    let hit = |rule: &Rule| {
        barrier(
            "focus-hidden",
            High,
            rule.text.clone(),
            "the outline of the focus is taken away: people who use the keyboard lose their place (WCAG 2.4.7)",
        )
    };
    style.rules.iter().filter(gone).map(hit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(text: &str) -> Style {
        let mut style = Style::default();
        style.read(text);
        style
    }

    #[test]
    fn rules_are_read_with_their_scheme() {
        let style = style(
            "/* x{} */ @import 'a'; :root { --a: #111; } a:hover, b { color: red !important; } @media print { b { color: blue } } @media (prefers-color-scheme: dark) { :root { --a: #eee } } @media (min-width: 40rem) { c { d: e } }",
        );
        let texts = |scheme| style.rules(scheme).map(|r| r.text.as_str()).collect::<Vec<_>>();
        assert_eq!(texts(Scheme::Light), [":root", "a:hover", "b", "c"]);
        assert_eq!(texts(Scheme::Dark), [":root", "a:hover", "b", ":root", "c"]);
        assert_eq!(style.schemes(), [Scheme::Light, Scheme::Dark]);
        assert_eq!(
            (style.variables(Scheme::Light)["--a"], style.variables(Scheme::Dark)["--a"]),
            ("#111", "#eee")
        );
        assert_eq!(style.rules(Scheme::Light).nth(1).unwrap().declarations["color"], "red");
    }

    #[test]
    fn custom_properties_are_put_in() {
        let variables = BTreeMap::from([("--a", "var(--b)"), ("--b", "#123"), ("--loop", "var(--loop)")]);
        let check = |value: &str, expected: &str| {
            assert_eq!(resolved(value, &variables, Scheme::Light), expected, "{value}")
        };
        check("var(--a)", "#123");
        check("1px solid var(--b)", "1px solid #123");
        check("var(--none, red)", "red");
        check("var(--none, var(--b))", "#123");
        check("light-dark(#fff, #000)", "#fff");
        check("plain", "plain");
        assert_eq!(resolved("light-dark(#fff, #000)", &variables, Scheme::Dark), "#000");
        assert!(resolved("var(--loop)", &variables, Scheme::Light).contains("--loop"));
    }

    #[test]
    fn a_hidden_focus_is_found_and_a_replaced_one_is_not() {
        let check = |text: &str, found: usize| assert_eq!(hidden_focus(&style(text)).len(), found, "{text}");
        check("a:focus { outline: none }", 1);
        check("* { outline: 0 }", 1);
        check("a:focus { outline: none; box-shadow: 0 0 0 3px blue }", 0);
        check("a:focus:not(:focus-visible) { outline: none }", 0);
        check("a:focus-visible { outline: 3px solid blue }", 0);
    }

    #[test]
    fn a_sheet_is_found_by_its_path() {
        let check =
            |name: &str, href: &str, yes: bool| assert_eq!(is_sheet(name, href), yes, "{name} {href}");
        check("/static/style.css", "/static/style.css?v=1", true);
        check("app/static/style.css", "/static/style.css", true);
        check("app/static/mystyle.css", "style.css", false);
        check("x.css", "", false);
    }
}
