"""HTTP/1.1 on a listening socket: limits, timeouts and an orderly end."""

from __future__ import annotations

import logging
import socket
import time
from http.server import BaseHTTPRequestHandler
from socketserver import BaseServer, TCPServer, ThreadingMixIn
from threading import Condition

from app.application import Application, problem_response, secured
from app.messages import Request, Response
from app.problems import Problem

MAX_BODY_BYTES = 1024 * 1024
# Each takes a thread, and with it up to 72 MiB of address space, which a sandbox may limit to 1 GiB.
MAX_CONNECTIONS = 8
# With more than these open, a connection is closed after its answer instead of being kept.
MAX_KEPT = 4
# How long a connection may be silent, and how long a body may take altogether.
IDLE_TIMEOUT_S = 5.0
BODY_TIMEOUT_S = 15.0
# How long requests in flight may take to finish once the server is told to stop.
GRACE_S = 5.0
# How long to read on after an answer that left the body unread.
DRAIN_S = 1.0
BACKLOG = 128
CHUNK_BYTES = 64 * 1024

log = logging.getLogger("app.server")


def inherited_socket() -> socket.socket:
    """The listening socket at file descriptor 0, of whatever family."""
    listener = socket.socket(fileno=0)
    listener.setblocking(True)
    listener.listen(BACKLOG)
    return listener


def loopback_socket(port: int) -> socket.socket:
    return socket.create_server(("127.0.0.1", port), backlog=BACKLOG)


class Server(ThreadingMixIn, TCPServer):
    """Serves an application, a thread for each connection, at most MAX_CONNECTIONS at a time."""

    daemon_threads = True

    def __init__(self, listener: socket.socket, application: Application):
        # TCPServer would open a socket of its own.
        BaseServer.__init__(self, listener.getsockname(), Handler)
        self.socket = listener
        self.application = application
        self._stopping = False
        self._open = 0
        self._in_flight = 0
        self._changed = Condition()

    def where(self) -> str:
        if self.socket.family == socket.AF_INET:
            host, port = self.socket.getsockname()
            return f"http://{host}:{port}/"
        return "an inherited socket"

    def answer(self, request: Request) -> Response:
        """Lets the application answer; counted, so that the end can wait for it."""
        with self._changed:
            self._in_flight += 1
        try:
            return self.application.handle(request)
        finally:
            with self._changed:
                self._in_flight -= 1
                self._changed.notify_all()

    def keeps_connections(self) -> bool:
        with self._changed:
            return not self._stopping and self._open <= MAX_KEPT

    def finish(self) -> None:
        """After the serving loop: waits for requests in flight, then closes the socket."""
        with self._changed:
            self._stopping = True
            self._changed.wait_for(lambda: self._in_flight == 0, timeout=GRACE_S)
        self.socket.close()

    def process_request(self, request, client_address):
        with self._changed:
            # When all are taken, new connections wait in the kernel's queue.
            self._changed.wait_for(lambda: self._open < MAX_CONNECTIONS)
            self._open += 1
        try:
            super().process_request(request, client_address)
        except RuntimeError:
            log.warning("no memory for another thread: the connection is served in this one")
            self.process_request_thread(request, client_address)

    def process_request_thread(self, request, client_address):
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._changed:
                self._open -= 1
                self._changed.notify_all()

    def handle_error(self, request, client_address):
        log.info("a connection ended early", exc_info=log.isEnabledFor(logging.DEBUG))


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    # So that a request line that cannot be read gets an answer with a head.
    default_request_version = "HTTP/1.1"
    timeout = IDLE_TIMEOUT_S
    server: Server

    def answer(self):
        try:
            body = self.read_body()
        except Problem as problem:
            self.refuse(problem)
            return
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.send(self.server.answer(Request(self.command, path, query, headers, body)))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_TRACE = answer

    def read_body(self) -> bytes:
        if "transfer-encoding" in self.headers:
            raise Problem(411, "a body needs a Content-Length")
        lengths = self.headers.get_all("content-length", ["0"])
        text = lengths[0].strip()
        if len(lengths) > 1 or not (text.isascii() and text.isdigit()):
            raise Problem(400, "Content-Length is not one number")
        if len(text) > 18 or int(text) > MAX_BODY_BYTES:
            raise Problem(413, f"the body is larger than {MAX_BODY_BYTES} bytes")
        return self.read_in_time(int(text), BODY_TIMEOUT_S)

    def read_in_time(self, length: int, seconds: float) -> bytes:
        deadline = time.monotonic() + seconds
        body = bytearray()
        while len(body) < length:
            try:
                chunk = self.rfile.read1(min(length - len(body), CHUNK_BYTES))
            except socket.timeout:
                chunk = b""
            if not chunk or time.monotonic() > deadline:
                raise Problem(408, "the body did not arrive in time")
            body += chunk
        return bytes(body)

    def send(self, response: Response) -> None:
        if not self.server.keeps_connections():
            self.close_connection = True
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status != 204:
            self.send_header("Content-Type", response.content_type)
            self.send_header("Content-Length", str(len(response.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)
        self.wfile.flush()

    def refuse(self, problem: Problem) -> None:
        """Answers without having read the body, so that the connection cannot be used again."""
        self.close_connection = True
        self.send(secured(problem_response(problem, Request(self.command or "", ""))))
        self.drain()

    def drain(self) -> None:
        """Reads on for a moment: closing with unread data would make the kernel drop the answer."""
        deadline = time.monotonic() + DRAIN_S
        try:
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(DRAIN_S)
            while time.monotonic() < deadline and self.rfile.read1(CHUNK_BYTES):
                pass
        except OSError:
            log.debug("the client went away")

    def send_error(self, code, message=None, explain=None):
        # Called by the base class for a request that it cannot read.
        self.refuse(Problem(code, message or "the request cannot be read"))

    def version_string(self):
        return "app"

    def address_string(self):
        # A Unix socket's client has no address.
        return self.client_address[0] if self.client_address else "local"

    def log_request(self, code="-", size="-"):
        # No path: an address may hold personal data.
        log.info("%s %s", self.command, code)

    def log_message(self, format, *args):
        log.info(format, *args)
