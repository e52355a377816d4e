"""How the two sides reach each other: only they, and only until the item is back."""

from __future__ import annotations

import re

from app.feature import Feature, require_same_origin
from app.forms import filled, form, input_of
from app.layout import section
from app.markup import Content, element
from app.messages import Request, Response, json_response, redirect
from app.model import Field, validate, wrong_value
from app.problems import Problem
from app.records import CONTACT, RESIDENT
from app.routing import Router
from app.storage import Record

SHOWN_WHILE = ("approved", "lent")
EMAIL_LIMIT, PHONE_LIMIT = 254, 40
# Nothing that could end a header line or name a second recipient.
EMAIL = re.compile(r"[^\s@,;<>\"()\\]+@[^\s@,;<>\"()\\]+\.[^\s@,;<>\"()\\]+")
BODY = (Field("email", "text", required=True), Field("phone", "text"))


class Contacts(Feature):
    """A resident's own address and number, and the other side's number during a reservation."""

    def register(self, router: Router) -> None:
        router.add("PUT", "/residents/{id}/contact", self.put)
        router.add("POST", "/page/residents/{id}/contact", self.put_by_form)
        router.add("GET", "/reservations/{id}/contact", self.other_side)

    def put(self, request: Request, resident_id: int) -> Response:
        contact = self.set(request, resident_id, validate(BODY, request.json()))
        return json_response(200, contact)

    def put_by_form(self, request: Request, resident_id: int) -> Response:
        require_same_origin(request)
        self.set(request, resident_id, validate(BODY, dict(filled(request.form()))))
        return redirect("/")

    def set(self, request: Request, resident_id: int, contact: Record) -> Record:
        if not (request.caller.is_caretaker or request.caller.is_resident(resident_id)):
            raise Problem(403, "this is not yours to change")
        if self.storage.get(RESIDENT, resident_id) is None:
            raise Problem(404, f"there is no resident with id {resident_id}")
        if len(contact["email"]) > EMAIL_LIMIT or not EMAIL.fullmatch(contact["email"]):
            raise wrong_value("email", "must be an e-mail address")
        if len(contact["phone"] or "") > PHONE_LIMIT:
            raise wrong_value("phone", f"must have at most {PHONE_LIMIT} characters")
        values = {**contact, "resident": resident_id}
        with self.storage.transaction() as db:
            db.execute("DELETE FROM contact WHERE resident = ?", [resident_id])
            self.storage.insert(CONTACT, values)
        return values

    def other_side(self, request: Request, reservation_id: int) -> Response:
        reservation = self.reservation_of(request, reservation_id)
        side = self.parties.side(request.caller, reservation)
        if side is None:
            raise Problem(403, "a phone number is shown to the two sides only")
        if reservation["state"] not in SHOWN_WHILE:
            raise Problem(409, "a phone number is shown from the approval until the item is back")
        return json_response(200, self.of_other(side, reservation))

    def of_other(self, side: str, reservation: Record) -> Record:
        """Name and number of whoever is not on this side."""
        other = reservation["borrower"]
        if side == "borrower":
            other = self.item_of(reservation["item"])["owner"]
        found = self.storage.rows("SELECT phone FROM contact WHERE resident = ?", other)
        resident = self.storage.get(RESIDENT, other)
        return {"name": resident["name"] if resident else None, "phone": found[0]["phone"] if found else None}

    def home(self, request: Request) -> Content:
        me = request.caller.resident
        if me is None:
            return None
        found = self.storage.rows("SELECT email, phone FROM contact WHERE resident = ?", me)
        known = found[0] if found else {"email": "", "phone": ""}
        reminders = {"value": known["email"], "hint": "Reminders go there.", "autocomplete": "email"}
        email = input_of("email", "contact", "email", "E-mail", **reminders)
        shown = "Shown to the other side of a reservation only, until the item is back."
        number = {"value": known["phone"] or "", "hint": shown, "autocomplete": "tel"}
        phone = input_of("tel", "contact", "phone", "Phone", required=False, **number)
        return section("How you are reached", "contact", form(f"/page/residents/{me}/contact", "Save", email, phone))

    def reservation(self, request: Request, reservation: Record) -> Content:
        side = self.parties.side(request.caller, reservation)
        if side is None or reservation["state"] not in SHOWN_WHILE:
            return None
        other = self.of_other(side, reservation)
        number = other["phone"] or "no number given"
        return section("Contact", "contact", element("p", f"{other['name']}: {number}"))
