#!/usr/bin/env python3
"""Assembles `released.jsonl` and `defect.jsonl` from the sources in `src/`. `--check` only compares.

`src/documents/` has the answers that are documents, by label; `src/app/` is the tree of the build's answer, and
`src/stories/ST-n/` holds the files that a story adds or replaces. Tokens are estimated from the answers' length.
"""

import ast
import copy
import json
import sys
from pathlib import Path

HERE = Path(__file__).parent
SOURCES = HERE / "src"
sys.path.insert(0, str(SOURCES))
sys.dont_write_bytecode = True

from documents import aesthetic, architecture, beta, bizdev, build, critique, ideation, intake, prd, qa, release, security, stories  # noqa: E402

DOCUMENTS = (intake, ideation, critique, prd, bizdev, architecture, security, stories, qa, aesthetic, release, beta)
PRICE = {"usd_micros_in_per_million": 3_000_000, "usd_micros_out_per_million": 15_000_000}
# Rough figures of English JSON and, by phase, of prompts with their inputs: usage must be plausible, not exact.
BYTES_PER_TOKEN = 4
TOKENS_OF_A_PROMPT = {
    "intake": 4_600,
    "ideation": 5_100,
    "critique": 6_700,
    "prd": 11_500,
    "bizdev": 11_000,
    "architecture": 12_500,
    "build": 19_800,
    "security": 40_500,
    "story-loop": 60_000,
    "qa": 69_000,
    "aesthetic": 61_000,
    "release": 67_400,
    "beta": 10_500,
}


def tree(folder):
    """The files below a folder as an answer lists them, by path."""
    paths = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    files = ((path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")) for path in paths)
    return [{"path": path, "content": content} for path, content in sorted(files)]


def tests_of(files, name):
    """Full names of the tests of a class, `tests.test_items.TestItems`."""
    module, class_name = name.rsplit(".", 1)
    source = files[module.replace(".", "/") + ".py"]
    found = next(node for node in ast.parse(source).body if isinstance(node, ast.ClassDef) and node.name == class_name)
    names = [node.name for node in found.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test")]
    return [f"{name}.{test}" for test in names]


def shown(files, requirement, name):
    words = build.SHOWN_BY.get((requirement, name))
    tests = tests_of(files, name)
    return [test for test in tests if not words or any(word in test.rsplit(".", 1)[1] for word in words)]


def code():
    """The build's answer and each story's, by label."""
    files = tree(SOURCES / "app")
    answers = {
        "build/a1/b00/r0": {
            "summary": build.SUMMARY,
            "files": files,
            "start": build.START,
            "test": build.TEST,
            "serves": build.SERVES,
        }
    }
    whole = {file["path"]: file["content"] for file in files}
    for story, (summary, classes) in build.STORIES.items():
        changed = tree(SOURCES / "stories" / story)
        whole.update((file["path"], file["content"]) for file in changed)
        tests = {
            requirement: [test for name in names for test in shown(whole, requirement, name)]
            for requirement, names in classes.items()
        }
        answers[f"story-loop/{story}/a1/r0"] = {"summary": summary, "files": changed, "removed": [], "tests": tests}
    return answers


def released():
    answers = {label: answer for module in DOCUMENTS for label, answer in module.ANSWERS.items()}
    return {**answers, **code()}


def defect():
    """Two planted defects: the requirements lose a need and mend it, the architecture does not fit its schema at first."""
    answers = copy.deepcopy(released())
    for branch in ("b00", "b01"):
        answers[f"prd/a2/{branch}/r0"] = answers["prd/a1/b01/r0"]
    answers["prd/a1/b01/r0"] = prd.unserved()
    answers["architecture/a1/b00/r1"] = answers["architecture/a1/b00/r0"]
    answers["architecture/a1/b00/r0"] = architecture.misspelt()
    return answers


def usage(label, text):
    phase = label.split("/")[0]
    return {
        "tokens_in": TOKENS_OF_A_PROMPT[phase],
        "tokens_out": len(text.encode("utf-8")) // BYTES_PER_TOKEN + 1,
    }


def lines(answers):
    for number, (label, answer) in enumerate(sorted(answers.items())):
        text = json.dumps(answer, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        row = {"label": label, "json": answer, "usage": usage(label, text)}
        if number == 0:
            row["price"] = PRICE
        yield json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"


def main():
    stale = []
    for name, answers in (("released.jsonl", released()), ("defect.jsonl", defect())):
        path, text = HERE / name, "".join(lines(answers))
        if "--check" in sys.argv[1:]:
            stale += [] if path.is_file() and path.read_text(encoding="utf-8") == text else [name]
        else:
            path.write_text(text, encoding="utf-8")
    if stale:
        sys.exit(f"{', '.join(stale)}: not what the sources say; run tests/cassettes/make.py")


if __name__ == "__main__":
    main()
