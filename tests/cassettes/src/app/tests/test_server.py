"""The server on a real socket. A Unix socket, so that no network is needed."""

import http.client
import json
import logging
import socket
import tempfile
import threading
import unittest
from pathlib import Path

from app.application import Application
from app.server import MAX_BODY_BYTES, MAX_CONNECTIONS, Server
from app.world import World

WAIT_S = 5


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=WAIT_S)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(WAIT_S)
        self.sock.connect(self._path)


class TestServer(unittest.TestCase):
    def setUp(self):
        logging.disable(logging.INFO)
        self.addCleanup(logging.disable, logging.NOTSET)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = str(Path(folder.name) / "socket")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(self.path)
        listener.listen()
        world = World.open(Path(folder.name) / "data")
        self.addCleanup(world.storage.close)
        self.server = Server(listener, Application(world, desk=True))
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()
        self.addCleanup(self.stop)

    def stop(self):
        self.server.shutdown()
        self.thread.join(WAIT_S)
        self.server.finish()

    def connection(self):
        connection = UnixConnection(self.path)
        self.addCleanup(connection.close)
        return connection

    def ask(self, connection, method, path, body=None, headers=None):
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response, response.read()

    def raw(self, data):
        """The answer's first line to bytes as they are."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(WAIT_S)
            client.connect(self.path)
            client.sendall(data)
            return client.makefile("rb").readline()

    def test_one_connection_carries_many_requests(self):
        connection = self.connection()
        for name in ("Ada", "Grace"):
            body = json.dumps({"name": name, "building": "Building 1"})
            response, text = self.ask(connection, "POST", "/residents", body, {"Content-Type": "application/json"})
            self.assertEqual((response.status, json.loads(text)["name"]), (201, name))
        response, text = self.ask(connection, "GET", "/residents")
        self.assertEqual([item["name"] for item in json.loads(text)["items"]], ["Ada", "Grace"])

    def test_head_has_no_body(self):
        response, text = self.ask(self.connection(), "HEAD", "/")
        self.assertEqual((response.status, text), (200, b""))
        self.assertGreater(int(response.headers["Content-Length"]), 0)

    def test_a_method_that_a_path_does_not_offer(self):
        for method in ("PATCH", "OPTIONS", "TRACE"):
            response, _ = self.ask(self.connection(), method, "/residents")
            self.assertEqual((response.status, response.headers["Allow"]), (405, "GET, HEAD, POST"))

    def test_a_body_above_the_limit_is_refused_unread(self):
        body = b"x" * (MAX_BODY_BYTES + 1)
        response, text = self.ask(self.connection(), "POST", "/residents", body)
        self.assertEqual((response.status, json.loads(text)["status"]), (413, 413))

    def test_requests_that_cannot_be_read(self):
        cases = {
            b"nonsense\r\n\r\n": b"400",
            b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n": b"400",
            b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n": b"400",
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n": b"411",
            b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\n\r\n": b"414",
            b"BREW / HTTP/1.1\r\n\r\n": b"501",
        }
        for data, status in cases.items():
            with self.subTest(data=data[:40]):
                self.assertEqual(self.raw(data).split()[1], status)

    def test_more_clients_than_connections_are_all_answered(self):
        clients = []
        for _ in range(3 * MAX_CONNECTIONS):
            client = self.connection()
            client.request("GET", "/health")
            clients.append(client)
        statuses = [client.getresponse().status for client in clients]
        self.assertEqual(statuses, [200] * len(clients))

    def test_a_silent_client_does_not_keep_others_waiting(self):
        silent = self.connection()
        silent.connect()
        self.assertEqual(self.ask(self.connection(), "GET", "/health")[0].status, 200)

    def test_records_are_there_after_a_restart(self):
        folder = Path(self.path).parent / "kept"
        for names in ([], ["Ada"]):
            world = World.open(folder)
            kept = [row["name"] for row in world.storage.rows("SELECT name FROM resident")]
            self.assertEqual(kept, names)
            with world.storage.transaction() as db:
                db.execute("INSERT INTO resident (name, building) VALUES ('Ada', 'Building 1')")
            world.storage.close()
