"""Finding an item by its words, and seeing whether it is free."""

from __future__ import annotations

import datetime

from app.availability import mark, periods, taken_items
from app.feature import Feature
from app.forms import input_of, text_input
from app.layout import section
from app.markup import Content, element
from app.messages import Request, Response, json_response
from app.model import check_date
from app.pages import ITEMS_SHOWN, item_table
from app.problems import Problem
from app.routing import Router
from app.storage import Record

QUERY_LIMIT = 200


class Search(Feature):
    """Search by words in name, description and place, for a day."""

    def register(self, router: Router) -> None:
        router.add("GET", "/search", self.search)

    def search(self, request: Request) -> Response:
        text, day = self.asked(request)
        taken = taken_items(self.storage, day, self.world.today())
        items = [{**item, "free": item["id"] not in taken} for item in self.matching(text)]
        return json_response(200, {"day": day.isoformat(), "items": items})

    def home(self, request: Request) -> Content:
        text, day = self.asked(request)
        items = self.matching(text)
        taken = taken_items(self.storage, day, self.world.today())
        found = f"{len(items)} {'item' if len(items) == 1 else 'items'} on {day.isoformat()}"
        states = [mark(item["id"] not in taken) for item in items]
        listed = item_table(found, items, states) if items else element("p", "Nothing found.")
        return section("Items", "items", self.form(text, day), listed)

    def item(self, request: Request, item: Record) -> Content:
        today = self.world.today()
        free = item["id"] not in taken_items(self.storage, today, today)
        rows = [element("li", f"{p['first_day']} to {p['last_day']}") for p in periods(self.storage, item["id"], today)]
        days = [element("p", "Already reserved:"), element("ul", *rows)] if rows else []
        return section("When it is free", "free", element("p", mark(free), " today."), *days)

    def form(self, text: str, day: datetime.date) -> Content:
        words = text_input("search", "text", "Search the items", required=False, value=text)
        on = input_of("date", "search", "day", "Free on", required=False, value=day.isoformat())
        return element("form", words, on, element("button", "Search", type="submit"), method="get", action="/")

    def asked(self, request: Request) -> tuple[str, datetime.date]:
        """The words and the day of a query; today when none is named."""
        parameters = request.parameters()
        text = parameters.get("text", "")
        if len(text) > QUERY_LIMIT:
            raise Problem(422, f"search for at most {QUERY_LIMIT} characters")
        try:
            day = parameters.get("day") or self.world.today().isoformat()
            return text, datetime.date.fromisoformat(check_date(day))
        except ValueError as error:
            raise Problem(422, f"the query parameter day {error}") from error

    def matching(self, text: str) -> list[Record]:
        """Items in which every word stands, by name."""
        words = text.lower().split()
        items = self.storage.rows("SELECT * FROM item ORDER BY lower(name), id")
        found = [item for item in items if all(word in words_of(item) for word in words)]
        return found[:ITEMS_SHOWN]


def words_of(item: Record) -> str:
    # SQLite's own LIKE folds ASCII letters only: “Häcksler” must be found as “häcksler”.
    return " ".join([item["name"], item["description"] or "", item["place"]]).lower()
