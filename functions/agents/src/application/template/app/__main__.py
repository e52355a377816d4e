# Composed by rules. No licence is stated.
"""Starts the server: `python3 -m app [--port N | --inherit] [--data DIR]`."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from pathlib import Path

from app.application import Application
from app.resources import RESOURCES
from app.server import Server, inherited_socket, loopback_socket
from app.storage import Storage, StorageError

DEFAULT_PORT = 8000
EXIT_USAGE = 2


def main() -> int:
    options = parse_arguments()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        listener = inherited_socket() if options.inherit else loopback_socket(options.port)
        storage = Storage(database_in(options.data), RESOURCES)
    except (OSError, StorageError) as error:
        print(f"cannot start: {error}", file=sys.stderr)
        return EXIT_USAGE
    serve(Server(listener, Application(storage, RESOURCES)))
    storage.close()
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 -m app", description="Serves the application over HTTP.")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--inherit", action="store_true", help="serve the listening socket at file descriptor 0")
    source.add_argument("--port", type=int, default=DEFAULT_PORT, help="port of the loopback address (%(default)s)")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder for the records (%(default)s)")
    return parser.parse_args()


def database_in(folder: Path) -> str:
    """The database's path; the folder is made on first use, readable by its owner alone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return str(folder / "records.sqlite3")


def serve(server: Server) -> None:
    """Serves until SIGTERM or SIGINT, then lets requests in flight finish."""

    def stop(_signal, _frame):
        # shutdown() waits for the serving loop, which this thread runs: so another one must ask.
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    logging.info("serving on %s", server.where())
    server.serve_forever(poll_interval=0.1)
    server.finish()
    logging.info("stopped")


if __name__ == "__main__":
    sys.exit(main())
