"""Reserving an item for up to seven days."""

from tests.lending import LendingCase
from tests.support import CARETAKER


class TestReservations(LendingCase):
    def test_a_reservation_waits_for_the_owner(self):
        made = self.done(self.ask(note="For the gutters"), 201)
        self.assertEqual((made["borrower"], made["state"]), (self.borrower, "requested"))
        self.assertEqual(self.done(self.send(self.owner, "GET", f"/reservations/{made['id']}")), made)

    def test_seven_days_are_allowed_and_eight_are_not(self):
        self.assertEqual(self.ask("2026-05-04", "2026-05-10").status, 201)
        self.refused(self.ask("2026-05-04", "2026-05-11"), 422, "at most 7 days")

    def test_days_that_make_no_sense_are_refused(self):
        for first_day, last_day, name in (
            ("2026-05-03", "2026-05-05", "first_day"),
            ("2026-05-06", "2026-05-05", "last_day"),
            ("2226-05-06", "2226-05-07", "first_day"),
            ("2026-02-30", "2026-05-05", "first_day"),
        ):
            self.refused(self.ask(first_day, last_day), 422, f"#/{name}")

    def test_days_that_are_taken_are_refused(self):
        first = self.reserved("2026-05-06", "2026-05-08")
        with self.storage.transaction() as db:
            db.execute("UPDATE reservation SET state = 'approved' WHERE id = ?", [first])
        for days in (("2026-05-08", "2026-05-09"), ("2026-05-05", "2026-05-06"), ("2026-05-07", "2026-05-07")):
            self.refused(self.ask(*days, who=self.stranger), 409, "already reserved")
        self.assertEqual(self.ask("2026-05-09", "2026-05-10", who=self.stranger).status, 201)

    def test_a_resident_reserves_for_themselves_only(self):
        self.refused(self.ask(who=self.stranger, borrower=self.borrower), 403)
        self.refused(self.ask(who=self.owner), 409, "own item")
        self.refused(self.ask(who=CARETAKER), 422, "#/borrower")
        self.assertEqual(self.ask(who=CARETAKER, borrower=self.borrower).status, 201)
        self.refused(self.ask(item=9999), 404)

    def test_strangers_do_not_see_it(self):
        made = self.reserved()
        self.refused(self.send(self.stranger, "GET", f"/reservations/{made}"), 404)
        self.assertEqual(self.done(self.send(self.stranger, "GET", "/reservations"))["items"], [])
        self.assertEqual(len(self.done(self.send(self.owner, "GET", "/reservations"))["items"]), 1)
        self.refused(self.send(self.stranger, "GET", f"/page/reservations/{made}"), 404)

    def test_it_works_with_a_form_and_shows_up_on_the_start_page(self):
        fields = {"first_day": "2026-05-06", "last_day": "2026-05-07", "note": "Thanks"}
        response = self.send_form(self.borrower, f"/page/items/{self.ladder}/reservations", fields)
        self.assertEqual(response.status, 303, response.body)
        self.assertIn("Thanks", self.page(self.owner, response.headers["Location"]))
        self.assertIn("lending", self.page(self.owner, "/"))
        self.assertIn("borrowing", self.page(self.borrower, "/"))
