"""Verifies the documents in a folder with the libraries that other tools use. Ends with 1 if one does not hold, or if a
changed one does."""

import base64
import copy
import json
import pathlib
import sys

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from google.protobuf.json_format import Parse
from in_toto_attestation.v1.statement import Statement
from in_toto_attestation.v1.statement_pb2 import Statement as StatementMessage
from in_toto_attestation.predicates.provenance.v1.provenance_pb2 import Provenance
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

SLSA = "https://slsa.dev/provenance/v1"


def holds(envelope: dict, key: SSlibKey) -> bool:
    """Whether securesystemslib finds the key's signature on the envelope."""
    try:
        return bool(Envelope.from_dict(copy.deepcopy(envelope)).verify([key], 1))
    except (VerificationError, ValueError):
        return False


def changed(envelope: dict) -> list[dict]:
    """The envelope with its payload, its type and its signature changed, one each."""
    payload = json.loads(base64.b64decode(envelope["payload"]))
    payload["subject"][0]["name"] += "x"
    other = base64.b64encode(json.dumps(payload).encode()).decode()
    signature = bytearray(base64.b64decode(envelope["signatures"][0]["sig"]))
    signature[-1] ^= 1
    sig = [{**envelope["signatures"][0], "sig": base64.b64encode(signature).decode()}]
    return [{**envelope, "payload": other}, {**envelope, "payloadType": "text/plain"}, {**envelope, "signatures": sig}]


def attestation(path: pathlib.Path) -> list[str]:
    """What is wrong with an envelope and the statement in it."""
    envelope = json.loads(path.read_text())
    pem = path.with_name(path.name.replace(".dsse.json", ".pem")).read_bytes()
    key = SSlibKey.from_crypto(load_pem_public_key(pem), keyid=envelope["signatures"][0]["keyid"])
    wrong = [] if holds(envelope, key) else ["the signature does not hold"]
    wrong += [f"change {n} was not seen" for n, other in enumerate(changed(envelope)) if holds(other, key)]
    payload = base64.b64decode(envelope["payload"])
    message = Parse(payload, StatementMessage())
    statement = Statement.copy_from_pb(message)
    statement.validate()
    if statement.pb.predicate_type == SLSA:
        provenance = Parse(json.dumps(json.loads(payload)["predicate"]), Provenance())
        if not provenance.build_definition.build_type or not provenance.run_details.builder.id:
            wrong.append("the provenance lacks its build type or builder")
    return wrong


def cyclonedx(path: pathlib.Path) -> list[str]:
    """What CycloneDX's own strict schema has against it."""
    trouble = JsonStrictValidator(SchemaVersion.V1_6).validate_str(path.read_text())
    return [str(trouble)[:2000]] if trouble else []


def spdx(path: pathlib.Path) -> list[str]:
    """What SPDX's own tools have against it."""
    return [message.validation_message for message in validate_full_spdx_document(parse_file(str(path)))]


def main(folder: str) -> int:
    checks = {"*.dsse.json": attestation, "*.cdx.json": cyclonedx, "*.spdx.json": spdx}
    failed = 0
    for pattern, check in checks.items():
        paths = sorted(pathlib.Path(folder).glob(pattern))
        failed += not paths
        for path in paths:
            try:
                wrong = check(path)
            except Exception as error:  # Whatever a tool refuses with is its answer.
                wrong = [f"{type(error).__name__}: {error}"]
            failed += bool(wrong)
            print(f"{'not ok' if wrong else 'ok'} {path.name}")
            for what in wrong[:20]:
                print(f"  {what}")
        if not paths:
            print(f"not ok {pattern}: none was written")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
