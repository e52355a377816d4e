"""The hallway list and the copy that the tablet keeps of it."""

import re

from app.records import RESERVATION
from tests.support import CARETAKER, AppCase

TABLET = "hallway"


class TestHallway(AppCase):
    def reserve(self, state):
        days = {"first_day": "2026-05-04", "last_day": "2026-05-05"}
        values = {"item": self.ladder, "borrower": self.borrower, **days, "deposit": None, "note": "secret note"}
        self.storage.insert(RESERVATION, {**values, "state": state})

    def test_it_says_what_is_free_today(self):
        self.assertIn("<strong>Free</strong>", self.page(TABLET, "/hallway"))
        self.reserve("approved")
        page = self.page(TABLET, "/hallway")
        self.assertIn("Taken", page)
        self.assertNotIn("<strong>Free</strong>", page)

    def test_it_says_nothing_about_people(self):
        self.reserve("lent")
        for text in ("Olga", "Bela", "Building", "cellar", "secret note"):
            self.assertNotIn(text, self.page(TABLET, "/hallway"))

    def test_the_copy_holds_everything_that_the_page_loads(self):
        page = self.page(TABLET, "/hallway")
        worker = self.send(TABLET, "GET", "/hallway/worker.js")
        self.assertEqual(worker.headers["Service-Worker-Allowed"], "/hallway")
        kept = set(re.findall(r'"(/[^"]*)"', re.search(r"KEPT = \[(.*?)\]", worker.body.decode())[1]))
        loaded = set(re.findall(r'(?:src|rel="stylesheet" href)="([^"]*)"', page))
        self.assertEqual(kept, {"/hallway", *loaded})
        for path in kept:
            self.assertEqual(self.send(TABLET, "GET", path).status, 200, path)

    def test_it_is_readable_without_the_script(self):
        page = re.sub(r"<script.*?</script>", "", self.page(CARETAKER, "/hallway"))
        self.assertIn("Tall ladder", page)
        self.assertIn("As of ", page)
