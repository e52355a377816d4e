"""Forgetting people who moved out: as soon as nothing of theirs is lent, and on the last day whatever happens."""

from __future__ import annotations

import datetime
import sqlite3

from app.world import World

# The rule says within 30 days; the round of one day may fail, so that the day before is the last.
LAST_DAY = 29
BETWEEN = "(borrower = :who OR item IN (SELECT id FROM item WHERE owner = :who))"


def forget(world: World) -> int:
    """Deletes everything about residents who are due; how many. Their photos go with the records."""
    today = world.today()
    gone = world.storage.rows("SELECT id, moved_out FROM resident WHERE moved_out <= ?", today.isoformat())
    due = [row["id"] for row in gone if _is_due(world, row["id"], row["moved_out"], today)]
    for resident in due:
        with world.storage.transaction() as db:
            _delete(db, resident)
    _sweep(world)
    return len(due)


def _is_due(world: World, resident: int, moved_out: str, today: datetime.date) -> bool:
    days = (today - datetime.date.fromisoformat(moved_out)).days
    lent = world.storage.rows(
        "SELECT 1 FROM reservation r JOIN item i ON i.id = r.item"
        " WHERE r.state = 'lent' AND (r.borrower = ? OR i.owner = ?) LIMIT 1",
        resident,
        resident,
    )
    return not lent or days >= LAST_DAY


def _delete(db: sqlite3.Connection, resident: int) -> None:
    # Notes of handovers, damages, photos and messages follow their reservation, photos their item.
    who = {"who": resident}
    db.execute(f"DELETE FROM reservation WHERE {BETWEEN}", who)
    db.execute("DELETE FROM item WHERE owner = :who", who)
    db.execute("DELETE FROM resident WHERE id = :who", who)


def _sweep(world: World) -> None:
    """Removes the files of photos that no record names any more."""
    known = {row["id"] for row in world.storage.rows("SELECT id FROM photo")}
    for photo in world.photos.ids() - known:
        world.photos.remove(photo)
