"""Who may read and change which record. The caretaker keeps the list of residents and sees every reservation."""

from __future__ import annotations

from app.caller import Caller
from app.problems import Problem
from app.records import ITEM
from app.storage import Record, Storage


class Permit:
    """Who may do what with one kind of record; without more said, everything is the caretaker's."""

    def __init__(self, storage: Storage):
        self._storage = storage

    def may_read(self, caller: Caller, record: Record) -> bool:
        return caller.is_caretaker

    def may_write(self, caller: Caller, record: Record) -> bool:
        return caller.is_caretaker

    def require_write(self, caller: Caller, record: Record) -> None:
        if not self.may_write(caller, record):
            raise Problem(403, "this is not yours to change")


class Residents(Permit):
    """Names are for residents; only the caretaker adds and removes people."""

    def may_read(self, caller: Caller, record: Record) -> bool:
        return caller.is_caretaker or caller.resident is not None


class Items(Residents):
    """Everybody here sees all items; an owner changes their own."""

    def may_write(self, caller: Caller, record: Record) -> bool:
        return caller.is_caretaker or caller.is_resident(record["owner"])


class Reservations(Permit):
    """A reservation is between the borrower and the owner of the item."""

    def may_read(self, caller: Caller, record: Record) -> bool:
        return caller.is_caretaker or self.side(caller, record) is not None

    def side(self, caller: Caller, record: Record) -> str | None:
        """`borrower` or `owner`, when the caller is one of the two."""
        if caller.is_resident(record["borrower"]):
            return "borrower"
        item = self._storage.get(ITEM, record["item"])
        return "owner" if item and caller.is_resident(item["owner"]) else None
