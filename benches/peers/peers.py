"""One class per system: installed where, started how, and what it is asked. `run` measures them all alike."""

import http.client
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path

from common import PAYLOAD, STEPS, Group, Skip, StepLog, Worker, free_port, last_line
from postgres import Postgres, find

HERE = Path(__file__).resolve().parent
MODULES = HERE / "node_modules"
READY_S = 120


class Peer:
    """A system that is driven from outside. `folder/data` is what counts as its disk use."""

    name = durability = ""

    def __init__(self, folder):
        self.folder, self.group = Path(folder), Group()
        (self.folder / "data").mkdir()
        self.log = self.folder / "peer.log"

    @property
    def steps(self):
        return self.folder / "steps.log"


class Library(Peer):
    """A Python library: one process that holds the engine and its steps."""

    script, arguments = "", ()

    def start(self):
        self.worker = Worker(self.group, HERE / self.script, self.folder, *self.arguments, log=self.log)
        self.worker.answer(READY_S)

    def _ask(self, timeout, **command):
        self.worker.send(**command)
        return self.worker.answer(timeout)["result"]

    def load(self, first, runs, concurrency, seconds, timeout=300):
        self._ask(timeout, do="load", first=first, runs=runs, concurrency=concurrency, seconds=seconds)

    def begin(self, runs):
        self.worker.send(do="load", first=0, runs=runs, concurrency=runs, seconds=1e9)

    def finish(self, runs, timeout):
        self._ask(timeout, do="resume", runs=runs)

    def read_durability(self):
        return self._ask(30, do="durability")


class LangGraph(Library):
    name, script = "LangGraph on SQLite", "langgraph_worker.py"
    packages = ["langgraph", "langgraph-checkpoint-sqlite"]

    @staticmethod
    def version():
        graph, saver = (metadata.version(name) for name in LangGraph.packages)
        return f"langgraph {graph}, langgraph-checkpoint-sqlite {saver}, SQLite {sqlite3.sqlite_version}"

    def read_durability(self):
        return f"durability=sync, {super().read_durability()}"


class DbosSqlite(Library):
    name, script = "DBOS on SQLite", "dbos_worker.py"
    packages = ["dbos"]

    @staticmethod
    def version():
        return f"dbos {metadata.version('dbos')}, SQLite {sqlite3.sqlite_version}"

    @property
    def arguments(self):
        return (f"sqlite:///{self.folder}/data/dbos.sqlite",)


class DbosPostgres(Library):
    name, script = "DBOS on Postgres", "dbos_worker.py"
    packages = ["dbos"]

    def __init__(self, folder):
        super().__init__(folder)
        self.postgres = Postgres(self.folder / "data")

    @staticmethod
    def version():
        server = subprocess.check_output([find("postgres"), "--version"], text=True).split()[2]
        return f"dbos {metadata.version('dbos')}, Postgres {server}"

    @property
    def arguments(self):
        return (self.postgres.url,)

    def start(self):
        self.postgres.start(self.group)
        super().start()


class Restate(Peer):
    """A server and a Node.js process with the handler; the client is this process."""

    name, packages = "restate", None

    def __init__(self, folder):
        super().__init__(folder)
        self.node, self.server = restate_programs()
        self.ports = {name: free_port() for name in ("ingress", "admin", "fabric", "service")}

    @staticmethod
    def version():
        node, _ = restate_programs()
        read = lambda name: json.loads((MODULES / "@restatedev" / name / "package.json").read_text())["version"]
        runs_on = subprocess.check_output([node, "--version"], text=True).strip()
        return f"restate-server {read('restate-server')}, restate-sdk {read('restate-sdk')}, Node.js {runs_on}"

    def start(self):
        log = open(self.log, "ab")
        service = [self.node, HERE / "restate_service.mjs", self.ports["service"], STEPS, PAYLOAD, self.steps]
        quiet = {"RESTATE_LOGGING": "ERROR", "NODE_ENV": "production"}
        self.group.spawn([str(part) for part in service], stdout=log, stderr=log, env={**os.environ, **quiet})
        settings = {
            "RESTATE_BASE_DIR": str(self.folder / "data"),
            "RESTATE_LISTEN_MODE": "tcp",
            "RESTATE_BIND_IP": "127.0.0.1",
            "RESTATE_ADVERTISED_HOST": "127.0.0.1",
            "RESTATE_BIND_PORT": str(self.ports["fabric"]),
            "RESTATE_INGRESS__BIND_PORT": str(self.ports["ingress"]),
            "RESTATE_ADMIN__BIND_PORT": str(self.ports["admin"]),
            "RESTATE_NODE_NAME": "peers",
            "RESTATE_DISABLE_TELEMETRY": "true",
            "RESTATE_LOG_FILTER": "error",
        }
        self.group.spawn([str(self.server)], stdout=log, stderr=log, env={**os.environ, **settings})
        uri = f"http://127.0.0.1:{self.ports['service']}"
        self._until_ready("POST", "admin", "/deployments", {"uri": uri})
        self._until_ready("GET", "ingress", "/restate/health", None)

    def _until_ready(self, method, port, path, body):
        until = time.monotonic() + READY_S
        while True:
            try:
                return self._request(method, port, path, body)
            except (OSError, http.client.HTTPException, RuntimeError) as error:
                if time.monotonic() > until:
                    message = f"restate did not answer {path} in {READY_S} s: {error}; {last_line(self.log)}"
                    raise RuntimeError(message) from error
                time.sleep(0.02)

    def _request(self, method, port, path, body, headers=(), timeout=300):
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[port], timeout=timeout)
        try:
            return ask(connection, method, path, body, headers)
        finally:
            connection.close()

    def load(self, first, runs, concurrency, seconds, timeout=300):
        pending, lock, until = iter(range(first, first + runs)), threading.Lock(), time.monotonic() + seconds

        def driver():
            connection = http.client.HTTPConnection("127.0.0.1", self.ports["ingress"], timeout=timeout)
            while True:
                with lock:
                    run = next(pending, None)
                if run is None:
                    break
                ask(connection, "POST", "/Bench/run", run)
                if time.monotonic() > until:
                    break
            connection.close()

        with ThreadPoolExecutor(concurrency) as drivers:
            for done in [drivers.submit(driver) for _ in range(concurrency)]:
                done.result()

    def begin(self, runs):
        def send(run):
            headers = {"idempotency-key": f"run-{run}"}
            return self._request("POST", "ingress", "/Bench/run/send", run, headers)["invocationId"]

        with ThreadPoolExecutor(16) as senders:
            self.invocations = list(senders.map(send, range(runs)))

    def finish(self, runs, timeout):
        def attach(invocation):
            path = f"/restate/invocation/{invocation}/attach"
            return self._request("GET", "ingress", path, None, timeout=timeout)

        with ThreadPoolExecutor(runs) as waiters:
            list(waiters.map(attach, self.invocations))

    def read_durability(self):
        shown = subprocess.check_output([str(self.server), "--dump-config"], text=True, stderr=subprocess.DEVNULL)
        lines = [line.strip() for line in shown.splitlines() if "disable-wal" in line and "compression" not in line]
        return "log server: " + ", ".join(sorted(set(lines))).replace(" = ", "=")


def ask(connection, method, path, body, headers=()):
    """One request; the answer's JSON. Fails on any status but 2xx."""
    data = None if body is None else json.dumps(body)
    connection.request(method, path, data, {"content-type": "application/json", **dict(headers)})
    response = connection.getresponse()
    text = response.read().decode()
    if response.status // 100 != 2:
        raise RuntimeError(f"{method} {path}: {response.status} {text[:200]}")
    return json.loads(text) if text else None


def restate_programs():
    """(Node.js 22 or newer, restate-server); the SDK hangs on older ones without a word."""
    servers = list(MODULES.glob("@restatedev/restate-server-*/bin/restate-server"))
    nodes = [str(path) for path in MODULES.glob("node-linux-*/bin/node")] + [shutil.which("node") or ""]
    for node in filter(None, nodes):
        shown = subprocess.run([node, "--version"], capture_output=True, text=True)
        if shown.returncode == 0 and int(shown.stdout.strip("v").split(".")[0]) >= 22 and servers:
            return node, servers[0]
    raise Skip("no restate-server for this system" if not servers else "needs Node.js 22 or newer")


class IdeaMine:
    """Ours: the figures that `ideamine bench` prints, and what is seen of its process from outside."""

    name, packages = "IdeaMine", None
    durability = "every step's events are synced before the next effect"

    def __init__(self, folder, program):
        self.folder, self.program, self.group = Path(folder), program, Group()

    @staticmethod
    def version(program):
        return subprocess.check_output([program, "--version"], text=True).strip()

    def spawn(self, *arguments):
        command = [self.program, "bench", *map(str, arguments), "--json"]
        output, log = open(self.folder / "out.json", "wb"), open(self.folder / "peer.log", "wb")
        return self.group.spawn(command, stdout=output, stderr=log, cwd=self.folder)

    def bench(self, *arguments, timeout=600):
        process = self.spawn(*arguments)
        if process.wait(timeout):
            raise RuntimeError(f"ideamine bench {arguments[0]}: {last_line(self.folder / 'peer.log')}")
        self.group.roots.clear()
        return json.loads((self.folder / "out.json").read_text())

    def cold_s(self, timeout=60):
        """Until its one run has ended: the bench then begins its disk probe, whose file is seen here."""
        began = time.monotonic()
        process = self.spawn("engine", "--runs", 1, "--concurrency", 1)
        while not any(self.folder.glob(".ideamine-bench-*/probe.tmp")):
            if process.poll() is not None or time.monotonic() - began > timeout:
                raise RuntimeError(f"no end of a first run seen: {last_line(self.folder / 'peer.log')}")
            time.sleep(0.001)
        took = time.monotonic() - began
        process.wait(timeout)
        self.group.roots.clear()
        return took

    def has(self, command):
        shown = subprocess.run([self.program, "bench", command, "--help"], capture_output=True, text=True)
        return shown.returncode == 0


PEERS = {"langgraph": LangGraph, "dbos": DbosSqlite, "dbos-postgres": DbosPostgres, "restate": Restate}
