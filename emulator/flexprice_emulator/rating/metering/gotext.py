"""Text of JSON values: as Go's `%v` prints them, and as a JSON text function of the database reads them.

Meter filters and COUNT_UNIQUE hashes use `go_text` (1000000 is "1e+06", rating.md §1.4); filters and groups
of reads use `json_text` (1000000 is "1000000", rating.md §9, events.md §8). All JSON numbers are float64.
"""

import json
from collections.abc import Mapping
from decimal import Decimal


def go_text(value: object) -> str:
    """Go `%v` of a decoded JSON value: strings as they are, `true`, `<nil>`, `map[a:1 b:x]`, `[1 x]`, shortest float64."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return _general(float(value))
    if value is None:
        return "<nil>"
    if isinstance(value, Mapping):
        return "map[" + " ".join(f"{key}:{go_text(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, list | tuple):
        return "[" + " ".join(go_text(item) for item in value) + "]"
    raise TypeError(f"not a JSON value: {value!r}")


def json_text(value: object) -> str:
    """Text of a property as a read compares it: strings as they are, scalars by their JSON text, null "", containers compact JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return _json(value)


def property_text(properties: Mapping[str, object] | None, key: str) -> str:
    """`json_text` of a first-level property; "" when missing. `a.b` is a literal key."""
    return json_text(properties.get(key)) if properties else ""


def _json(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return _json_number(float(value))
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(str(key), ensure_ascii=False)}:{_json(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_json(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _general(number: float) -> str:
    """%g with the shortest digits: scientific when the decimal exponent is below -4 or at least 6."""
    if number.is_integer() and -1e6 < number < 1e6:
        return str(int(number)) if number or not _negative_zero(number) else "-0"
    exponent = Decimal(repr(number)).adjusted()
    if -4 <= exponent < 6:
        return _plain(number)
    sign, digits, power = _shortest(number)
    mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{sign}{mantissa}e{'-' if power < 0 else '+'}{abs(power):02d}"


def _json_number(number: float) -> str:
    if not number:
        return "-0" if _negative_zero(number) else "0"
    exponent = Decimal(repr(number)).adjusted()
    if -7 < exponent < 21:
        return _plain(number)
    sign, digits, power = _shortest(number)
    mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{sign}{mantissa}e{'-' if power < 0 else '+'}{abs(power)}"


def _shortest(number: float) -> tuple[str, str, int]:
    """Sign, shortest round-trip digits without trailing zeros, and the exponent of the first digit."""
    exact = Decimal(repr(number))
    digits = "".join(map(str, exact.as_tuple().digits)).rstrip("0")
    return ("-" if number < 0 else ""), digits, exact.adjusted()


def _plain(number: float) -> str:
    text = format(Decimal(repr(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _negative_zero(number: float) -> bool:
    return number == 0 and repr(number).startswith("-")
