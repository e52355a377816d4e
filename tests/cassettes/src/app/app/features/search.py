"""Finding an item by its words."""

from __future__ import annotations

from app.feature import Feature
from app.forms import text_input
from app.layout import section
from app.markup import Content, element
from app.messages import Request, Response, json_response
from app.pages import ITEMS_SHOWN, item_table
from app.problems import Problem
from app.routing import Router
from app.storage import Record

QUERY_LIMIT = 200


class Search(Feature):
    """Search by words in name, description and place."""

    def register(self, router: Router) -> None:
        router.add("GET", "/search", self.search)

    def search(self, request: Request) -> Response:
        return json_response(200, {"items": self.matching(request.parameters().get("text", ""))})

    def home(self, request: Request) -> Content:
        text = request.parameters().get("text", "")
        items = self.matching(text)
        found = f"{len(items)} items" + (f" for “{text}”" if text else "")
        listed = item_table(found, items, [""] * len(items)) if items else element("p", "Nothing found.")
        return section("Items", "items", self.form(text), listed)

    @staticmethod
    def form(text: str) -> Content:
        words = text_input("search", "text", "Search the items", required=False, value=text)
        return element("form", words, element("button", "Search", type="submit"), method="get", action="/")

    def matching(self, text: str) -> list[Record]:
        """Items in which every word stands, by name."""
        if len(text) > QUERY_LIMIT:
            raise Problem(422, f"search for at most {QUERY_LIMIT} characters")
        words = text.lower().split()
        items = self.storage.rows("SELECT * FROM item ORDER BY lower(name), id")
        found = [item for item in items if all(word in words_of(item) for word in words)]
        return found[:ITEMS_SHOWN]


def words_of(item: Record) -> str:
    # SQLite's own LIKE folds ASCII letters only: “Häcksler” must be found as “häcksler”.
    return " ".join([item["name"], item["description"] or "", item["place"]]).lower()
