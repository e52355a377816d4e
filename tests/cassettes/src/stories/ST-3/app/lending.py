"""The rules of lending: how long, in which order, for how much. Nothing here knows of requests or pages."""

from __future__ import annotations

import datetime

from app.model import wrong_value
from app.problems import Problem
from app.storage import Record

MAX_DAYS = 7
# How far ahead an item can be taken: a slip in the year must not block it.
MAX_DAYS_AHEAD = 366
OPEN_STATES = ("requested", "approved", "lent")


def check_period(first_day: str, last_day: str, today: datetime.date) -> None:
    """Raises Problem 422 unless the period begins today or later and has one to seven days."""
    first, last = datetime.date.fromisoformat(first_day), datetime.date.fromisoformat(last_day)
    if first < today:
        raise wrong_value("first_day", "must not be in the past")
    if first > today + datetime.timedelta(days=MAX_DAYS_AHEAD):
        raise wrong_value("first_day", "must be within a year")
    if last < first:
        raise wrong_value("last_day", "must not be before the first day")
    if (last - first).days + 1 > MAX_DAYS:
        raise wrong_value("last_day", f"must be so that the reservation has at most {MAX_DAYS} days")


def require_state(reservation: Record, *states: str) -> None:
    """Raises Problem 409 when the reservation is in none of these states."""
    if reservation["state"] not in states:
        raise Problem(409, f"the reservation is {reservation['state']}: this cannot be done any more or not yet")
