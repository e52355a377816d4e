"""The daily round: `python3 -m app.daily --data DIR`, run once each morning by the system's timer."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app import forget, mail, reminders
from app.storage import StorageError
from app.world import World

EXIT_FAILED = 1


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m app.daily", description="Queues and sends reminders, forgets.")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the records (%(default)s)")
    folder = parser.parse_args().data
    try:
        world = World.open(folder)
        try:
            print(round_of(world, mail.Settings.read(folder)))
        finally:
            world.storage.close()
    except (OSError, StorageError, mail.MailError) as error:
        print(f"the daily round failed: {error}", file=sys.stderr)
        return EXIT_FAILED
    return 0


def round_of(world: World, settings: mail.Settings | None) -> str:
    """Forgets first, so that nobody who is gone is written to; says what was done, without names."""
    forgotten = forget.forget(world)
    queued = reminders.queue(world)
    if settings is None:
        waiting = len(reminders.waiting(world))
        return f"{forgotten} residents forgotten, {queued} reminders queued, {waiting} wait: no mail server is set up"
    sent = mail.deliver(world, settings.sender, settings.send)
    return f"{forgotten} residents forgotten, {queued} reminders queued, {sent} sent"


if __name__ == "__main__":
    sys.exit(main())
