"""The JSON interface of the kept records: list, create, read, replace, delete."""

from __future__ import annotations

from typing import Any, Callable, TypeVar

from app.messages import Request, Response, json_response
from app.model import Resource, validate, wrong_value
from app.permits import Permit
from app.problems import Problem
from app.routing import Handler, Router
from app.storage import InUse, MissingReference, Record, Storage

DEFAULT_LIMIT = 100
MAX_LIMIT = 200
MAX_NUMBER_DIGITS = 18

Result = TypeVar("Result")


class ResourceApi:
    """Handlers for one kind of record; only the operations that it offers are routed."""

    def __init__(self, resource: Resource, storage: Storage, permit: Permit):
        self._resource = resource
        self._storage = storage
        self._permit = permit

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
        records = self._storage.page(self._resource, limit + 1, after)
        more = len(records) > limit
        records = records[:limit]
        shown = [record for record in records if self._permit.may_read(request.caller, record)]
        return json_response(200, {"items": shown, "next_after": records[-1]["id"] if more else None})

    def create(self, request: Request) -> Response:
        values = validate(self._resource.fields, request.json())
        self._permit.require_write(request.caller, values)
        record_id = save(lambda: self._storage.insert(self._resource, values))
        location = {"Location": f"{self._resource.path}/{record_id}"}
        return json_response(201, {"id": record_id, **values}, location)

    def read(self, request: Request, record_id: int) -> Response:
        return json_response(200, self.record(request, record_id))

    def replace(self, request: Request, record_id: int) -> Response:
        self._permit.require_write(request.caller, self.record(request, record_id))
        values = validate(self._resource.fields, request.json())
        self._permit.require_write(request.caller, values)
        if not save(lambda: self._storage.replace(self._resource, record_id, values)):
            raise unknown(self._resource, record_id)
        return json_response(200, {"id": record_id, **values})

    def delete(self, request: Request, record_id: int) -> Response:
        self._permit.require_write(request.caller, self.record(request, record_id))
        try:
            self._storage.delete(self._resource, record_id)
        except InUse as error:
            raise Problem(409, "other records refer to this one; change or delete them first") from error
        return Response(204)

    def record(self, request: Request, record_id: int) -> Record:
        """The record; to a caller who may not see it there is none."""
        record = self._storage.get(self._resource, record_id)
        if record is None or not self._permit.may_read(request.caller, record):
            raise unknown(self._resource, record_id)
        return record


def unknown(resource: Resource, record_id: int) -> Problem:
    return Problem(404, f"there is no {resource.name} with id {record_id}")


def found(storage: Storage, resource: Resource, record_id: int) -> Record:
    """The record. Raises Problem 404."""
    record = storage.get(resource, record_id)
    if record is None:
        raise unknown(resource, record_id)
    return record


def save(write: Callable[[], Result]) -> Result:
    """Runs a write; a reference to a record that does not exist becomes a problem for the client."""
    try:
        return write()
    except MissingReference as error:
        raise wrong_value(error.field.name, f"there is no such {error.field.target}") from error


def whole_number(parameters: dict[str, str], name: str, default: int, least: int, most: int) -> int:
    text: Any = parameters.get(name)
    if text is None:
        return default
    valid = text.isascii() and text.isdigit() and len(text) <= MAX_NUMBER_DIGITS
    if not valid or not least <= int(text) <= most:
        raise Problem(422, f"the query parameter {name} must be a whole number from {least} to {most}")
    return int(text)
