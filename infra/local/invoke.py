"""Every function of infra/functions.yaml on every event of events/FUNCTION, by `cargo lambda watch` and `invoke`.

The artifacts are those that `up` packed, so nothing is built anew: cargo-lambda serves the Lambda runtime's interface alone
(`--only-lambda-apis`), and the family's program is started beside it once for each function, which `_HANDLER` names. The
events refer to the frozen run in events/world; where the stack is up it is laid into its stores, as the test of the same
events lays it into those of one machine. Where it is not, that a function reached for its stores shows that it was served.
"""

import argparse
import concurrent.futures
import json
import socket
import subprocess
import sys
import time

import boto3
import yaml

import stack
from processes import Processes

CASES = ("ordinary", "bad", "boundary")
START_SECONDS = 60
INVOKE_SECONDS = 60
# Of a stack that is not there: nothing listens on this port.
NOWHERE = {
    **stack.aws_environment(9),
    "IDEAMINE_RECORDS_TABLE": "records",
    "IDEAMINE_LEDGER_TABLE": "ledger",
    "IDEAMINE_BUCKET": "documents",
    "IDEAMINE_HEADS_BUCKET": "heads",
    "IDEAMINE_FUNCTION_PREFIX": "idea-",
    "IDEAMINE_MACHINE_PREFIX": "arn:aws:states:us-east-1:000000000000:stateMachine:idea-",
    "IDEAMINE_QUEUE_PREFIX": "http://127.0.0.1:9/000000000000/idea-",
    "IDEAMINE_SIGNER": "kms:none",
    "IDEAMINE_JOBS": "worker",
    "AWS_MAX_ATTEMPTS": "1",
}
# What shows that a function was served: with a stack, and without one.
SERVED = {"served", "200"}
REACHED = SERVED | {"Store.Unavailable", "503", "comes again"}
REFUSED = {"Input.Invalid", "403", "comes again"}
# It reads the histories of the run's executions, and the stack has only the run's rows: as on AWS, it says so.
WITHOUT_EXECUTION = {"run-dossier-content": {"Data.NotFound"}}


class World:
    """The frozen run, laid into the stores of a stack."""

    def __init__(self, environment):
        world = json.loads((stack.ROOT / "events/world/world.json").read_text())
        options = {
            "region_name": stack.REGION, "endpoint_url": environment["AWS_ENDPOINT_URL"],
            "aws_access_key_id": "test", "aws_secret_access_key": "test",
        }
        self.table = boto3.resource("dynamodb", **options).Table(environment["IDEAMINE_RECORDS_TABLE"])
        self.rows = world["rows"]
        store, bucket = boto3.client("s3", **options), environment["IDEAMINE_BUCKET"]

        def put(document):
            digest, text = document
            name = digest.removeprefix("sha256:")
            store.put_object(Bucket=bucket, Key=f"local/cas/{name[:2]}/{name}", Body=text.encode())

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(put, world["documents"].items()))

    def lay(self):
        """The rows as they were frozen, whatever the event before made of them; in the form of `shared/aws`."""
        with self.table.batch_writer() as batch:
            for row in self.rows:
                batch.put_item(Item={"pk": row["pk"], "sk": row["sk"], "v": json.dumps(row["value"]), "n": 1})


class Watch:
    """cargo-lambda, serving the runtime's interface."""

    def __init__(self):
        self.port = stack.free_port()
        command = [
            stack.BIN / "cargo-lambda", "lambda", "watch", "--only-lambda-apis", "--ignore-changes",
            "-A", "127.0.0.1", "-P", str(self.port),
        ]
        with open(stack.LOCAL / "cargo-lambda.log", "wb") as log:
            self.process = subprocess.Popen(command, cwd=stack.ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        for _ in range(START_SECONDS * 10):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        self.end()
        stack.fail(f"cargo-lambda did not start in {START_SECONDS} s: see .local/cargo-lambda.log")

    def end(self):
        self.process.terminate()
        self.process.wait()

    def start(self, family, function, environment):
        """The family's program as this function's Lambda."""
        variables = {
            "_HANDLER": function, "AWS_LAMBDA_FUNCTION_NAME": family, "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024", "AWS_LAMBDA_RUNTIME_API": f"http://127.0.0.1:{self.port}/.rt/{family}",
        }
        program = stack.ROOT / "target/lambda" / family / "bootstrap"
        with open(stack.LOCAL / "invoked.log", "ab") as log:
            return subprocess.Popen(
                [program], env=stack.bare_environment(**environment, **variables),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )

    def invoke(self, family, event):
        """What came of an event: `served`, an HTTP status, `comes again` or the name of a failure."""
        command = [
            stack.BIN / "cargo-lambda", "lambda", "invoke", family, "-A", "127.0.0.1", "-P", str(self.port),
            "--data-file", str(event),
        ]
        try:
            done = subprocess.run(command, cwd=stack.ROOT, capture_output=True, text=True, timeout=INVOKE_SECONDS)
        except subprocess.TimeoutExpired:
            return f"no answer in {INVOKE_SECONDS} s"
        if done.returncode:
            return done.stderr.partition("Error: ")[2].partition("\n")[0] or done.stderr.strip()
        answer = json.loads(done.stdout) or {}
        if "statusCode" in answer:
            return str(answer["statusCode"])
        return "comes again" if answer.get("batchItemFailures") else "served"


def expected(function, case, world):
    if case == "bad":
        return REFUSED
    return (SERVED | WITHOUT_EXECUTION.get(function, set())) if world else REACHED


def environments(names):
    """What a function finds in its environment, and the stack's stores if it is up."""
    endpoints, known = stack.LOCAL / "endpoints.env", {"IDEAMINE_FUNCTIONS": ",".join(names)}
    if not (Processes(stack.LOCAL).running("emulator") and endpoints.exists()):
        print("no stack is up (infra/local/up): that a function reaches for its stores shows that it is served")
        return {**NOWHERE, **known}, None
    lines = dict(line.split("=", 1) for line in endpoints.read_text().splitlines())
    return {**lines, **known}, World(lines)


def main():
    parser = argparse.ArgumentParser(prog="infra/local/invoke-all", description=__doc__.partition("\n")[0])
    parser.add_argument("--only", metavar="NAME", help="functions whose name begins with this")
    parser.add_argument("--programs", metavar="DIR", type=stack.pathlib.Path, help="artifacts are packed from this folder")
    options = parser.parse_args()
    families = yaml.safe_load((stack.ROOT / "infra/functions.yaml").read_text())["families"]
    functions = [(function, family) for family, about in families.items() for function in about["functions"]]
    stack.LOCAL.mkdir(exist_ok=True)
    if options.programs:
        stack.pack(options.programs)
    environment, world = environments(name for name, _ in functions)
    wrong, cases, watch = 0, 0, Watch()
    try:
        for function, family in functions:
            if not function.startswith(options.only or ""):
                continue
            program, outcomes = watch.start(family, function, environment), []
            for case in CASES:
                if world:
                    world.lay()
                outcome = watch.invoke(family, stack.ROOT / "events" / function / f"{case}.json")
                right = outcome in expected(function, case, world)
                wrong, cases = wrong + (not right), cases + 1
                outcomes.append(f"{case}: {outcome}{'' if right else '  <- WRONG'}")
            program.terminate()
            program.wait()
            print(f"{function:30} {'  '.join(outcomes)}", flush=True)
    finally:
        watch.end()
    print(f"{cases} events through cargo-lambda, {wrong} with another outcome than expected")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
