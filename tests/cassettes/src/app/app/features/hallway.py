"""The list for the tablet in the hallway: what there is, without names, addresses or numbers of people."""

from __future__ import annotations

from app.feature import Feature
from app.layout import frame, table
from app.markup import element
from app.messages import Request, Response, html_response
from app.pages import ITEMS_SHOWN, shortened
from app.routing import Router

TITLE = "Hallway list"


class Hallway(Feature):
    """A page to read while passing by."""

    def register(self, router: Router) -> None:
        router.add("GET", "/hallway", self.show)

    def show(self, _request: Request) -> Response:
        items = self.storage.rows("SELECT name FROM item ORDER BY lower(name), id LIMIT ?", ITEMS_SHOWN)
        rows = [(shortened(item["name"]),) for item in items]
        return html_response(200, frame(TITLE, element("h1", TITLE), table("Items", ["Item"], rows)))
