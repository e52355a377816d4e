"""A reservation of the ladder, as far as a test needs it."""

from tests.support import AppCase


class LendingCase(AppCase):
    """Bela borrows Olga's ladder; Eve has nothing to do with it."""

    def setUp(self):
        super().setUp()
        self.stranger = self.resident("Eve", "Building 4")

    def ask(self, first_day="2026-05-06", last_day="2026-05-08", who=None, item=None, **more):
        path = f"/items/{item or self.ladder}/reservations"
        return self.send(who or self.borrower, "POST", path, {"first_day": first_day, "last_day": last_day, **more})

    def reserved(self, *days):
        """The id of a reservation that the owner has not decided on."""
        return self.done(self.ask(*days), 201)["id"]

    def state(self, reservation):
        return self.done(self.send("caretaker", "GET", f"/reservations/{reservation}"))["state"]
