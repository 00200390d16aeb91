"""What the code ever records in the ledger of acts, read from the code itself: acts, questions, keys of details.

A call's argument is followed through names: constants of the module, variables of the function, parameters to the
calls of the function, and ``x.detail()`` to every ``detail`` of ``lineage.answers``.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("cli", "dataplane", "desensitization", "expectations", "lineage", "orchestration", "portal", "registry")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Recorded:
    """One call that records; ``act`` and ``on``: texts it may pass, ``{}`` where a part is computed."""

    place: str
    name: str
    act: set[str] = field(default_factory=set)
    on: set[str] = field(default_factory=set)
    questions: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)


@cache
def recorded() -> tuple[Recorded, ...]:
    """Every call of ``audit.append``, ``looked`` and ``saw`` outside of tests."""
    paths = [p for room in ROOMS for p in sorted((ROOT / room).rglob("*.py")) if "migrations" not in p.parts]
    return tuple(found for path in paths for found in _Module(path).calls())


@cache
def _details() -> frozenset[str]:
    """Keys of every ``detail`` method of the questions."""
    found: set[str] = set()
    for path in (ROOT / "lineage" / "answers").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name == "detail":
                found |= {k for d in ast.walk(node) if isinstance(d, ast.Dict) for k in _texts(d.keys)}
    return frozenset(found)


def _texts(nodes: Iterable[ast.expr | None]) -> set[str]:
    """The texts among constants."""
    return {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}


class _Module:
    def __init__(self, path: Path) -> None:
        self.path, self.tree = path, ast.parse(path.read_text("utf-8"))
        self.functions = [n for n in ast.walk(self.tree) if isinstance(n, Function)]

    def calls(self) -> Iterator[Recorded]:
        for call in (n for n in ast.walk(self.tree) if isinstance(n, ast.Call)):
            name = ast.unparse(call.func).split(".")[-1]
            is_append = ast.unparse(call.func) == "audit.append"
            if not (is_append or name in ("looked", "saw")):
                continue
            function = self._around(call)
            if function is not None and function.name in ("looked", "saw"):
                continue  # the recorder itself: its callers are read
            given = {k.arg: k.value for k in call.keywords if k.arg}
            found = Recorded(f"{self.path.relative_to(ROOT)}:{call.lineno}", "append" if is_append else name)
            if is_append:
                found.act = self.texts(call.args[1], function)
                found.on = self.texts(call.args[2], function)
                found.keys = self.keys(call.args[3], function) if len(call.args) > 3 else set()
            else:
                found.act = self.texts(given["action"], function) if "action" in given else {"查询血缘"}
                found.questions = self.texts(call.args[1], function)
                found.on = self.texts(call.args[2], function)
                found.keys = self._of_look(call, given, function) | {"question", "purpose", "node"}
            yield found

    def _of_look(self, call: ast.Call, given: dict[str, ast.expr], function: Function | None) -> set[str]:
        found = self.keys(given["detail"], function) if "detail" in given else set()
        if ast.unparse(call.func).endswith("saw"):
            found |= set(given) - {"purpose"} | {"as_of", "as_of_seq", "is_complete"}
            for rest in (k.value for k in call.keywords if k.arg is None):
                found |= self.keys(rest, function)
        return found

    def texts(self, node: ast.expr, function: Function | None) -> set[str]:
        """The texts an expression may be."""
        match node:
            case ast.Constant(value=str(text)):
                return {text}
            case ast.JoinedStr(values=parts):
                return {"".join(p.value if isinstance(p, ast.Constant) else "{}" for p in parts)}  # type: ignore[misc]
            case ast.IfExp(body=one, orelse=other):
                return self.texts(one, function) | self.texts(other, function)
            case ast.BoolOp(values=values):
                return {t for v in values for t in self.texts(v, function)}
            case ast.Subscript(value=ast.Name(id=name)):
                return self._values(name) or {"{}"}
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="get"), args=[_, otherwise]):
                return self._values(name) | self.texts(otherwise, function)
            case ast.Name(id=name):
                return self._named(name, function)
            case ast.Attribute(value=ast.Name(id=module), attr=name) if name.isupper():
                return self._of_module(module, name)
        return {"{}"}

    def _of_module(self, module: str, name: str) -> set[str]:
        """A constant of another module that this one imports."""
        for n in ast.walk(self.tree):
            if isinstance(n, ast.ImportFrom) and module in {a.asname or a.name for a in n.names}:
                value = getattr(importlib.import_module(f"{n.module}.{module}"), name, None)
                return {value} if isinstance(value, str) else {"{}"}
        return {"{}"}

    def keys(self, node: ast.expr, function: Function | None) -> set[str]:
        """The keys a dict expression may have; ``{}``: cannot be read."""
        match node:
            case ast.Dict(keys=keys, values=values):
                return _texts(keys).union(
                    *(self.keys(v, function) for k, v in zip(keys, values, strict=True) if k is None)
                )
            case ast.Call(func=ast.Attribute(attr="detail")):
                return set(_details())
            case ast.Call(func=ast.Name(id="told"), args=args):
                return {"interface", "os_user"}.union(*(self.keys(a, function) for a in args))
            case ast.BinOp(left=left, right=right):
                return self.keys(left, function) | self.keys(right, function)
            case ast.IfExp(body=one, orelse=other):
                return self.keys(one, function) | self.keys(other, function)
            case ast.BoolOp(values=values):
                return {k for v in values for k in self.keys(v, function)}
            case ast.DictComp(generators=[ast.comprehension(iter=ast.Tuple(elts=names))]):
                return _texts(names)
            case ast.Name(id=name) if function is not None:
                return self._keys_of(name, function)
        return {"{}"}

    def _keys_of(self, name: str, function: Function) -> set[str]:
        found: set[str] = set()
        for n in ast.walk(function):
            match n:
                case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                    found |= self.keys(value, function)
                case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value) if target == name:
                    found |= self.keys(value, function)
                case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=target), slice=ast.Constant(value=str(key)))]):
                    found |= {key} if target == name else set()
        passed = self._passed(name, function)
        found |= {k for at, value in passed for k in self.keys(value, at)}
        otherwise = {"interface", "os_user"} if name == "told" else {"{}"}  # a parameter of other rooms
        return found or otherwise

    def _named(self, name: str, function: Function | None) -> set[str]:
        found: set[str] = set()
        for n in ast.walk(function or self.tree):
            match n:
                case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                    found |= self.texts(value, None if function is None else function)
        if not found and function is not None:
            found = {t for at, value in self._passed(name, function) for t in self.texts(value, at)}
            found = found or self._named(name, None)
        return found or {"{}"}

    def _values(self, name: str) -> set[str]:
        """The texts a dict of the module holds, one level deep or two."""
        for n in self.tree.body:
            if isinstance(n, ast.Assign | ast.AnnAssign) and name in ast.unparse(n).split("=")[0].split(":")[0]:
                held = [d for d in ast.walk(n) if isinstance(d, ast.Dict)]
                return {t for d in held for t in _texts(d.values) if t}
        return set()

    def _passed(self, name: str, function: Function) -> list[tuple[Function | None, ast.expr]]:
        """What calls in this module pass for a parameter, with the function they stand in."""
        places = [a.arg for a in function.args.args]
        found: list[tuple[Function | None, ast.expr]] = []
        for call in (n for n in ast.walk(self.tree) if isinstance(n, ast.Call)):
            arguments = call.args
            if ast.unparse(call.func) == "in_database" and ast.unparse(arguments[0]) == function.name:
                arguments = arguments[1:]
            elif ast.unparse(call.func).split(".")[-1] != function.name:
                continue
            if name in places and places.index(name) < len(arguments):
                found.append((self._around(call), arguments[places.index(name)]))
            found += [(self._around(call), k.value) for k in call.keywords if k.arg == name]
        return found

    def _around(self, node: ast.AST) -> Function | None:
        around = [f for f in self.functions if any(n is node for n in ast.walk(f))]
        return around[-1] if around else None
