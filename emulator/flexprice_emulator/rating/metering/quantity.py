"""One event, one meter: does it match, and how much is it (rating.md §1.1-1.5, events.md §5).

Invariants: a quantity is never negative; a matching event has a row even when its quantity is 0; only an
expression without a value, or a quantity that no stored row can hold, is skipped.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from functools import lru_cache
from typing import Final, Literal

from flexprice_emulator.rating.decimals import CONTEXT, ONE, ZERO, from_float, multiply
from flexprice_emulator.rating.metering.expression import ExpressionError, compile_expression
from flexprice_emulator.rating.metering.filters import compile_filters, matches
from flexprice_emulator.rating.metering.gotext import go_text, property_text
from flexprice_emulator.rating.metering.model import Meter
from flexprice_emulator.rating.metering.values import field_quantity

Reason = Literal["", "event_name", "filter", "expression", "too_large"]

_STORED_PLACES: Final = Decimal(1).scaleb(-15)
# 128 bits with 15 decimals hold 23 digits before the point.
_STORED_DIGITS: Final = 23
_EMPTY: Final[Mapping[str, object]] = {}


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one event is to one meter; `reason` says why there is no row. `quantity` is not yet cut to the stored places."""

    matches: bool
    skipped: bool = False
    reason: Reason = ""
    quantity: Decimal = ZERO
    unique_hash: str = ""
    group: str = ""

    @property
    def has_row(self) -> bool:
        """Whether a usage row is stored."""
        return self.matches and not self.skipped


class MeterMatcher:
    """A meter prepared for many events."""

    __slots__ = ("_filters", "_group_key", "_hashes", "_quantity", "meter")

    def __init__(self, meter: Meter) -> None:
        """Raises ValueError if the meter's expression is not valid."""
        self.meter = meter
        self._filters = compile_filters(meter.filters)
        self._group_key = meter.group_by.removeprefix("properties.")
        self._hashes = meter.aggregation_type == "COUNT_UNIQUE"
        self._quantity = _reader(meter)

    def measure(self, event_name: str, properties: Mapping[str, object] | None) -> Measurement:
        """Measure one event; `event_name` is trimmed, missing properties are none."""
        if event_name.strip() != self.meter.event_name:
            return _OTHER_NAME
        found = self.take(properties)
        if isinstance(found, Measurement):
            return found
        quantity, unique_hash, group = found
        return Measurement(matches=True, quantity=quantity, unique_hash=unique_hash, group=group)

    def take(self, properties: Mapping[str, object] | None) -> tuple[Decimal, str, str] | Measurement:
        """Quantity, unique hash and group of an event of the meter's name; what it is to the meter where it has no row."""
        values = properties or _EMPTY
        if self._filters and not matches(self._filters, values):
            return _FILTERED
        try:
            quantity = self._quantity(values)
        except ExpressionError:
            return _NO_VALUE
        if quantity <= 0:
            quantity = ZERO
        elif quantity.adjusted() >= _STORED_DIGITS:
            return _TOO_LARGE
        group = property_text(values, self._group_key) if self._group_key else ""
        return quantity, self._hash(values) if self._hashes else "", group

    def _hash(self, properties: Mapping[str, object]) -> str:
        meter = self.meter
        return unique_hash(meter.event_name, meter.field, properties[meter.field]) if meter.field in properties else ""


def measure(meter: Meter, event_name: str, properties: Mapping[str, object] | None) -> Measurement:
    """Measure one event by `meter`. Raises ValueError if the meter's expression is not valid."""
    return matcher(meter).measure(event_name, properties)


@lru_cache(maxsize=4096)
def matcher(meter: Meter) -> MeterMatcher:
    """The prepared form of a meter, kept per meter value."""
    return MeterMatcher(meter)


def unique_hash(event_name: str, field: str, value: object) -> str:
    """COUNT_UNIQUE's value: sha256 hex of `event_name:field:value` with the value as `%v` text."""
    return hashlib.sha256(f"{event_name}:{field}:{go_text(value)}".encode("utf-8", "surrogatepass")).hexdigest()


def stored_quantity(quantity: Decimal) -> Decimal:
    """The quantity as a row keeps it: cut, not rounded, to 15 places."""
    if quantity.adjusted() < -15:
        return ZERO
    exponent = quantity.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -15:
        return quantity
    return quantity.quantize(_STORED_PLACES, rounding=ROUND_DOWN, context=CONTEXT)


def _reader(meter: Meter) -> Callable[[Mapping[str, object]], Decimal]:
    kind, field, multiplier = meter.aggregation_type, meter.field, meter.multiplier
    if meter.expression:
        expression = compile_expression(meter.expression)
        if multiplier is None:
            return lambda properties: from_float(expression.evaluate(properties))
        # The multiplier of an expression counts for every type, not for SUM_WITH_MULTIPLIER alone.
        return lambda properties: multiply(from_float(expression.evaluate(properties)), multiplier)
    if kind == "COUNT":
        return lambda _properties: ONE
    if kind == "COUNT_UNIQUE":
        return lambda properties: ONE if field in properties else ZERO
    if kind == "SUM_WITH_MULTIPLIER" and multiplier is not None:
        return lambda properties: multiply(field_quantity(properties.get(field)), multiplier)
    return lambda properties: field_quantity(properties.get(field))


_OTHER_NAME: Final = Measurement(matches=False, reason="event_name")
_FILTERED: Final = Measurement(matches=False, reason="filter")
_NO_VALUE: Final = Measurement(matches=True, skipped=True, reason="expression")
_TOO_LARGE: Final = Measurement(matches=True, skipped=True, reason="too_large")
