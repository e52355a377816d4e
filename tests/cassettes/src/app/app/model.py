"""What a record is: fields and resources are declared, and values are checked against them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.problems import Problem, field_error

TEXT_LIMIT = 2000
MOMENT_LIMIT = 40
# Whole numbers that every JSON reader keeps exactly (RFC 8259, section 6).
INTEGER_LIMIT = 2**53 - 1
UNKNOWN_NAMES_SHOWN = 20
UNKNOWN_NAME_LIMIT = 100

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?"
    r"(?:[Zz]|[+-]([0-9]{2}):([0-9]{2}))"
)


@dataclass(frozen=True)
class Field:
    """One value of a record or of a request's body."""

    name: str
    kind: str
    required: bool = False
    target: str = ""

    def __post_init__(self):
        if self.kind not in CHECKS:
            raise ValueError(f"field {self.name}: unknown kind {self.kind}")
        _require_identifiers(self.name)

    def check(self, value: Any) -> Any:
        """The value as it is kept. Raises ValueError with what is expected instead."""
        if value is None:
            if self.required:
                raise ValueError("is required")
            return None
        checked = CHECKS[self.kind](value)
        if self.required and checked == "":
            raise ValueError("must not be empty")
        return checked


@dataclass(frozen=True)
class Resource:
    """A kind of record: its fields, where it is served, and the statements that make its table."""

    name: str
    path: str
    operations: tuple[str, ...]
    fields: tuple[Field, ...]
    migrations: tuple[str, ...]

    def __post_init__(self):
        _require_identifiers(self.name)


def validate(fields: Iterable[Field], document: Any) -> dict[str, Any]:
    """The values, one for each field. Raises Problem 400 for an unknown field, 422 for a wrong value."""
    if not isinstance(document, dict):
        raise Problem(400, "the body must be a JSON object")
    fields = tuple(fields)
    _refuse_unknown(fields, document)
    values, errors = {}, []
    for field in fields:
        try:
            values[field.name] = field.check(document.get(field.name))
        except ValueError as error:
            errors.append(field_error(field.name, str(error)))
    if errors:
        raise wrong_values(errors)
    return values


def wrong_values(errors: Sequence[Mapping[str, str]]) -> Problem:
    return Problem(422, "some values are missing or wrong", errors)


def wrong_value(name: str, detail: str) -> Problem:
    """One value that has the right type and is not acceptable."""
    return wrong_values([field_error(name, detail)])


def _refuse_unknown(fields: Iterable[Field], document: dict[str, Any]) -> None:
    unknown = sorted(set(document) - {field.name for field in fields})
    if unknown:
        shown = [
            field_error(name[:UNKNOWN_NAME_LIMIT].encode("utf-8", "replace").decode("utf-8"), "is not a field")
            for name in unknown[:UNKNOWN_NAMES_SHOWN]
        ]
        raise Problem(400, "the body has unknown fields", shown)


def check_text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a string")
    if len(value) > TEXT_LIMIT:
        raise ValueError(f"must have at most {TEXT_LIMIT} characters")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError("must be valid Unicode: it has half of a surrogate pair") from error
    return value


def check_integer(value: Any) -> int:
    # In JSON Schema 1.0 is an integer; in Python True is one.
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("must be a whole number")
    if abs(value) > INTEGER_LIMIT:
        raise ValueError(f"must be between {-INTEGER_LIMIT} and {INTEGER_LIMIT}")
    return value


def check_boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def check_date(value: Any) -> str:
    found = DATE.fullmatch(value) if isinstance(value, str) else None
    if not found or not _in_calendar(*found.groups()):
        raise ValueError("must be a day like 2026-11-22")
    return value


def check_moment(value: Any) -> str:
    found = MOMENT.fullmatch(value) if isinstance(value, str) and len(value) <= MOMENT_LIMIT else None
    if not found or not _is_moment(*found.groups()):
        raise ValueError("must be a moment with its offset like 2026-11-22T09:30:00Z")
    return value


def check_reference(value: Any) -> int:
    value = check_integer(value)
    if value < 1:
        raise ValueError("must be the id of a record")
    return value


CHECKS = {
    "text": check_text,
    "integer": check_integer,
    "boolean": check_boolean,
    "date": check_date,
    "moment": check_moment,
    "money_minor": check_integer,
    "reference": check_reference,
}


def _is_moment(year, month, day, hour, minute, second, offset_hour, offset_minute) -> bool:
    # RFC 3339 allows a leap second, 60.
    clock = int(hour) <= 23 and int(minute) <= 59 and int(second) <= 60
    offset = int(offset_hour or 0) <= 23 and int(offset_minute or 0) <= 59
    return clock and offset and _in_calendar(year, month, day)


def _in_calendar(year: str, month: str, day: str) -> bool:
    try:
        datetime.date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def _require_identifiers(*names: str) -> None:
    # They become part of SQL statements, so that nothing else may stand in them.
    for name in names:
        if not IDENTIFIER.fullmatch(name):
            raise ValueError(f"not an identifier: {name!r}")
