"""What all pages share: the frame around them, tables and the page for an error."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from app.markup import Content, Markup, element, join
from app.problems import Problem

STATIC = Path(__file__).parent / "static"
NAME = "Lendwell"
MOTTO = "A lending shelf for our street"
FOOTER = "Run by the residents’ association for its own four buildings. No company earns from what you enter here."


def frame(title: str, *content: Content) -> str:
    """The whole page around its content."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("title", f"{title} – {NAME}" if title != NAME else f"{NAME}: {MOTTO.lower()}"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("link", rel="stylesheet", href="/static/style.css"),
    )
    links = element("ul", element("li", element("a", "All items", href="/")))
    body = element(
        "body",
        element("a", "Skip to the content", href="#main", class_="skip"),
        element("header", element("p", element("a", NAME, href="/"), class_="name"), element("p", MOTTO)),
        element("nav", links, aria_label="Main"),
        element("main", *content, id="main"),
        element("footer", element("p", FOOTER)),
    )
    return "<!doctype html>\n" + element("html", head, body, lang="en")


def section(heading: str, anchor: str, *content: Content) -> Markup:
    """A part of a page under its own heading."""
    return element("section", element("h2", heading, id=anchor), *content, aria_labelledby=anchor)


def table(caption: str, titles: Sequence[str], rows: Iterable[Sequence[Content]]) -> Markup:
    """A table whose first column names the row; it scrolls by itself on a narrow screen."""
    head = element("tr", *(element("th", title, scope="col") for title in titles))
    body = [
        element("tr", element("th", first, scope="row"), *(element("td", cell) for cell in cells))
        for first, *cells in rows
    ]
    whole = element("table", element("caption", caption), element("thead", head), element("tbody", *body))
    return element("div", whole, class_="scroll", tabindex="0", role="region", aria_label=caption)


def problem_page(problem: Problem) -> str:
    detail = element("p", capitalised(problem.detail) + ".")
    errors = [
        element("li", f"{capitalised(error['pointer'][2:].replace('_', ' '))} {error['detail']}.")
        for error in problem.errors
    ]
    advice = "Go back in your browser: what you typed is still there." if errors else ""
    content = [
        element("h1", problem.title),
        element("div", detail, element("ul", *errors) if errors else None, class_="errors", role="alert"),
        element("p", advice) if advice else None,
        element("p", element("a", "Back to all items", href="/")),
    ]
    return frame(problem.title, join(*content))


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
