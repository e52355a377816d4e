"""Processes that outlive the command that started them: known by pid and start time, ended by pid alone."""

import json
import os
import pathlib
import signal
import subprocess
import time

END_SECONDS = 20


def started_at(pid):
    """When the process began, in the kernel's ticks; None when there is none. A pid that was reused began later."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat.rsplit(")", 1)[1].split()
    return None if fields[0] == "Z" else int(fields[19])


class Processes:
    """Named processes, remembered in a file."""

    def __init__(self, folder):
        self.folder = folder
        self.file = folder / "processes.json"

    def _read(self):
        return json.loads(self.file.read_text()) if self.file.exists() else {}

    def _write(self, known):
        self.file.write_text(json.dumps(known, indent=1))

    def running(self, name):
        """What was remembered of a process that still runs, else None."""
        known = self._read().get(name)
        return known if known and started_at(known["pid"]) == known["started"] else None

    def start(self, name, command, environment, **remember):
        """Starts a process in a session of its own; its output goes to NAME.log."""
        with open(self.folder / f"{name}.log", "wb") as log:
            process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        known = self._read()
        known[name] = {"pid": process.pid, "started": started_at(process.pid), **remember}
        self._write(known)
        return process

    def log_tail(self, name, lines=20):
        """The end of a process's log."""
        text = (self.folder / f"{name}.log").read_text(errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def end(self, name):
        """Ends a process and waits for it; what does not end in time is killed."""
        known = self._read()
        process = self.running(name)
        if process:
            os.kill(process["pid"], signal.SIGTERM)
            for _ in range(END_SECONDS * 10):
                if not self.running(name):
                    break
                time.sleep(0.1)
            else:
                os.kill(process["pid"], signal.SIGKILL)
        if known.pop(name, None):
            self._write(known)
        return process is not None
