"""Revenue dashboards."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexprice_emulator.dashboard.trend import months_back
from tests.conftest import Api

PERIOD = {"period_start": "2026-03-01T00:00:00Z", "period_end": "2026-04-01T00:00:00Z"}


def _bill(api: Api, customer_id: str, amount: str, currency: str = "usd") -> None:
    line = {"display_name": "L", "amount": amount, "quantity": "1"}
    body = {"customer_id": customer_id, "invoice_type": "ONE_OFF", "currency": currency, "line_items": [line]}
    sums = {"amount_due": amount, "total": amount, "subtotal": amount}
    api.post("/invoices", {**body, **sums})


@pytest.fixture
def customers(api: Api) -> list[str]:
    """Two customers in March."""
    api.freeze("2026-03-10T12:00:00Z")
    return [api.post("/customers", {"external_id": key, "name": key.upper()})["id"] for key in ("a", "b")]


def test_revenue_is_ranked_by_customer_within_its_currency(api: Api, customers: list[str]) -> None:
    _bill(api, customers[0], "10")
    _bill(api, customers[1], "25.5")
    _bill(api, customers[1], "7", "eur")

    found = api.post("/dashboard/revenue-dashboard", PERIOD)

    assert [(entry["external_customer_id"], entry["currency"], entry["total_revenue"]) for entry in found["items"]] == [
        ("b", "usd", "25.5"),
        ("a", "usd", "10"),
        ("b", "eur", "7"),
    ]
    assert _sums(found["items"]) == {currency: Decimal(entry["total_revenue"]) for currency, entry in found["summaries"].items()}


def test_revenue_of_some_customers_or_another_period(api: Api, customers: list[str]) -> None:
    _bill(api, customers[0], "10")
    _bill(api, customers[1], "20")

    some = api.post("/dashboard/revenue-dashboard", {**PERIOD, "customer_ids": customers[:1]})
    later = api.post("/dashboard/revenue-dashboard", {"period_start": PERIOD["period_end"], "period_end": "2026-05-01T00:00:00Z"})

    assert some["summaries"]["usd"]["total_revenue"] == "10"
    assert later == {"summaries": {}, "items": []}


def test_a_period_is_required_and_in_order(api: Api) -> None:
    assert api.post("/dashboard/revenue-dashboard", {}, expect=400)["message"] == "Invalid request format"
    api.post("/dashboard/revenue-dashboard", {"period_start": PERIOD["period_end"], "period_end": PERIOD["period_start"]}, expect=400)
    api.post("/dashboard/revenue-dashboard", {**PERIOD, "customer_ids": ["x"] * 1001}, expect=400)


def test_the_trend_is_by_calendar_month(api: Api, customers: list[str]) -> None:
    _bill(api, customers[0], "10")
    api.freeze("2026-04-02T00:00:00Z")
    _bill(api, customers[0], "5")
    _bill(api, customers[0], "2")

    found = api.post("/dashboard/revenues", {"revenue_trend": {"window_count": 3}})

    windows = found["revenue_trend"]["currency_revenue_windows"]["usd"]["windows"]
    assert [(window["window_label"], window["total_revenue"]) for window in windows] == [
        ("Apr 2026", "7"),
        ("Mar 2026", "10"),
        ("Feb 2026", "0"),
    ]
    assert found["invoice_payment_status"]["pending"] == 2


@pytest.mark.parametrize(("body", "count"), [({}, 3), ({"revenue_trend": {"window_count": 100}}, 100), ({"revenue_trend": {}}, 3)])
def test_the_window_count_is_echoed(api: Api, body: dict[str, object], count: int) -> None:
    found = api.post("/dashboard/revenues", body)

    assert found["revenue_trend"] == {"currency_revenue_windows": {}, "window_size": "MONTH", "window_count": count}
    assert found["recent_subscriptions"]["plans"] == []


@given(
    now=st.datetimes(timezones=st.just(UTC)).filter(lambda moment: moment.year < 9999),
    count=st.integers(1, 40),
)
def test_months_follow_one_another_without_a_gap(now: datetime, count: int) -> None:
    windows = months_back(now, count)

    assert windows[0][0] <= now < windows[0][1]
    assert all(newer[0] == older[1] for newer, older in pairwise(windows))
    assert all(start.day == 1 for start, _ in windows)
    assert len(windows) == count or windows[-1][0].year == 1


def _sums(items: list[dict[str, Any]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for entry in items:
        sums[entry["currency"]] = sums.get(entry["currency"], Decimal(0)) + Decimal(entry["total_revenue"])
    return sums
