"""Offering an item with a description, a place and photos."""

from app.features.offers import PHOTOS_PER_ITEM
from tests.support import CARETAKER, AppCase
from tests.test_photos import DRAWING, PHOTO

BOUNDARY = "----lendwell"


class TestOffers(AppCase):
    def photo(self, who, item, data=PHOTO, kind="image/jpeg"):
        return self.send_raw(who, "POST", f"/items/{item}/photos", data, kind)

    def test_an_offered_item_is_found_with_its_place(self):
        fields = {"name": "Raclette grill", "description": "For eight", "place": "Building 2, flat 5"}
        response = self.send_form(self.owner, "/page/items", fields)
        self.assertEqual(response.status, 303)
        page = self.page(self.borrower, response.headers["Location"])
        for text in ("Raclette grill", "For eight", "Building 2, flat 5", "Olga"):
            self.assertIn(text, page)

    def test_a_resident_offers_in_their_own_name_only(self):
        fields = {"name": "Drill", "place": "Building 2", "owner": str(self.borrower)}
        response = self.send_form(self.owner, "/page/items", fields)
        self.assertIn("Belongs to Olga", self.page(self.borrower, response.headers["Location"]))
        self.refused(self.send(self.owner, "POST", "/items", {**fields, "owner": self.borrower}), 403)

    def test_the_caretaker_offers_for_somebody(self):
        fields = {"name": "Drill", "place": "Building 2", "owner": str(self.borrower)}
        location = self.send_form(CARETAKER, "/page/items", fields).headers["Location"]
        self.assertIn("Bela", self.page(self.owner, location))
        fields["owner"] = ""
        self.refused(self.send_form(CARETAKER, "/page/items", fields), 422, "#/owner")

    def test_an_offer_without_a_name_is_refused(self):
        response = self.send_form(self.owner, "/page/items", {"name": " ", "place": "Building 2"})
        self.refused(response, 422, "#/name")

    def test_a_photo_is_shown_to_neighbours_without_its_position(self):
        photo = self.done(self.photo(self.owner, self.ladder), 201)["id"]
        response = self.send(self.borrower, "GET", f"/photos/{photo}/image")
        self.assertEqual((response.status, response.content_type), (200, "image/jpeg"))
        self.assertNotIn(b"GPS", response.body)
        self.assertIn(f'src="/photos/{photo}/image"', self.page(self.borrower, f"/page/items/{self.ladder}"))

    def test_a_photo_can_be_chosen_in_the_form(self):
        head = 'Content-Disposition: form-data; name="photo"; filename="x.png"\r\nContent-Type: image/png'
        body = f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + DRAWING + f"\r\n--{BOUNDARY}--\r\n".encode()
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        response = self.send_raw(self.owner, "POST", f"/page/items/{self.ladder}/photos", body, kind)
        self.assertEqual(response.status, 303, response.body)
        self.assertIn("Photo 1 of Tall ladder", self.page(self.owner, f"/page/items/{self.ladder}"))

    def test_only_the_owner_adds_photos_and_not_without_end(self):
        self.refused(self.photo(self.borrower, self.ladder), 403)
        self.refused(self.photo(self.owner, 9999), 404)
        for _ in range(PHOTOS_PER_ITEM):
            self.done(self.photo(self.owner, self.ladder), 201)
        self.refused(self.photo(self.owner, self.ladder), 409)

    def test_what_is_no_photo_is_refused(self):
        self.refused(self.photo(self.owner, self.ladder, b"<svg>", "image/svg+xml"), 415)
        self.refused(self.photo(self.owner, self.ladder, b"<svg>"), 422)
        self.refused(self.send(self.owner, "GET", "/photos/1/image"), 404)

    def test_a_form_from_another_site_is_refused(self):
        fields = {"name": "Drill", "place": "Building 2"}
        response = self.send_form(self.owner, "/page/items", fields, sec_fetch_site="cross-site")
        self.refused(response, 403)
