"""Searching items and seeing which are free."""

from app.records import RESERVATION
from tests.support import AppCase


class TestSearch(AppCase):
    def setUp(self):
        super().setUp()
        self.drill = self.item(self.borrower, "Bohrmaschine", "Drill with a case", "Building 3, flat 9")

    def reserve(self, state, first_day, last_day):
        values = {"item": self.ladder, "borrower": self.borrower, "first_day": first_day, "last_day": last_day}
        return self.storage.insert(RESERVATION, {**values, "state": state, "deposit": None, "note": None})

    def search(self, query=""):
        return self.done(self.send(self.borrower, "GET", "/search" + query))["items"]

    def free(self, day):
        return {item["name"]: item["free"] for item in self.search(f"?day={day}")}["Tall ladder"]

    def test_every_word_must_stand_somewhere(self):
        for query, names in (
            ("", ["Bohrmaschine", "Tall ladder"]),
            ("?text=LADDER", ["Tall ladder"]),
            ("?text=drill+case", ["Bohrmaschine"]),
            ("?text=flat+9", ["Bohrmaschine"]),
            ("?text=BOHRMASCHINE", ["Bohrmaschine"]),
            ("?text=drill+ladder", []),
            ("?text=%25", []),
        ):
            self.assertEqual([item["name"] for item in self.search(query)], names, query)

    def test_an_approved_reservation_takes_each_of_its_days(self):
        self.reserve("approved", "2026-05-06", "2026-05-08")
        days = ["2026-05-05", "2026-05-06", "2026-05-08", "2026-05-09"]
        self.assertEqual([self.free(day) for day in days], [True, False, False, True])

    def test_a_request_that_nobody_approved_takes_nothing(self):
        for state in ("requested", "rejected", "returned", "cancelled"):
            self.reserve(state, "2026-05-04", "2026-05-09")
        self.assertTrue(self.free("2026-05-05"))

    def test_an_overdue_item_is_not_free_until_it_is_back(self):
        self.reserve("lent", "2026-04-28", "2026-05-02")
        self.assertFalse(self.free("2026-05-04"))
        self.assertTrue(self.free("2026-05-05"))

    def test_the_page_says_it_in_words(self):
        self.reserve("approved", "2026-05-04", "2026-05-05")
        page = self.page(self.borrower, "/")
        self.assertIn("<strong>Free</strong>", page)
        self.assertIn("Taken", page)
        self.assertIn("2026-05-04 to 2026-05-05", self.page(self.borrower, f"/page/items/{self.ladder}"))

    def test_bad_queries_are_refused(self):
        for query in ("?day=tomorrow", "?day=2026-02-30", "?text=" + "x" * 201):
            self.refused(self.send(self.borrower, "GET", "/search" + query), 422)
        self.refused(self.send(self.borrower, "GET", "/search?text=a&text=b"), 400)
