# Composed by rules. No licence is stated.
"""The machinery of records, shown on a resource with a field of every kind."""

from app.api import MAX_LIMIT
from app.forms import text_from, value_from
from tests.example import EXAMPLES, OWNER, THING
from tests.support import HOSTILE, AppCase, document

ALL = {
    "title": HOSTILE,
    "count": -3,
    "done": False,
    "due": "2028-02-29",
    "at": "2026-11-22T10:30:00+01:00",
    "price": 0,
    "owner": None,
}


class ExampleCase(AppCase):
    resources = EXAMPLES

    def create(self, **values):
        response = self.send("POST", THING.path, {"title": "A", **values})
        self.assertEqual(response.status, 201, response.body)
        return document(response)


class TestRecords(ExampleCase):
    def test_a_record_is_read_back_as_it_was_sent(self):
        owner = self.stored("example_owner")
        response = self.send("POST", THING.path, {**ALL, "owner": owner})
        record = document(response)
        self.assertEqual(response.headers["Location"], f"{THING.path}/{record['id']}")
        self.assertEqual(record, {"id": record["id"], **ALL, "owner": owner})
        self.assertEqual(document(self.send("GET", response.headers["Location"])), record)

    def test_what_is_left_out_is_null(self):
        record = self.create()
        self.assertEqual({value for name, value in record.items() if name not in ("id", "title")}, {None})

    def test_a_list_goes_on_after_its_last_record(self):
        ids = [self.create()["id"] for _ in range(3)]
        first = document(self.send("GET", THING.path + "?limit=2"))
        self.assertEqual([item["id"] for item in first["items"]], ids[:2])
        rest = document(self.send("GET", f"{THING.path}?limit=2&after={first['next_after']}"))
        self.assertEqual(([item["id"] for item in rest["items"]], rest["next_after"]), (ids[2:], None))

    def test_limits_outside_the_range_are_refused(self):
        for limit in ("0", "-1", str(MAX_LIMIT + 1), "many", "", "9" * 40):
            self.assert_problem(self.send("GET", f"{THING.path}?limit={limit}"), 422)
        self.assert_problem(self.send("GET", THING.path + "?limit=1&limit=2"), 400)

    def test_replacing_sets_every_field(self):
        record = self.create(count=5, done=True)
        response = self.send("PUT", f"{THING.path}/{record['id']}", {"title": "B"})
        self.assertEqual(document(response), {**record, "title": "B", "count": None, "done": None})

    def test_a_deleted_record_is_gone_and_its_id_is_not_used_again(self):
        path = f"{THING.path}/{self.create()['id']}"
        self.assertEqual(self.send("DELETE", path).status, 204)
        for method in ("GET", "DELETE"):
            self.assert_problem(self.send(method, path), 404)
        self.assert_problem(self.send("PUT", path, {"title": "B"}), 404)
        self.assertNotEqual(f"{THING.path}/{self.create()['id']}", path)

    def test_ids_that_cannot_be(self):
        for record_id in ("0", "-1", "x", "1.0", "9" * 40, "%31", "1/"):
            self.assert_problem(self.send("GET", f"{THING.path}/{record_id}"), 404)

    def test_a_reference_must_exist_and_keeps_its_record(self):
        self.assert_problem(self.send("POST", THING.path, {"title": "A", "owner": 999}), 422)
        owner = self.stored("example_owner")
        self.create(owner=owner)
        self.assert_problem(self.send("DELETE", f"{OWNER.path}/{owner}"), 409)


class TestRefusals(ExampleCase):
    def test_bodies_that_are_no_json_object(self):
        twice, nan, deep = b'{"title":"A","title":"B"}', b'{"title":NaN}', b"[" * 99999
        for body in (b"", b"{", b"[]", b'"x"', b"null", b"\xff", twice, nan, deep):
            self.assert_problem(self.send_raw("POST", THING.path, body, "application/json"), 400)

    def test_other_media_types(self):
        self.assert_problem(self.send_raw("POST", THING.path, b"{}", "text/plain"), 415)

    def test_wrong_values_are_named(self):
        wrong = {
            "title": ("", None, 1, [], "x" * 2001, "\ud800"),
            "count": ("1", 1.5, True, 2**53, {}),
            "done": ("true", 0, 1),
            "due": ("2026-02-29", "20261122", "2026-11-22\n", 5, "tomorrow"),
            "at": ("2026-11-22", "2026-11-22T24:00:00Z", "2026-11-22T10:00:00", "2026-11-22T10:00:00+24:00"),
            "price": ("1.50", 1.5),
            "owner": ("1", 0, -1, 999),
        }
        for name, values in wrong.items():
            for value in values:
                with self.subTest(field=name, value=value):
                    problem = self.assert_problem(self.send("POST", THING.path, {"title": "A", name: value}), 422)
                    self.assertEqual([error["pointer"] for error in problem["errors"]], [f"#/{name}"])
        self.assertEqual(self.storage.count(THING), 0)

    def test_unknown_fields(self):
        problem = self.assert_problem(self.send("POST", THING.path, {"title": "A", "a/b": 1, "id": 5}), 400)
        self.assertEqual([error["pointer"] for error in problem["errors"]], ["#/a~1b", "#/id"])


class TestForms(ExampleCase):
    def test_a_form_adds_a_record_and_the_page_shows_it_escaped(self):
        response = self.send_form("/page/example_thing", {"title": HOSTILE, "done": "true", "at": "2026-11-22T10:30"})
        self.assertEqual((response.status, response.headers["Location"]), (303, "/#records-example_thing"))
        record = self.storage.newest(THING, 1)[0]
        self.assertEqual((record["title"], record["done"], record["at"]), (HOSTILE, True, "2026-11-22T10:30:00Z"))
        page = self.page()
        self.assertIn("&lt;script&gt;", page)
        self.assertNotIn("<script", page)

    def test_the_page_shows_a_reference_by_number_and_text(self):
        self.create(owner=self.storage.insert(OWNER, {"name": "Ada <b>"}))
        self.assertIn("<td>#1 Ada &lt;b&gt;</td>", self.page())

    def test_a_refused_form_keeps_what_was_typed_and_says_what_is_wrong(self):
        response = self.send_form("/page/example_thing", {"title": "", "count": "<seven>"})
        page = response.body.decode("utf-8")
        self.assertEqual(response.status, 422)
        self.assertIn('href="#new-example_thing-count"', page)
        self.assertIn('value="&lt;seven&gt;"', page)
        self.assertEqual(page.count('aria-invalid="true"'), 2)
        self.assertEqual(self.storage.count(THING), 0)

    def test_a_record_is_changed_and_deleted_by_forms(self):
        record_id = self.create(due="2026-11-22")["id"]
        path = f"/page/example_thing/{record_id}"
        self.assertIn('value="2026-11-22"', self.send("GET", path).body.decode("utf-8"))
        self.assertEqual(self.send_form(path, {"title": "B"}).status, 303)
        self.assertEqual(self.storage.get(THING, record_id)["title"], "B")
        self.assertEqual(self.send_form(path + "/delete", {}).status, 303)
        self.assertIsNone(self.storage.get(THING, record_id))
        self.assert_problem(self.send("GET", path), 404)

    def test_a_reference_that_is_not_offered_stays_set(self):
        record_id = self.create(owner=self.stored("example_owner"))["id"]
        self.app._pages.options = lambda _field: []
        page = self.send("GET", f"/page/example_thing/{record_id}").body.decode("utf-8")
        self.assertIn('<option value="1" selected>', page)

    def test_forms_of_other_sites_are_refused(self):
        for headers in ({"sec_fetch_site": "cross-site"}, {"origin": "https://other.example", "host": "here"}):
            self.assert_problem(self.send_form("/page/example_thing", {"title": "A"}, **headers), 403)
        self.assertEqual(self.send_form("/page/example_thing", {"title": "A"}, origin="http://h", host="h").status, 303)

    def test_values_survive_the_way_into_a_form_and_back(self):
        for field in THING.fields:
            value = ALL[field.name]
            expected = "2026-11-22T09:30:00Z" if field.kind == "moment" else value
            self.assertEqual(value_from(field, text_from(field, value)), expected, field.name)
