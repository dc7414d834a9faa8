"""Tax rates: creation, change, archive, lists."""

from typing import Any

import pytest

VAT = {"name": "VAT", "code": "VAT", "tax_rate_type": "percentage", "percentage_value": "19.5"}


def test_the_unused_value_is_absent_at_first_and_zero_when_read(api: Any) -> None:
    made = api.post("/taxes/rates", VAT, expect=201)
    assert "fixed_value" not in made
    read = api.get(f"/taxes/rates/{made['id']}")
    assert (read["percentage_value"], read["fixed_value"], read["updated_by"]) == ("19.5", "0", "")
    assert (read["scope"], read["tax_rate_status"]) == ("INTERNAL", "ACTIVE")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tax_rate_type": "share"}, "Tax rate type must be either percentage or fixed"),
        ({"percentage_value": None}, "Tax rate percentage value is required"),
        ({"percentage_value": "-1"}, "Tax rate percentage must be in range 0-100"),
        ({"percentage_value": "100.01"}, "Tax rate percentage must be in range 0-100"),
        ({"fixed_value": "1"}, "Tax rate must have either a percentage or fixed value, but not both"),
        ({"tax_rate_type": "fixed", "percentage_value": None}, "Tax rate fixed value is required"),
        ({"scope": "WORLD"}, "Invalid tax rate scope"),
    ],
)
def test_refused_rates(api: Any, change: dict[str, Any], message: str) -> None:
    assert api.post("/taxes/rates", {**VAT, **change}, expect=400)["message"] == message
    assert api.get("/taxes/rates")["items"] == []


def test_archiving_frees_the_code(api: Any) -> None:
    first = api.post("/taxes/rates", VAT)
    refused = api.post("/taxes/rates", VAT, expect=409)
    assert refused["details"]["taxrate_code"] == "VAT"
    api.delete(f"/taxes/rates/{first['id']}", expect=204)
    assert api.post("/taxes/rates", VAT)["id"] != first["id"]
    assert api.get(f"/taxes/rates/{first['id']}")["status"] == "archived"


def test_a_changed_status_shows_once_and_is_lost(api: Any) -> None:
    rate = api.post("/taxes/rates", VAT)["id"]
    assert api.put(f"/taxes/rates/{rate}", {"tax_rate_status": "INACTIVE"})["tax_rate_status"] == "INACTIVE"
    assert api.get(f"/taxes/rates/{rate}")["tax_rate_status"] == "ACTIVE"


def test_a_rate_may_keep_its_code_and_not_take_another_s(api: Any) -> None:
    rate = api.post("/taxes/rates", VAT)
    api.post("/taxes/rates", {**VAT, "code": "GST"})
    assert api.put(f"/taxes/rates/{rate['id']}", {"name": "X", "code": rate["code"]})["name"] == "X"
    assert api.put(f"/taxes/rates/{rate['id']}", {"name": "Y"})["code"] == rate["code"]
    api.put(f"/taxes/rates/{rate['id']}", {"code": "GST"}, expect=409)


def test_a_linked_rate_is_fixed(api: Any) -> None:
    rate = api.post("/taxes/rates", VAT)["id"]
    link = api.post("/taxes/associations", {"tax_rate_code": "VAT", "entity_type": "tenant", "entity_id": "t"}, expect=200)
    assert "cannot update" in api.put(f"/taxes/rates/{rate}", {"name": "X"}, expect=400)["message"]
    assert "active associations" in api.delete(f"/taxes/rates/{rate}", expect=400)["message"]
    api.delete(f"/taxes/associations/{link['id']}", expect=200)
    api.delete(f"/taxes/rates/{rate}", expect=204)


def test_lists_filter_by_id_and_code_and_ignore_scope(api: Any) -> None:
    one = api.post("/taxes/rates", VAT)
    api.post("/taxes/rates", {**VAT, "code": "GST"})
    assert [item["code"] for item in api.get("/taxes/rates?taxrate_codes=GST&limit=5")["items"]] == ["GST"]
    assert [item["id"] for item in api.get(f"/taxes/rates?taxrate_ids={one['id']}&limit=5")["items"]] == [one["id"]]
    assert len(api.get("/taxes/rates?scope=EXTERNAL&limit=5")["items"]) == 2
    assert api.get("/taxes/rates?limit=0", expect=400)["message"] == "Invalid filter"
    assert api.get("/taxes/rates?order=asc")["pagination"] == {"total": 2, "limit": 0, "offset": 0}


def test_an_unknown_rate_is_a_server_error_to_read_but_not_found_to_change(api: Any) -> None:
    assert api.get("/taxes/rates/taxrate_x", expect=500) == {"error": "ent: tax_rate not found"}
    assert api.put("/taxes/rates/taxrate_x", {"name": "X"}, expect=404)["details"] == {"taxrate_id": "taxrate_x"}
