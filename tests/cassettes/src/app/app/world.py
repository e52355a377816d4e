"""What every part of the application works with: the records, the photos, the day."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from app.photos import Photos
from app.records import ALL
from app.storage import Storage


def today() -> datetime.date:
    return datetime.date.today()


@dataclass(frozen=True)
class World:
    """The records, the photos and the calendar; tests bring their own day."""

    storage: Storage
    photos: Photos
    today: Callable[[], datetime.date] = today

    @staticmethod
    def open(folder: Path) -> World:
        """The world kept in a folder, which is made on first use, readable by its owner alone."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return World(Storage(str(folder / "records.sqlite3"), ALL), Photos(folder / "photos"))

    def now(self) -> str:
        """This moment in UTC, to the second."""
        moment = datetime.datetime.now(datetime.timezone.utc)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
