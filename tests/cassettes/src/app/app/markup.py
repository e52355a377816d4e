"""HTML that cannot be injected: every text and attribute is escaped unless it is markup made here."""

from __future__ import annotations

import html
import re
from typing import Union

VOID_ELEMENTS = frozenset({"img", "input", "link", "meta"})
# Control characters have no place in HTML; tab, line feed and carriage return do.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class Markup(str):
    """Text that is HTML already. Made by `element` and `join` alone."""


Content = Union[str, Markup, None]


def escape(text: Content) -> Markup:
    if text is None:
        return Markup("")
    if isinstance(text, Markup):
        return text
    return Markup(html.escape(CONTROL.sub("\N{REPLACEMENT CHARACTER}", text), quote=True))


def join(*contents: Content) -> Markup:
    return Markup("".join(escape(content) for content in contents))


def element(tag: str, /, *contents: Content, **attributes: str | bool | None) -> Markup:
    """An element. In attribute names `_` stands for `-` and a last one is dropped (`for_`);
    True gives the bare attribute, None and False leave it out."""
    start = tag + "".join(_attribute(key, value) for key, value in attributes.items())
    if tag in VOID_ELEMENTS:
        return Markup(f"<{start}>")
    return Markup(f"<{start}>{join(*contents)}</{tag}>")


def _attribute(key: str, value: str | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(value)}"'
