"""Reporting a damage with photos and a short text."""

from app.features.damages import DAMAGES_PER_RESERVATION, PHOTOS_PER_DAMAGE
from tests.lending import LendingCase
from tests.support import CARETAKER
from tests.test_photos import PHOTO


class TestDamages(LendingCase):
    def setUp(self):
        super().setUp()
        self.made = self.reserved()
        self.path = f"/reservations/{self.made}/damages"
        self.move_to("lent")

    def move_to(self, state):
        with self.storage.transaction() as db:
            db.execute("UPDATE reservation SET state = ? WHERE id = ?", [state, self.made])

    def report(self, who, text="A rung is cracked"):
        return self.send(who, "POST", self.path, {"text": text})

    def photo(self, who, damage, data=PHOTO):
        return self.send_raw(who, "POST", f"/damages/{damage}/photos", data, "image/jpeg")

    def test_both_sides_report_and_see_the_reports(self):
        for who, side in ((self.borrower, "borrower"), (self.owner, "owner")):
            damage = self.done(self.report(who), 201)
            self.assertEqual(damage["side"], side)
            photo = self.done(self.photo(who, damage["id"]), 201)["id"]
            for reader in (self.owner, self.borrower, CARETAKER):
                self.assertEqual(self.send(reader, "GET", f"/photos/{photo}/image").status, 200)
        told = self.done(self.send(self.owner, "GET", self.path))["items"]
        expected = [(side, "A rung is cracked", 1) for side in ("borrower", "owner")]
        self.assertEqual([(d["side"], d["text"], len(d["photos"])) for d in told], expected)
        self.assertIn("A rung is cracked", self.page(self.borrower, f"/page/reservations/{self.made}"))

    def test_strangers_neither_report_nor_look(self):
        damage = self.done(self.report(self.owner), 201)["id"]
        photo = self.done(self.photo(self.owner, damage), 201)["id"]
        self.refused(self.report(self.stranger), 404)
        self.refused(self.photo(self.stranger, damage), 404)
        self.refused(self.send(self.stranger, "GET", self.path), 404)
        self.refused(self.send(self.stranger, "GET", f"/photos/{photo}/image"), 404)
        self.refused(self.report(CARETAKER), 403)

    def test_a_damage_needs_an_item_that_was_handed_over(self):
        for state in ("requested", "approved", "rejected", "cancelled"):
            self.move_to(state)
            self.refused(self.report(self.owner), 409)
        self.move_to("returned")
        self.done(self.report(self.owner), 201)

    def test_reports_are_short_and_not_without_end(self):
        self.refused(self.report(self.owner, "x" * 501), 422)
        self.refused(self.report(self.owner, ""), 422, "#/text")
        for _ in range(DAMAGES_PER_RESERVATION):
            damage = self.done(self.report(self.owner), 201)["id"]
        self.refused(self.report(self.owner), 409)
        for _ in range(PHOTOS_PER_DAMAGE):
            self.done(self.photo(self.owner, damage), 201)
        self.refused(self.photo(self.owner, damage), 409)
        self.refused(self.photo(self.owner, damage, b"<svg>"), 422)
        self.refused(self.photo(self.owner, 9999), 404)

    def test_it_works_with_forms(self):
        path = f"/page/reservations/{self.made}"
        response = self.send_form(self.borrower, f"{path}/damages", {"text": "A rung is cracked"})
        self.assertEqual(response.status, 303, response.body)
        page = self.page(self.borrower, path)
        self.assertIn("reported by the borrower", page)
        self.assertIn("/page/damages/1/photos", page)
        self.assertNotIn("/page/damages/1/photos", self.page(CARETAKER, path))
