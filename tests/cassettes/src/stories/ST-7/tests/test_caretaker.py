"""The caretaker's list of open reservations, and cancelling one."""

from tests.lending import LendingCase
from tests.support import CARETAKER


class TestCaretaker(LendingCase):
    def cancel(self, who, reservation, reason="The owner has moved away"):
        return self.send(who, "POST", f"/reservations/{reservation}/cancellation", {"reason": reason})

    def move_to(self, reservation, state):
        with self.storage.transaction() as db:
            db.execute("UPDATE reservation SET state = ? WHERE id = ?", [state, reservation])

    def test_every_open_reservation_is_listed_and_no_closed_one(self):
        states = ("requested", "approved", "lent", "rejected", "returned", "cancelled")
        for at, state in enumerate(states):
            self.move_to(self.reserved(f"2026-06-{10 + at}", f"2026-06-{10 + at}"), state)
        page = self.page(CARETAKER, "/page/desk")
        self.assertIn("3 open", page)
        shown = [f"2026-06-{10 + at} to" in page for at in range(len(states))]
        self.assertEqual(shown, [True, True, True, False, False, False])
        for name in ("Olga", "Bela", "Tall ladder"):
            self.assertIn(name, page)
        self.assertEqual(len(self.done(self.send(CARETAKER, "GET", "/reservations"))["items"]), len(states))

    def test_overdue_and_moved_away_are_said(self):
        self.move_to(self.reserved("2026-05-04", "2026-05-05"), "lent")
        self.day = self.day.replace(day=6)
        body = {"name": "Olga", "building": "Building 1", "moved_out": "2026-05-05"}
        self.done(self.send(CARETAKER, "PUT", f"/residents/{self.owner}", body))
        page = self.page(CARETAKER, "/page/desk")
        self.assertIn("overdue", page)
        self.assertIn("Olga (moved away)", page)

    def test_a_cancelled_reservation_frees_the_item_and_tells_why(self):
        made = self.reserved()
        self.move_to(made, "approved")
        self.assertEqual(self.done(self.cancel(CARETAKER, made))["state"], "cancelled")
        self.assertTrue(self.done(self.send(self.borrower, "GET", "/search?day=2026-05-07"))["items"][0]["free"])
        self.assertIn("The owner has moved away", self.page(self.borrower, f"/page/reservations/{made}"))

    def test_only_the_caretaker_cancels(self):
        made = self.reserved()
        for who in (self.owner, self.borrower, self.stranger):
            self.refused(self.cancel(who, made), 403)
            self.refused(self.send(who, "GET", "/page/desk"), 403)
        self.refused(self.cancel(CARETAKER, made, ""), 422, "#/reason")
        self.refused(self.cancel(CARETAKER, 9999), 404)
        self.assertEqual(self.state(made), "requested")

    def test_what_is_handed_over_is_not_cancelled(self):
        made = self.reserved()
        self.move_to(made, "lent")
        self.refused(self.cancel(CARETAKER, made), 409)

    def test_it_works_with_a_form(self):
        made = self.reserved()
        path = f"/page/reservations/{made}/cancellation"
        self.assertIn(path, self.page(CARETAKER, f"/page/reservations/{made}"))
        self.assertNotIn(path, self.page(self.owner, f"/page/reservations/{made}"))
        self.assertEqual(self.send_form(CARETAKER, path, {"reason": "Moved away"}).status, 303)
        self.assertIn("No reservation is open", self.page(CARETAKER, "/page/desk"))
