"""Offering an item: its words, the place where it is kept, and photos of it."""

from __future__ import annotations

from app.api import save
from app.feature import Feature, require_same_origin
from app.forms import filled, form, input_of, select, text_input, upload_form
from app.layout import section
from app.markup import Content, element
from app.messages import Request, Response, json_response, redirect
from app.model import validate
from app.permits import Items
from app.photos import JPEG, PNG, cleaned
from app.problems import Problem
from app.records import ITEM, PHOTO, RESERVATION
from app.routing import Router
from app.storage import Record
from app.world import World

PHOTOS_PER_ITEM = 5
PHOTO_HINT = "A JPEG or PNG of at most 1 MB. Place and time that the phone wrote into it are removed."


class Offers(Feature):
    """An owner offers items and shows them."""

    def __init__(self, world: World):
        super().__init__(world)
        self._items = Items(world.storage)

    def register(self, router: Router) -> None:
        router.add("POST", "/page/items", self.offer)
        router.add("POST", "/page/items/{id}/photos", self.upload)
        router.add("POST", "/items/{id}/photos", self.add)
        router.add("GET", "/photos/{id}/image", self.image)

    def offer(self, request: Request) -> Response:
        require_same_origin(request)
        fields = filled(request.form())
        owner = fields.pop("owner", "") if request.caller.is_caretaker else str(request.caller.resident)
        values = validate(ITEM.fields, {**fields, "owner": int(owner) if owner.isdecimal() else None})
        item = save(lambda: self.storage.insert(ITEM, values))
        return redirect(f"/page/items/{item}")

    def add(self, request: Request, item_id: int) -> Response:
        """The body is the photo itself."""
        if request.header("content-type").split(";")[0].strip().lower() not in (JPEG, PNG):
            raise Problem(415, "the body must be image/jpeg or image/png")
        photo = self.keep(request, item_id, request.body)
        return json_response(201, {"id": photo}, {"Location": f"/photos/{photo}/image"})

    def upload(self, request: Request, item_id: int) -> Response:
        require_same_origin(request)
        self.keep(request, item_id, request.upload("photo"))
        return redirect(f"/page/items/{item_id}")

    def keep(self, request: Request, item_id: int, data: bytes) -> int:
        self._items.require_write(request.caller, self.item_of(item_id))
        media_type, data = cleaned(data)
        with self.storage.transaction():
            if len(self.photos_of(item_id)) >= PHOTOS_PER_ITEM:
                raise Problem(409, f"an item has at most {PHOTOS_PER_ITEM} photos")
            photo = self.storage.insert(PHOTO, {"item": item_id, "damage": None, "media_type": media_type})
            self.world.photos.write(photo, data)
        return photo

    def image(self, request: Request, photo_id: int) -> Response:
        photo = self.storage.get(PHOTO, photo_id)
        if photo is None or not self.may_see(request, photo):
            raise Problem(404, f"there is no photo with id {photo_id}")
        headers = {"Cache-Control": "private, max-age=3600"}
        return Response(200, self.world.photos.read(photo_id), photo["media_type"], headers)

    def may_see(self, request: Request, photo: Record) -> bool:
        """Photos of items are for all residents, photos of a damage for its two sides and the caretaker."""
        if photo["item"] is not None:
            return True
        found = self.storage.rows("SELECT reservation FROM damage WHERE id = ?", photo["damage"])
        reservation = self.storage.get(RESERVATION, found[0]["reservation"])
        return reservation is not None and self.parties.may_read(request.caller, reservation)

    def photos_of(self, item_id: int) -> list[Record]:
        return self.storage.rows("SELECT id FROM photo WHERE item = ? ORDER BY id", item_id)

    def home(self, request: Request) -> Content:
        owners = []
        if request.caller.is_caretaker:
            rows = self.storage.rows("SELECT id, name FROM resident WHERE moved_out IS NULL ORDER BY name")
            owners.append(select("offer", "owner", "Whose item", [(str(r["id"]), r["name"]) for r in rows]))
        fields = [
            text_input("offer", "name", "Name of the item"),
            text_input("offer", "description", "Description", required=False, long=True),
            text_input("offer", "place", "Where it is kept", hint="For instance: Building 2, bicycle room."),
        ]
        offer = form("/page/items", "Offer this item", *owners, *fields)
        return section("Offer an item", "offer", element("p", "You can add photos in the next step."), offer)

    def item(self, request: Request, item: Record) -> Content:
        name = item["name"]
        shown = [
            element("p", element("img", src=f"/photos/{photo['id']}/image", alt=f"Photo {number} of {name}"))
            for number, photo in enumerate(self.photos_of(item["id"]), start=1)
        ]
        add = None
        if self._items.may_write(request.caller, item):
            chosen = input_of("file", "photo", "photo", "Photo", hint=PHOTO_HINT, accept=f"{JPEG},{PNG}")
            add = upload_form(f"/page/items/{item['id']}/photos", "Add photo", chosen)
        return section("Photos", "photos", *(shown or [element("p", "No photo yet.")]), add)
