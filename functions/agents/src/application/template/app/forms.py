# Composed by rules. No licence is stated.
"""Between forms and records: a form's strings become values, values become inputs with labels."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any, Callable

from app.markup import Markup, element, join
from app.model import MOMENT_LIMIT, TEXT_LIMIT, Field, Resource

# Up to this length a text field is one line.
REASON_LIMIT = 300
MINUTES = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")
WHOLE = re.compile(r"[+-]?[0-9]{1,17}")

Option = tuple[str, str]
Options = Callable[[Field], list[Option]]


def values_from(resource: Resource, form: Mapping[str, str]) -> dict[str, Any]:
    """A form's strings as JSON values; what cannot be read stays a string, for validation to refuse."""
    return {field.name: value_from(field, form.get(field.name, "")) for field in resource.fields}


def value_from(field: Field, text: str) -> Any:
    if not text.strip():
        return None
    if field.kind in ("integer", "money_minor", "reference"):
        return int(text) if WHOLE.fullmatch(text.strip()) else text
    if field.kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if field.kind == "moment":
        # A browser's local moment has no offset; the label says that UTC is meant.
        seconds = ":00" if MINUTES.fullmatch(text) else ""
        return text if text.upper().endswith("Z") else f"{text}{seconds}Z"
    return text


def text_from(field: Field, value: Any) -> str:
    """A value as its input shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if field.kind == "moment" and isinstance(value, str):
        return _as_utc(value)
    return str(value)


def inputs(
    resource: Resource, prefix: str, texts: Mapping[str, str], errors: Mapping[str, str], options: Options
) -> Markup:
    """The inputs of a form, each with label, hint and error. `prefix` makes their ids unique on the page."""
    return join(
        *(
            labelled(field, f"{prefix}-{field.name}", texts.get(field.name, ""), errors.get(field.name), options)
            for field in resource.fields
        )
    )


def labelled(field: Field, input_id: str, text: str, error: str | None, options: Options) -> Markup:
    optional = None if field.required else element("span", " (optional)", class_="optional")
    hint, hint_id = hint_of(field), f"{input_id}-hint"
    error_id = f"{input_id}-error"
    described = " ".join(filter(None, [hint and hint_id, error and error_id])) or None
    attributes = {
        "id": input_id,
        "name": field.name,
        "required": field.required,
        "aria_describedby": described,
        "aria_invalid": "true" if error else None,
    }
    return element(
        "div",
        element("label", field.label, optional, for_=input_id),
        element("p", hint, id=hint_id, class_="hint") if hint else None,
        element("p", "Error: " + error, id=error_id, class_="error") if error else None,
        control(field, text, options, attributes),
        class_="field",
    )


def control(field: Field, text: str, options: Options, attributes: dict[str, Any]) -> Markup:
    if field.kind == "boolean":
        return select(text, [("true", "Yes"), ("false", "No")], attributes)
    if field.kind == "reference":
        return select(text, options(field), attributes)
    if field.kind == "text":
        # A text area keeps line breaks; one line is enough for most and grows when needed.
        return element("textarea", "\n" + text, rows="2", maxlength=str(TEXT_LIMIT), **attributes)
    types = {"date": "date", "moment": "datetime-local"}
    step = {"moment": "1", "integer": "1", "money_minor": "1"}.get(field.kind)
    kind = types.get(field.kind, "number")
    return element("input", type=kind, value=text[:MOMENT_LIMIT], step=step, **attributes)


def select(text: str, options: list[Option], attributes: dict[str, Any]) -> Markup:
    empty = "Choose" if attributes["required"] else "Not stated"
    options = [("", empty), *options]
    if text not in dict(options):
        # What is set stays set, even when it is not among what is offered.
        options.append((text, text))
    rows = [element("option", label, value=value, selected=value == text) for value, label in options]
    return element("select", *rows, **attributes)


def hint_of(field: Field) -> str:
    fixed = {
        "moment": "In UTC.",
        "money_minor": "In the smallest unit of the currency, for instance cents.",
    }.get(field.kind, "")
    reason = field.reason if len(field.reason) <= REASON_LIMIT else field.reason[: REASON_LIMIT - 1] + "…"
    return " ".join(filter(None, [reason, fixed]))


def _as_utc(moment: str) -> str:
    try:
        parsed = datetime.datetime.fromisoformat(re.sub(r"\.[0-9]+", "", moment).upper().replace("Z", "+00:00"))
        return parsed.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    except (ValueError, OverflowError):
        return moment
