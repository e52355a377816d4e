"""One idea, worked by the local binary and through the API of the local stack with the same seed, and compared."""

import argparse
import json
import os
import pathlib
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import boto3
from cryptography.hazmat.primitives.asymmetric import rsa

import issuer
import stack
from processes import Processes

# A tenant of its own, so that a stack that was up keeps its others as they are.
TENANT = "e2e"
RUN_SECONDS = 900
# What a run says of itself, not of the idea.
OWN = {"run_id", "dossier", "ledger", "usage", "created_at", "duration_ms"}


def differ(where, local, remote):
    """Ends the comparison with the first difference between two values."""
    if isinstance(local, dict) and isinstance(remote, dict):
        for name in [*local, *(name for name in remote if name not in local)]:
            if name not in local or name not in remote:
                stack.fail(f"{where}: {name} is only {'local' if name in local else 'remote'}")
            differ(f"{where}: {name}", local[name], remote[name])
    elif isinstance(local, list) and isinstance(remote, list) and len(local) == len(remote):
        for number, pair in enumerate(zip(local, remote)):
            differ(f"{where}[{number}]", *pair)
    elif local != remote:
        stack.fail(f"{where}: {json.dumps(local)} locally, {json.dumps(remote)} remotely")


class Binary:
    """The binary, with a folder of its own, and what it needs for `--remote`."""

    def __init__(self, program, folder, environment):
        self.program, self.folder = program, folder
        self.environment = stack.bare_environment(
            IDEAMINE_CONFIG_DIR=str(folder / "user"), IDEAMINE_DATA_DIR=str(folder / "data"), **environment
        )

    def run(self, *arguments):
        """Runs a command to its end; what it prints on standard output."""
        command = [self.program, *map(str, arguments)]
        try:
            done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=RUN_SECONDS)
        except subprocess.TimeoutExpired:
            stack.fail(f"{' '.join(command[1:])}: not done after {RUN_SECONDS} s")
        if done.returncode:
            stack.fail(f"{' '.join(command[1:])} ended with {done.returncode}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        return done.stdout

    def json(self, *arguments):
        return json.loads(self.run(*arguments, "--json"))


def shown(run):
    """A run without what differs between any two: names, times, and the evidence of what was measured."""
    phases = [
        {
            **{name: phase[name] for name in ("id", "status", "attempts", "problems")},
            "artifacts": {artifact["name"]: artifact["digest"] for artifact in phase["artifacts"]},
            "gates": {gate["id"]: gate["outcome"] for gate in phase["gates"]},
        }
        for phase in run["phases"]
    ]
    rest = {name: value for name, value in run.items() if name not in OWN}
    return {**rest, "phases": phases, "budget": counted(run["budget"])}


def counted(budget):
    """A level of the budget without time in the sandbox: it is measured, and a story's slice is of what that leaves."""
    bare = {part: {name: amount for name, amount in budget[part].items() if name != "tools_minutes"} for part in ("used", "limits")}
    return {**budget, **bare, "parts": [counted(part) for part in budget["parts"]]}


def entered(events):
    """States in order of entering by thread of control, as `ideamine history` tells them."""
    threads, states = {}, {}
    for event in events:
        thread = threads.get(event.get("previousEventId"), "")
        if iteration := event.get("mapIterationStartedEventDetails"):
            thread = f"{thread}/{iteration['name']}[{iteration['index']}]".lstrip("/")
        if state := event.get("stateEnteredEventDetails"):
            states.setdefault(thread, []).append(state["name"])
        threads[event["id"]] = thread
    return states


def histories(environment, run):
    """Of each execution of a run on the stack, the states of its threads."""
    client = boto3.client(
        "stepfunctions", region_name=stack.REGION, endpoint_url=environment["AWS_ENDPOINT_URL"],
        aws_access_key_id="test", aws_secret_access_key="test",
    )
    prefix, found = f"{stack.STACK}-", {}
    for machine in client.list_state_machines()["stateMachines"]:
        pages = client.get_paginator("list_executions").paginate(stateMachineArn=machine["stateMachineArn"])
        for execution in (execution for page in pages for execution in page["executions"] if run in execution["name"]):
            history = client.get_paginator("get_execution_history").paginate(executionArn=execution["executionArn"])
            events = [event for page in history for event in page["events"]]
            name = f"{machine['name'].removeprefix(prefix)}:{execution['name']}"
            found[name.replace(run, "RUN")] = entered(events)
    return found


def ledger_rows(path):
    """What each row of an exported ledger is about, in order."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    facts = [line["fact"] for line in lines if "fact" in line]
    return [f"{fact['path']} {fact['ordinal']} {fact['body']['kind']}" for fact in facts]


def verified(binary, what, *arguments):
    """Verifies a document or a run, and says so."""
    verdict = binary.json("verify", what, *arguments)
    for claim in ("intact", "complete", "costs_reconciled"):
        if not verdict[claim]:
            stack.fail(f"verify {what}: not {claim}: {verdict['problems']}")
    return verdict


def asked(environment, token, method, path, body=None):
    """A request to the API: its status, the type of the answer, and the answer."""
    headers = {"content-type": "application/json", **({"authorization": f"Bearer {token}"} if token else {})}
    request = urllib.request.Request(environment["IDEAMINE_API_URL"] + path, method=method, headers=headers, data=body)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers.get_content_type(), json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get_content_type(), error.read().decode()


def refuse(environment):
    """No token but a good one reads or starts anything. What the authorizer refuses never reaches a function of ours."""
    issuer_url, both = environment["IDEAMINE_API_ISSUER"], "runs:read runs:write"
    good = issuer.claims(issuer_url, f"{TENANT}-refused", both)
    nobody = {name: value for name, value in good.items() if name != "tenant"}
    other_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    head, _, signature = issuer.signed(good).split(".")
    changed = issuer.encode(json.dumps({**good, "tenant": TENANT}).encode())
    cases = {
        "no token": (None, 401),
        "no token at all, but a word": ("word", 401),
        "expired": (issuer.signed(issuer.claims(issuer_url, TENANT, both, seconds=-60)), 401),
        "not valid yet": (issuer.signed({**good, "nbf": good["iat"] + 3600}), 401),
        "for another audience": (issuer.signed({**good, "aud": "another"}), 401),
        "of another issuer": (issuer.signed({**good, "iss": "https://issuer.example"}), 401),
        "signed by another key": (issuer.signed(good, by=other_key), 401),
        "changed after it was signed": (f"{head}.{changed}.{signature}", 401),
        "not signed": (issuer.signed(good, algorithm="none"), 401),
        "without a scope": (issuer.signed({**good, "scope": "other"}), 403),
        "without a tenant": (issuer.signed(nobody), 403),
        "of a tenant that is no name": (issuer.signed({**good, "tenant": "a#b"}), 403),
    }
    idea = json.dumps({"idea": pathlib.Path(stack.ROOT / "events/idea.md").read_text()}).encode()
    for what, (token, expected) in cases.items():
        for method, path, body in (("GET", "/v1/runs", None), ("POST", "/v1/runs", idea)):
            status, kind, answer = asked(environment, token, method, path, body)
            if status != expected:
                stack.fail(f"{method} {path} with a token {what}: {status}, expected {expected}: {answer}")
            if "tenant" in what and kind != "application/problem+json":
                stack.fail(f"{method} {path} with a token {what}: {kind}: {answer}")
    reader = issuer.signed({**good, "scope": "runs:read"})
    status, _, answer = asked(environment, reader, "POST", "/v1/runs", idea)
    if status != 403:
        stack.fail(f"POST /v1/runs with a token to read: {status}: {answer}")
    # A good token is taken, and finds that nothing was done for any of them.
    status, _, runs = asked(environment, reader, "GET", "/v1/runs")
    if (status, runs) != (200, []):
        stack.fail(f"after refused requests, GET /v1/runs: {status}: {runs}")
    print(f"{len(cases)} kinds of bad tokens are refused, and nothing is done")


def compare(binary, idea, environment):
    say, start = stack.say, time.monotonic()
    work = ["run", idea, "--seed", "0", "--model", "composer"]
    local = binary.json(*work)
    say(f"local run {local['run_id']}: {local['verdict']}, {time.monotonic() - start:.0f} s")
    start = time.monotonic()
    remote = binary.json(*work, "--remote")
    say(f"remote run {remote['run_id']}: {remote['verdict']}, {time.monotonic() - start:.0f} s")

    if set(local) != set(remote):
        stack.fail(f"run --json has other fields with --remote: {sorted(set(local) ^ set(remote))}")
    differ("run", shown(local), shown(remote))
    phases = shown(local)["phases"]
    artifacts, gates = (sum(len(phase[part]) for phase in phases) for part in ("artifacts", "gates"))
    if not artifacts or len(phases) < 13:
        stack.fail(f"the runs are alike, but made {artifacts} artifacts in {len(phases)} phases")
    print(f"same verdict ({local['verdict']}), plan ({local['plan_hash']}) and {len(local['questions'])} questions")
    print(f"same {len(phases)} phases, {gates} gates' outcomes, {artifacts} artifacts' digests")

    told = binary.json("history", local["run_id"])["executions"]
    states = {entry["execution"].replace(local["run_id"], "RUN"): entry["threads"] for entry in told}
    differ("history", states, histories(environment, remote["run_id"]))
    threads = [thread for execution in states.values() for thread in execution.values()]
    print(f"same {sum(map(len, threads))} states in {len(threads)} threads of {len(states)} executions")

    differ("show", {**remote, "interrupted": False}, binary.json("show", remote["run_id"], "--remote"))
    listed = binary.json("list", "--remote")
    if remote["run_id"] not in [run["run_id"] for run in listed]:
        stack.fail(f"list --remote does not list {remote['run_id']}")
    differ("list", sorted(binary.json("list")[0]), sorted(listed[0]))
    binary.run("watch", remote["run_id"], "--remote")

    files = {}
    for place, run in (("local", local["run_id"]), ("remote", remote["run_id"])):
        there = ["--remote"] if place == "remote" else []
        files[place] = binary.folder / f"{place}.jsonl"
        binary.run("ledger", "export", run, "--out", files[place], *there)
        dossier = binary.folder / f"{place}.json"
        binary.run("dossier", run, "--out", dossier, *there)
        for what in (files[place], dossier):
            verified(binary, what)
        verified(binary, run, *there)
    rows = {place: ledger_rows(path) for place, path in files.items()}
    differ("ledger", rows["local"], rows["remote"])
    print(f"same {len(rows['local'])} ledger rows in order; both ledgers and dossiers verify")


def main():
    parser = argparse.ArgumentParser(prog="infra/local/e2e", description=__doc__)
    parser.add_argument("idea", nargs="?", default=str(stack.ROOT / "events/idea.md"))
    parser.add_argument("--programs", metavar="DIR", type=pathlib.Path, help=stack.PROGRAMS_HELP)
    parser.add_argument("--keep", action="store_true", help="leave the stack up")
    options = parser.parse_args()
    was_up = Processes(stack.LOCAL).running("emulator")
    programs = options.programs or stack.build(release=False, more=["--package", "ideamine"])
    with tempfile.TemporaryDirectory() as folder:
        try:
            environment = stack.bring_up(programs)
            token = issuer.token(environment["IDEAMINE_API_ISSUER"], TENANT, "runs:read runs:write")
            remote = {"IDEAMINE_API_URL": environment["IDEAMINE_API_URL"], "IDEAMINE_API_TOKEN": token}
            binary = Binary(programs / "ideamine", pathlib.Path(folder), remote)
            refuse(environment)
            compare(binary, os.path.abspath(options.idea), environment)
        finally:
            if not (was_up or options.keep):
                stack.down()


if __name__ == "__main__":
    main()
