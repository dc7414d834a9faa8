"""Vector kinds of proration."""

from collections.abc import Callable, Mapping
from typing import Any

from flexprice_emulator.rating.entitlement.proration import prorated_entitlement
from flexprice_emulator.rating.proration import ProrationRequest, calculate_proration
from tests.vectors.kinds.reading import figures, instant, maybe_number, number


def run_proration(case: Mapping[str, Any]) -> None:
    """One change through the calculator; `result: null` is no result at all."""
    given = case["input"]
    found = calculate_proration(
        ProrationRequest(
            action=given["action"],
            period_start=instant(given["period_start"]),
            period_end=instant(given["period_end"]),
            proration_date=instant(given["proration_date"]),
            currency=given.get("currency", "usd"),
            proration_behavior=given.get("behavior", "create_prorations"),
            strategy=given.get("strategy", "second_based"),
            timezone=given.get("timezone", ""),
            pay_in_advance=given.get("pay_in_advance", False),
            old_quantity=number(given.get("old_quantity")),
            old_unit_price=number(given.get("old_unit_price")),
            new_quantity=number(given.get("new_quantity")),
            new_unit_price=number(given.get("new_unit_price")),
            original_amount_paid=maybe_number(given.get("original_amount_paid")),
            previous_credits_issued=number(given.get("previous_credits_issued")),
            cancellation_type=given.get("cancellation_type", ""),
            refund_eligible=given.get("refund_eligible", False),
        )
    )
    if found is None:
        assert case["expected"] == {"result": None}
        return
    figures(
        case["expected"],
        {"coefficient": found.coefficient, "credits": list(found.credits), "charges": list(found.charges), "net": found.net},
    )


def run_entitlement_proration(case: Mapping[str, Any]) -> None:
    """A limit for part of a period."""
    given = case["input"]
    found = prorated_entitlement(
        given["limit"],
        billing_cycle=given.get("billing_cycle", "anniversary"),
        billing_anchor=instant(given["billing_anchor"]),
        billing_period=given.get("billing_period", "MONTHLY"),
        billing_period_count=given.get("billing_period_count", 1),
        period_start=instant(given["period_start"]),
        period_end=instant(given["period_end"]),
        proration_date=instant(given["proration_date"]),
        timezone=given.get("timezone", ""),
    )
    figures(case["expected"], {"coefficient": found.coefficient, "limit": found.limit})


KINDS: dict[str, Callable[[Mapping[str, Any]], None]] = {
    "proration": run_proration,
    "entitlement_proration": run_entitlement_proration,
}
