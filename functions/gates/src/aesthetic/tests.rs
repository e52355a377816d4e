//! Each barrier is found on a page that is good otherwise.

use super::*;

const GOOD: &str = r##"<!doctype html>
<html lang="en"><head><title>Visits</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/style.css">
<style>h2 { margin: 0 }</style></head>
<body><header><h1>Visits</h1><nav aria-label="Records"><a href="/x">All</a></nav></header>
<main id="main"><h2>New visit</h2>
<form><label for="due">Due</label><input id="due" name="due"><label>Note <textarea></textarea></label>
<select aria-label="Who"><option>A</option></select><input type="hidden" name="h"><button>Save</button></form>
<h3 class="quiet">Old</h3><p class="quiet">None</p><img src="/a.png" alt="Map">
<table><tr><th scope="col">Due</th></tr><tr><td>1</td></tr></table></main></body></html>"##;

const SHEET: &str = ":root { --page: #ffffff; --text: #1a1a1a; --quiet: #595959; --accent: #0b57d0; --on: #fff }
@media (prefers-color-scheme: dark) { :root { --page: #121212; --text: #eee; --quiet: #aaa; --accent: #8ab4f8; --on: #111 } }
body { background: var(--page); color: var(--text); font: 1rem/1.5 sans-serif }
a { color: var(--accent) } .quiet { color: var(--quiet) }
button { background: var(--accent); color: var(--on); border: 0 }
input, textarea, select { background: var(--page); color: var(--text) }
:focus-visible { outline: 3px solid var(--accent) }";

fn rules(html: &str, sheet: &str) -> Vec<String> {
    let page = Page { name: "page:/".to_owned(), content: html.to_owned() };
    let sheets = [Page { name: "/static/style.css".to_owned(), content: sheet.to_owned() }];
    barriers(&page, &sheets).into_iter().map(|b| format!("{} {} {}", b.rule, b.at, b.message)).collect()
}

#[test]
fn a_good_page_has_no_barrier() {
    assert_eq!(rules(GOOD, SHEET), Vec::<String>::new());
}

#[test]
fn each_barrier_on_a_page_is_found() {
    let check = |old: &str, new: &str, rule: &str| {
        assert!(GOOD.contains(old), "{old}");
        let found = rules(&GOOD.replace(old, new), SHEET);
        assert!(!found.is_empty() && found.iter().all(|f| f.starts_with(rule)), "{rule}: {found:#?}");
    };
    check(" lang=\"en\"", "", "lang-missing");
    check("<title>Visits</title>", "<title> </title>", "title-missing");
    check("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">", "", "viewport-missing");
    check("initial-scale=1", "user-scalable=no", "zoom-forbidden");
    check("<label for=\"due\">Due</label>", "Due", "label-missing");
    check("for=\"due\"", "for=\"do\"", "label-missing");
    check(
        "<label>Note <textarea></textarea></label>",
        "<textarea placeholder='Note'></textarea>",
        "label-missing",
    );
    check(" aria-label=\"Who\"", " aria-labelledby=\"nobody\"", "label-missing");
    check("<button>Save</button>", "<button></button>", "name-missing");
    check(">All</a>", "><img src=\"x\" alt=\"\"></a>", "name-missing");
    check("<h1>Visits</h1>", "<p>Visits</p>", "heading-missing");
    check("<h1>Visits</h1>", "<h1>Visits</h1><h1>Again</h1>", "heading-order");
    check("<h3 class=\"quiet\">Old</h3>", "<h4 class=\"quiet\">Old</h4>", "heading-order");
    check("<h2>New visit</h2>", "<h2> </h2>", "heading-empty");
    check(" alt=\"Map\"", "", "alt-missing");
    check("<main id=\"main\">", "<div>", "main-missing");
    check("<th scope=\"col\">Due</th>", "<td>Due</td>", "table-headers-missing");
    check("<input type=\"hidden\"", "<input tabindex=\"3\" aria-label=\"x\"", "tab-order");
    check("<input type=\"hidden\"", "<i id=\"due\"></i><input type=\"hidden\"", "id-twice");
    check("<p class=\"quiet\">", "<p style=\"color: #aaa; background: white\">", "contrast");
    check("h2 { margin: 0 }", "h2 { color: #ccc; background: #fff }", "contrast");
}

#[test]
fn each_barrier_in_a_style_is_found() {
    let check = |old: &str, new: &str, rule: &str, words: &str| {
        assert!(SHEET.contains(old), "{old}");
        let found = rules(GOOD, &SHEET.replacen(old, new, 1));
        let hit = |f: &String| f.starts_with(rule) && f.contains(words);
        assert!(found.iter().any(hit), "{rule} {words}: {found:#?}");
    };
    check("--quiet: #595959", "--quiet: #999", "contrast", "#999999 on #ffffff has a contrast of 2.85");
    check("--quiet: #aaa", "--quiet: #444", "contrast", "in the dark scheme");
    check("--text: #1a1a1a", "--text: rgba(0, 0, 0, 0.3)", "contrast", "<label");
    check("--on: #fff", "--on: #6af", "contrast", "<button>");
    check("a { color: var(--accent) }", "a { color: hsl(60, 100%, 50%) }", "contrast", "<a href");
    check(
        "button { background: var(--accent); color: var(--on);",
        "button { background: #0b57d0;",
        "contrast",
        "<button>",
    );
    check("outline: 3px solid var(--accent)", "outline: none", "focus-hidden", ":focus-visible");
    check("--quiet: #595959", "--quiet: oklch(0.5 0.1 20)", "colour-not-understood", "oklch");
}

#[test]
fn large_text_may_have_less_contrast() {
    let sheet = SHEET.replacen("a { color", "h1 { color: #888 } a { color", 1);
    assert!(!rules(GOOD, &sheet).iter().any(|f| f.contains("<h1>") && !f.contains("dark")));
    let sheet = SHEET.replacen("a { color", "h1 { color: #888; font-size: 1rem } a { color", 1);
    assert!(rules(GOOD, &sheet).iter().any(|f| f.contains("<h1>") && !f.contains("dark")));
}
