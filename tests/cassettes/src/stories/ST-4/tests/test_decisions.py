"""The owner's decision and the deposit."""

from tests.lending import LendingCase
from tests.support import CARETAKER


class TestDecisions(LendingCase):
    def decide(self, who, reservation, **decision):
        return self.send(who, "POST", f"/reservations/{reservation}/decision", decision)

    def test_the_owner_approves(self):
        made = self.reserved()
        self.assertEqual(self.done(self.decide(self.owner, made, approve=True))["state"], "approved")
        items = self.done(self.send(self.borrower, "GET", "/search?day=2026-05-07"))["items"]
        self.assertFalse(items[0]["free"])

    def test_the_owner_rejects_and_the_item_stays_free(self):
        made = self.reserved()
        self.assertEqual(self.done(self.decide(self.owner, made, approve=False))["state"], "rejected")
        self.assertTrue(self.done(self.send(self.borrower, "GET", "/search?day=2026-05-07"))["items"][0]["free"])

    def test_nobody_else_decides(self):
        made = self.reserved()
        self.refused(self.decide(self.borrower, made, approve=True), 403)
        self.refused(self.decide(self.stranger, made, approve=True), 404)
        self.assertEqual(self.state(made), "requested")
        self.assertEqual(self.done(self.decide(CARETAKER, made, approve=True))["state"], "approved")

    def test_a_decision_is_made_once(self):
        made = self.reserved()
        self.done(self.decide(self.owner, made, approve=False))
        self.refused(self.decide(self.owner, made, approve=True), 409)

    def test_of_two_requests_for_a_day_one_is_approved(self):
        first, second = self.reserved(), self.done(self.ask(who=self.stranger), 201)["id"]
        self.done(self.decide(self.owner, first, approve=True))
        self.refused(self.decide(self.owner, second, approve=True), 409, "another reservation")
        self.done(self.decide(self.owner, second, approve=False))

    def test_fifty_euros_of_deposit_are_recorded_and_more_are_refused(self):
        made = self.reserved()
        self.refused(self.decide(self.owner, made, approve=True, deposit=5001), 422, "#/deposit")
        self.refused(self.decide(self.owner, made, approve=True, deposit=-1), 422, "#/deposit")
        self.assertEqual(self.done(self.decide(self.owner, made, approve=True, deposit=5000))["deposit"], 5000)
        self.assertIn("50.00 EUR", self.page(self.borrower, f"/page/reservations/{made}"))

    def test_it_works_with_forms(self):
        made = self.reserved()
        path = f"/page/reservations/{made}"
        self.assertIn("Deposit in EUR", self.page(self.owner, path))
        self.assertNotIn("Deposit in EUR", self.page(self.borrower, path))
        self.refused(self.send_form(self.owner, f"{path}/approve", {"deposit": "fifty"}), 422, "#/deposit")
        self.assertEqual(self.send_form(self.owner, f"{path}/approve", {"deposit": "12,50"}).status, 303)
        self.assertIn("12.50 EUR", self.page(self.borrower, path))
        other = self.reserved("2026-05-20", "2026-05-21")
        self.assertEqual(self.send_form(self.owner, f"/page/reservations/{other}/reject", {}).status, 303)
        self.assertEqual(self.state(other), "rejected")
