"""Custom price units, and prices in them."""

from typing import Any

import pytest

UNIT = {"name": "Credit", "code": "crd", "symbol": "c", "base_currency": "USD", "conversion_rate": "0.0125"}


def custom(shop: Any, plan: dict[str, Any], **config: Any) -> dict[str, Any]:
    return shop.fixed(plan, price_unit_type="CUSTOM", amount=None, price_unit_config={"price_unit": "crd", **config})


def test_unit_is_read_by_id_and_code(api: Any) -> None:
    made = api.post("/prices/units", UNIT, expect=201)
    assert (made["conversion_rate"], made["base_currency"], made["code"]) == ("0.0125", "usd", "crd")
    assert api.get(f"/prices/units/{made['id']}") == made
    assert api.get("/prices/units/code/crd") == made
    assert api.get("/prices/units")["pagination"] == {"total": 1, "limit": 50, "offset": 0}


def test_price_in_units_is_kept_in_fiat_too(api: Any, shop: Any) -> None:
    api.post("/prices/units", UNIT)
    tiers = [{"up_to": 3, "unit_amount": "0.1", "flat_amount": "2"}, {"unit_amount": "0.00000125"}]
    plan = shop.plan()

    flat = shop.price(custom(shop, plan, amount="3"))
    tiered = shop.price({**custom(shop, plan, price_unit_tiers=tiers), "billing_model": "TIERED", "tier_mode": "SLAB"})

    assert (flat["amount"], flat["price_unit_amount"], flat["conversion_rate"]) == ("0.0375", "3", "0.0125")
    assert (flat["price_unit"], flat["display_price_unit_amount"], flat["display_amount"]) == ("crd", "c3", "$0.0375")
    assert tiered["price_unit_tiers"] == [
        {"up_to": 3, "unit_amount": "0.1", "flat_amount": "2"},
        {"up_to": None, "unit_amount": "0.00000125"},
    ]
    assert tiered["tiers"] == [
        {"up_to": 3, "unit_amount": "0.00125", "flat_amount": "0.025"},
        {"up_to": None, "unit_amount": "0.000000015625"},
    ]
    assert api.get(f"/prices/{flat['id']}")["pricing_unit"]["code"] == "crd"


def test_successor_keeps_the_unit_and_its_rate(api: Any, shop: Any) -> None:
    api.post("/prices/units", UNIT)
    price = shop.price(custom(shop, shop.plan(), amount="3"))
    assert api.put(f"/prices/{price['id']}", {"amount": "1"}, expect=400)["code"] == "validation_error"
    successor = api.put(f"/prices/{price['id']}", {"price_unit_amount": "8"})
    assert (successor["amount"], successor["price_unit_amount"], successor["price_unit"]) == ("0.1", "8", "crd")


def test_code_is_unique_until_archived(api: Any, shop: Any) -> None:
    unit = api.post("/prices/units", UNIT)
    assert api.post("/prices/units", UNIT, expect=409)["code"] == "already_exists"
    for _ in range(2):
        assert "message" in api.delete(f"/prices/units/{unit['id']}", expect=200)
    assert api.get("/prices/units/code/crd", expect=404)["details"] == {"code": "crd"}
    assert api.post("/prices", custom(shop, shop.plan(), amount="3"), expect=404)["details"] == {"code": "crd"}
    assert api.put(f"/prices/units/{unit['id']}", {"name": "X"}, expect=400)["code"] == "validation_error"
    api.post("/prices/units", UNIT, expect=201)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"conversion_rate": "0"}, 400),
        ({"conversion_rate": "-1"}, 400),
        ({"base_currency": "DOLLAR"}, 400),
        ({"name": ""}, 400),
        ({"code": "toolong"}, 500),
    ],
)
def test_broken_units_are_refused(api: Any, change: dict[str, str], status: int) -> None:
    api.post("/prices/units", {**UNIT, **change}, expect=status)


def test_currency_of_the_price_is_the_units(api: Any, shop: Any) -> None:
    api.post("/prices/units", UNIT)
    body = {**custom(shop, shop.plan(), amount="3"), "currency": "EUR"}
    assert api.post("/prices", body, expect=400)["details"] == {"base_currency": "usd", "currency": "eur"}


def test_unit_is_renamed_and_searched(api: Any) -> None:
    unit = api.post("/prices/units", UNIT)
    assert api.put(f"/prices/units/{unit['id']}", {"name": "Token", "metadata": {"a": "b"}})["name"] == "Token"
    found = api.post("/prices/units/search", {"price_unit_ids": [unit["id"]]})["items"]
    assert [item["metadata"] for item in found] == [{"a": "b"}]
    assert api.get("/prices/units/price_unit_nope", expect=404)["details"] == {"price_unit_id": "price_unit_nope"}
