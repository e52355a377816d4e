"""DBOS: a workflow of 26 steps, recovered by the library itself when it is launched."""

import sys
import threading
import time

from dbos import DBOS, SetWorkflowID

from common import PAYLOAD, STEPS, StepLog, work

FOLDER, URL = sys.argv[1:3]
LOG = StepLog(f"{FOLDER}/steps.log")


@DBOS.step()
def phase(run, step, pad):
    LOG.begin(run, step)
    return pad


@DBOS.step()
def gate(run, step, pad):
    LOG.begin(run, step)
    return pad


@DBOS.workflow()
def flow(run):
    for step in range(0, STEPS, 2):
        made = phase(run, step, PAYLOAD)
        if gate(run, step + 1, made) != PAYLOAD:
            raise ValueError("held")


def start(run):
    with SetWorkflowID(f"run-{run}"):
        return DBOS.start_workflow(flow, run)


def load(first, runs, concurrency, seconds):
    pending, lock, until = iter(range(first, first + runs)), threading.Lock(), time.monotonic() + seconds

    def driver():
        while True:
            with lock:
                run = next(pending, None)
            if run is None:
                return
            start(run).get_result()
            if time.monotonic() > until:
                return

    drivers = [threading.Thread(target=driver) for _ in range(concurrency)]
    for thread in drivers:
        thread.start()
    for thread in drivers:
        thread.join()


def resume(runs):
    """Waits for what `launch` recovers; starts what had not been recorded before the kill."""
    known = {each.workflow_id for each in DBOS.list_workflows(load_input=False, load_output=False)}
    for run in range(runs):
        if f"run-{run}" not in known:
            start(run)
    while DBOS.list_workflows(status=["PENDING", "ENQUEUED"], limit=1, load_input=False, load_output=False):
        time.sleep(0.1)


def durability():
    """What the database says of itself."""
    import sqlalchemy

    names = ["journal_mode", "synchronous"] if URL.startswith("sqlite") else ["fsync", "synchronous_commit"]
    ask = "PRAGMA" if URL.startswith("sqlite") else "SHOW"
    with sqlalchemy.create_engine(URL.replace("postgresql:", "postgresql+psycopg:")).connect() as connection:
        values = [connection.execute(sqlalchemy.text(f"{ask} {name}")).scalar() for name in names]
    return ", ".join(f"{name}={value}" for name, value in zip(names, values))


def until_reachable(seconds=60):
    """A Postgres that was killed first works its log through."""
    import psycopg

    until = time.monotonic() + seconds
    while True:
        try:
            return psycopg.connect(URL.rsplit("/", 1)[0] + "/postgres", connect_timeout=5).close()
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


if URL.startswith("postgresql"):
    until_reachable()
DBOS(
    config={
        "name": "peers",
        "system_database_url": URL,
        "application_version": "1",
        "log_level": "ERROR",
    }
)
DBOS.launch()
work({"load": load, "resume": resume, "durability": durability})
