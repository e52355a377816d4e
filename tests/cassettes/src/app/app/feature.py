"""What an ability of the application looks like: routes, and sections on pages that others show."""

from __future__ import annotations

from app.markup import Content
from app.messages import Request
from app.permits import Reservations
from app.problems import Problem
from app.records import ITEM, RESERVATION
from app.routing import Router
from app.storage import Record
from app.world import World


class Feature:
    """One ability. It registers its routes and may add a section to the pages."""

    def __init__(self, world: World):
        self.world = world
        self.storage = world.storage
        self.parties = Reservations(world.storage)

    def register(self, router: Router) -> None:
        """Adds its routes."""

    def home(self, request: Request) -> Content:
        """Its section of the start page."""

    def item(self, request: Request, item: Record) -> Content:
        """Its section of an item's page."""

    def reservation(self, request: Request, reservation: Record) -> Content:
        """Its section of a reservation's page."""

    def item_of(self, item_id: int) -> Record:
        """The item. Raises Problem 404."""
        item = self.storage.get(ITEM, item_id)
        if item is None:
            raise Problem(404, f"there is no item with id {item_id}")
        return item

    def reservation_of(self, request: Request, reservation_id: int) -> Record:
        """The reservation, for its parties and the caretaker. Raises Problem 404 for everybody else."""
        reservation = self.storage.get(RESERVATION, reservation_id)
        if reservation is None or not self.parties.may_read(request.caller, reservation):
            raise Problem(404, f"there is no reservation with id {reservation_id}")
        return reservation


def require_same_origin(request: Request) -> None:
    """Refuses a form that another site sent (cross-site request forgery)."""
    site, origin = request.header("sec-fetch-site"), request.header("origin")
    foreign = origin and origin.split("://")[-1] != request.header("host")
    if site not in ("", "same-origin", "none") or foreign:
        raise Problem(403, "the form was sent from another site")
