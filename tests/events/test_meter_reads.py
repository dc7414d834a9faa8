"""POST /meter-usage/query and /meter-usage/analytics."""

from typing import Any

import pytest

from tests.events.support import Seller

RANGE = {"start_time": "2026-11-11T00:00:00Z", "end_time": "2026-11-22T00:00:00Z", "external_customer_id": "c"}


@pytest.fixture
def seller(api: Any) -> Seller:
    api.freeze("2026-11-22T05:37:15Z")
    held = Seller(api)
    for name in ("Tokens", "Idle"):
        held.feature(name, name.lower(), {"type": "SUM", "field": "n"})
        held.price(name)
    held.feature("Unsold", "tokens", {"type": "COUNT"})
    held.subscribe()
    held.send("tokens", "a", "2026-11-13T01:00:00Z", n=100)
    held.send("tokens", "b", "2026-11-13T02:00:00Z", n=50)
    held.send("tokens", "c", "2026-11-17T13:00:00Z", n=300)
    return held


def ask(seller: Seller, name: str, **wanted: Any) -> Any:
    meter_id = seller.features[name]["meter_id"] if name in seller.features else name
    return seller.api.post("/meter-usage/query", {**RANGE, "meter_id": meter_id, "aggregation_type": "SUM", **wanted})


@pytest.mark.parametrize(("kind", "total"), [("SUM", "450"), ("MAX", "300"), ("COUNT", "3"), ("AVG", "150"), ("MEDIAN", "450")])
def test_any_aggregation_reads_any_meter(seller: Seller, kind: str, total: str) -> None:
    answer = ask(seller, "Tokens", aggregation_type=kind)
    assert (answer["total_value"], answer["event_count"], answer["aggregation_type"]) == (total, 3, kind)


def test_total_of_windows_is_their_sum_even_of_maxima(seller: Seller) -> None:
    answer = ask(seller, "Tokens", aggregation_type="MAX", window_size="DAY")
    assert answer["total_value"] == "400"
    assert [(point["timestamp"], point["value"]) for point in answer["points"]] == [
        ("2026-11-13T00:00:00Z", "100"),
        ("2026-11-17T00:00:00Z", "300"),
    ]


@pytest.mark.parametrize("name", ["Unsold", "Idle", "meter_nope"])
def test_what_is_not_billed_or_not_used_is_zero(seller: Seller, name: str) -> None:
    assert (ask(seller, name)["total_value"], ask(seller, name)["event_count"]) == ("0", 0)


def test_several_meters_leave_out_those_without_usage(seller: Seller) -> None:
    meters = [feature["meter_id"] for feature in seller.features.values()]
    answer = seller.api.post("/meter-usage/analytics", {**RANGE, "meter_ids": meters, "aggregation_type": "SUM"})
    assert [item["meter_id"] for item in answer["items"]] == [seller.features["Tokens"]["meter_id"]]


def test_required_fields(seller: Seller) -> None:
    for missing in ("external_customer_id", "meter_id", "aggregation_type", "start_time", "end_time"):
        body = {**RANGE, "meter_id": "m", "aggregation_type": "SUM"}
        del body[missing]
        assert seller.api.post("/meter-usage/query", body, expect=400)["message"] == "Check your request body"
    body = {**RANGE, "aggregation_type": "SUM"}
    assert seller.api.post("/meter-usage/analytics", body, expect=400)["message"] == "Check your request body"
    refused = seller.api.post("/meter-usage/analytics", {**body, "meter_ids": []}, expect=400)
    assert refused["details"]["MeterIDs"].endswith("'MeterIDs' failed on the 'min' tag")
