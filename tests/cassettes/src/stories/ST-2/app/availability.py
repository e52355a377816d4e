"""When an item is free: approved and lent reservations take it, an overdue one until it is back."""

from __future__ import annotations

import datetime

from app.markup import Content, element
from app.storage import Record, Storage

TAKING = "state IN ('approved', 'lent')"


def taken_items(storage: Storage, day: datetime.date, today: datetime.date) -> set[int]:
    """Ids of the items that nobody can have on this day."""
    rows = storage.rows(
        f"SELECT item FROM reservation WHERE {TAKING} AND first_day <= ? AND last_day >= ?"
        " UNION SELECT item FROM reservation WHERE state = 'lent' AND last_day < ? AND ? <= ?",
        day.isoformat(),
        day.isoformat(),
        today.isoformat(),
        day.isoformat(),
        today.isoformat(),
    )
    return {row["item"] for row in rows}


def clashes(storage: Storage, item: int, first_day: str, last_day: str, besides: int = 0) -> bool:
    """Whether an approved or lent reservation, other than `besides`, shares a day with this period."""
    return bool(
        storage.rows(
            f"SELECT 1 FROM reservation WHERE item = ? AND id <> ? AND {TAKING}"
            " AND first_day <= ? AND last_day >= ? LIMIT 1",
            item,
            besides,
            last_day,
            first_day,
        )
    )


def periods(storage: Storage, item: int, today: datetime.date) -> list[Record]:
    """The days from today on that are taken, soonest first."""
    return storage.rows(
        f"SELECT first_day, last_day FROM reservation WHERE item = ? AND {TAKING}"
        " AND (last_day >= ? OR state = 'lent') ORDER BY first_day",
        item,
        today.isoformat(),
    )


def mark(free: bool) -> Content:
    """Said in words, so that no colour is needed to see it."""
    return element("strong", "Free") if free else "Taken"
