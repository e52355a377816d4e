"""Both sides note the condition at the handover and when the item comes back."""

from tests.lending import LendingCase
from tests.support import CARETAKER


class TestHandovers(LendingCase):
    def setUp(self):
        super().setUp()
        self.made = self.reserved()
        self.path = f"/reservations/{self.made}/handovers"

    def approve(self):
        self.done(self.send(self.owner, "POST", f"/reservations/{self.made}/decision", {"approve": True}))

    def note(self, who, stage, condition="fine", **more):
        return self.send(who, "POST", self.path, {"stage": stage, "condition": condition, **more})

    def test_it_is_lent_when_both_have_noted_and_returned_when_both_have_again(self):
        self.approve()
        for stage, state in (("out", "lent"), ("back", "returned")):
            before = self.state(self.made)
            self.done(self.note(self.owner, stage, f"scratch on the left, {stage}"), 201)
            self.assertEqual(self.state(self.made), before)
            self.done(self.note(self.borrower, stage), 201)
            self.assertEqual(self.state(self.made), state)
        notes = self.done(self.send(self.borrower, "GET", self.path))["items"]
        expected = [(stage, side) for stage in ("out", "back") for side in ("owner", "borrower")]
        self.assertEqual([(n["stage"], n["side"]) for n in notes], expected)
        self.assertIn("scratch on the left, out", self.page(self.owner, f"/page/reservations/{self.made}"))

    def test_nobody_notes_twice_or_for_the_other(self):
        self.approve()
        self.done(self.note(self.owner, "out"), 201)
        self.refused(self.note(self.owner, "out", "changed my mind"), 409, "already")
        self.refused(self.note(self.owner, "out", side="borrower"), 403)
        self.refused(self.note(self.stranger, "out"), 404)
        self.refused(self.send(self.stranger, "GET", self.path), 404)

    def test_a_handover_needs_an_approval_and_an_order(self):
        self.refused(self.note(self.owner, "out"), 409)
        self.approve()
        self.refused(self.note(self.owner, "back"), 409)
        self.refused(self.note(self.owner, "lost"), 422, "#/stage")
        self.refused(self.note(self.owner, "out", ""), 422, "#/condition")

    def test_the_caretaker_notes_for_somebody_at_the_tablet(self):
        self.approve()
        self.refused(self.note(CARETAKER, "out"), 422, "#/side")
        self.done(self.note(CARETAKER, "out", side="owner"), 201)
        fields = {"stage": "out", "side": "borrower", "condition": "fine"}
        response = self.send_form(CARETAKER, f"/page/reservations/{self.made}/handovers", fields)
        self.assertEqual((response.status, self.state(self.made)), (303, "lent"))
