"""Coupons on subscriptions."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from flexprice_emulator.discounts import associations, coupons
from flexprice_emulator.rating.periods import BeyondCalendar
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context

START = datetime(2026, 1, 31, tzinfo=UTC)


@pytest.fixture
def attach(api: Any, server: Any) -> Any:
    """Attaches a coupon, made of the given fields, to a monthly usd subscription that starts on 31 January."""
    api.freeze("2026-02-01T00:00:00Z")
    workspace = server[1]._transport.app.state.registry.for_key(api.headers["x-api-key"])

    @contextmanager
    def context() -> Iterator[Context]:
        with workspace.transaction() as session:
            yield Context(workspace, session, workspace.clock.now())

    def make(coupon_id: str, subscription_id: str = "subs_1", **fields: Any) -> Any:
        with context() as ctx:
            row = coupons.get_row(ctx, coupon_id)
            terms = {"currency": "usd", "start_date": START, "billing_period": "MONTHLY", **fields}
            return associations.attach(ctx, row, subscription_id, **terms)

    return make


def make(api: Any, **fields: Any) -> str:
    body = {"name": "C", "type": "fixed", "amount_off": "5", "currency": "usd", "cadence": "forever", **fields}
    made: str = api.post("/coupons", body)["id"]
    return made


def test_a_repeated_coupon_ends_with_its_last_period(api: Any, attach: Any) -> None:
    row = attach(make(api, cadence="repeated", duration_in_periods=2))
    assert row.end_date == datetime(2026, 3, 30, 23, 59, 59, tzinfo=UTC)


def test_redemptions_are_counted_and_shown_with_the_association(api: Any, attach: Any) -> None:
    coupon = make(api)
    attach(coupon)
    attach(coupon, "subs_2")
    (one,) = api.get("/coupons/associations?subscription_ids=subs_2")["items"]
    assert one["coupon"]["total_redemptions"] == 2
    assert api.get(f"/coupons/associations/{one['id']}") == one
    assert "end_date" not in one


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"redeem_after": "2026-02-02T00:00:00Z"}, "not yet available"),
        ({"redeem_before": "2026-01-31T00:00:00Z"}, "expired"),
        ({"currency": "eur"}, "currency"),
    ],
)
def test_a_coupon_that_cannot_be_redeemed(api: Any, attach: Any, fields: dict[str, Any], reason: str) -> None:
    coupon = make(api, **fields)
    with pytest.raises(ValidationError, match=reason):
        attach(coupon)
    assert api.get(f"/coupons/{coupon}")["total_redemptions"] == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"redeem_after": "2026-02-01T00:00:00Z", "redeem_before": "2026-03-01T00:00:00Z"},
        {"redeem_after": "2026-01-01T00:00:00Z", "redeem_before": "2026-02-01T00:00:00Z"},
        {"currency": "USD", "max_redemptions": 1},
        {"type": "percentage", "amount_off": None, "percentage_off": "5", "currency": "eur"},
    ],
)
def test_a_coupon_is_redeemed_within_its_window_and_limit(api: Any, attach: Any, fields: dict[str, Any]) -> None:
    coupon = make(api, **fields)
    attach(coupon)
    assert api.get(f"/coupons/{coupon}")["total_redemptions"] == 1


def test_a_used_up_and_an_archived_coupon(api: Any, attach: Any) -> None:
    coupon = make(api, max_redemptions=1)
    attach(coupon)
    with pytest.raises(ValidationError, match="maximum"):
        attach(coupon)
    other = make(api)
    api.delete(f"/coupons/{other}")
    with pytest.raises(ValidationError, match="not active"):
        attach(other)


def test_the_currency_of_a_percentage_does_not_matter(api: Any, attach: Any) -> None:
    coupon = make(api, type="percentage", percentage_off="10", amount_off=None)
    assert attach(coupon, currency="jpy").coupon_id == coupon


def test_lists_of_associations(api: Any, attach: Any) -> None:
    coupon = make(api)
    attach(coupon)
    attach(coupon, end_date=datetime(2026, 1, 31, 12, tzinfo=UTC))
    assert len(api.get("/coupons/associations?active_only=true&limit=5")["items"]) == 1
    assert len(api.get(f"/coupons/associations?coupon_ids={coupon}&limit=5")["items"]) == 2
    assert api.get("/coupons/associations?expand=plan", expect=400)["details"] == {"field": "plan"}
    assert api.get("/coupons/associations?limit=0", expect=400)["code"] == "validation_error"
    api.get("/coupons/associations/coupon_assoc_x", expect=404)


@pytest.mark.parametrize("periods", [2**31, 2**62])
def test_a_coupon_for_more_periods_than_the_calendar_has_is_refused_at_once(attach: Any, api: Any, periods: int) -> None:
    coupon = make(api, cadence="repeated", duration_in_periods=periods)
    with pytest.raises(BeyondCalendar):
        attach(coupon)
