"""An OpenID issuer on loopback for the local stack: discovery, keys, and tokens for whoever may read its key file."""

import argparse
import base64
import http.server
import json
import os
import pathlib
import sys
import time

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

LOCAL = pathlib.Path(__file__).resolve().parents[2] / ".local"
KEY_FILE = LOCAL / "issuer.pem"
AUDIENCE = "ideamine"
KEY_ID = "local"
TOKEN_SECONDS = 3600


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def key():
    """The signing key, made on first use, readable by its owner alone."""
    if not KEY_FILE.exists():
        made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = made.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        with open(os.open(KEY_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
    return serialization.load_pem_private_key(KEY_FILE.read_bytes(), password=None)


def jwks():
    numbers = key().public_key().public_numbers()
    parts = {name: encode(n.to_bytes((n.bit_length() + 7) // 8, "big")) for name, n in (("n", numbers.n), ("e", numbers.e))}
    return {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": KEY_ID, **parts}]}


def claims(issuer, tenant, scope, seconds=TOKEN_SECONDS):
    now = int(time.time())
    return {
        "iss": issuer, "aud": AUDIENCE, "sub": f"{tenant}-user", "tenant": tenant, "scope": scope,
        "iat": now, "nbf": min(now, now + seconds), "exp": now + seconds,
    }


def signed(told, by=None, algorithm="RS256"):
    """A token that tells these claims, signed by the issuer's key, or by another, or not at all."""
    header = {"alg": algorithm, "typ": "JWT", "kid": KEY_ID}
    text = ".".join(encode(json.dumps(part).encode()) for part in (header, told))
    if algorithm == "none":
        return f"{text}."
    return f"{text}.{encode((by or key()).sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def token(issuer, tenant, scope, seconds=TOKEN_SECONDS):
    return signed(claims(issuer, tenant, scope, seconds))


def serve(port):
    issuer = f"http://127.0.0.1:{port}"
    documents = {
        "/.well-known/openid-configuration": {
            "issuer": issuer, "jwks_uri": f"{issuer}/jwks", "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["token"], "subject_types_supported": ["public"],
        },
        "/jwks": jwks(),
    }

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            document = documents.get(self.path)
            body = json.dumps(document or {"error": "there is no such document"}).encode()
            self.send_response(200 if document else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="serve discovery and keys")
    serving.add_argument("port", type=int)
    asking = commands.add_parser("token", help="print a token")
    asking.add_argument("tenant", help="whose data the token is for: the claim `tenant`")
    asking.add_argument("--scope", default="runs:read runs:write")
    asking.add_argument("--seconds", type=int, default=TOKEN_SECONDS, help="how long it is good for")
    options = parser.parse_args()
    if options.command == "serve":
        return serve(options.port)
    endpoints = LOCAL / "endpoints.env"
    if not endpoints.exists():
        sys.exit("error: the local stack is not up; run infra/local/up first")
    values = dict(line.split("=", 1) for line in endpoints.read_text().splitlines() if "=" in line)
    print(token(values["IDEAMINE_API_ISSUER"], options.tenant, options.scope, options.seconds))


if __name__ == "__main__":
    main()
