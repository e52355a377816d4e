"""Residents and items over the JSON interface."""

import json

from app.api import MAX_LIMIT
from tests.support import CARETAKER, HOSTILE, AppCase


class TestRecords(AppCase):
    def test_an_item_is_read_back_as_it_was_sent(self):
        body = {"owner": self.owner, "name": HOSTILE, "description": HOSTILE, "place": "Building 1"}
        response = self.send(self.owner, "POST", "/items", body)
        item = self.done(response, 201)
        self.assertEqual(item, {"id": item["id"], **body})
        self.assertEqual(self.done(self.send(self.borrower, "GET", response.headers["Location"])), item)

    def test_what_is_left_out_is_null(self):
        body = {"owner": self.owner, "name": "Drill", "place": "Building 1"}
        self.assertIsNone(self.done(self.send(self.owner, "POST", "/items", body), 201)["description"])

    def test_wrong_and_missing_values_are_named(self):
        for body, pointer in (
            ({"owner": self.owner, "place": "x"}, "#/name"),
            ({"owner": self.owner, "name": "", "place": "x"}, "#/name"),
            ({"owner": self.owner, "name": 7, "place": "x"}, "#/name"),
            ({"owner": self.owner, "name": "x" * 2001, "place": "x"}, "#/name"),
            ({"owner": "Olga", "name": "x", "place": "x"}, "#/owner"),
            ({"owner": 9999, "name": "x", "place": "x"}, "#/owner"),
        ):
            response = self.send(CARETAKER, "POST", "/items", body)
            self.refused(response, 422, pointer)

    def test_bodies_that_are_no_objects_of_ours_are_refused(self):
        for body in (b"", b"{", b"[1]", b'"x"', b'{"name": 1, "name": 2}', b'{"name": NaN}', b"\xff"):
            response = self.send_raw(CARETAKER, "POST", "/items", body, "application/json")
            self.refused(response, 400)
        self.refused(self.send(CARETAKER, "POST", "/items", {"colour": "red"}), 400, "#/colour")
        self.refused(self.send_raw(CARETAKER, "POST", "/items", b"name=x", "text/plain"), 415)

    def test_a_list_goes_on_after_its_last_record(self):
        for name in ("Drill", "Raclette grill"):
            self.item(self.owner, name)
        first = self.done(self.send(self.owner, "GET", "/items?limit=2"))
        rest = self.done(self.send(self.owner, "GET", f"/items?limit=2&after={first['next_after']}"))
        names = [item["name"] for item in first["items"] + rest["items"]]
        self.assertEqual((names, rest["next_after"]), (["Tall ladder", "Drill", "Raclette grill"], None))
        for limit in ("0", str(MAX_LIMIT + 1), "many", ""):
            self.refused(self.send(self.owner, "GET", f"/items?limit={limit}"), 422)

    def test_an_owner_with_items_is_not_deleted_by_hand(self):
        self.refused(self.send(CARETAKER, "DELETE", f"/residents/{self.owner}"), 409)
        self.assertEqual(self.send(CARETAKER, "DELETE", f"/residents/{self.borrower}").status, 204)
        self.refused(self.send(CARETAKER, "GET", f"/residents/{self.borrower}"), 404)

    def test_unknown_ids_and_paths(self):
        for path in ("/items/999", "/items/x", "/items/" + "9" * 30, "/items/1%27", "/items/1/x", "/x"):
            self.refused(self.send(self.owner, "GET", path), 404)
        response = self.send(self.owner, "PATCH", "/items")
        self.refused(response, 405)
        self.assertEqual(response.headers["Allow"], "GET, HEAD, POST")

    def test_a_failure_tells_nothing_of_the_inside(self):
        self.storage.close()
        with self.assertLogs("app", "ERROR"):
            response = self.send(None, "GET", "/items", x_lendwell_user="1")
        self.assertEqual(json.loads(response.body)["detail"], "the server failed to answer")
        self.refused(self.send(None, "GET", "/health"), 503)
