"""Runs the program of `infra/local` that is the emulator, for as long as the process that it is given lives.

    emulator.py PROGRAM PID
"""

import os
import pathlib
import runpy
import signal
import sys
import threading
import time


def began(pid):
    """When the process began, in the kernel's ticks; None when it is gone. A pid that was reused began later."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[19])


def end_with(pid):
    ours = began(pid)
    while ours is not None and began(pid) == ours:
        time.sleep(0.5)
    # As if it was asked to end: its Lambdas end with it.
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(20)
    os._exit(1)


program, pid = sys.argv[1:]
threading.Thread(target=end_with, args=(int(pid),), daemon=True).start()
sys.argv = [program]
runpy.run_path(program, run_name="__main__")
