"""Data about a resident is deleted within 30 days after they move out."""

import datetime

from app.forget import forget
from tests.lending import LendingCase
from tests.support import CARETAKER
from tests.test_photos import PHOTO

MOVED_OUT = datetime.date(2026, 5, 4)
TABLES = ("resident", "contact", "item", "reservation", "handover", "damage", "photo", "message")


class TestForget(LendingCase):
    def setUp(self):
        super().setUp()
        body = {"email": "olga@example.org", "phone": "0151 1111"}
        self.done(self.send(self.owner, "PUT", f"/residents/{self.owner}/contact", body))
        photo = self.send_raw(self.owner, "POST", f"/items/{self.ladder}/photos", PHOTO, "image/jpeg")
        self.photo = self.done(photo, 201)["id"]
        self.made = self.reserved()

    def move_out(self, resident):
        body = {"name": "Somebody", "building": "Building 1", "moved_out": MOVED_OUT.isoformat()}
        self.done(self.send(CARETAKER, "PUT", f"/residents/{resident}", body))

    def lend(self):
        with self.storage.transaction() as db:
            db.execute("UPDATE reservation SET state = 'lent' WHERE id = ?", [self.made])

    def forgotten_after(self, days):
        self.day = MOVED_OUT + datetime.timedelta(days=days)
        return forget(self.world)

    def test_everything_about_an_owner_goes(self):
        self.move_out(self.owner)
        self.assertEqual(self.forgotten_after(1), 1)
        counts = {table: self.storage.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"] for table in TABLES}
        self.assertEqual(counts, {**dict.fromkeys(TABLES, 0), "resident": 2})
        self.assertEqual(self.world.photos.ids(), set())

    def test_a_borrower_goes_with_their_reservations_and_the_item_stays(self):
        self.move_out(self.borrower)
        self.assertEqual(self.forgotten_after(0), 1)
        self.refused(self.send(CARETAKER, "GET", f"/reservations/{self.made}"), 404)
        self.assertEqual(self.send(self.owner, "GET", f"/photos/{self.photo}/image").status, 200)

    def test_what_is_lent_is_waited_for_but_not_beyond_the_30_days(self):
        self.lend()
        self.move_out(self.owner)
        self.assertEqual([self.forgotten_after(days) for days in (1, 28, 29, 30)], [0, 0, 1, 0])

    def test_who_lives_here_stays(self):
        self.assertEqual(self.forgotten_after(400), 0)
        self.assertEqual(self.send(self.owner, "GET", f"/photos/{self.photo}/image").status, 200)
