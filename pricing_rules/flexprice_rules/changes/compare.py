"""Whether the target already holds what the rules want.

Only what the rules say is compared. Values are compared by meaning: "0.10" is "0.1", USD is usd, 12:00:00Z is
12:00:00.000Z, and a field that the API leaves out when empty equals its empty value.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from flexprice_rules.changes.bodies import Figure, Moment

_TIME: Final = re.compile(r"(.{10}T.{8})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})")
_CASELESS: Final = frozenset({"currency", "base_currency", "coupon_code"})


def differing(wanted: Mapping[str, Any], found: Mapping[str, Any], names: Iterable[str] | None = None) -> tuple[str, ...]:
    """Names of the fields of `wanted` (those of `names`, when given) that `found` does not hold."""
    return tuple(name for name, value in wanted.items() if (names is None or name in names) and not same(value, found.get(name), name=name))


def same(wanted: Any, found: Any, *, name: str = "") -> bool:
    """Whether two values of the API mean the same."""
    if wanted is None:
        return _says_nothing(found)
    if wanted in ("", [], {}) or wanted is False:
        return found in (None, "", [], {}) or found is False
    if isinstance(wanted, bool) or isinstance(found, bool):
        return wanted is found
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and _same_objects(wanted, found, exact=name in ("metadata", "config_value", "rules"))
    if isinstance(wanted, list | tuple):
        pairs = isinstance(found, list | tuple) and len(wanted) == len(found)
        return pairs and all(same(left, right) for left, right in zip(wanted, found or (), strict=False))
    if name in _CASELESS:
        return str(wanted).lower() == str(found or "").lower()
    return _same_scalars(wanted, found)


def _same_objects(wanted: Mapping[str, Any], found: Mapping[str, Any], *, exact: bool) -> bool:
    if exact:
        return {name: str(value) for name, value in wanted.items()} == {name: str(value) for name, value in found.items()}
    return not differing(wanted, found) and all(same(None, value) or name in wanted for name, value in found.items() if name in _OPTIONAL)


def _says_nothing(found: Any) -> bool:
    return found in (None, "", [], {}) or found is False or (isinstance(found, str | int) and str(found) in ("0", "0.0"))


# Left out by the rules these mean "none", so a value at the target is a difference.
_OPTIONAL: Final = frozenset({"up_to", "flat_amount", "field", "expression", "multiplier", "bucket_size", "group_by"})


def _same_scalars(wanted: Any, found: Any) -> bool:
    shown = "" if found is None else str(found)
    if isinstance(wanted, Figure | int):
        try:
            return Decimal(wanted) == Decimal(shown or "0")
        except InvalidOperation:
            return False
    if isinstance(wanted, Moment):
        return _TIME.fullmatch(shown) is not None and _moment(wanted) == _moment(shown)
    return str(wanted) == shown


def _moment(text: str) -> datetime:
    # Start times of subscriptions are kept to the millisecond.
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(text)
    fraction = ((match[2] or "") + "000")[:3]
    return datetime.fromisoformat(f"{match[1]}.{fraction}{match[3]}")
