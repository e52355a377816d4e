"""Artifacts that AWS can run: an executable `bootstrap`, not too large, for the glibc of Amazon Linux 2023."""

import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

# Lambda's limit for what a function unpacks is 250 MB; a cold start grows with it.
UNPACKED_BYTES_MAX = 100 * 1024 * 1024
PACKED_BYTES_MAX = 40 * 1024 * 1024
GLIBC_MAX = (2, 34)


def findings(path):
    if path.stat().st_size > PACKED_BYTES_MAX:
        yield f"has {path.stat().st_size} bytes, at most {PACKED_BYTES_MAX}"
    with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
        entries = archive.infolist()
        if [entry.filename for entry in entries] != ["bootstrap"]:
            yield f"holds {[entry.filename for entry in entries]}, expected bootstrap alone"
            return
        if not entries[0].external_attr >> 16 & 0o100:
            yield "bootstrap is not executable"
        if entries[0].file_size > UNPACKED_BYTES_MAX:
            yield f"bootstrap has {entries[0].file_size} bytes, at most {UNPACKED_BYTES_MAX}"
        program = archive.extract(entries[0], folder)
        symbols = subprocess.run(["objdump", "-T", program], capture_output=True, text=True, check=True).stdout
        needed = max((tuple(map(int, found)) for found in re.findall(r"GLIBC_(\d+)\.(\d+)", symbols)), default=(0, 0))
        if needed > GLIBC_MAX:
            yield f"needs glibc {needed[0]}.{needed[1]}, Amazon Linux 2023 has {GLIBC_MAX[0]}.{GLIBC_MAX[1]}"


def main():
    found = [f"{path}: {finding}" for path in map(pathlib.Path, sys.argv[1:]) for finding in findings(path)]
    for finding in found:
        print(finding, file=sys.stderr)
    print(f"{len(sys.argv) - 1} artifacts, {len(found)} findings")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
