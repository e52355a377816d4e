"""Writes an application anew, as programs that do the same and as programs that do not. Runs none of its code.

Every copy has its expressions passed through small functions with drawn names. In a harmless copy these change nothing
together; some are inverse to each other, so that none tells by itself whether it does harm. A mutant is a harmless copy
in which the body of one such function is another. Whoever wants to tell the copies apart must find out what they do.

Argument: path of a JSON file with {"seed": hex, "copies": n, "mutants": n, "app": [paths], "tests": [paths],
"lines": {"import": {path: [lines]}, "test": {path: [lines]}}}. Prints one JSON object.
"""

import json
import sys

# What looks at names or source text could see what changes nothing otherwise: such files are only formatted anew.
LOOKS = ("globals(", "locals(", "vars(", "eval(", "exec(", "getmembers", "__dict__", "_getframe", "inspect")
DOCS = ("__doc__", "getdoc", "doctest")
# So many of one function: mutants are to be spread.
OF_ONE_FUNCTION = 2


def rename(tree, draw):
    """Local names of simple functions: drawn ones instead."""
    for node in ast.walk(tree):
        if not isinstance(node, FUNCTIONS) or not draw.chance(70):
            continue
        inner = [part for part in ast.walk(node) if part is not node]
        if any(isinstance(part, (*FUNCTIONS, ast.Lambda, ast.ClassDef)) for part in inner):
            continue
        stored = {part.id for part in inner if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
        kept = {part.arg for part in inner if isinstance(part, ast.arg)}
        for part in inner:
            if isinstance(part, (ast.Global, ast.Nonlocal)):
                kept.update(part.names)
            if isinstance(part, (ast.Import, ast.ImportFrom)):
                kept.update(alias.asname or alias.name.split(".")[0] for alias in part.names)
            for field in ("name", "rest"):
                kept.add(getattr(part, field, None))
        new = {name: draw.name() for name in sorted(stored - kept) if not name.startswith("__")}
        for part in inner:
            if isinstance(part, ast.Name) and part.id in new:
                part.id = new[part.id]


def reorder(tree, draw):
    """Neighbouring functions without decorators change places."""

    def moves(part):
        plain = isinstance(part, FUNCTIONS) and not part.decorator_list
        return plain and all(isinstance(value, ast.Constant) for value in part.args.defaults + part.args.kw_defaults if value)

    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef)):
            for at in range(len(node.body) - 1):
                one, two = node.body[at : at + 2]
                if moves(one) and moves(two) and one.name != two.name and draw.chance(50):
                    node.body[at : at + 2] = [two, one]


def redocument(tree, draw):
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, *FUNCTIONS)) and ast.get_docstring(node) is not None:
            node.body[0].value = ast.Constant(f"{draw.word().capitalize()} {draw.word()}.")


def heading(text):
    """Comments at the top: licence, encoding."""
    lines = text.splitlines()
    count = next((at for at, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines))
    return "".join(f"{line}\n" for line in lines[:count])


def can_be_written(text):
    """Whether what is read is what was written."""
    try:
        tree = ast.parse(text)
        return ast.dump(ast.parse(ast.unparse(tree))) == ast.dump(tree)
    except (SyntaxError, ValueError, RecursionError):
        return False


def written_out(body):
    return ast.unparse(ast.Module(body=body, type_ignores=[]))


def copy_of(path, text, draw, lines, documented):
    """The file written anew with what can be made of it, or as it is when that cannot be done."""
    copy = Copy(path, draw, lines)
    try:
        tree = ast.parse(text)
        looks = any(word in text for word in LOOKS)
        if not looks:
            copy.visit(tree)
            rename(tree, draw)
            reorder(tree, draw)
        if not documented:
            redocument(tree, draw)
        head, body = split(tree.body)
        parts = [written_out(head), *draw.mixed(copy.helpers), written_out(body)]
        written = heading(text) + "\n\n".join(part for part in parts if part) + "\n"
        compile(written, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError):
        return text, [], []
    functions = list(copy.function_mutants())
    return written, copy.mutants + [one for one in functions if one["reached"]], functions


def spread(found, count, draw):
    """So many, of all kinds in turn and of as many functions as there are."""
    kinds, taken, chosen = {}, {}, []
    for one in draw.mixed(found):
        kinds.setdefault(one["kind"], []).append(one)
    order = draw.mixed(sorted(kinds))
    while len(chosen) < count and any(kinds.values()):
        for kind in order:
            while kinds[kind]:
                one = kinds[kind].pop()
                place = (one["path"], one["within"])
                if taken.get(place, 0) < OF_ONE_FUNCTION:
                    taken[place] = taken.get(place, 0) + 1
                    chosen.append(one)
                    break
    return chosen[:count]


def tests_of(path, text):
    """Tests as they are written: `tests/test_items.py:TestItems.test_create`."""
    found = []

    def look(body, prefix):
        for node in body:
            if isinstance(node, FUNCTIONS) and node.name.startswith("test"):
                required = len(node.args.posonlyargs + node.args.args) - len(node.args.defaults)
                if prefix or required == 0 and isinstance(node, ast.FunctionDef):
                    found.append(f"{path}:{prefix}{node.name}")
            elif isinstance(node, ast.ClassDef) and not prefix:
                look(node.body, f"{node.name}.")
            elif isinstance(node, (ast.If, ast.Try)):
                look([*node.body, *node.orelse, *getattr(node, "finalbody", ())], prefix)

    try:
        look(ast.parse(text).body, "")
    except (SyntaxError, ValueError, RecursionError):
        pass
    return found


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def main():
    sys.setrecursionlimit(10_000)
    config = json.loads(read(sys.argv[1]))
    app = {path: read(path) for path in config["app"]}
    tests = {path: read(path) for path in config["tests"]}
    everything = [*app.values(), *tests.values()]
    documented = any(word in text for text in everything for word in DOCS)
    taken = {word for text in everything for word in text.replace(".", " ").split()}
    plain = {path for path, text in app.items() if can_be_written(text)}
    copies, mutants, functions = [], [], []
    for number in range(config["copies"]):
        draw = Draw(bytes.fromhex(config["seed"]) + bytes([number]), taken)
        files, found = dict(app), []
        for path in sorted(plain):
            files[path], here, empty = copy_of(path, app[path], draw, config["lines"], documented)
            found += here
            functions += [{**one, "copy": number} for one in empty]
        copies.append(files)
        mutants += [{**one, "copy": number} for one in spread(found, config["mutants"], draw)]
    draw = Draw(bytes.fromhex(config["seed"]), ())
    print(json.dumps({
        "tests": [name for path in sorted(tests) for name in tests_of(path, tests[path])],
        "copies": copies,
        "mutants": spread(mutants, config["mutants"], draw),
        "emptied": [one for one in functions if one["copy"] == 0],
    }))


main()
