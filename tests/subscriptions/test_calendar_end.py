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


@pytest.mark.parametrize("count", [8000, 2**62])
def test_a_line_whose_own_period_outlasts_the_calendar_is_billed_once_and_holds_up_no_renewal(shop: Shop, count: int) -> None:
    made = shop.subscribe(shop.customer(), shop.plan("pro", ADVANCE), start_date="2026-03-10T12:00:00Z")
    price = {"type": "FIXED", "price_unit_type": "FIAT", "billing_model": "FLAT_FEE", "invoice_cadence": "ADVANCE", "amount": "7"}
    price |= {"billing_period": "ANNUAL", "billing_period_count": count, "display_name": "For ever"}
    line = {"price": price, "start_date": "2026-04-10T12:00:00Z"}
    shop.api.post(f"/subscriptions/{made['id']}/lineitems", line, expect=201)
    answer = shop.api.send("POST", "//_emulator/clock/advance", {"to": "2026-07-15T00:00:00Z"})
    assert (answer.status_code, answer.json()["failed_count"]) == (200, 0)
    billed = [found for invoice in shop.invoices(made) for found in shop.api.get(f"/invoices/{invoice['id']}")["line_items"]]
    once = [found["period_end"] for found in billed if found["display_name"] == "For ever"]
    assert once == ["9999-12-31T00:00:00Z"]
