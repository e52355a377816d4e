"""The owner approves or rejects a reservation, and may agree on a deposit that is paid at the door."""

from __future__ import annotations

import re

from app.availability import clashes
from app.feature import Feature, require_same_origin
from app.forms import filled, form, text_input
from app.layout import section
from app.lending import require_state
from app.markup import Content, element
from app.messages import Request, Response, json_response, redirect
from app.model import Field, validate, wrong_value
from app.problems import Problem
from app.records import RESERVATION
from app.routing import Router
from app.storage import Record

MAX_DEPOSIT_CENTS = 5000
EUROS = re.compile(r"([0-9]{1,4})(?:[.,]([0-9]{2}))?")
BODY = (Field("approve", "boolean", required=True), Field("deposit", "money_minor"))


class Decisions(Feature):
    """A word of the owner turns a request into a reservation, or ends it."""

    def register(self, router: Router) -> None:
        router.add("POST", "/reservations/{id}/decision", self.decide)
        router.add("POST", "/page/reservations/{id}/approve", self.approve_by_form)
        router.add("POST", "/page/reservations/{id}/reject", self.reject_by_form)

    def decide(self, request: Request, reservation_id: int) -> Response:
        return json_response(200, self.decided(request, reservation_id, validate(BODY, request.json())))

    def approve_by_form(self, request: Request, reservation_id: int) -> Response:
        require_same_origin(request)
        deposit = cents(filled(request.form()).get("deposit", ""))
        self.decided(request, reservation_id, {"approve": True, "deposit": deposit})
        return redirect(f"/page/reservations/{reservation_id}")

    def reject_by_form(self, request: Request, reservation_id: int) -> Response:
        require_same_origin(request)
        self.decided(request, reservation_id, {"approve": False, "deposit": None})
        return redirect(f"/page/reservations/{reservation_id}")

    def decided(self, request: Request, reservation_id: int, decision: Record) -> Record:
        deposit = decision["deposit"]
        if deposit is not None and not 0 <= deposit <= MAX_DEPOSIT_CENTS:
            raise wrong_value("deposit", f"must be from 0 to {MAX_DEPOSIT_CENTS} cents")
        with self.storage.transaction():
            reservation = self.reservation_of(request, reservation_id)
            if not request.caller.is_caretaker and self.parties.side(request.caller, reservation) != "owner":
                raise Problem(403, "only the owner decides")
            require_state(reservation, "requested")
            days = (reservation["first_day"], reservation["last_day"])
            if decision["approve"] and clashes(self.storage, reservation["item"], *days, besides=reservation_id):
                raise Problem(409, "you have approved another reservation of one of these days")
            changed = {
                **reservation,
                "state": "approved" if decision["approve"] else "rejected",
                "deposit": deposit if decision["approve"] else None,
            }
            self.storage.replace(RESERVATION, reservation_id, changed)
        return changed

    def reservation(self, request: Request, reservation: Record) -> Content:
        parts = []
        if reservation["deposit"]:
            paid = f"A deposit of {euros(reservation['deposit'])} is agreed. It is paid in cash at the door."
            parts.append(element("p", paid))
        may_decide = request.caller.is_caretaker or self.parties.side(request.caller, reservation) == "owner"
        if may_decide and reservation["state"] == "requested":
            path = f"/page/reservations/{reservation['id']}"
            amount = text_input("approve", "deposit", "Deposit in EUR", required=False, hint="At most 50, paid in cash.")
            parts.append(form(f"{path}/approve", "Approve", amount))
            parts.append(form(f"{path}/reject", "Reject", danger=True))
        return section("Decision", "decision", *parts) if parts else None


def cents(text: str) -> int | None:
    """`12`, `12.50` and `12,50` in cents; nothing for nothing."""
    if not text:
        return None
    found = EUROS.fullmatch(text.removesuffix("EUR").strip())
    if not found:
        raise wrong_value("deposit", "must be an amount like 12 or 12.50")
    return 100 * int(found[1]) + int(found[2] or 0)


def euros(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02} EUR"
