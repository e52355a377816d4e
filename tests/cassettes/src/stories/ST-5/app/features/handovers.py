"""At the handover both sides note the condition, when the item goes out and when it comes back."""

from __future__ import annotations

from app.feature import Feature, require_same_origin
from app.forms import filled, form, select, text_input
from app.layout import capitalised, section, table
from app.lending import require_state
from app.markup import Content
from app.messages import Request, Response, json_response, redirect
from app.model import Field, validate, wrong_value
from app.problems import Problem
from app.records import HANDOVER, RESERVATION
from app.routing import Router
from app.storage import Record

SIDES = ("owner", "borrower")
# A stage is open in one state, and the second note of it leads to the next.
STAGES = {"out": ("approved", "lent"), "back": ("lent", "returned")}
WORDS = {"out": "handed over", "back": "given back"}
BODY = (Field("stage", "text", required=True), Field("side", "text"), Field("condition", "text", required=True))


class Handovers(Feature):
    """Two notes make a handover; neither side can change what was noted."""

    def register(self, router: Router) -> None:
        router.add("GET", "/reservations/{id}/handovers", self.list)
        router.add("POST", "/reservations/{id}/handovers", self.note)
        router.add("POST", "/page/reservations/{id}/handovers", self.note_by_form)

    def list(self, request: Request, reservation_id: int) -> Response:
        self.reservation_of(request, reservation_id)
        return json_response(200, {"items": self.notes(reservation_id)})

    def note(self, request: Request, reservation_id: int) -> Response:
        return json_response(201, self.noted(request, reservation_id, validate(BODY, request.json())))

    def note_by_form(self, request: Request, reservation_id: int) -> Response:
        require_same_origin(request)
        self.noted(request, reservation_id, validate(BODY, dict(filled(request.form()))))
        return redirect(f"/page/reservations/{reservation_id}")

    def noted(self, request: Request, reservation_id: int, note: Record) -> Record:
        stage = note["stage"]
        if stage not in STAGES:
            raise wrong_value("stage", "must be out or back")
        with self.storage.transaction():
            reservation = self.reservation_of(request, reservation_id)
            side = self.side(request, reservation, note["side"])
            before, after = STAGES[stage]
            require_state(reservation, before)
            sides = {n["side"] for n in self.notes(reservation_id) if n["stage"] == stage}
            if side in sides:
                raise Problem(409, f"the {side} has noted this handover already")
            values = {**note, "reservation": reservation_id, "side": side, "noted_at": self.world.now()}
            made = self.storage.insert(HANDOVER, values)
            if sides:
                self.storage.replace(RESERVATION, reservation_id, {**reservation, "state": after})
        return {"id": made, **values}

    def side(self, request: Request, reservation: Record, named: str | None) -> str:
        """A party notes for itself; the caretaker says for which of the two."""
        own = self.parties.side(request.caller, reservation)
        if own is not None:
            if named not in (None, own):
                raise Problem(403, f"you note as the {own}")
            return own
        if named not in SIDES:
            raise wrong_value("side", "must be owner or borrower")
        return named

    def notes(self, reservation_id: int) -> list[Record]:
        return self.storage.rows("SELECT * FROM handover WHERE reservation = ? ORDER BY id", reservation_id)

    def reservation(self, request: Request, reservation: Record) -> Content:
        rows = [
            (capitalised(WORDS[note["stage"]]), note["side"], note["condition"], note["noted_at"])
            for note in self.notes(reservation["id"])
        ]
        titles = ["When", "Noted by", "Condition", "Moment (UTC)"]
        noted = table("Condition as both sides noted it", titles, rows) if rows else None
        stage = next((stage for stage, (before, _) in STAGES.items() if before == reservation["state"]), None)
        entry = self.entry(request, reservation, stage) if stage else None
        return section("Handover", "handover", noted, entry) if rows or entry else None

    def entry(self, request: Request, reservation: Record, stage: str) -> Content:
        which = select("handover", "stage", "What happens", [(stage, f"It is {WORDS[stage]}")])
        sides = [select("handover", "side", "For whom", [(side, side) for side in SIDES])]
        if self.parties.side(request.caller, reservation) is not None:
            sides = []
        condition = text_input(
            "handover", "condition", "Condition", long=True, hint="Scratches, missing parts, or that it is fine."
        )
        return form(f"/page/reservations/{reservation['id']}/handovers", "Note the condition", which, *sides, condition)
