"""Who asks. Residents sign in at the proxy; it hands their name on in one header."""

from __future__ import annotations

from dataclasses import dataclass

from app.messages import Request
from app.problems import Problem
from app.records import RESIDENT
from app.storage import Storage

# The proxy sets this header itself and drops one that a client sent.
USER_HEADER = "x-lendwell-user"
CARETAKER = "caretaker"
HALLWAY = "hallway"
# Nothing personal is behind these paths.
OPEN_PATHS = ("/health", "/static/")
# All that the tablet in the hallway may see.
HALLWAY_PATHS = ("/hallway",)
MAX_ID_DIGITS = 18


@dataclass(frozen=True)
class Caller:
    """Whoever sent a request: the caretaker, the hallway tablet, a resident, or nobody known."""

    role: str = ""
    resident: int | None = None

    @property
    def is_caretaker(self) -> bool:
        return self.role == CARETAKER

    def is_resident(self, resident: int | None) -> bool:
        return self.resident is not None and self.resident == resident


class Door:
    """Lets in residents, the caretaker and the tablet. `desk` takes a missing sign-in for the caretaker's."""

    def __init__(self, storage: Storage, desk: bool):
        self._storage = storage
        self._desk = desk

    def who(self, request: Request) -> Caller:
        """Raises Problem 401 or 403 for whoever may not ask for this path."""
        if request.path.startswith(OPEN_PATHS):
            return Caller()
        name = request.header(USER_HEADER).strip()
        if not name:
            if self._desk:
                return Caller(CARETAKER)
            raise Problem(401, "sign in first: only residents may see this")
        if name == CARETAKER:
            return Caller(CARETAKER)
        if name == HALLWAY:
            if request.method in ("GET", "HEAD") and request.path.startswith(HALLWAY_PATHS):
                return Caller(HALLWAY)
            raise Problem(403, "the hallway tablet shows the hallway list only")
        return Caller("resident", self._resident(name))

    def _resident(self, name: str) -> int:
        known = None
        if name.isascii() and name.isdigit() and len(name) <= MAX_ID_DIGITS:
            known = self._storage.get(RESIDENT, int(name))
        if known is None or known["moved_out"] is not None:
            raise Problem(403, "this sign-in belongs to nobody who lives here")
        return known["id"]
