"""Errors for clients, sent as problem details (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

PROBLEM_JSON = "application/problem+json"


class Problem(Exception):
    """An error that the client is told about; `errors` says what is wrong in which field."""

    def __init__(
        self,
        status: int,
        detail: str,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ):
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})

    @property
    def title(self) -> str:
        return HTTPStatus(self.status).phrase

    def document(self) -> dict[str, Any]:
        document = {"type": "about:blank", "title": self.title, "status": self.status, "detail": self.detail}
        if self.errors:
            document["errors"] = self.errors
        return document


def field_error(name: str, detail: str) -> dict[str, str]:
    """What is wrong with one member of the body, addressed by JSON Pointer (RFC 6901)."""
    return {"pointer": "#/" + name.replace("~", "~0").replace("/", "~1"), "detail": detail}
