"""Which operations a test asks for, read from its text: paths that are called, methods of the typed client and of the published SDK.

A helper's or fixture's calls count for the tests that use it. What only runs over tables of paths is not seen.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

Call = tuple[str, str]
_METHODS: Final = {"get": "GET", "post": "POST", "put": "PUT", "delete": "DELETE"}
_PATH: Final = re.compile(r"(?:/v1)?(/[^/?][^?]*)")


@dataclass
class Function:
    """What one function calls: operations as (method, path), and other functions by name."""

    calls: set[Call] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    parameters: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Asked:
    """Tests that ask for an operation themselves, and those that do so through a helper, as `tests/file.py::test`."""

    direct: list[str]
    through_helpers: list[str]


def scan(
    folder: Path, match: Callable[[str, str], str | None], client_methods: Mapping[str, Call], sdk: Mapping[str, Call]
) -> dict[str, Asked]:
    """Operation -> the tests below `folder` that ask for it. `match` names the operation of a method and path, if there is one.

    client_methods  `customers.create` -> its method and path; sdk: `create_customer` -> the same
    """
    direct: dict[str, set[str]] = defaultdict(set)
    helped: dict[str, set[str]] = defaultdict(set)
    helpers: dict[Path, dict[str, Function]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        own = _functions(path, client_methods, sdk if path.parent.name == "sdk" else {})
        if path.parent not in helpers:
            helpers[path.parent] = _helpers(path.parent, client_methods)
        known = {**helpers[path.parent], **own}
        for name, function in own.items():
            if not name.startswith("test_"):
                continue
            test = f"{path.relative_to(folder.parent)}::{name}"
            for found, calls in ((direct, function.calls), (helped, _reached(function, known))):
                for call in calls:
                    operation = match(*call)
                    if operation:
                        found[operation].add(test)
    return {name: Asked(sorted(direct[name]), sorted(helped[name] - direct[name])) for name in sorted({*direct, *helped})}


def client_calls(resources: Path) -> dict[str, Call]:
    """`customers.create` -> ("POST", "/customers") for each method of the typed client, from its source."""
    classes: dict[str, dict[str, Call]] = {}
    attributes: dict[str, str] = {}
    verbs = {"fetch": "GET", "fetch_array": "GET", "post": "POST", "post_array": "POST", "put": "PUT", "delete": "DELETE"}
    for path in sorted(resources.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and node.name.endswith("Operations"):
                methods = classes.setdefault(node.name.removesuffix("Operations"), {})
                for method in node.body:
                    found = next(_verbs(method, verbs), None) if isinstance(method, ast.FunctionDef) else None
                    if isinstance(method, ast.FunctionDef) and found:
                        methods[method.name] = found
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute):
                made = node.value.func if isinstance(node.value, ast.Call) else None
                if isinstance(made, ast.Name):
                    attributes[node.targets[0].attr] = made.id
    return {f"{name}.{method}": call for name, of in attributes.items() for method, call in classes.get(of, {}).items()}


def _verbs(function: ast.FunctionDef, verbs: Mapping[str, str]) -> Iterator[Call]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in verbs and node.args:
            text = _text(node.args[0])
            if text:
                yield verbs[node.func.id], text


def _helpers(folder: Path, client_methods: Mapping[str, Call]) -> dict[str, Function]:
    found: dict[str, Function] = {}
    for path in sorted(folder.glob("*.py")):
        if not path.name.startswith("test_"):
            found.update(_functions(path, client_methods, {}))
    return found


def _functions(path: Path, client_methods: Mapping[str, Call], sdk: Mapping[str, Call]) -> dict[str, Function]:
    found: dict[str, Function] = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            function = found.setdefault(node.name, Function())
            function.parameters |= {argument.arg for argument in node.args.args}
            for inner in ast.walk(node):
                if isinstance(inner, ast.Call):
                    function.calls.update(_asked(inner, client_methods, sdk))
                    name = getattr(inner.func, "attr", None) or getattr(inner.func, "id", None)
                    if name:
                        function.names.add(name)
    return found


def _asked(call: ast.Call, client_methods: Mapping[str, Call], sdk: Mapping[str, Call]) -> Iterator[Call]:
    name = str(getattr(call.func, "attr", "") or getattr(call.func, "id", ""))
    texts = [_text(argument) for argument in call.args[:2]]
    if name in _METHODS and texts and _is_path(texts[0]):
        yield _METHODS[name], str(texts[0])
    elif len(texts) == 2 and texts[0] in _METHODS.values() and _is_path(texts[1]):
        yield str(texts[0]), str(texts[1])
    elif isinstance(call.func, ast.Attribute):
        resource = str(getattr(call.func.value, "attr", ""))
        known = client_methods.get(f"{resource}.{name}") or sdk.get(name)
        if known:
            yield known


def _reached(function: Function, known: Mapping[str, Function]) -> set[Call]:
    """The calls of all functions that a function uses, however far."""
    seen: set[str] = set()
    waiting = list(function.names | function.parameters)
    calls: set[Call] = set()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in known or name.startswith("test_"):
            continue
        seen.add(name)
        calls |= known[name].calls
        waiting += known[name].names | known[name].parameters
    return calls


def _text(node: ast.expr) -> str | None:
    """A text, with `x` for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
    return None


def _is_path(text: str | None) -> bool:
    return text is not None and text.startswith("/")


def path_of(text: str) -> str | None:
    """`/customers/x` of `/v1/customers/x?limit=1`; None for what is no path of the API."""
    found = _PATH.fullmatch(text.partition("?")[0])
    return found[1] if found and not text.startswith("//") else None
