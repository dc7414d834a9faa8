"""Coupons: creation, change, archive, lists."""

from typing import Any

import pytest

TEN = {"name": "Ten", "coupon_code": "TEN", "type": "percentage", "percentage_off": "10", "cadence": "forever"}
FIVE = {"name": "Five", "type": "fixed", "amount_off": "5", "currency": "USD", "cadence": "once"}


def test_codes_are_kept_in_lower_case_and_found_in_any(api: Any) -> None:
    made = api.post("/coupons", TEN, expect=201)
    assert made["coupon_code"] == "ten"
    assert api.get("/coupons/code/tEn") == made
    assert api.post("/coupons", TEN, expect=409)["details"] == {"coupon_code": "ten"}


def test_a_percentage_has_no_currency_and_the_unused_amount_is_zero(api: Any) -> None:
    percentage = api.post("/coupons", {**TEN, "currency": "usd"})
    assert (percentage["currency"], percentage["amount_off"]) == ("", "0")
    fixed = api.post("/coupons", FIVE)
    assert (fixed["currency"], fixed["percentage_off"], "coupon_code" in fixed) == ("usd", "0", False)


@pytest.mark.parametrize("missing", ["name", "type", "cadence"])
def test_name_type_and_cadence_are_needed(api: Any, missing: str) -> None:
    body = {key: value for key, value in TEN.items() if key != missing}
    assert api.post("/coupons", body, expect=400)["message"] == "Invalid request format"


@pytest.mark.parametrize(
    "change",
    [
        {"percentage_off": "0"},
        {"percentage_off": "100.1"},
        {"percentage_off": None},
        {"type": "fixed"},
        {"max_redemptions": 0},
        {"max_redemptions": 1_000_001},
        {"cadence": "repeated"},
        {"duration_in_periods": 2},
        {"cadence": "repeated", "duration_in_periods": 0},
        {"redeem_after": "2026-02-01T00:00:00Z", "redeem_before": "2026-01-01T00:00:00Z"},
        {"redeem_after": "2026-02-01T00:00:00Z", "redeem_before": "2026-02-01T00:00:00Z"},
    ],
)
def test_refused_coupons(api: Any, change: dict[str, Any]) -> None:
    assert api.post("/coupons", {**TEN, **change}, expect=400)["code"] == "validation_error"
    assert api.get("/coupons")["items"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"percentage_off": "100"},
        {"percentage_off": "0.01"},
        {"max_redemptions": 1},
        {"max_redemptions": 1_000_000},
        {"cadence": "repeated", "duration_in_periods": 1},
        {"redeem_after": "2026-01-01T00:00:00Z", "redeem_before": "2026-01-01T00:00:01Z"},
    ],
)
def test_the_ends_of_what_is_allowed(api: Any, change: dict[str, Any]) -> None:
    made = api.post("/coupons", {**TEN, **change}, expect=201)
    assert {name: made[name] for name in change} == change


def test_any_text_is_a_type_and_a_cadence(api: Any) -> None:
    made = api.post("/coupons", {"name": "Odd", "type": "half", "cadence": "ONCE"}, expect=201)
    assert (made["type"], made["cadence"]) == ("half", "ONCE")


def test_only_name_and_metadata_change(api: Any) -> None:
    made = api.post("/coupons", TEN)
    changed = api.put(f"/coupons/{made['id']}", {"name": "X", "metadata": {"a": "b"}, "percentage_off": "90"})
    assert (changed["name"], changed["metadata"], changed["percentage_off"]) == ("X", {"a": "b"}, "10")


def test_archiving_frees_the_code_and_knows_no_unknown_id(api: Any) -> None:
    made = api.post("/coupons", TEN)
    for identity in (made["id"], "coupon_unknown"):
        assert api.delete(f"/coupons/{identity}", expect=200)["message"] == "Coupon deleted successfully"
    api.get("/coupons/code/ten", expect=404)
    assert api.get(f"/coupons/{made['id']}")["status"] == "archived"
    api.post("/coupons", TEN, expect=201)


def test_lists_show_the_offset_asked_for(api: Any) -> None:
    for number in range(3):
        api.post("/coupons", {**TEN, "coupon_code": f"c{number}"})
    page = api.get("/coupons?limit=1&offset=1")
    assert page["pagination"] == {"total": 3, "limit": 1, "offset": 1}
    assert len(api.get("/coupons?coupon_codes=C1&coupon_codes=C2")["items"]) == 2
    assert api.get("/coupons?limit=1001", expect=400)["message"] == "An unexpected error occurred"


def test_incomplete_conditions_are_refused(api: Any) -> None:
    condition = {"field": "name", "operator": "eq", "value": {"string": "Ten"}}
    assert api.post("/coupons/search", {"filters": [condition]}, expect=400)["message"] == "Data type is required"
    whole = {**condition, "data_type": "string"}
    api.post("/coupons", TEN)
    assert len(api.post("/coupons/search", {"filters": [whole]})["items"]) == 1
