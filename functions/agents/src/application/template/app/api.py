# Composed by rules. No licence is stated.
"""The JSON interface of a resource: list, create, read, replace, delete."""

from __future__ import annotations

from typing import Any

from app.messages import Request, Response, json_response
from app.model import Resource, validate
from app.problems import Problem, field_error
from app.routing import Handler, Router
from app.storage import InUse, MissingReference, Storage

DEFAULT_LIMIT = 100
MAX_LIMIT = 200
MAX_NUMBER_DIGITS = 18


class ResourceApi:
    """Handlers for one resource; only the operations that it offers are routed."""

    def __init__(self, resource: Resource, storage: Storage):
        self._resource = resource
        self._storage = storage

    def register(self, router: Router) -> None:
        item = self._resource.path + "/{id}"
        routes: dict[str, tuple[str, str, Handler]] = {
            "list": ("GET", self._resource.path, self.list),
            "create": ("POST", self._resource.path, self.create),
            "read": ("GET", item, self.read),
            "replace": ("PUT", item, self.replace),
            "delete": ("DELETE", item, self.delete),
        }
        for operation in self._resource.operations:
            router.add(*routes[operation])

    def list(self, request: Request) -> Response:
        parameters = request.parameters()
        limit = whole_number(parameters, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT)
        after = whole_number(parameters, "after", 0, 0, 10**MAX_NUMBER_DIGITS)
        # One more than asked for tells whether there are more.
        items = self._storage.page(self._resource, limit + 1, after)
        more = len(items) > limit
        items = items[:limit]
        return json_response(200, {"items": items, "next_after": items[-1]["id"] if more else None})

    def create(self, request: Request) -> Response:
        values = validate(self._resource, request.json())
        record_id = save(lambda: self._storage.insert(self._resource, values))
        location = {"Location": f"{self._resource.path}/{record_id}"}
        return json_response(201, {"id": record_id, **values}, location)

    def read(self, _request: Request, record_id: int) -> Response:
        return json_response(200, self.record(record_id))

    def replace(self, request: Request, record_id: int) -> Response:
        self.record(record_id)
        values = validate(self._resource, request.json())
        if not save(lambda: self._storage.replace(self._resource, record_id, values)):
            raise self._unknown(record_id)
        return json_response(200, {"id": record_id, **values})

    def delete(self, _request: Request, record_id: int) -> Response:
        try:
            found = self._storage.delete(self._resource, record_id)
        except InUse as error:
            raise Problem(409, "other records refer to this one; change or delete them first") from error
        if not found:
            raise self._unknown(record_id)
        return Response(204)

    def record(self, record_id: int) -> dict[str, Any]:
        record = self._storage.get(self._resource, record_id)
        if record is None:
            raise self._unknown(record_id)
        return record

    def _unknown(self, record_id: int) -> Problem:
        return Problem(404, f"there is no {self._resource.name} with id {record_id}")


def save(write):
    """Runs a write; a reference to a record that does not exist becomes a problem for the client."""
    try:
        return write()
    except MissingReference as error:
        field = error.field
        raise Problem(
            422, "some values are missing or wrong", [field_error(field.name, f"there is no such {field.target}")]
        ) from error


def whole_number(parameters: dict[str, str], name: str, default: int, least: int, most: int) -> int:
    text = parameters.get(name)
    if text is None:
        return default
    valid = text.isascii() and text.isdigit() and len(text) <= MAX_NUMBER_DIGITS
    if not valid or not least <= int(text) <= most:
        raise Problem(422, f"the query parameter {name} must be a whole number from {least} to {most}")
    return int(text)
