"""Reserving an item for up to seven days, and the list of one's own reservations."""

from __future__ import annotations

from app.api import save
from app.availability import clashes
from app.feature import Feature, require_same_origin
from app.forms import filled, form, input_of, select, text_input
from app.layout import section, table
from app.lending import MAX_DAYS, check_period
from app.markup import Content, element
from app.messages import Request, Response, json_response, redirect
from app.model import Field, validate, wrong_value
from app.pages import shortened
from app.problems import Problem
from app.records import RESERVATION
from app.routing import Router
from app.storage import Record

BODY = (
    Field("borrower", "reference", target="resident"),
    Field("first_day", "date", required=True),
    Field("last_day", "date", required=True),
    Field("note", "text"),
)
OWN = (
    "SELECT r.*, i.name AS name, i.owner AS owner FROM reservation r JOIN item i ON i.id = r.item"
    " WHERE (r.borrower = ? OR i.owner = ?) AND r.state IN ('requested', 'approved', 'lent') ORDER BY r.first_day"
)


class Reservations(Feature):
    """A resident asks for an item; its owner decides."""

    def register(self, router: Router) -> None:
        router.add("POST", "/items/{id}/reservations", self.ask)
        router.add("POST", "/page/items/{id}/reservations", self.ask_by_form)

    def ask(self, request: Request, item_id: int) -> Response:
        reservation = self.reserve(request, item_id, validate(BODY, request.json()))
        return json_response(201, reservation, {"Location": f"/reservations/{reservation['id']}"})

    def ask_by_form(self, request: Request, item_id: int) -> Response:
        require_same_origin(request)
        fields = dict(filled(request.form()))
        if fields.get("borrower", "").isdecimal():
            fields["borrower"] = int(fields["borrower"])
        reservation = self.reserve(request, item_id, validate(BODY, fields))
        return redirect(f"/page/reservations/{reservation['id']}")

    def reserve(self, request: Request, item_id: int, asked: Record) -> Record:
        item = self.item_of(item_id)
        borrower = self.borrower(request, asked["borrower"])
        if borrower == item["owner"]:
            raise Problem(409, "an owner does not reserve their own item")
        check_period(asked["first_day"], asked["last_day"], self.world.today())
        values = {**asked, "item": item_id, "borrower": borrower, "state": "requested", "deposit": None}
        with self.storage.transaction():
            if clashes(self.storage, item_id, asked["first_day"], asked["last_day"]):
                raise Problem(409, "the item is already reserved on one of these days")
            reservation = save(lambda: self.storage.insert(RESERVATION, values))
        return {"id": reservation, **{field.name: values[field.name] for field in RESERVATION.fields}}

    def borrower(self, request: Request, named: int | None) -> int:
        """A resident borrows for themselves; the caretaker names for whom."""
        if not request.caller.is_caretaker:
            if named not in (None, request.caller.resident):
                raise Problem(403, "you can reserve for yourself only")
            return request.caller.resident
        if named is None:
            raise wrong_value("borrower", "is required")
        return named

    def home(self, request: Request) -> Content:
        me = request.caller.resident
        if me is None:
            return None
        rows = [
            (
                element("a", shortened(row["name"]), href=f"/page/reservations/{row['id']}"),
                f"{row['first_day']} to {row['last_day']}",
                "lending" if row["owner"] == me else "borrowing",
                row["state"],
            )
            for row in self.storage.rows(OWN, me, me)
        ]
        titles = ["Item", "Days", "You are", "State"]
        listed = table("Open reservations of yours", titles, rows) if rows else element("p", "None open.")
        return section("Your reservations", "own-reservations", listed)

    def item(self, request: Request, item: Record) -> Content:
        if request.caller.is_resident(item["owner"]):
            return None
        people = []
        if request.caller.is_caretaker:
            rows = self.storage.rows("SELECT id, name FROM resident WHERE moved_out IS NULL ORDER BY name")
            people.append(select("reserve", "borrower", "For whom", [(str(r["id"]), r["name"]) for r in rows]))
        today = self.world.today().isoformat()
        fields = [
            input_of("date", "reserve", "first_day", "First day", min=today, value=today),
            input_of("date", "reserve", "last_day", "Last day", min=today, hint=f"At most {MAX_DAYS} days in all."),
            text_input("reserve", "note", "Message to the owner", required=False, long=True),
        ]
        return section("Reserve it", "reserve", form(f"/page/items/{item['id']}/reservations", "Reserve", *people, *fields))

    def reservation(self, request: Request, reservation: Record) -> Content:
        if not reservation["note"]:
            return None
        return section("Note", "note", element("p", reservation["note"]))
