"""Forms of expressions that mean the same, and what makes a fault of each. First part of one program; `rewrite.py` follows."""

import ast
import hashlib

# Of a hundred places, so many are changed: most of those that tests reach, some of the others.
REACHED, OTHERS, INVERSES = 60, 25, 40
STRING_MAX = 400
OPPOSITE = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn,
    ast.NotIn: ast.In, ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
}
SIGN = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
    ast.Lt: "<", ast.GtE: ">=", ast.Gt: ">", ast.LtE: "<=", ast.Add: "+", ast.Sub: "-", ast.Mult: "*",
}
# Whose opposite is the same as its negation for every type: the orderings are not (NaN, sets).
EXACT = (ast.Is, ast.IsNot, ast.In, ast.NotIn)
OTHER_SUM = {ast.Add: "-", ast.Sub: "+", ast.Mult: "+"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Draw:
    """Numbers and names, the same for the same seed everywhere."""

    def __init__(self, seed, taken):
        self.seed, self.drawn, self.taken = seed, 0, set(taken)

    def below(self, bound):
        self.drawn += 1
        block = hashlib.sha256(self.seed + self.drawn.to_bytes(8, "big")).digest()
        return int.from_bytes(block[:8], "big") % bound

    def chance(self, percent):
        return self.below(100) < percent

    def mixed(self, items):
        left, mixed = list(items), []
        while left:
            mixed.append(left.pop(self.below(len(left))))
        return mixed

    def word(self):
        return "".join(chr(ord("a") + self.below(26)) for _ in range(6 + self.below(7)))

    def name(self):
        while True:
            name = f"_{self.word()}"
            if name not in self.taken:
                self.taken.add(name)
                return name


class Copy(ast.NodeTransformer):
    """One file, written anew."""

    def __init__(self, path, draw, lines):
        self.path, self.draw = path, draw
        self.imported = set(lines["import"].get(path, ()))
        self.tested = set(lines["test"].get(path, ()))
        self.anywhere = not any(lines["test"].values())
        self.helpers, self.mutants, self.guards = [], [], []
        self.function = []

    # Small functions.

    def helper(self, arguments, body, harm=None):
        """A new function; with `harm`, the body that makes a mutant of it. Gives its name."""
        name, names = self.draw.name(), [self.draw.name() for _ in range(arguments)]
        texts = [f"def {name}({', '.join(names)}):\n    {one.format(*names)}" for one in (body, harm) if one]
        self.helpers.append(texts[0])
        return name, texts

    def call(self, name, *arguments):
        return ast.Call(func=ast.Name(id=name, ctx=ast.Load()), args=list(arguments), keywords=[])

    def harmful(self, node, kind, texts):
        if self.function and self.reached(node):
            self.mutants.append({
                "path": self.path, "line": node.lineno, "kind": kind, "within": self.function[-1],
                "old": texts[0], "new": texts[1],
            })

    def reached(self, node):
        return self.anywhere or node.lineno in self.tested

    def takes(self, node):
        return self.draw.chance(REACHED if self.reached(node) else OTHERS)

    def pair(self, node, value, kind, there, back, lost):
        """`back(there(value))`; the mutant's `back` does something else."""
        name, _ = self.helper(1, there)
        inner = self.call(name, value)
        name, texts = self.helper(1, back, lost)
        self.harmful(node, kind, texts)
        return self.call(name, inner)

    def one(self, node, kind, values, body, harm):
        name, texts = self.helper(len(values), body, harm)
        self.harmful(node, kind, texts)
        return self.call(name, *values)

    # Places.

    def condition(self, node, value):
        if not self.takes(node):
            return value
        if self.draw.chance(INVERSES):
            return self.pair(node, value, "condition", "return not {0}", "return not {0}", "return {0}")
        return self.one(node, "condition", [value], "return {0}", "return not {0}")

    def visit_If(self, node):
        if any(isinstance(part, ast.Name) and part.id == "__name__" for part in ast.walk(node.test)):
            return node
        self.generic_visit(node)
        node.test = self.condition(node, node.test)
        return node

    def visit_IfExp(self, node):
        self.generic_visit(node)
        node.test = self.condition(node, node.test)
        return node

    def visit_While(self, node):
        # A loop that never ends shows nothing.
        node.body = [self.visit(part) for part in node.body]
        node.orelse = [self.visit(part) for part in node.orelse]
        return node

    def visit_Compare(self, node):
        self.generic_visit(node)
        kind = type(node.ops[0])
        if len(node.ops) > 1 or not self.takes(node):
            return node
        values, sign, other = [node.left, node.comparators[0]], SIGN[kind], SIGN[OPPOSITE[kind]]
        if kind in EXACT and self.draw.chance(INVERSES):
            name, _ = self.helper(2, f"return {{0}} {other} {{1}}")
            inner = self.call(name, *values)
            return self.one(node, "comparison", [inner], "return not {0}", "return {0}")
        return self.one(node, "comparison", values, f"return {{0}} {sign} {{1}}", f"return {{0}} {other} {{1}}")

    def visit_BinOp(self, node):
        self.generic_visit(node)
        sign, other = SIGN.get(type(node.op)), OTHER_SUM.get(type(node.op))
        if sign is None or not self.takes(node):
            return node
        values = [node.left, node.right]
        return self.one(node, "arithmetic", values, f"return {{0}} {sign} {{1}}", f"return {{0}} {other} {{1}}")

    def visit_Constant(self, node):
        value = node.value
        if not self.takes(node):
            return node
        inverse = self.draw.chance(INVERSES)
        if isinstance(value, bool):
            if inverse:
                return self.one(node, "constant", [ast.Constant(not value)], "return not {0}", "return {0}")
            return self.one(node, "constant", [node], "return {0}", "return not {0}")
        if isinstance(value, int):
            if inverse:
                more = 1 + self.draw.below(9)
                lost = f"return {{0}} - {more + 1}"
                return self.one(node, "constant", [ast.Constant(value + more)], f"return {{0}} - {more}", lost)
            return self.one(node, "constant", [node], "return {0}", "return {0} + 1")
        # Sentences are for people, and seldom tested word by word.
        if isinstance(value, str) and len(value) <= STRING_MAX and not any(c.isspace() for c in value):
            if inverse:
                return self.one(node, "constant", [ast.Constant(value[::-1])], "return {0}[::-1]", "return {0} + '~'")
            return self.one(node, "constant", [node], "return {0}", "return {0} + '~'")
        return node

    def visit_Return(self, node):
        self.generic_visit(node)
        empty = node.value is None or isinstance(node.value, ast.Constant) and node.value.value is None
        if empty or not self.takes(node):
            return node
        if self.draw.chance(INVERSES):
            node.value = self.pair(node, node.value, "result", "return [{0}]", "return {0}[0]", "return None")
        else:
            node.value = self.one(node, "result", [node.value], "return {0}", "return None")
        return node

    def visit_Expr(self, node):
        if isinstance(node.value, ast.Constant):
            return node
        self.generic_visit(node)
        called = isinstance(node.value, ast.Call) or isinstance(node.value, ast.Await)
        if not (self.function and called and self.takes(node)):
            return node
        test, made = self.guard(True)
        self.harmful(node, "call", made)
        return ast.If(test=test, body=[node], orelse=[])

    def guard(self, holds):
        """A condition that holds, or one that does not; a mutant's is the other."""
        inverse = self.draw.chance(INVERSES)
        texts = ("return not {0}", "return {0}") if inverse else ("return {0}", "return not {0}")
        name, made = self.helper(1, *texts)
        return self.call(name, ast.Constant(holds != inverse)), made

    def guarded(self, body, node):
        """A function's statements, behind a condition."""
        holds = self.draw.chance(50)
        test, made = self.guard(holds)
        self.guards.append((node, made))
        if holds:
            return [ast.If(test=test, body=body, orelse=[])]
        return [ast.If(test=test, body=[ast.Return(value=None)], orelse=[]), *body]

    # Functions.

    def visit_FunctionDef(self, node):
        self.function.append(f"{self.function[-1]}.{node.name}" if self.function else node.name)
        head, body = split(node.body)
        body = [part for part in (self.visit(one) for one in body)]
        if body and not is_stub(body):
            body = self.guarded(body, node)
        node.body = head + body
        self.function.pop()
        return node

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node):
        outer, self.function = self.function, []
        head, body = split(node.body)
        node.body = head + [self.visit(part) for part in body]
        self.function = outer
        return node

    def visit_Assign(self, node):
        dunder = all(isinstance(target, ast.Name) and target.id.startswith("__") for target in node.targets)
        return node if dunder else self.generic_visit(node)

    def visit_AnnAssign(self, node):
        node.value = self.visit(node.value) if node.value else None
        return node

    def leave(self, node):
        return node

    # Where a value must stand as it is written, or where nothing is computed.
    visit_JoinedStr = visit_Assert = visit_Match = visit_Import = visit_ImportFrom = visit_Lambda = leave
    visit_Global = visit_Nonlocal = visit_Delete = leave

    # What a whole file gives.

    def function_mutants(self):
        """Functions that tests reach and that no import needs, as if they were empty."""
        for node, texts in self.guards:
            lines = set(range(node.lineno + 1, node.end_lineno + 1))
            if lines & self.imported:
                continue
            yield {
                "path": self.path, "line": node.lineno, "last": node.end_lineno, "kind": "function", "within": node.name,
                "old": texts[0], "new": texts[1], "reached": self.anywhere or bool(lines & self.tested),
            }


def split(body):
    """What must stay at the beginning, and the rest."""
    count = 0
    for part in body:
        text = isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant) and isinstance(part.value.value, str)
        future = isinstance(part, ast.ImportFrom) and part.module == "__future__"
        if not (text and count == 0 or future or isinstance(part, (ast.Global, ast.Nonlocal))):
            break
        count += 1
    return body[:count], body[count:]


def is_stub(body):
    rest = [part for part in body if not isinstance(part, (ast.Pass, ast.Raise))]
    return all(isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant) for part in rest)
