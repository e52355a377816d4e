# Composed by rules. No licence is stated.
"""What all pages share: the frame, messages about errors, open questions."""

from __future__ import annotations

from collections.abc import Mapping

from app import about
from app.markup import Markup, element, join
from app.model import Resource
from app.problems import Problem


def frame(title: str, navigation: Markup, content: Markup) -> str:
    """The whole page around its content."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("title", title),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("link", rel="stylesheet", href="/static/theme.css"),
        element("link", rel="stylesheet", href="/static/style.css"),
    )
    body = element(
        "body",
        element("a", "Skip to the content", href="#main", class_="skip"),
        element("header", element("h1", element("a", about.NAME, href="/")), navigation),
        element("main", content, id="main"),
        element("footer", element("p", about.NOTICE)),
    )
    return "<!doctype html>\n" + element("html", head, body, lang="en")


def questions() -> Markup:
    if not about.QUESTIONS:
        return Markup("")
    items = [element("li", question) for question in about.QUESTIONS]
    heading = element("h2", "Open questions", id="open-questions")
    return element("section", heading, element("ul", *items), aria_labelledby="open-questions")


def error_summary(resource: Resource, prefix: str, errors: Mapping[str, str]) -> Markup:
    labels = {field.name: field.label for field in resource.fields}
    items = [
        element("li", element("a", f"{labels.get(name, name)} {detail}", href=f"#{prefix}-{name}"))
        for name, detail in errors.items()
    ]
    heading = element("h2", "Please check what was entered")
    return element("div", heading, element("ul", *items), class_="errors", role="alert")


def problem_page(problem: Problem) -> str:
    back = element("p", element("a", "Back to the start", href="/"))
    content = join(element("h2", problem.title), element("p", capitalised(problem.detail) + "."), back)
    return frame(f"{problem.title} – {about.NAME}", Markup(""), content)


def section_id(resource: Resource) -> str:
    """The place of a resource on the page of all."""
    return f"records-{resource.name}"


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
