"""Runs an application's tests and says of each how it ended. Laid out by the harness, never part of the tree.

The tests run in a child: whatever they do to their process (leave it, print, replace parts of unittest), this one sees
the child end and says what was reported until then. Its standard output is ours alone: one JSON object.

Argument: {"tests": [paths], "app": [paths], "trace": "none", "import" or "all", "sealed": whether the application is
to be compiled first, "wall_ms": milliseconds}.
"""

import sys

# The working directory holds the tree: no file of it may take the place of a module that is needed here.
sys.path[:] = [entry for entry in sys.path if entry not in ("", ".")]

import base64  # noqa: E402
import importlib  # noqa: E402
import json  # noqa: E402
import marshal  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
import tempfile  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402
import traceback  # noqa: E402
import unittest  # noqa: E402

OUTPUT_KEPT = 6_000
MESSAGE_KEPT = 600
PR_SET_DUMPABLE = 4


class Lines:
    """Which lines of the application ran while modules were imported, and which while tests did."""

    def __init__(self, root, app):
        self.known = {os.path.join(root, path): path for path in app}
        self.seen = {"import": {}, "test": {}}
        self.phase = "import"

    def start(self):
        threading.settrace(self.call)
        sys.settrace(self.call)

    def stop(self):
        sys.settrace(None)
        threading.settrace(None)

    def call(self, frame, event, _):
        path = self.known.get(frame.f_code.co_filename)
        if path is None:
            return None
        self.seen[self.phase].setdefault(path, set()).add(frame.f_lineno)
        return self.line

    def line(self, frame, event, _):
        if event == "line":
            path = self.known[frame.f_code.co_filename]
            self.seen[self.phase].setdefault(path, set()).add(frame.f_lineno)
        return self.line

    def told(self):
        return {phase: {path: sorted(lines) for path, lines in files.items()} for phase, files in self.seen.items()}


class Told(unittest.TestResult):
    """Tells of each test how it ended."""

    def __init__(self, tell):
        super().__init__()
        self.tell = tell
        self.open = {}
        self.message = ""

    def startTest(self, test):
        super().startTest(test)
        self.open[test] = "passed"

    def stopTest(self, test):
        self.tell("test", *names(test), self.open.pop(test, "failed"), self.message)
        self.message = ""
        super().stopTest(test)

    def bad(self, test, err, word):
        said = traceback.format_exception_only(err[0], err[1])
        self.message = "".join(said)[-MESSAGE_KEPT:]
        if test in self.open:
            self.open[test] = word
        else:
            self.tell("fixture", str(test), word, self.message)

    def addError(self, test, err):
        super().addError(test, err)
        self.bad(test, err, "broke")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.bad(test, err, "failed")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.bad(test, err, "failed" if issubclass(err[0], test.failureException) else "broke")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        if test in self.open:
            self.open[test] = "skipped"

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.open[test] = "skipped"

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.open[test] = "failed"


class Alone(unittest.FunctionTestCase):
    """A test that is a function of its module."""


def names(test):
    """As it is called, `tests/test_items.py:TestItems.test_create`, and where it is written, which may be a base class."""
    if isinstance(test, Alone):
        called = f"{file_of(test._testFunc.__module__)}:{test._testFunc.__qualname__}"
        return called, called
    method, own = getattr(test, "_testMethodName", ""), type(test)
    base = next((known for known in own.__mro__ if method in vars(known)), own)
    return tuple(f"{file_of(known.__module__)}:{known.__qualname__}.{method}" for known in (own, base))


def file_of(module):
    path = getattr(sys.modules.get(module), "__file__", None) or module
    return os.path.relpath(path, os.getcwd())


def module_name(path):
    """As pytest's default does: from the first folder above that is no package, which goes onto the search path."""
    folder, file = os.path.split(os.path.join(os.getcwd(), path))
    parts = [file.removesuffix(".py")]
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, part = os.path.split(folder)
        parts.insert(0, part)
    if folder not in sys.path:
        sys.path.append(folder)
    return ".".join(parts)


def load(loader, path):
    module = importlib.import_module(module_name(path))
    suite = loader.loadTestsFromModule(module)
    alone = [found for key, found in vars(module).items() if key.startswith("test") and is_alone(found, module)]
    suite.addTests(Alone(function) for function in alone)
    return suite


def is_alone(found, module):
    code = getattr(found, "__code__", None)
    needed = code and code.co_argcount - len(getattr(found, "__defaults__", None) or ())
    return needed == 0 and getattr(found, "__module__", None) == module.__name__


def work(config, out):
    """In the child."""
    lock = threading.Lock()

    def tell(*words):
        with lock:
            os.write(out, json.dumps(words).encode() + b"\n")

    sys.argv[:] = ["python3 -m unittest"]
    sys.path.insert(0, os.getcwd())
    lines = Lines(os.getcwd(), config["app"]) if config["trace"] != "none" else None
    if lines:
        lines.start()
    loader, suites = unittest.TestLoader(), []
    for path in config["tests"]:
        try:
            suites.append(load(loader, path))
        except BaseException as error:
            told = traceback.format_exception_only(type(error), error)
            tell("module", path, "failed", "".join(told)[-MESSAGE_KEPT:])
    for message in loader.errors:
        tell("module", "", "failed", message[-MESSAGE_KEPT:])
    if lines:
        lines.phase = "test"
        if config["trace"] == "import":
            lines.stop()
    result = Told(tell)
    unittest.TestSuite(suites).run(result)
    if lines:
        lines.stop()
        tell("lines", lines.told())
    tell("end")


def watch(child, source, wall_ms):
    """In the parent: what the child says until it ends, or its time does."""
    said = []

    def read():
        with os.fdopen(source, "rb", closefd=False) as lines:
            for line in lines:
                said.append(line)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    until = time.monotonic() + wall_ms / 1000
    status = None
    while status is None and time.monotonic() < until:
        ended, found = os.waitpid(child, os.WNOHANG)
        status = os.waitstatus_to_exitcode(found) if ended else time.sleep(0.002)
    if status is None:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    # A process that a test left behind may hold the other end open.
    reader.join(1)
    return status, said


def hide():
    """What runs under the same user may not look into this process, nor at its standard output."""
    try:
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        pass


def seal(paths):
    """The files as compiled code behind one line: what a copy does can be run, and not read off its text.

    Whoever reads the text could undo what makes the copies different, and tell a harmless one from a mutant.
    """
    for path in paths:
        whole = os.path.join(os.getcwd(), path)
        try:
            with open(whole, "rb") as file:
                code = compile(file.read(), whole, "exec", dont_inherit=True)
        except (OSError, SyntaxError, ValueError):
            continue
        data = base64.b64encode(marshal.dumps(code)).decode()
        with open(whole, "w", encoding="ascii") as file:
            file.write(f'exec(__import__("marshal").loads(__import__("base64").b64decode("{data}")))\n')


def main():
    config = json.loads(sys.argv[1])
    if config["sealed"]:
        seal(config["app"])
    source, out = os.pipe()
    output = tempfile.TemporaryFile()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(source)
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
        try:
            work(config, out)
        except BaseException:
            traceback.print_exc()
        sys.stdout.flush()
        os._exit(0)
    os.close(out)
    hide()
    status, said = watch(child, source, config["wall_ms"])
    events = []
    for line in said:
        try:
            events.append(json.loads(line))
        except ValueError:
            events.append(["noise"])
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - OUTPUT_KEPT))
    tail = output.read().decode("utf-8", "replace")
    print(json.dumps({"status": status, "events": events, "output": tail}))


main()
