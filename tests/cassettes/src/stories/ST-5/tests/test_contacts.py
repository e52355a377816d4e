"""A phone number is shown to the other side only, and only until the item is back."""

from tests.lending import LendingCase
from tests.support import CARETAKER


class TestContacts(LendingCase):
    def setUp(self):
        super().setUp()
        self.set(self.owner, "olga@example.org", "0151 1111")
        self.set(self.borrower, "bela@example.org", "0151 3333")
        self.made = self.reserved()
        self.path = f"/reservations/{self.made}/contact"

    def set(self, resident, email, phone=None):
        body = {"email": email, "phone": phone}
        return self.done(self.send(resident, "PUT", f"/residents/{resident}/contact", body))

    def move_to(self, state):
        with self.storage.transaction() as db:
            db.execute("UPDATE reservation SET state = ? WHERE id = ?", [state, self.made])

    def test_each_side_sees_the_other_from_the_approval_until_it_is_back(self):
        for state, status in (("requested", 409), ("approved", 200), ("lent", 200), ("returned", 409)):
            self.move_to(state)
            self.assertEqual(self.send(self.owner, "GET", self.path).status, status, state)
            shown = "0151 1111" in self.page(self.borrower, f"/page/reservations/{self.made}")
            self.assertEqual(shown, status == 200, state)
        self.move_to("lent")
        found = self.done(self.send(self.owner, "GET", self.path))
        self.assertEqual(found, {"name": "Bela", "phone": "0151 3333"})

    def test_nobody_else_sees_a_number_anywhere(self):
        self.move_to("lent")
        self.refused(self.send(self.stranger, "GET", self.path), 404)
        self.refused(self.send(CARETAKER, "GET", self.path), 403)
        for who in (CARETAKER, self.stranger):
            for path in ("/", "/residents", "/items", "/reservations", f"/page/items/{self.ladder}"):
                self.assertNotIn(b"0151", self.send(who, "GET", path).body, path)
        self.assertNotIn("0151", self.page(CARETAKER, f"/page/reservations/{self.made}"))

    def test_residents_keep_their_own_contact_only(self):
        body = {"email": "eve@example.org"}
        self.refused(self.send(self.stranger, "PUT", f"/residents/{self.owner}/contact", body), 403)
        self.refused(self.send(CARETAKER, "PUT", "/residents/9999/contact", body), 404)
        form = {"email": "new@example.org", "phone": "0170"}
        self.assertEqual(self.send_form(self.owner, f"/page/residents/{self.owner}/contact", form).status, 303)
        self.assertIn("new@example.org", self.page(self.owner, "/"))

    def test_an_address_that_could_name_others_is_refused(self):
        for email in ("olga", "a@b", "a@b.c\r\nBcc: d@e.f", "a@b.c, d@e.f", "<a@b.c>", "x" * 251 + "@b.c"):
            body = {"email": email}
            self.refused(self.send(self.owner, "PUT", f"/residents/{self.owner}/contact", body), 422, "#/email")
