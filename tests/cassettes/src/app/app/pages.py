"""The pages for people: all items, one item, one reservation. They work without any script."""

from __future__ import annotations

from collections.abc import Sequence

from app.api import found
from app.feature import Feature
from app.layout import NAME, frame, table
from app.markup import Content, Markup, element
from app.messages import Request, Response, html_response
from app.records import RESIDENT
from app.routing import Router
from app.storage import Record
from app.world import World

ITEMS_SHOWN = 200
CELL_LIMIT = 200


class Pages(Feature):
    """Three pages; each ability adds its own section to them."""

    def __init__(self, world: World, features: Sequence[Feature]):
        super().__init__(world)
        self._features = features

    def register(self, router: Router) -> None:
        router.add("GET", "/", self.home_page)
        router.add("GET", "/page/items/{id}", self.item_page)
        router.add("GET", "/page/reservations/{id}", self.reservation_page)

    def home_page(self, request: Request) -> Response:
        sections = [feature.home(request) for feature in self._features]
        return html_response(200, frame(NAME, element("h1", "What can be borrowed"), *sections))

    def item_page(self, request: Request, item_id: int) -> Response:
        item = self.item_of(item_id)
        owner = found(self.storage, RESIDENT, item["owner"])
        facts = [
            element("p", item["description"]) if item["description"] else None,
            element("p", "Kept at: ", item["place"]),
            element("p", f"Belongs to {owner['name']}, {owner['building']}."),
        ]
        sections = [feature.item(request, item) for feature in self._features]
        return html_response(200, frame(item["name"], element("h1", item["name"]), *facts, *sections))

    def reservation_page(self, request: Request, reservation_id: int) -> Response:
        reservation = self.reservation_of(request, reservation_id)
        item = self.item_of(reservation["item"])
        title = f"{item['name']}, {reservation['first_day']} to {reservation['last_day']}"
        sections = [feature.reservation(request, reservation) for feature in self._features]
        state = element("p", "This reservation is ", element("strong", reservation["state"]), ".")
        return html_response(200, frame(title, element("h1", title), state, *sections))


def item_table(caption: str, items: Sequence[Record], states: Sequence[Content]) -> Markup:
    """Items with a link to each and what is told of it."""
    titles = ["Item", "Kept at", "Now"]
    rows = [
        (element("a", shortened(item["name"]), href=f"/page/items/{item['id']}"), shortened(item["place"]), state)
        for item, state in zip(items, states)
    ]
    return table(caption, titles, rows)


def shortened(text: str) -> str:
    return text if len(text) <= CELL_LIMIT else text[: CELL_LIMIT - 1] + "…"
