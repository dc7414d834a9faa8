"""Periods that would lie beyond the calendar are refused, and nothing of them is stored."""

from typing import Any

import pytest

from tests.subscriptions.shop import ADVANCE, Shop

BEYOND = "A date lies beyond the calendar, which ends with the year 9999"


@pytest.mark.parametrize(
    "fields",
    [
        {"start_date": "9999-12-31T00:00:00Z"},
        {"start_date": "9999-12-31T23:59:59Z", "billing_cycle": "calendar"},
        {"billing_period": "ANNUAL", "billing_period_count": 8000},
        {"billing_period": "DAILY", "billing_period_count": 2**62},
        {"trial_period_days": 2**40},
        {"end_date": "9999-12-31T23:59:59Z", "billing_period": "ANNUAL", "billing_period_count": 9000},
    ],
    ids=str,
)
def test_a_subscription_whose_period_ends_beyond_the_calendar_is_refused(shop: Shop, fields: dict[str, Any]) -> None:
    period = fields.get("billing_period", "MONTHLY")
    price = ADVANCE | {"billing_period": period, "billing_period_count": fields.get("billing_period_count", 1)}
    refused = shop.subscribe(shop.customer(), shop.plan("pro", price), expect=400, **fields)
    assert (refused["code"], refused["message"]) == ("validation_error", BEYOND)
    assert shop.api.get("/subscriptions")["pagination"]["total"] == 0


def test_a_preview_with_charges_beyond_the_calendar_is_refused(shop: Shop) -> None:
    made = shop.subscribe(shop.customer(), shop.plan("pro", ADVANCE))
    late = {"subscription_id": made["id"], "period_end": "9999-12-31T23:59:59Z"}
    assert shop.api.post("/invoices/preview", late, expect=400)["message"] == BEYOND

    long = {"billing_period": "ANNUAL", "billing_period_count": 5000}
    lasting = shop.subscribe(shop.customer("slow"), shop.plan("slow", ADVANCE | long), **long)
    assert shop.api.post("/invoices/preview", {"subscription_id": lasting["id"]}, expect=400)["message"] == BEYOND
    explained = shop.api.send("POST", "//_emulator/explain/preview", {"subscription_id": lasting["id"]})
    assert (explained.status_code, explained.json()) == (400, {"detail": BEYOND})


def test_a_long_period_is_cut_at_the_subscription_s_end(shop: Shop) -> None:
    price = ADVANCE | {"billing_period": "ANNUAL", "billing_period_count": 9000}
    fields = {"billing_period": "ANNUAL", "billing_period_count": 9000, "end_date": "2027-01-01T00:00:00Z"}
    made = shop.subscribe(shop.customer(), shop.plan("pro", price), **fields)
    assert made["current_period_end"] == "2027-01-01T00:00:00Z"
