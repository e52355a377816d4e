"""The caretaker sees every open reservation and cancels one when an owner has moved away."""

from __future__ import annotations

from app.feature import Feature, require_same_origin
from app.forms import filled, form, text_input
from app.layout import frame, section, table
from app.lending import require_state
from app.markup import Content, element
from app.messages import Request, Response, html_response, json_response, redirect
from app.model import Field, validate
from app.pages import shortened
from app.problems import Problem
from app.records import RESERVATION
from app.routing import Router
from app.storage import Record

PATH = "/page/desk"
TITLE = "Open reservations"
# What has been handed over must come back first: cancelling it would lose its trace.
CANCELLED_WHILE = ("requested", "approved")
BODY = (Field("reason", "text", required=True),)
OPEN = (
    "SELECT r.*, i.name AS name, o.name AS owner_name, o.moved_out AS owner_left, b.name AS borrower_name"
    " FROM reservation r JOIN item i ON i.id = r.item JOIN resident o ON o.id = i.owner"
    " JOIN resident b ON b.id = r.borrower WHERE r.state IN ('requested', 'approved', 'lent')"
    " ORDER BY r.first_day, r.id"
)


class Desk(Feature):
    """The caretaker's list, in place of the paper one in the hallway."""

    def register(self, router: Router) -> None:
        router.add("GET", PATH, self.show)
        router.add("POST", "/reservations/{id}/cancellation", self.cancel)
        router.add("POST", "/page/reservations/{id}/cancellation", self.cancel_by_form)

    def show(self, request: Request) -> Response:
        require_caretaker(request)
        rows = [self.row(reservation) for reservation in self.storage.rows(OPEN)]
        titles = ["Item", "Days", "Owner", "Borrower", "State"]
        listed = table(f"{len(rows)} open", titles, rows) if rows else element("p", "No reservation is open.")
        return html_response(200, frame(TITLE, element("h1", TITLE), listed))

    def row(self, reservation: Record) -> tuple[Content, ...]:
        late = reservation["state"] == "lent" and reservation["last_day"] < self.world.today().isoformat()
        return (
            element("a", shortened(reservation["name"]), href=f"/page/reservations/{reservation['id']}"),
            f"{reservation['first_day']} to {reservation['last_day']}",
            reservation["owner_name"] + (" (moved away)" if reservation["owner_left"] else ""),
            reservation["borrower_name"],
            "overdue" if late else reservation["state"],
        )

    def cancel(self, request: Request, reservation_id: int) -> Response:
        return json_response(200, self.cancelled(request, reservation_id, validate(BODY, request.json())))

    def cancel_by_form(self, request: Request, reservation_id: int) -> Response:
        require_same_origin(request)
        self.cancelled(request, reservation_id, validate(BODY, dict(filled(request.form()))))
        return redirect(PATH)

    def cancelled(self, request: Request, reservation_id: int, asked: Record) -> Record:
        require_caretaker(request)
        with self.storage.transaction():
            reservation = self.reservation_of(request, reservation_id)
            require_state(reservation, *CANCELLED_WHILE)
            changed = {**reservation, "state": "cancelled", "note": asked["reason"]}
            self.storage.replace(RESERVATION, reservation_id, changed)
        return changed

    def home(self, request: Request) -> Content:
        if not request.caller.is_caretaker:
            return None
        link = element("a", "Every open reservation", href=PATH)
        return section("For the caretaker", "desk", element("p", link))

    def reservation(self, request: Request, reservation: Record) -> Content:
        if not request.caller.is_caretaker or reservation["state"] not in CANCELLED_WHILE:
            return None
        reason = text_input("cancel", "reason", "Why it is cancelled", hint="Both sides read this.")
        path = f"/page/reservations/{reservation['id']}/cancellation"
        return section("Cancel", "cancel", form(path, "Cancel this reservation", reason, danger=True))


def require_caretaker(request: Request) -> None:
    if not request.caller.is_caretaker:
        raise Problem(403, "this is for the caretaker")
