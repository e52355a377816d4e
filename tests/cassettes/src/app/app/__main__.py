"""Starts the server: `python3 -m app [--desk] [--port N | --inherit] [--data DIR]`."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from pathlib import Path

from app.application import Application
from app.server import Server, inherited_socket, loopback_socket
from app.storage import StorageError
from app.world import World

DEFAULT_PORT = 8000
EXIT_USAGE = 2


def main() -> int:
    options = parse_arguments()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        listener = inherited_socket() if options.inherit else loopback_socket(options.port)
        world = World.open(options.data)
    except (OSError, StorageError) as error:
        print(f"cannot start: {error}", file=sys.stderr)
        return EXIT_USAGE
    serve(Server(listener, Application(world, desk=options.desk)))
    world.storage.close()
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 -m app", description="Serves Lendwell over HTTP.")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--inherit", action="store_true", help="serve the listening socket at file descriptor 0")
    source.add_argument("--port", type=int, default=DEFAULT_PORT, help="port of the loopback address (%(default)s)")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder for records and photos (%(default)s)")
    parser.add_argument(
        "--desk",
        action="store_true",
        help="treat whoever comes without a sign-in as the caretaker; only where nobody else can reach the port",
    )
    return parser.parse_args()


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
