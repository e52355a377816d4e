"""A Postgres server of its own for DBOS: on the loopback address, with its defaults."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from common import Skip, free_port, last_line


def find(name):
    """The program of the newest server that is installed."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parts[4]))
    path = shutil.which(name) or (str(installed[-1]) if installed else None)
    if not path:
        raise Skip(f"no Postgres server on this machine ({name} not found)")
    return path


class Postgres:
    def __init__(self, folder):
        self.data, self.log, self.port = Path(folder) / "postgres", Path(folder) / "postgres.log", free_port()
        self.url = f"postgresql://peers@127.0.0.1:{self.port}/peers"
        # The server refuses to run as root.
        self.user = {}
        if os.getuid() == 0:
            try:
                owner = pwd.getpwnam("postgres")
            except KeyError:
                raise Skip("Postgres does not run as root, and there is no user postgres") from None
            self.user = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        self.data.mkdir(mode=0o700)
        if self.user:
            os.chown(self.data, self.user["user"], self.user["group"])
        with open(self.log, "ab") as log:
            command = [find("initdb"), "-D", str(self.data), "-U", "peers", "--auth=trust"]
            done = subprocess.run(command, stdout=log, stderr=log, cwd="/", **self.user)
        if done.returncode:
            raise Skip(f"initdb failed: {last_line(self.log)}")

    def start(self, group):
        command = [find("postgres"), "-D", str(self.data), "-p", str(self.port)]
        command += ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
        group.spawn(command, stdout=open(self.log, "ab"), stderr=subprocess.STDOUT, cwd="/", **self.user)
