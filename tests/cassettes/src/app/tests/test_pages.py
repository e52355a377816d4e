"""The pages as a browser gets them: readable, labelled, escaped, and whole without any script."""

import re

from app.application import SECURITY_HEADERS
from tests.support import CARETAKER, HOSTILE, AppCase


class TestPages(AppCase):
    def pages(self):
        return {path: self.page(CARETAKER, path) for path in ("/", f"/page/items/{self.ladder}", "/hallway")}

    def test_language_title_viewport_and_landmarks(self):
        parts = ('<html lang="en">', "<title>", 'name="viewport"', "<header>", "<nav ", "<main ", "<footer>", "<h1>")
        for path, page in self.pages().items():
            for part in parts:
                self.assertEqual(page.count(part), 1, f"{path} {part}")

    def test_every_input_has_a_label_and_ids_are_unique(self):
        for path, page in self.pages().items():
            ids = re.findall(r' id="([^"]*)"', page)
            self.assertEqual(len(ids), len(set(ids)), path)
            labels = set(re.findall(r'<label for="([^"]*)"', page))
            inputs = set(re.findall(r'<(?:input|select|textarea)[^>]* id="([^"]*)"', page))
            self.assertEqual(inputs, labels, path)

    def test_what_neighbours_write_is_never_markup(self):
        item = self.item(self.owner, HOSTILE, HOSTILE, HOSTILE)
        for page in (*self.pages().values(), self.page(CARETAKER, f"/page/items/{item}")):
            self.assertNotIn("<script>alert", page)
        self.assertIn("&lt;script&gt;alert", self.page(CARETAKER, f"/page/items/{item}"))

    def test_pages_need_no_script_and_load_nothing_from_elsewhere(self):
        for path, page in self.pages().items():
            for part in ("<style", " style=", " onclick=", "javascript:", "http://", "https://"):
                self.assertNotIn(part, page, f"{path} {part}")
            self.assertNotRegex(page, r"<script>|<script (?!src=./static/)")

    def test_every_answer_has_security_headers(self):
        for path in ("/", "/health", "/nothing", "/static/style.css"):
            response = self.send(CARETAKER, "GET", path)
            self.assertLessEqual(SECURITY_HEADERS.keys(), response.headers.keys(), path)

    def test_a_browser_gets_a_page_for_an_error(self):
        response = self.send(CARETAKER, "GET", "/nothing", accept="text/html,*/*")
        self.assertEqual(response.status, 404)
        self.assertIn("<h1>Not Found</h1>", response.body.decode("utf-8"))
