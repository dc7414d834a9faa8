"""What is kept of the catalogue between requests is dropped by any change of it."""

from typing import Any

import pytest

from tests.subscriptions.shop import ADVANCE, Shop, lines, usage


@pytest.fixture
def metered(shop: Shop) -> dict[str, Any]:
    """A base fee and calls at 0.5; 40 were made, and everything has been read once."""
    customer, feature = shop.customer(), shop.feature()
    plan = shop.plan("pro", ADVANCE, usage(feature["meter_id"], "0.5"))
    made = shop.subscribe(customer, plan)
    shop.use(customer, "calls", "40", "2026-03-05T00:00:00Z")
    shop.preview(made)
    shop.api.get(f"/subscriptions/{made['id']}")
    return {**made, "price_id": plan["price_ids"][1], "feature": feature, "plan": plan}


def shown_price(shop: Shop, subscription: dict[str, Any]) -> dict[str, Any]:
    read = shop.api.get(f"/subscriptions/{subscription['id']}")
    found: dict[str, Any] = next(line["price"] for line in read["line_items"] if line["price_id"] == subscription["price_id"])
    return found


def test_a_changed_price_shows_at_once(shop: Shop, metered: dict[str, Any]) -> None:
    shop.api.put(f"/prices/{metered['price_id']}", {"metadata": {"a": "b"}, "display_name": "Renamed"})
    assert shown_price(shop, metered)["metadata"] == {"a": "b"}
    assert shop.api.get(f"/subscriptions/{metered['id']}")["plan"]["prices"][0]["id"]


def test_a_price_of_the_subscription_s_own_is_billed_at_once(shop: Shop, metered: dict[str, Any]) -> None:
    line = next(line for line in shop.api.get(f"/subscriptions/{metered['id']}")["line_items"] if line["price_id"] == metered["price_id"])
    shop.api.put(f"/subscriptions/lineitems/{line['id']}", {"amount": "2", "effective_from": "2026-03-04T00:00:00Z"})
    assert ("Calls", "40", "80") in lines(shop.preview(metered))


def test_what_a_refused_request_changed_is_not_kept(shop: Shop, metered: dict[str, Any]) -> None:
    before = shop.preview(metered)["subtotal"]
    refused = {"override_line_items": [{"price_id": metered["price_id"], "amount": "9"}], "coupons": ["coupon_nope"]}
    shop.subscribe(shop.customer("other"), metered["plan"], expect=404, **refused)
    assert shop.preview(metered)["subtotal"] == before
    assert shown_price(shop, metered)["amount"] == "0.5"


def test_another_workspace_keeps_its_own(shop: Shop, metered: dict[str, Any], api: Any, server: Any) -> None:
    other = Shop(type(api)(*server, api.headers["x-api-key"] + "b"))
    made = other.subscribe(other.customer(), other.plan("pro", {**ADVANCE, "amount": "7"}))
    assert other.preview(made)["subtotal"] == "7"
    assert shop.preview(metered)["subtotal"] == "50"
