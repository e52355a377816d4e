#!/usr/bin/env python3
"""The function `test-counting` of the contract: returns its input, and leaves a token that it is given in a file."""
import json
import os
import urllib.request

RUNTIME = "http://%s/2018-06-01/runtime/invocation/" % os.environ["AWS_LAMBDA_RUNTIME_API"]

while True:
    with urllib.request.urlopen(RUNTIME + "next") as answer:
        request, event = answer.headers["Lambda-Runtime-Aws-Request-Id"], json.load(answer)
    output, token = event["input"], event["input"].get("token")
    if token:
        path = os.path.join(os.environ["TOKENS"], event["step"])
        with open(path + ".new", "w") as file:
            file.write(token)
        os.rename(path + ".new", path)
        output = None
    urllib.request.urlopen(RUNTIME + request + "/response", data=json.dumps(output).encode()).close()
