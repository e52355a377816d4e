"""What the tests share: an application in memory, requests without a socket, two neighbours and a ladder."""

from __future__ import annotations

import datetime
import json
import tempfile
import unittest
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from app.application import Application
from app.messages import FORM, JSON, Request, Response
from app.photos import Photos
from app.records import ALL, ITEM, RESIDENT
from app.storage import Storage
from app.world import World

TODAY = datetime.date(2026, 5, 4)
HOSTILE = "<script>alert('x')</script> \"quoted\" '; DROP TABLE item; -- & \N{GRINNING FACE}"
CARETAKER = "caretaker"


class AppCase(unittest.TestCase):
    """A fresh application in memory, with an owner, a borrower and the owner's ladder."""

    desk = False

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)

    def setUp(self):
        self.storage = Storage(":memory:", ALL)
        self.addCleanup(self.storage.close)
        self.day = TODAY
        self.world = World(self.storage, Photos(self.folder / self.id()), lambda: self.day)
        self.app = Application(self.world, desk=self.desk)
        self.owner = self.resident("Olga", "Building 1")
        self.borrower = self.resident("Bela", "Building 3")
        self.ladder = self.item(self.owner, "Tall ladder", "Reaches the second floor", "Building 1, cellar 4")

    def resident(self, name: str, building: str) -> int:
        values = {"name": name, "building": building, "flat": None, "moved_out": None}
        return self.storage.insert(RESIDENT, values)

    def item(self, owner: int, name: str, description: str | None = None, place: str = "Building 1") -> int:
        values = {"owner": owner, "name": name, "description": description, "place": place}
        return self.storage.insert(ITEM, values)

    def send(self, who: Any, method: str, path: str, document: Any = None, **headers: str) -> Response:
        """Sends a request as `who` (a resident's id, a role, or None) with `document` as its JSON body."""
        body = b"" if document is None else json.dumps(document).encode("utf-8")
        return self.send_raw(who, method, path, body, JSON, **headers)

    def send_form(self, who: Any, path: str, fields: dict[str, str], **headers: str) -> Response:
        return self.send_raw(who, "POST", path, urlencode(fields).encode("ascii"), FORM, **headers)

    def send_raw(
        self, who: Any, method: str, path: str, body: bytes, content_type: str, **headers: str
    ) -> Response:
        path, _, query = path.partition("?")
        named = {"content-type": content_type}
        if who is not None:
            named["x-lendwell-user"] = str(who)
        named.update((name.replace("_", "-"), value) for name, value in headers.items())
        return self.app.handle(Request(method, path, query, named, body))

    def page(self, who: Any, path: str) -> str:
        response = self.send(who, "GET", path, accept="text/html")
        self.assertEqual(response.status, 200, response.body)
        return response.body.decode("utf-8")

    def done(self, response: Response, status: int = 200) -> Any:
        """The document of an answer that must have this status."""
        self.assertEqual(response.status, status, response.body)
        return json.loads(response.body)

    def refused(self, response: Response, status: int, words: str = "") -> None:
        """The answer is a problem with this status that says these words somewhere."""
        self.assertEqual(response.status, status, response.body)
        self.assertEqual(response.content_type, "application/problem+json")
        self.assertIn(words, response.body.decode("utf-8"))
