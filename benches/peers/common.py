"""What every peer shares: the workload's size, its step log, process groups and the probes of the machine."""

import ctypes
import json
import os
import queue
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

STEPS = 26
PAYLOAD = "x" * 200
# One line of the step log: run, step, monotonic nanoseconds (the same clock in Python and Node.js).
LINE = "{:06d} {:02d} {:019d}\n"
LINE_BYTES = 30


class Skip(Exception):
    """A peer that cannot be measured here, and why."""


class StepLog:
    """Written by the body of each step as it begins: how a repeated or a lost step is seen from outside.

    One `write` to a file that is never synced: a few microseconds, and it outlives a killed process.
    """

    def __init__(self, path):
        self.path = Path(path)
        self.file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def begin(self, run, step):
        os.write(self.file, LINE.format(run, step, time.monotonic_ns()).encode())

    @staticmethod
    def count(path):
        return path.stat().st_size // LINE_BYTES if path.exists() else 0

    @staticmethod
    def read(path):
        """All (run, step, ns), as they were written."""
        lines = path.read_text().splitlines() if path.exists() else []
        return [tuple(int(part) for part in line.split()) for line in lines]


def step_ms(begun):
    """From each step of a run to its next, milliseconds."""
    last, took = {}, []
    for run, step, at in begun:
        if step and (before := last.get((run, step - 1))):
            took.append((at - before) / 1e6)
        last[run, step] = at
    return took


def compare(before, after, runs):
    """Steps that a crash cost: (lost, repeated).

    Lost: the run had gone on past the step, so its result was to be durable, and yet it was worked again;
    or it was never worked at all. Repeated: it was under way at the kill and was worked again, which
    at-least-once allows.
    """
    done = {(run, step) for run, step, _ in before}
    again = {(run, step) for run, step, _ in after}
    twice = done & again
    settled = {(run, step) for run, step in twice if (run, step + 1) in done}
    missing = runs * STEPS - len({(run, step) for run, step in done | again if run < runs})
    return len(settled) + missing, len(twice - settled)


class Group:
    """The processes of one peer: started, measured and ended by their own ids."""

    def __init__(self):
        self.roots = []

    def spawn(self, command, **options):
        """Starts a process that ends with this one, whatever happens."""
        prctl = ctypes.CDLL(None).prctl
        options.setdefault("start_new_session", True)
        process = subprocess.Popen(command, preexec_fn=lambda: prctl(1, signal.SIGKILL), **options)
        self.roots.append(process)
        return process

    def processes(self):
        import psutil

        found = {}
        for root in self.roots:
            try:
                process = psutil.Process(root.pid)
                for each in [process, *process.children(recursive=True)]:
                    found[each.pid] = each
            except psutil.Error:
                pass
        return list(found.values())

    def cpu_s(self):
        """Processor seconds of all of them, with children that ended."""
        return sum(sum(times[:4]) for times in self._each(lambda process: process.cpu_times()))

    def memory(self):
        """Memory of all of them, bytes, what they share counted once."""
        return sum(self._each(lambda process: process.memory_full_info().pss))

    def _each(self, read):
        import psutil

        values = []
        for process in self.processes():
            try:
                values.append(read(process))
            except psutil.Error:
                pass
        return values

    def kill(self):
        """As a power cut would end them: all at once, none asked."""
        for process in self.processes():
            process.kill()
        for root in self.roots:
            root.wait()
        self.roots = []


class PeakMemory:
    """Samples a group's memory five times a second, from outside its processes."""

    def __init__(self, group):
        self.group, self.peak, self.ended = group, 0, threading.Event()
        self.thread = threading.Thread(target=self._sample, daemon=True)

    def _sample(self):
        while True:
            self.peak = max(self.peak, self.group.memory())
            if self.ended.wait(0.2):
                return

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


class Worker:
    """A Python process that works commands, one JSON line each, from its standard input."""

    def __init__(self, group, script, *arguments, log):
        command = [sys.executable, str(script), *map(str, arguments)]
        self.process = group.spawn(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=open(log, "ab"), text=True
        )
        self.log, self.lines = log, queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def send(self, **command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def answer(self, timeout):
        try:
            line = self.lines.get(timeout=timeout)
        except queue.Empty:
            raise TimeoutError(f"not done after {timeout:.0f} s") from None
        if line is None:
            raise RuntimeError(f"its process ended: {last_line(self.log)}")
        return json.loads(line)


def work(commands):
    """The worker's side: `commands` maps a name to a function of the command's other fields."""
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        result = commands[command.pop("do")](**command)
        print(json.dumps({"result": result}), flush=True)
    # Nothing is shut down in order: the data are thrown away.
    os._exit(0)


def last_line(path):
    lines = Path(path).read_text(errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else "no message"


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def disk(folder):
    """Bytes of the folder's files by their sizes: room that a log reserves ahead does not count."""
    total = 0
    for base, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(base, name)).st_size
            except FileNotFoundError:
                pass
    return total


def fsync_us(folder, times=100):
    """Appending 4 KiB and syncing it, median, microseconds."""
    path, took = Path(folder) / "probe.tmp", []
    with open(path, "wb", buffering=0) as file:
        for _ in range(times):
            began = time.perf_counter()
            file.write(b"z" * 4096)
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - began) * 1e6)
    path.unlink()
    return statistics.median(took)
