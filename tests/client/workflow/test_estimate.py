"""What an event would cost, on prices and meters as the API answers them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from flexprice_client import UsageEvent
from flexprice_client.models.prices import PriceResponse
from flexprice_client.workflow.estimate import estimate

STAMP = "2026-01-01T00:00:00Z"


def _price(amount: str = "0.48", model: str = "FLAT_FEE", aggregation: dict[str, Any] | None = None, **filters: list[str]) -> PriceResponse:
    meter = {
        "id": "meter_1",
        "name": "Veo",
        "event_name": "video.generated",
        "aggregation": aggregation or {"type": "SUM", "field": "seconds"},
        "filters": [{"key": key, "values": values} for key, values in filters.items()],
        "reset_usage": "BILLING_PERIOD",
        "created_at": STAMP,
        "updated_at": STAMP,
    }
    return PriceResponse.model_validate(
        {
            "id": "price_1",
            "amount": amount,
            "display_amount": "$" + amount,
            "currency": "usd",
            "type": "USAGE",
            "billing_period": "MONTHLY",
            "billing_period_count": 1,
            "billing_model": model,
            "invoice_cadence": "ARREAR",
            "transform_quantity": {"divide_by": 1},
            "meter": meter,
            "created_at": STAMP,
            "updated_at": STAMP,
        }
    )


def _event(**properties: Any) -> UsageEvent:
    return UsageEvent("e", "video.generated", "acme", datetime(2026, 1, 1, tzinfo=UTC), properties=properties)


def test_quantity_times_amount_of_the_matching_price_only() -> None:
    prices = [_price(audio=["true"]), _price("0.24", audio=["false"])]
    found = estimate(_event(audio=True, seconds=8), prices)
    assert found.total("USD") == Decimal("3.84")
    assert [charge.unit_amount for charge in found.charges] == [Decimal("0.48")]


@pytest.mark.parametrize(
    ("value", "text", "hit"), [(1_000_000, "1000000", False), (1_000_000, "1e+06", True), (7.0, "7", True), (0.00001, "1e-05", True)]
)
def test_numbers_match_filters_as_the_service_writes_them(value: float, text: str, hit: bool) -> None:
    assert bool(estimate(_event(n=value, seconds=1), [_price(n=[text])]).charges) is hit


@pytest.mark.parametrize(
    ("price", "reason"),
    [
        (_price(model="TIERED"), "a TIERED price depends on the usage before it"),
        (_price(aggregation={"type": "MAX", "field": "seconds"}), "a MAX meter depends on other events"),
        (_price(aggregation={"type": "SUM", "expression": "seconds * 2"}), "the meter's expression is evaluated by the service"),
    ],
)
def test_what_cannot_be_known_is_named_with_its_reason(price: PriceResponse, reason: str) -> None:
    found = estimate(_event(seconds=8), [price])
    assert found.charges == ()
    assert found.not_estimated == (("Veo", reason),)


@pytest.mark.parametrize("value", [-3, True, "many", "NaN"])
def test_what_is_no_positive_number_counts_as_nothing(value: Any) -> None:
    assert estimate(_event(seconds=value), [_price()]).total("usd") == 0
