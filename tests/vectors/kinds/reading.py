"""From a case's YAML to the rating core's inputs, and figures back to the case's form."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flexprice_emulator.rating.decimals import ONE, ZERO, to_text
from flexprice_emulator.rating.invoice.model import InvoiceLine, LineItem, Subscription
from flexprice_emulator.rating.pricing.model import Price, PriceTier, TransformQuantity


def instant(text: str) -> datetime:
    """An RFC 3339 time in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def maybe_instant(text: str | None) -> datetime | None:
    """A time that may be absent."""
    return None if text is None else instant(text)


def number(value: object) -> Decimal:
    """A quoted or bare number; absent is 0."""
    return ZERO if value is None else Decimal(str(value))


def maybe_number(value: object) -> Decimal | None:
    """A number that may be absent."""
    return None if value is None else Decimal(str(value))


def price_of(spec: Mapping[str, Any], *, price_id: str = "price", default_type: str = "USAGE") -> Price:
    """A case's price with the file's defaults."""
    transform = spec.get("transform_quantity")
    return Price(
        id=price_id,
        currency=spec.get("currency", "usd"),
        billing_model=spec["billing_model"],
        amount=number(spec.get("amount")),
        tier_mode=spec.get("tier_mode", ""),
        tiers=tuple(
            PriceTier(tier["up_to"], number(tier["unit_amount"]), number(tier.get("flat_amount"))) for tier in spec.get("tiers") or ()
        ),
        transform_quantity=TransformQuantity(int(transform["divide_by"]), transform.get("round", "")) if transform else None,
        type=spec.get("type", default_type),
        invoice_cadence=spec.get("invoice_cadence", "ARREAR"),
        billing_period=spec.get("billing_period", "MONTHLY"),
        billing_period_count=spec.get("billing_period_count", 1),
    )


def subscription_of(spec: Mapping[str, Any]) -> Subscription:
    """A case's subscription with the file's defaults; its plan is named "Plan"."""
    return Subscription(
        id="sub",
        currency=spec.get("currency", "usd"),
        start_date=instant(spec["start"]),
        end_date=maybe_instant(spec.get("end")),
        billing_anchor=instant(spec["billing_anchor"]),
        current_period_start=instant(spec["current_period_start"]),
        current_period_end=instant(spec["current_period_end"]),
        billing_cycle=spec.get("billing_cycle", "anniversary"),
        billing_period=spec.get("billing_period", "MONTHLY"),
        billing_period_count=spec.get("billing_period_count", 1),
        proration_behavior=spec.get("proration_behavior", "none"),
        timezone=spec.get("timezone", ""),
        commitment_amount=maybe_number(spec.get("commitment_amount")),
        commitment_duration=spec.get("commitment_duration"),
        overage_factor=number(spec["overage_factor"]) if "overage_factor" in spec else ONE,
        enable_true_up=spec.get("enable_true_up", False),
        plan_display_name="Plan",
    )


def fixed_item_of(spec: Mapping[str, Any], index: int) -> LineItem:
    """A fixed line item, named item0, item1, ..."""
    return LineItem(
        id=f"item{index}",
        price=price_of(spec["price"], price_id=f"price{index}", default_type="FIXED"),
        start_date=instant(spec["start"]),
        end_date=maybe_instant(spec.get("end")),
        quantity=number(spec.get("quantity", "1")),
        display_name=spec.get("name", f"item{index}"),
    )


def figures(expected: Mapping[str, Any], actual: Mapping[str, object]) -> None:
    """Asserts every expected figure; decimals compare as decimals, anything else as it is."""
    unknown = set(expected) - set(actual)
    assert not unknown, f"the runner does not produce {sorted(unknown)}"
    assert {key: normal(actual[key]) for key in expected} == {key: normal(value) for key, value in expected.items()}


def normal(value: object) -> object:
    """A value in comparable form: numbers as plain text, times as UTC instants."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, Decimal | int):
        return to_text(Decimal(value))
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, Mapping):
        return {key: normal(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [normal(item) for item in value]
    if isinstance(value, str):
        try:
            return to_text(Decimal(value))
        except ArithmeticError:
            return _time_or_text(value)
    return value


def _time_or_text(value: str) -> object:
    try:
        return instant(value) if "T" in value else value
    except ValueError:
        return value


def line_figures(line: InvoiceLine) -> dict[str, object]:
    """An invoice line in the cases' form; keys that are false or absent there are left out."""
    shown: dict[str, object] = {
        "display_name": line.display_name,
        "amount": line.amount,
        "quantity": line.quantity,
        "period_start": line.period_start,
        "period_end": line.period_end,
    }
    if line.is_overage:
        shown["is_overage"] = True
    if line.metadata.get("is_commitment_trueup") == "true":
        shown["is_true_up"] = True
    if line.adjusted_entitlement_quantity:
        shown["entitlement_adjusted_quantity"] = line.adjusted_entitlement_quantity
    if line.commitment_info is not None:
        info = line.commitment_info
        shown["commitment"] = {
            "utilized": info.computed_commitment_utilized_amount,
            "overage": info.computed_overage_amount,
            "true_up": info.computed_true_up_amount,
        }
    return shown


def assert_lines(expected: Sequence[Mapping[str, Any]], lines: Sequence[InvoiceLine]) -> None:
    """Lines compare sorted by display_name; every figure that either side shows must agree."""
    actual = sorted((line_figures(line) for line in lines), key=lambda line: str(line["display_name"]))
    assert [normal(line) for line in actual] == [normal(line) for line in sorted(expected, key=lambda line: str(line["display_name"]))]
