"""Reminders to borrowers: one day before the item is due, and on the day it is overdue. Queued, then sent."""

from __future__ import annotations

import datetime

from app.records import MESSAGE
from app.storage import Record
from app.world import World

DAY = datetime.timedelta(days=1)
LENT = (
    "SELECT r.id AS reservation, c.email AS recipient FROM reservation r JOIN contact c ON c.resident = r.borrower"
    " WHERE r.state = 'lent'"
)
# A round that was missed is made up for: the latest reminder that is due goes out, each kind once.
OVERDUE = f"{LENT} AND r.last_day < ?"
DUE = f"{LENT} AND r.last_day >= ? AND r.last_day <= ?"
WAITING = (
    "SELECT m.id, m.kind, m.recipient, i.name AS item, r.last_day FROM message m"
    " JOIN reservation r ON r.id = m.reservation JOIN item i ON i.id = r.item"
    " WHERE m.sent_at IS NULL AND r.state = 'lent' ORDER BY m.id"
)
TEXTS = {
    "due_tomorrow": "“{item}” is due back on {last_day}. Please arrange with its owner when you bring it.",
    "overdue": "“{item}” was due back on {last_day} and is not noted as given back. Please bring it, or tell its owner.",
}
SUBJECTS = {"due_tomorrow": "Lendwell: due tomorrow", "overdue": "Lendwell: overdue"}


def queue(world: World) -> int:
    """Queues what is due today; how many are new. Running it twice a day queues nothing twice."""
    today = world.today()
    overdue = world.storage.rows(OVERDUE, today.isoformat())
    due = world.storage.rows(DUE, today.isoformat(), (today + DAY).isoformat())
    wanted = [("overdue", row) for row in overdue] + [("due_tomorrow", row) for row in due]
    return sum(_queue_once(world, kind, row) for kind, row in wanted)


def _queue_once(world: World, kind: str, row: Record) -> bool:
    with world.storage.transaction():
        known = world.storage.rows("SELECT 1 FROM message WHERE reservation = ? AND kind = ?", row["reservation"], kind)
        if known:
            return False
        values = {**row, "kind": kind, "queued_on": world.today().isoformat(), "sent_at": None}
        world.storage.insert(MESSAGE, values)
        return True


def waiting(world: World) -> list[Record]:
    """Queued and not sent, with subject and text; what came back meanwhile is not reminded of."""
    rows = world.storage.rows(WAITING)
    return [{**row, "subject": SUBJECTS[row["kind"]], "text": TEXTS[row["kind"]].format(**row)} for row in rows]


def mark_sent(world: World, message: int) -> None:
    with world.storage.transaction() as db:
        db.execute("UPDATE message SET sent_at = ? WHERE id = ?", [world.now(), message])
