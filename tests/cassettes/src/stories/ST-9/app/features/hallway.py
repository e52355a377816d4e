"""The list for the tablet in the hallway. The tablet keeps its last copy, so that it is readable without internet.

It names no people, places or numbers: whoever stands in the hallway may look at it.
"""

from __future__ import annotations

from app.availability import mark, taken_items
from app.feature import Feature
from app.layout import STATIC, frame, table
from app.markup import element
from app.messages import Request, Response, html_response
from app.pages import ITEMS_SHOWN, shortened
from app.routing import Router

PATH = "/hallway"
TITLE = "Hallway list"
OFFLINE = "Without internet this list stays as it was; note handovers on paper and enter them later."


class Hallway(Feature):
    """A page to read while passing by, and the script that keeps a copy of it."""

    def register(self, router: Router) -> None:
        router.add("GET", PATH, self.show)
        router.add("GET", f"{PATH}/worker.js", self.worker)

    def show(self, _request: Request) -> Response:
        today = self.world.today()
        taken = taken_items(self.storage, today, today)
        items = self.storage.rows("SELECT id, name FROM item ORDER BY lower(name), id LIMIT ?", ITEMS_SHOWN)
        rows = [(shortened(item["name"]), mark(item["id"] not in taken)) for item in items]
        listed = table("Items today", ["Item", "Now"], rows) if rows else element("p", "Nothing is offered yet.")
        return html_response(
            200,
            frame(
                TITLE,
                element("h1", TITLE),
                element("p", f"As of {self.world.now()[:16].replace('T', ' ')} UTC. ", OFFLINE),
                listed,
                element("p", element("a", "Show the list as it is now", href=PATH)),
                element("script", src="/static/hallway.js", defer=True),
            ),
        )

    def worker(self, _request: Request) -> Response:
        # A worker may serve only paths below its own, unless the answer that brings it allows more.
        headers = {"Service-Worker-Allowed": PATH, "Cache-Control": "no-cache"}
        body = (STATIC / "hallway-worker.js").read_bytes()
        return Response(200, body, "text/javascript; charset=utf-8", headers)
