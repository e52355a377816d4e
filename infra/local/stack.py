"""Brings the stack up on this machine, and ends it. Started by `up` and `down` in the same folder."""

import argparse
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile

import boto3

import issuer
from processes import Processes

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
BIN = LOCAL / "venv/bin"
STACK = "idea"
REGION = "us-east-1"
FAMILIES = ["agents", "gates", "safety", "compliance", "checks", "orchestration", "api"]
WORKER = "sandbox-worker"
START_SECONDS = 60
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
PROGRAMS_HELP = "deploy the programs in this folder (target/debug of a build with all features) instead of building them"


def fail(message):
    sys.exit(f"error: {message}")


def say(message):
    print(message, file=sys.stderr, flush=True)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def aws_environment(port):
    """What any client of the emulator needs; the keys are its own, not anybody's."""
    return {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
    }


def bare_environment(**more):
    """Nothing of the caller's environment but where programs are: Lambdas inherit all of it."""
    return {"PATH": os.environ["PATH"], "HOME": str(LOCAL / "home"), **more}


def start_server(processes, name, command, url, environment, port):
    """Starts a server unless it runs, and waits until it answers."""
    if processes.running(name) and answers(url):
        return
    processes.end(name)
    process = processes.start(name, command, environment, port=port)
    for _ in range(START_SECONDS * 10):
        if process.poll() is not None:
            fail(f"{name} ended at once:\n{processes.log_tail(name)}")
        if answers(url):
            return
        time.sleep(0.1)
    processes.end(name)
    fail(f"{name} did not answer in {START_SECONDS} s:\n{processes.log_tail(name)}")


def start_emulator(processes):
    running = processes.running("emulator")
    port = running["port"] if running else free_port()
    environment = bare_environment(
        GATEWAY_PORT=str(port), BIND_HOST="127.0.0.1", SFTP_ENABLED="0", IOT_MTLS_ENABLED="0", **aws_environment(port)
    )
    url = f"http://127.0.0.1:{port}/_ministack/health"
    start_server(processes, "emulator", [sys.executable, pathlib.Path(__file__).with_name("emulator.py")], url, environment, port)
    return port


def start_issuer(processes):
    running = processes.running("issuer")
    port = running["port"] if running else free_port()
    issuer.key()
    command = [sys.executable, pathlib.Path(__file__).with_name("issuer.py"), "serve", str(port)]
    start_server(processes, "issuer", command, f"http://127.0.0.1:{port}/jwks", bare_environment(), port)
    return port


def target_directory():
    metadata = subprocess.run(
        ["cargo", "metadata", "--format-version", "1", "--no-deps"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return pathlib.Path(json.loads(metadata.stdout)["target_directory"])


def build(release, more=()):
    """Builds every family, the worker and `more` with one call of cargo; returns where the programs are."""
    packages = [part for family in FAMILIES for part in ("--package", f"ideamine-{family}")]
    command = ["cargo", "build", *packages, *more, "--all-features", "--bins"]
    result = subprocess.run(command + ["--release"] * release, cwd=ROOT, check=False)
    if result.returncode:
        fail("the artifacts could not be built; see above")
    return target_directory() / ("release" if release else "debug")


def pack(programs):
    """Lays every family out as target/lambda/FAMILY/bootstrap.zip, as the template expects; leaves what is fresh."""
    for family in FAMILIES:
        program = programs / family
        archive = ROOT / "target/lambda" / family / "bootstrap.zip"
        if archive.exists() and archive.stat().st_mtime > program.stat().st_mtime:
            continue
        archive.parent.mkdir(parents=True, exist_ok=True)
        stripped = archive.with_name("bootstrap")
        subprocess.run(["strip", "-o", stripped, program], check=True)
        entry = zipfile.ZipInfo("bootstrap", ZIP_DATE)
        entry.external_attr = 0o755 << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        with zipfile.ZipFile(archive, "w", compresslevel=1) as packed:
            packed.writestr(entry, stripped.read_bytes(), compresslevel=1)


def aws(environment, *arguments):
    command = [BIN / "aws", *arguments]
    result = subprocess.run(command, env=bare_environment(AWS_PAGER="", **environment), capture_output=True, text=True)
    if result.returncode:
        fail(f"aws {' '.join(arguments[:2])}:\n{result.stdout}{result.stderr}")
    return result.stdout


def deploy(environment, parameters):
    """Deploys the template as it is; what did not change stays."""
    client = boto3.Session(region_name=REGION).client
    endpoint = {"endpoint_url": environment["AWS_ENDPOINT_URL"], "aws_access_key_id": "test", "aws_secret_access_key": "test"}
    bucket = "artifacts"
    client("s3", **endpoint).create_bucket(Bucket=bucket)
    packaged = LOCAL / "packaged.yaml"
    template = str(ROOT / "infra/template.yaml")
    aws(environment, "cloudformation", "package", "--template-file", template, "--s3-bucket", bucket,
        "--output-template-file", str(packaged))
    aws(environment, "cloudformation", "deploy", "--template-file", str(packaged), "--s3-bucket", bucket,
        "--stack-name", STACK, "--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND",
        "--no-fail-on-empty-changeset", "--parameter-overrides", *parameters)
    stack = client("cloudformation", **endpoint).describe_stacks(StackName=STACK)["Stacks"][0]
    if not stack["StackStatus"].endswith("_COMPLETE") or "ROLLBACK" in stack["StackStatus"]:
        fail(f"the stack is {stack['StackStatus']}: {stack.get('StackStatusReason', '')}")
    numbers(client("lambda", **endpoint))
    check = client("lambda", **endpoint).get_function_configuration(FunctionName=f"{STACK}-job-check")
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    return outputs, check["Environment"]["Variables"]


def numbers(client):
    """The emulator keeps a parameter of type Number as text, and then cannot compare it."""
    for source in client.list_event_source_mappings()["EventSourceMappings"]:
        most = int(source["ScalingConfig"]["MaximumConcurrency"])
        client.update_event_source_mapping(UUID=source["UUID"], ScalingConfig={"MaximumConcurrency": most})


def start_worker(processes, programs, environment):
    """Serves the sandbox queue, with a copy of the program so that a build does not disturb it."""
    processes.end(WORKER)
    program = LOCAL / WORKER
    program.unlink(missing_ok=True)
    shutil.copy2(programs / WORKER, program)
    process = processes.start(WORKER, [program], bare_environment(**environment))
    time.sleep(0.5)
    if process.poll() is not None:
        fail(f"{WORKER} ended at once:\n{processes.log_tail(WORKER)}")


def bring_up(programs, local_model=None):
    """Starts what does not run, and deploys these programs; returns what a client of the stack needs."""
    if not shutil.which("bwrap"):
        fail("bubblewrap is not installed (on Debian: apt-get install bubblewrap); without it no generated code is run")
    for folder in (LOCAL, LOCAL / "home"):
        folder.mkdir(exist_ok=True)
    processes = Processes(LOCAL)
    pack(programs)
    say("starting the emulator and the issuer")
    port, issuer_port = start_emulator(processes), start_issuer(processes)
    environment, address = aws_environment(port), f"http://127.0.0.1:{issuer_port}"
    say("deploying infra/template.yaml")
    parameters = [f"JwtIssuer={address}", f"JwtAudience={issuer.AUDIENCE}", "MachineVersions=false"]
    if local_model:
        parameters.append(f"LocalModelUrl={local_model}")
    outputs, variables = deploy(environment, parameters)
    start_worker(processes, programs, {**environment, **variables})
    endpoints = {
        **environment,
        **variables,
        "IDEAMINE_API_URL": f"http://127.0.0.1:{port}/_aws/execute-api/{outputs['ApiId']}/$default",
        "IDEAMINE_API_ISSUER": address,
        "IDEAMINE_RUN_MACHINE": outputs["RunMachine"],
    }
    (LOCAL / "endpoints.env").write_text(lines(endpoints))
    return endpoints


def lines(endpoints):
    return "".join(f"{name}={value}\n" for name, value in sorted(endpoints.items()))


def up(options):
    say("building the artifacts")
    print(lines(bring_up(build(options.release), options.local_model)), end="")


def down(_=None):
    processes = Processes(LOCAL)
    ended = [name for name in (WORKER, "emulator", "issuer") if processes.end(name)]
    (LOCAL / "endpoints.env").unlink(missing_ok=True)
    say(f"ended: {', '.join(ended) or 'nothing was running'}")


def main():
    parser = argparse.ArgumentParser(prog="infra/local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    starting = commands.add_parser("up", help="build, start, deploy; prints the endpoints")
    starting.add_argument("--release", action="store_true", help="build optimised artifacts")
    starting.add_argument("--local-model", metavar="URL", help="OpenAI-compatible server on loopback for models local/...")
    starting.set_defaults(run=up)
    commands.add_parser("down", help="end everything that `up` started").set_defaults(run=down)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
