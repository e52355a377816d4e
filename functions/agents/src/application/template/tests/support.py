# Composed by rules. No licence is stated.
"""What the tests share: an application in memory, requests without a socket, sample records."""

from __future__ import annotations

import json
import os
import tempfile
import unittest
from typing import Any
from urllib.parse import urlencode

from app.application import Application
from app.messages import FORM, JSON, Request, Response
from app.model import Field, Resource
from app.resources import RESOURCES
from app.storage import Storage

SAMPLES = {
    "text": "Sample",
    "integer": 7,
    "boolean": True,
    "date": "2026-11-22",
    "moment": "2026-11-22T09:30:00Z",
    "money_minor": 1250,
}
HOSTILE = "<script>alert('x')</script> \"quoted\" '; DROP TABLE records; -- & \N{GRINNING FACE}"


class AppCase(unittest.TestCase):
    """A test with a fresh application in memory."""

    resources = RESOURCES

    def setUp(self):
        self.storage = Storage(":memory:", self.resources)
        self.addCleanup(self.storage.close)
        self.app = Application(self.storage, self.resources)

    def send(self, method: str, path: str, document: Any = None, **headers: str) -> Response:
        """Sends a request with `document` as its JSON body."""
        body = b"" if document is None else json.dumps(document).encode("utf-8")
        return self.send_raw(method, path, body, JSON, **headers)

    def send_form(self, path: str, fields: dict[str, str], **headers: str) -> Response:
        return self.send_raw("POST", path, urlencode(fields).encode("ascii"), FORM, **headers)

    def send_raw(self, method: str, path: str, body: bytes, content_type: str, **headers: str) -> Response:
        path, _, query = path.partition("?")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.app.handle(Request(method, path, query, {"content-type": content_type, **named}, body))

    def page(self) -> str:
        response = self.send("GET", "/")
        self.assertEqual(response.status, 200)
        return response.body.decode("utf-8")

    def assert_problem(self, response: Response, *statuses: int) -> dict[str, Any]:
        """The response is a problem with one of the statuses; returns its document."""
        self.assertIn(response.status, statuses)
        self.assertEqual(response.content_type, "application/problem+json")
        document = json.loads(response.body)
        self.assertEqual(document["status"], response.status)
        return document

    def resource(self, name: str) -> Resource:
        return next(resource for resource in self.resources if resource.name == name)

    def stored(self, name: str) -> int:
        """The id of a new record, with the records that it needs."""
        resource = self.resource(name)
        values = {field.name: self.sample(field) if field.required else None for field in resource.fields}
        return self.storage.insert(resource, values)

    def sample(self, field: Field) -> Any:
        return self.stored(field.target) if field.kind == "reference" else SAMPLES[field.kind]


class KeptCase(AppCase):
    """A test whose records lie in a folder, so that the application can be started anew on them."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.place = os.path.join(folder.name, "records.sqlite3")
        self.restart()

    def restart(self) -> None:
        self.storage.close()
        self.storage = Storage(self.place, self.resources)
        self.addCleanup(self.storage.close)
        self.app = Application(self.storage, self.resources)


def document(response: Response) -> Any:
    return json.loads(response.body)
