"""Inputs with their labels and hints, and what browsers send of them."""

from __future__ import annotations

from app.markup import Content, Markup, element
from app.model import TEXT_LIMIT

Options = list[tuple[str, str]]


def form(action: str, button: str, *content: Content, danger: bool = False) -> Markup:
    """A form that posts to us."""
    submit = element("button", button, type="submit", class_="danger" if danger else None)
    return element("form", *content, submit, method="post", action=action)


def upload_form(action: str, button: str, *content: Content) -> Markup:
    """A form that sends a file."""
    submit = element("button", button, type="submit")
    return element("form", *content, submit, method="post", action=action, enctype="multipart/form-data")


def text_input(
    place: str, name: str, label: str, *, hint: str = "", required: bool = True, value: str = "", long: bool = False
) -> Markup:
    attributes = {"maxlength": str(TEXT_LIMIT)}
    if long:
        return _field(place, name, label, hint, required, "textarea", "\n" + value, rows="3", **attributes)
    return _field(place, name, label, hint, required, "input", type="text", value=value, **attributes)


def input_of(
    kind: str, place: str, name: str, label: str, *, hint: str = "", required: bool = True, value: str = "", **more: str
) -> Markup:
    """An input of another type: `date`, `email`, `tel`, `number`, `file`."""
    shown = None if kind == "file" else value
    return _field(place, name, label, hint, required, "input", type=kind, value=shown, **more)


def select(place: str, name: str, label: str, options: Options, *, hint: str = "") -> Markup:
    choices = [element("option", text, value=value) for value, text in [("", "Choose"), *options]]
    return _field(place, name, label, hint, True, "select", *choices)


def _field(
    place: str, name: str, label: str, hint: str, required: bool, tag: str, *content: Content, **more: str | None
) -> Markup:
    # `place` makes the ids of several forms on one page differ.
    input_id = f"{place}-{name}"
    optional = None if required else element("span", " (optional)", class_="optional")
    return element(
        "div",
        element("label", label, optional, for_=input_id),
        element("p", hint, id=f"{input_id}-hint", class_="hint") if hint else None,
        element(
            tag,
            *content,
            id=input_id,
            name=name,
            required=required,
            aria_describedby=f"{input_id}-hint" if hint else None,
            **more,
        ),
        class_="field",
    )


def filled(fields: dict[str, str]) -> dict[str, str]:
    """A form's fields without the ones left empty."""
    return {name: text.strip() for name, text in fields.items() if text.strip()}
