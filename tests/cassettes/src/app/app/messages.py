"""Requests and responses as plain values, so that all above the socket can be tested without one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesParser
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from app.problems import Problem

if TYPE_CHECKING:
    from app.caller import Caller

JSON = "application/json"
HTML = "text/html; charset=utf-8"
FORM = "application/x-www-form-urlencoded"
UPLOAD = "multipart/form-data"
MAX_FORM_FIELDS = 200


@dataclass(frozen=True)
class Request:
    """One request; header names are lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    # Set by the application before any handler sees the request.
    caller: Caller | None = None

    def header(self, name: str) -> str:
        return self.headers.get(name, "")

    def json(self) -> Any:
        """The body as JSON, read strictly: no NaN, no name twice, no runaway nesting."""
        self._require_type(JSON)
        try:
            return json.loads(
                self.body.decode("utf-8"), object_pairs_hook=_unique_names, parse_constant=_refuse_constant
            )
        except (ValueError, RecursionError) as error:
            raise Problem(400, "the body is not valid JSON in UTF-8") from error

    def form(self) -> dict[str, str]:
        """The body as a form; of a field given twice the first value counts."""
        self._require_type(FORM)
        try:
            fields = parse_qs(
                self.body.decode("ascii"),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=MAX_FORM_FIELDS,
            )
        except ValueError as error:
            raise Problem(400, "the body is not a valid form") from error
        # A browser sends line ends as CR LF, whatever was typed.
        return {name: values[0].replace("\r\n", "\n") for name, values in fields.items()}

    def upload(self, name: str) -> bytes:
        """The file that a form sends under this name; empty when none was chosen."""
        self._require_type(UPLOAD)
        head = b"Content-Type: " + self.header("content-type").encode("ascii", "replace") + b"\r\n\r\n"
        message = BytesParser(policy=policy.HTTP).parsebytes(head + self.body)
        for part in message.iter_parts() if message.is_multipart() else ():
            if part.get_param("name", header="content-disposition") == name:
                return part.get_payload(decode=True) or b""
        raise Problem(400, f"the form has no file named {name}")

    def parameters(self) -> dict[str, str]:
        """The query's parameters; one given twice is refused."""
        try:
            fields = parse_qs(self.query, keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS)
        except ValueError as error:
            raise Problem(400, "the query is too long") from error
        if any(len(values) > 1 for values in fields.values()):
            raise Problem(400, "a query parameter is given twice")
        return {name: values[0] for name, values in fields.items()}

    def _require_type(self, expected: str) -> None:
        if self.header("content-type").split(";")[0].strip().lower() != expected:
            raise Problem(415, f"the body must be {expected}")


@dataclass(frozen=True)
class Response:
    """One response."""

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


def json_response(status: int, document: Any, headers: Mapping[str, str] | None = None) -> Response:
    return Response(status, json.dumps(document, ensure_ascii=False).encode("utf-8"), JSON, headers or {})


def html_response(status: int, page: str) -> Response:
    return Response(status, page.encode("utf-8"), HTML)


def redirect(location: str) -> Response:
    """Sends the browser on by GET, so that reloading the page sends no form again."""
    return Response(303, b"", HTML, {"Location": location})


def _unique_names(pairs):
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a name is given twice")
    return document


def _refuse_constant(name):
    raise ValueError(f"{name} is not JSON")
