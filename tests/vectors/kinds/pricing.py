"""Vector kinds of prices, rounding and price units."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from flexprice_emulator.rating.decimals import divide, round_currency
from flexprice_emulator.rating.margin import margin, markup
from flexprice_emulator.rating.money import smallest_unit
from flexprice_emulator.rating.pricing.breakup import price_breakup
from flexprice_emulator.rating.pricing.bucketed import bucket_price_step
from flexprice_emulator.rating.pricing.cost import price_step
from flexprice_emulator.rating.pricing.price_unit import to_fiat, to_price_unit
from flexprice_emulator.rating.usage import BucketUsage
from tests.vectors.kinds.reading import figures, number, price_of

_BUCKET = datetime(2025, 3, 1, tzinfo=UTC)


def run_price(case: Mapping[str, Any]) -> None:
    """Cost of one quantity, unrounded and rounded."""
    price = price_of(case["input"]["price"])
    cost = price_step(price, number(case["input"]["quantity"])).cost
    figures(case["expected"], {"cost": cost, "amount": round_currency(cost, price.currency)})


def run_breakup(case: Mapping[str, Any]) -> None:
    """The same with unit figures."""
    given = case["input"]
    found = price_breakup(price_of(given["price"]), number(given["quantity"]), rounded=given.get("round", False))
    figures(
        case["expected"],
        {
            "effective_unit_cost": found.effective_unit_cost,
            "tier_unit_amount": found.tier_unit_amount,
            "selected_tier_index": found.selected_tier_index,
            "final_cost": found.final_cost,
        },
    )


def run_bucketed(case: Mapping[str, Any]) -> None:
    """Bucket (or group) values, each priced alone, the sum rounded once."""
    price = price_of(case["input"]["price"])
    values = [number(value) for value in case["input"]["bucket_values"]]
    step = bucket_price_step(price, [BucketUsage(_BUCKET, value, str(index)) for index, value in enumerate(values)])
    figures(case["expected"], {"quantity": sum(values), "amount": round_currency(step.cost, price.currency)})


def run_price_unit(case: Mapping[str, Any]) -> None:
    """Custom units to fiat and back."""
    given = case["input"]
    rate = number(given["conversion_rate"])
    figures(
        case["expected"],
        {
            "fiat_unit_amount": to_fiat(number(given["price_unit_amount"]), rate),
            "price_unit_amount": to_price_unit(number(given["fiat_amount"]), rate, given["base_currency"]),
        },
    )


def run_round(case: Mapping[str, Any]) -> None:
    """Rounding to a currency, and to its smallest unit."""
    amount, currency = number(case["input"]["amount"]), case["input"]["currency"]
    figures(case["expected"], {"amount": round_currency(amount, currency), "smallest_unit": smallest_unit(amount, currency)})


def run_divide(case: Mapping[str, Any]) -> None:
    """Division to 16 places."""
    figures(case["expected"], {"quotient": divide(number(case["input"]["a"]), number(case["input"]["b"]))})


def run_margin(case: Mapping[str, Any]) -> None:
    """Margin and markup of a cost sheet."""
    revenue, cost = number(case["input"]["revenue"]), number(case["input"]["cost"])
    figures(case["expected"], {"margin": margin(revenue, cost), "markup": markup(revenue, cost)})


KINDS: dict[str, Callable[[Mapping[str, Any]], None]] = {
    "price": run_price,
    "price_breakup": run_breakup,
    "price_bucketed": run_bucketed,
    "price_bucketed_grouped": run_bucketed,
    "price_unit": run_price_unit,
    "round": run_round,
    "divide": run_divide,
    "margin": run_margin,
}
