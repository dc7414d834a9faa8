"""What an event would cost, before the work is done.

Only what is exact without the customer's usage is priced: FLAT_FEE prices on COUNT, SUM and SUM_WITH_MULTIPLIER meters, before
entitlements, commitments and discounts. Anything else is named as not estimated, with the reason (rating.md §1-2).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from flexprice_client.models.meters import MeterResponse
from flexprice_client.models.prices import PriceResponse
from flexprice_client.workflow.usage_event import PropertyValue, UsageEvent


@dataclass(frozen=True)
class EstimatedCharge:
    """One price that the event would be billed on; `amount` is not rounded."""

    price_id: str
    meter_name: str
    currency: str
    quantity: Decimal
    unit_amount: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Estimate:
    """`charges` add up within one currency; `not_estimated` holds (meter name, reason)."""

    charges: tuple[EstimatedCharge, ...]
    not_estimated: tuple[tuple[str, str], ...]

    def total(self, currency: str) -> Decimal:
        """The sum of the charges in a currency."""
        return sum((charge.amount for charge in self.charges if charge.currency == currency.lower()), Decimal(0))


def estimate(event: UsageEvent, prices: Iterable[PriceResponse]) -> Estimate:
    """The charges of `event` on usage prices read with `expand=meters`; prices of other meters do not matter."""
    charges: list[EstimatedCharge] = []
    skipped: list[tuple[str, str]] = []
    for price in prices:
        meter = price.meter
        if price.type != "USAGE" or meter is None or not _takes(meter, event):
            continue
        reason = _why_not(price, meter)
        if reason:
            skipped.append((meter.name, reason))
            continue
        quantity = _quantity(meter, event.properties)
        charges.append(EstimatedCharge(price.id, meter.name, price.currency.lower(), quantity, price.amount, price.amount * quantity))
    return Estimate(tuple(charges), tuple(skipped))


def _takes(meter: MeterResponse, event: UsageEvent) -> bool:
    if meter.event_name != event.event_name or meter.status != "published":
        return False
    return all(
        filter_.key in event.properties and _text(event.properties[filter_.key]) in (filter_.values or ())
        for filter_ in meter.filters or ()
    )


def _why_not(price: PriceResponse, meter: MeterResponse) -> str | None:
    if price.billing_model != "FLAT_FEE":
        return f"a {price.billing_model} price depends on the usage before it"
    if meter.aggregation.expression:
        return "the meter's expression is evaluated by the service"
    if meter.aggregation.type not in ("COUNT", "SUM", "SUM_WITH_MULTIPLIER") or meter.aggregation.bucket_size:
        return f"a {meter.aggregation.type} meter depends on other events"
    return None


def _quantity(meter: MeterResponse, properties: Mapping[str, PropertyValue]) -> Decimal:
    if meter.aggregation.type == "COUNT":
        return Decimal(1)
    value = properties.get(meter.aggregation.field, 0)
    try:
        number = Decimal(0) if isinstance(value, bool) else Decimal(str(value))
    except ArithmeticError:
        number = Decimal(0)
    # What is negative or no number counts as nothing.
    number = max(number, Decimal(0)) if number.is_finite() else Decimal(0)
    multiplier = meter.aggregation.multiplier if meter.aggregation.type == "SUM_WITH_MULTIPLIER" else None
    return number * (multiplier if multiplier is not None else 1)


def _text(value: PropertyValue) -> str:
    """A property as meter filters compare it; numbers from a million on, or below 0.0001, are written with an exponent."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    number = float(value)
    if number == 0 or 1e-4 <= abs(number) < 1e6:
        return str(int(number)) if number == int(number) else repr(number)
    digits, exponent = f"{Decimal(repr(number)).normalize():E}".split("E")
    return f"{digits}e{exponent[0]}{exponent[1:].zfill(2)}"
