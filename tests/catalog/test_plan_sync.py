"""Subscriptions follow the usage prices of their plan when told to."""

from typing import Any

import pytest


@pytest.fixture
def plan(shop: Any) -> dict[str, Any]:
    return shop.plan()


@pytest.fixture
def usage(api: Any, shop: Any, plan: dict[str, Any]) -> dict[str, Any]:
    """The plan's usage price."""
    api.freeze("2030-01-01T00:00:00Z")
    return shop.price(shop.usage(plan, shop.feature(), "0.5"))


@pytest.fixture
def subscription(api: Any, plan: dict[str, Any], usage: dict[str, Any]) -> dict[str, Any]:
    assert usage["entity_id"] == plan["id"]
    customer = api.post("/customers", {"external_id": "c", "name": "C"})
    body = {"customer_id": customer["id"], "plan_id": plan["id"], "currency": "USD", "billing_period": "MONTHLY"}
    return api.post("/subscriptions", {**body, "billing_period_count": 1, "start_date": "2030-01-01T00:00:00Z"}, expect=201)


def lines(api: Any, subscription: dict[str, Any]) -> dict[str, Any]:
    """Line items by price."""
    return {line["price_id"]: line for line in api.get(f"/subscriptions/{subscription['id']}")["line_items"]}


def all_lines(api: Any, subscription: dict[str, Any]) -> list[dict[str, Any]]:
    """Ended ones too."""
    items: list[dict[str, Any]] = api.post("/subscriptions/lineitems/search", {"subscription_ids": [subscription["id"]]})["items"]
    return items


def test_changed_price_moves_its_lines(api: Any, plan: Any, usage: Any, subscription: Any) -> None:
    api.freeze("2030-01-10T00:00:00Z")
    successor = api.put(f"/prices/{usage['id']}", {"amount": "0.7"})
    assert set(lines(api, subscription)) == {usage["id"]}

    started = api.post(f"/plans/{plan['id']}/sync/subscriptions", expect=200)

    assert started["message"] == "price sync v2 workflow started"
    assert started["workflow_id"].startswith("wf_PriceSyncV2Workflow_")
    held = {line["price_id"]: line for line in all_lines(api, subscription)}
    assert held[usage["id"]]["end_date"] == "2030-01-10T00:00:00Z"
    assert held[successor["id"]]["start_date"] == "2030-01-10T00:00:00Z"
    assert held[successor["id"]]["metadata"] == {"added_by": "plan_sync_api"}


def test_second_run_changes_nothing(api: Any, shop: Any, plan: Any, subscription: Any) -> None:
    added = shop.price(shop.usage(plan, shop.feature("calls"), "0.1"))
    for minute in (1, 2):
        api.freeze(f"2030-01-10T00:0{minute}:00Z")
        api.post(f"/plans/{plan['id']}/sync/subscriptions/v2", expect=200)
    assert [line["price_id"] for line in all_lines(api, subscription)].count(added["id"]) == 1


def test_runs_keep_each_other_out(api: Any, shop: Any) -> None:
    api.freeze("2030-01-01T00:00:00Z")
    first, second = shop.plan("A"), shop.plan("B")
    path = f"/plans/{first['id']}/sync/subscriptions"
    api.post(path, expect=200)
    assert api.post(f"{path}/v2", expect=409)["code"] == "already_exists"
    api.post(f"/plans/{second['id']}/sync/subscriptions", expect=200)
    api.freeze("2030-01-01T00:00:01Z")
    api.post(path, expect=200)
    assert api.post("/plans/plan_nope/sync/subscriptions", expect=404)["details"] == {"plan_id": "plan_nope"}


def test_fixed_prices_and_other_periods_are_left_alone(api: Any, shop: Any, plan: Any, usage: Any, subscription: Any) -> None:
    shop.price(shop.fixed(plan, "9"))
    shop.price(shop.usage(plan, shop.feature("calls"), "0.1", billing_period="ANNUAL"))
    shop.price(shop.usage(plan, shop.feature("seats"), "0.1", currency="EUR"))
    api.post(f"/plans/{plan['id']}/sync/subscriptions", expect=200)
    assert set(lines(api, subscription)) == {usage["id"]}


def test_plan_in_use_stays(api: Any, plan: Any, subscription: Any) -> None:
    assert subscription["plan_id"] == plan["id"]
    assert api.delete(f"/plans/{plan['id']}", expect=400)["code"] == "invalid_operation"
    assert api.get(f"/plans/{plan['id']}")["status"] == "published"
