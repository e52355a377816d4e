# Composed by rules. No licence is stated.
"""The application as a whole: health, page frame, errors, headers."""

import re

from app import about
from app.application import SECURITY_HEADERS, STYLESHEETS
from app.markup import escape
from tests.support import AppCase, document


class TestApplication(AppCase):
    def test_health(self):
        response = self.send("GET", "/health")
        self.assertEqual((response.status, document(response)), (200, {"status": "ok"}))

    def test_health_tells_when_the_database_does_not_answer(self):
        self.storage.close()
        self.assert_problem(self.send("GET", "/health"), 503)

    def test_unknown_path(self):
        for path in ("/nothing", "/health/", "//", "/static/../app/about.py", "/page"):
            self.assert_problem(self.send("GET", path), 404)

    def test_wrong_method(self):
        response = self.send("DELETE", "/health")
        self.assert_problem(response, 405)
        self.assertEqual(response.headers["Allow"], "GET, HEAD")

    def test_every_answer_has_security_headers(self):
        for path in ("/", "/health", "/nothing", "/static/style.css"):
            response = self.send("GET", path)
            self.assertLessEqual(SECURITY_HEADERS.keys(), response.headers.keys(), path)

    def test_an_unexpected_error_tells_nothing_of_the_inside(self):
        self.storage.close()
        self.app._router.add("GET", "/broken", self.storage.count)
        with self.assertLogs("app", "ERROR"):
            problem = self.assert_problem(self.send("GET", "/broken"), 500)
        self.assertEqual(problem["detail"], "the server failed to answer")

    def test_a_browser_gets_a_page_for_an_error(self):
        response = self.send("GET", "/nothing", accept="text/html,*/*")
        self.assertEqual(response.status, 404)
        self.assertIn("<h2>Not Found</h2>", response.body.decode("utf-8"))


class TestPage(AppCase):
    def test_says_what_it_is_and_what_is_open(self):
        page = self.page()
        for text in (about.NAME, about.SUMMARY, about.NOTICE, *about.QUESTIONS):
            self.assertIn(escape(text), page)

    def test_has_language_title_viewport_and_landmarks(self):
        page = self.page()
        for part in ('<html lang="en">', "<title>", 'name="viewport"', "<header>", "<main id=", "<footer>", "<h1>"):
            self.assertEqual(page.count(part), 1, part)

    def test_ids_are_unique_and_links_into_the_page_arrive(self):
        page = self.page()
        ids = re.findall(r' id="([^"]*)"', page)
        self.assertEqual(len(ids), len(set(ids)))
        self.assertLessEqual(set(re.findall(r' href="#([^"]*)"', page)), set(ids))

    def test_every_input_has_a_label(self):
        page = self.page()
        labels = set(re.findall(r'<label for="([^"]*)"', page))
        inputs = re.findall(r'<(?:input|select|textarea)[^>]* id="([^"]*)"', page)
        self.assertEqual(set(inputs), labels)

    def test_has_no_script_and_no_style_of_its_own(self):
        page = self.page()
        for part in ("<script", "<style", " style=", "javascript:", "http://", "https://"):
            self.assertNotIn(part, re.sub(r">[^<]*<", "><", page), part)

    def test_stylesheets_are_served(self):
        for name in STYLESHEETS:
            response = self.send("GET", f"/static/{name}")
            self.assertEqual((response.status, response.content_type), (200, "text/css; charset=utf-8"))
