"""Who is let in: residents, the caretaker and the hallway tablet, and nobody else."""

from tests.support import CARETAKER, AppCase

PATHS = ("/", "/items", "/search", "/residents", "/reservations", "/messages", "/page/items/1", "/nothing")


class TestDoor(AppCase):
    def test_without_a_sign_in_nothing_is_shown(self):
        for path in PATHS:
            response = self.send(None, "GET", path)
            self.refused(response, 401)
            self.assertNotIn(b"Olga", response.body)
            self.assertNotIn(b"ladder", response.body)

    def test_a_sign_in_of_nobody_is_refused(self):
        for name in ("9999", "0", "-1", "1e3", "admin", "Caretaker", "9" * 30, "²"):
            self.refused(self.send(name, "GET", "/items"), 403)

    def test_who_has_moved_out_is_refused(self):
        values = {"name": "Bela", "building": "Building 3", "moved_out": "2026-05-01"}
        self.done(self.send(CARETAKER, "PUT", f"/residents/{self.borrower}", values))
        self.refused(self.send(self.borrower, "GET", "/items"), 403)

    def test_health_and_styles_need_no_sign_in(self):
        for path in ("/health", "/static/style.css"):
            self.assertEqual(self.send(None, "GET", path).status, 200)

    def test_the_tablet_sees_the_hallway_list_only(self):
        page = self.page("hallway", "/hallway")
        self.assertIn("Tall ladder", page)
        for secret in ("Olga", "Building 1", "cellar"):
            self.assertNotIn(secret, page)
        for method, path in (("GET", "/items"), ("GET", "/"), ("POST", "/hallway")):
            self.refused(self.send("hallway", method, path), 403)

    def test_residents_do_not_change_the_list_of_residents(self):
        body = {"name": "Eve", "building": "Building 2"}
        self.refused(self.send(self.owner, "POST", "/residents", body), 403)
        self.refused(self.send(self.owner, "DELETE", f"/residents/{self.borrower}"), 403)
        self.refused(self.send(self.owner, "GET", f"/residents/{self.owner + 99}"), 404)

    def test_only_the_owner_changes_an_item(self):
        path, body = f"/items/{self.ladder}", {"owner": self.owner, "name": "Ladder", "place": "Cellar"}
        self.refused(self.send(self.borrower, "PUT", path, body), 403)
        self.refused(self.send(self.borrower, "DELETE", path), 403)
        stolen = {**body, "owner": self.borrower}
        self.refused(self.send(self.owner, "PUT", path, stolen), 403)
        self.assertEqual(self.done(self.send(self.owner, "PUT", path, body))["name"], "Ladder")

    def test_messages_are_for_the_caretaker(self):
        self.assertEqual(self.done(self.send(self.owner, "GET", "/messages"))["items"], [])
        self.assertEqual(self.send(CARETAKER, "GET", "/messages").status, 200)


class TestDesk(AppCase):
    desk = True

    def test_at_the_desk_a_missing_sign_in_is_the_caretakers(self):
        body = {"name": "Eve", "building": "Building 2"}
        self.done(self.send(None, "POST", "/residents", body), 201)

    def test_a_sign_in_still_counts_at_the_desk(self):
        self.refused(self.send("nobody", "GET", "/items"), 403)
        self.refused(self.send("hallway", "GET", "/items"), 403)
