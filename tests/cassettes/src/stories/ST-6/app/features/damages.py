"""A damage is reported by the borrower or the owner, with a short text and photos."""

from __future__ import annotations

from app.feature import Feature, require_same_origin
from app.forms import filled, form, input_of, text_input, upload_form
from app.layout import section
from app.lending import require_state
from app.markup import Content, element
from app.messages import Request, Response, json_response, redirect
from app.model import Field, validate
from app.photos import JPEG, PNG, cleaned
from app.problems import Problem
from app.records import DAMAGE, PHOTO
from app.routing import Router
from app.storage import Record

TEXT_LIMIT = 500
DAMAGES_PER_RESERVATION = 10
PHOTOS_PER_DAMAGE = 5
BODY = (Field("text", "text", required=True),)


class Damages(Feature):
    """What broke, as one of the two sides saw it."""

    def register(self, router: Router) -> None:
        router.add("GET", "/reservations/{id}/damages", self.list)
        router.add("POST", "/reservations/{id}/damages", self.report)
        router.add("POST", "/damages/{id}/photos", self.add_photo)
        router.add("POST", "/page/reservations/{id}/damages", self.report_by_form)
        router.add("POST", "/page/damages/{id}/photos", self.add_photo_by_form)

    def list(self, request: Request, reservation_id: int) -> Response:
        self.reservation_of(request, reservation_id)
        return json_response(200, {"items": self.damages(reservation_id)})

    def report(self, request: Request, reservation_id: int) -> Response:
        return json_response(201, self.reported(request, reservation_id, validate(BODY, request.json())))

    def report_by_form(self, request: Request, reservation_id: int) -> Response:
        require_same_origin(request)
        self.reported(request, reservation_id, validate(BODY, dict(filled(request.form()))))
        return redirect(f"/page/reservations/{reservation_id}")

    def reported(self, request: Request, reservation_id: int, report: Record) -> Record:
        if len(report["text"]) > TEXT_LIMIT:
            raise Problem(422, f"keep the report to {TEXT_LIMIT} characters")
        with self.storage.transaction():
            reservation = self.reservation_of(request, reservation_id)
            side = self.side(request, reservation)
            require_state(reservation, "lent", "returned")
            if len(self.damages(reservation_id)) >= DAMAGES_PER_RESERVATION:
                raise Problem(409, f"a reservation has at most {DAMAGES_PER_RESERVATION} reports")
            values = {**report, "reservation": reservation_id, "side": side, "reported_at": self.world.now()}
            damage = self.storage.insert(DAMAGE, values)
        return {"id": damage, **values, "photos": []}

    def add_photo(self, request: Request, damage_id: int) -> Response:
        if request.header("content-type").split(";")[0].strip().lower() not in (JPEG, PNG):
            raise Problem(415, "the body must be image/jpeg or image/png")
        photo, _ = self.keep(request, damage_id, request.body)
        return json_response(201, {"id": photo}, {"Location": f"/photos/{photo}/image"})

    def add_photo_by_form(self, request: Request, damage_id: int) -> Response:
        require_same_origin(request)
        _, reservation_id = self.keep(request, damage_id, request.upload("photo"))
        return redirect(f"/page/reservations/{reservation_id}")

    def keep(self, request: Request, damage_id: int, data: bytes) -> tuple[int, int]:
        damage = self.storage.get(DAMAGE, damage_id)
        if damage is None:
            raise Problem(404, f"there is no damage with id {damage_id}")
        # To a stranger there is no such reservation, and so no such damage.
        self.side(request, self.reservation_of(request, damage["reservation"]))
        media_type, data = cleaned(data)
        with self.storage.transaction():
            if len(self.photos(damage_id)) >= PHOTOS_PER_DAMAGE:
                raise Problem(409, f"a report has at most {PHOTOS_PER_DAMAGE} photos")
            photo = self.storage.insert(PHOTO, {"item": None, "damage": damage_id, "media_type": media_type})
            self.world.photos.write(photo, data)
        return photo, damage["reservation"]

    def side(self, request: Request, reservation: Record) -> str:
        side = self.parties.side(request.caller, reservation)
        if side is None:
            raise Problem(403, "the borrower or the owner reports a damage")
        return side

    def damages(self, reservation_id: int) -> list[Record]:
        rows = self.storage.rows("SELECT * FROM damage WHERE reservation = ? ORDER BY id", reservation_id)
        return [{**row, "photos": self.photos(row["id"])} for row in rows]

    def photos(self, damage_id: int) -> list[int]:
        return [row["id"] for row in self.storage.rows("SELECT id FROM photo WHERE damage = ? ORDER BY id", damage_id)]

    def reservation(self, request: Request, reservation: Record) -> Content:
        told = [self.told(request, reservation, damage) for damage in self.damages(reservation["id"])]
        entry = None
        mine = self.parties.side(request.caller, reservation) is not None
        if mine and reservation["state"] in ("lent", "returned"):
            hint = f"At most {TEXT_LIMIT} characters; photos can be added afterwards."
            text = text_input("damage", "text", "What is damaged", long=True, hint=hint)
            entry = form(f"/page/reservations/{reservation['id']}/damages", "Report a damage", text)
        return section("Damages", "damages", *told, entry) if told or entry else None

    def told(self, request: Request, reservation: Record, damage: Record) -> Content:
        number = damage["id"]
        images = [
            element("p", element("img", src=f"/photos/{photo}/image", alt=f"Photo {at} of damage {number}"))
            for at, photo in enumerate(damage["photos"], start=1)
        ]
        add = None
        if self.parties.side(request.caller, reservation) is not None and len(images) < PHOTOS_PER_DAMAGE:
            chosen = input_of("file", f"damage-{number}", "photo", f"Photo of damage {number}", accept=f"{JPEG},{PNG}")
            add = upload_form(f"/page/damages/{number}/photos", "Add photo", chosen)
        heading = element("h3", f"Damage {number}, reported by the {damage['side']}")
        return element("article", heading, element("p", damage["text"]), *images, add)
