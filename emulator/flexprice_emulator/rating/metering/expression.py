"""Meter expressions: CEL where every identifier is a double and every integer literal is promoted (rating.md §1.3).

The CEL library evaluates; this module prepares its input (integer literals become doubles), allows only what the
reference's checker allows, and keeps the reference's reading of properties. The library is imported on first use.
Since the library has no static types, the result type is found by evaluating with probe values around every literal.
"""

import math
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from flexprice_emulator.rating.metering.functions import FUNCTIONS
from flexprice_emulator.rating.metering.values import PLAIN_NUMBER, to_float

if TYPE_CHECKING:
    from cel import Program

_TOKEN = re.compile(
    r"""
      (?P<comment>//[^\n]*)
    | (?P<string>[rRbB]{0,2}(?:\"{3}.*?\"{3}|'{3}.*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
    | (?P<float>[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)
    | (?P<unsigned>(?:0[xX][0-9a-fA-F]+|[0-9]+)[uU])
    | (?P<integer>0[xX][0-9a-fA-F]+|[0-9]+)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<space>\s+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPERATORS = frozenset(
    {"_+_", "_-_", "_*_", "_/_", "-_", "_?_:_", "_>_", "_>=_", "_<_", "_<=_", "_==_", "_!=_", "_&&_", "_||_", "!_", "@in"}
)
_CONVERSIONS = frozenset({"double", "int", "uint"})
_ALLOWED = _OPERATORS | _CONVERSIONS | FUNCTIONS.keys()
_PROBES = (0.0, 1.0, -1.0, 2.5)
_INTEGER_LIMIT = 2**63
# Far longer texts exhaust the stack of the library's parser.
_LONGEST = 4000


class ExpressionError(Exception):
    """The expression has no value for these properties; the meter skips the event."""


class Expression:
    """A compiled, checked expression."""

    __slots__ = ("_program", "identifiers", "text")

    def __init__(self, text: str) -> None:
        """Compile and check `text`. Raises ValueError with the reason."""
        source, literals = _promote(text)
        self.text = text
        self._program = _compile(source, text)
        self.identifiers: tuple[str, ...] = tuple(self._program.variables())
        _check_names(self.identifiers, self._program.functions())
        self._probe(literals)

    def evaluate(self, properties: Mapping[str, object]) -> float:
        """The finite value. Raises ExpressionError where a property or the result is not a finite number."""
        return _finite(self._run({name: _variable(properties, name) for name in self.identifiers}))

    def _run(self, variables: dict[str, float]) -> object:
        from cel import Context

        try:
            return self._program.execute(Context(variables, dict(FUNCTIONS)))
        except Exception as error:
            # The library raises many kinds; all mean that there is no value.
            raise ExpressionError(_first_line(error)) from error

    def _probe(self, literals: tuple[float, ...]) -> None:
        values = sorted({*_PROBES, *(near for literal in literals for near in (literal - 1, literal, literal + 1))})
        for shift in range(len(values)):
            for stride in (0, 1):
                chosen = {name: values[(shift + stride * place) % len(values)] for place, name in enumerate(self.identifiers)}
                try:
                    result = self._run(chosen)
                except ExpressionError as error:
                    raise ValueError(f"expression {self.text!r} is not valid: {error}") from error
                if isinstance(result, bool) or not isinstance(result, int | float):
                    raise ValueError(f"expression {self.text!r} must give a number, not {_type_name(result)}")


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Expression:
    """The checked expression, compiled once per text. Raises ValueError with the reason."""
    return Expression(text)


def validate_expression(text: str) -> None:
    """Check an expression as the meter's creation does. Raises ValueError with the reason."""
    compile_expression(text)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    for match in _TOKEN.finditer(text):
        yield match.lastgroup or "other", match.group()


def _promote(text: str) -> tuple[str, tuple[float, ...]]:
    """The text with double literals only, and those literals."""
    if len(text) > _LONGEST:
        raise ValueError(f"expression is longer than {_LONGEST} characters")
    parts: list[str] = []
    literals: list[float] = []
    meaning: list[tuple[str, str]] = []
    for kind, token in _tokens(text):
        if kind == "integer":
            value = int(token, 16) if token[:2].lower() == "0x" else int(token)
            if value >= _INTEGER_LIMIT:
                raise ValueError(f"expression {text!r} has an integer literal out of range: {token}")
            literals.append(float(value))
            parts.append(repr(float(value)))
        else:
            if kind == "float":
                literals.append(float(token))
            parts.append(token)
        if kind not in ("space", "comment"):
            meaning.append((kind, token))
    _check_tokens(text, meaning)
    return "".join(parts), tuple(literals)


def _check_tokens(text: str, tokens: list[tuple[str, str]]) -> None:
    if not tokens:
        raise ValueError("expression is empty")
    for kind, word in tokens:
        if kind == "other" and word == "%":
            raise ValueError(f"expression {text!r} uses %, which doubles do not have")
        if kind == "other" and word == ".":
            raise ValueError(f"expression {text!r} selects a field or calls a method; identifiers are bare property names")
    for (kind, word), (_, following) in pairwise(tokens):
        if kind == "name" and word == "has" and following == "(":
            raise ValueError(f"expression {text!r} uses a macro; macros are off")


def _compile(source: str, text: str) -> "Program":
    import cel

    try:
        return cel.compile(source)
    except ValueError as error:
        raise ValueError(f"expression {text!r} does not parse: {_first_line(error)}") from error


def _check_names(identifiers: tuple[str, ...], functions: list[str]) -> None:
    unknown = [name for name in functions if name not in _ALLOWED]
    if unknown:
        raise ValueError(f"expression uses an unknown function or operator: {', '.join(unknown)}")
    if not identifiers:
        raise ValueError("expression needs at least one identifier")


def _variable(properties: Mapping[str, object], name: str) -> float:
    if name not in properties:
        return 0.0
    value = properties[name]
    if isinstance(value, str):
        trimmed = value.strip()
        number = float(trimmed) if PLAIN_NUMBER.fullmatch(trimmed) else math.nan
    elif isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        number = math.nan
    else:
        number = to_float(value)
    if not math.isfinite(number):
        raise ExpressionError(f"property {name} is not a number")
    return number


def _finite(result: Any) -> float:
    number = to_float(result)
    if not math.isfinite(number):
        raise ExpressionError("the result is not finite")
    return number


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0].removeprefix("Failed to parse expression ")


def _type_name(value: object) -> str:
    return {bool: "a boolean", str: "a string", type(None): "null", list: "a list", dict: "a map"}.get(type(value), "another type")
