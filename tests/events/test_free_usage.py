"""POST /events/usage and /events/usage/meter over HTTP."""

from typing import Any

import pytest

from tests.events.support import Seller

RANGE = {"start_time": "2026-11-20T00:00:00Z", "end_time": "2026-11-23T00:00:00Z"}


@pytest.fixture
def seller(api: Any) -> Seller:
    api.freeze("2026-11-22T05:37:15Z")
    held = Seller(api)
    held.send("gpu", "a", "2026-11-20T01:00:00Z", n=4, kind="x")
    held.send("gpu", "b", "2026-11-20T01:30:00Z", n="2.5", kind="y")
    held.send("gpu", "c", "2026-11-21T20:00:00Z", n=-1, kind="x")
    held.send("gpu", "d", "2026-11-10T20:00:00Z", n=100, kind="x")
    return held


def usage(seller: Seller, **wanted: Any) -> Any:
    return seller.api.post("/events/usage", {"event_name": "gpu", "property_name": "n", **RANGE, **wanted})


@pytest.mark.parametrize(
    ("kind", "value"), [("SUM", 5.5), ("sum", 5.5), ("COUNT", 3), ("MAX", 4), ("AVG", 5.5 / 3), ("LATEST", None), ("COUNT_UNIQUE", 3)]
)
def test_totals_are_numbers_and_negatives_count(seller: Seller, kind: str, value: float | None) -> None:
    answer = usage(seller, aggregation_type=kind)
    assert answer.get("value") == value
    assert (answer["type"], answer["event_name"]) == (kind.upper(), "gpu")


def test_a_multiplier_counts_for_its_own_aggregation(seller: Seller) -> None:
    assert usage(seller, aggregation_type="SUM_WITH_MULTIPLIER", multiplier="2")["value"] == 11
    assert usage(seller, aggregation_type="SUM_WITH_MULTIPLIER")["value"] == 5.5


def test_without_a_property_everything_is_a_count(seller: Seller) -> None:
    assert usage(seller, aggregation_type="SUM", property_name="") == {"value": 3, "event_name": "gpu", "type": "COUNT"}


def test_whole_numbers_have_no_fraction(seller: Seller) -> None:
    body = {"event_name": "gpu", "property_name": "n", "aggregation_type": "MAX", **RANGE}
    assert '"value":4,' in seller.api.send("POST", "/events/usage", body).text


def test_windows_have_no_total_and_follow_the_zone(seller: Seller) -> None:
    answer = usage(seller, aggregation_type="COUNT", window_size="DAY", timezone="Asia/Kolkata")
    assert "value" not in answer
    assert answer["results"] == [
        {"window_size": "2026-11-20T00:00:00+05:30", "value": 2},
        {"window_size": "2026-11-22T00:00:00+05:30", "value": 1},
    ]


def test_unknown_window_is_a_day_and_unknown_zone_is_utc(seller: Seller) -> None:
    answer = usage(seller, aggregation_type="COUNT", window_size="FORTNIGHT", timezone="Mars/Base")
    assert [result["window_size"] for result in answer["results"]] == ["2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"]


def test_buckets_have_both_results_and_a_total(seller: Seller) -> None:
    answer = usage(seller, aggregation_type="MAX", bucket_size="DAY", group_by=["properties.kind"])
    assert answer["value"] == 5.5
    assert [(result["group_key"], result.get("value")) for result in answer["results"]] == [("x", 4), ("y", 2.5), ("x", -1)]


def test_filters_compare_text(seller: Seller) -> None:
    assert usage(seller, aggregation_type="SUM", filters={"n": ["4", "2.5"]})["value"] == 6.5
    assert usage(seller, aggregation_type="SUM", filters={"kind": []})["value"] == 5.5


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"aggregation_type": "MEDIAN"}, "Invalid aggregation type"),
        ({"aggregation_type": ""}, "Please check the request payload"),
        ({"aggregation_type": "SUM", "multiplier": "2"}, "Invalid multiplier value"),
        ({"aggregation_type": "SUM_WITH_MULTIPLIER", "multiplier": "0"}, "Invalid multiplier value"),
        ({"aggregation_type": "SUM", "end_time": "2026-11-01T00:00:00Z"}, "Please check the request payload"),
    ],
)
def test_bad_requests(seller: Seller, wanted: dict[str, Any], message: str) -> None:
    body = {"event_name": "gpu", **RANGE, **wanted}
    assert seller.api.post("/events/usage", body, expect=400)["message"] == message


def meter_usage(seller: Seller, name: str, **wanted: Any) -> Any:
    return seller.api.post(
        "/events/usage/meter", {"meter_id": seller.features[name]["meter_id"], "external_customer_id": "c", **RANGE, **wanted}
    )


def test_meter_filters_are_not_applied_and_earlier_events_are_seen(seller: Seller) -> None:
    seller.feature("Gpu", "gpu", {"type": "SUM", "field": "n"}, filters=[{"key": "kind", "values": ["y"]}])
    assert meter_usage(seller, "Gpu") == {"value": 5.5, "event_name": "gpu", "type": "SUM"}


def test_meter_that_never_resets_adds_what_came_before(seller: Seller) -> None:
    meter = {
        "name": "Gpu",
        "event_name": "gpu",
        "aggregation": {"type": "SUM", "field": "n"},
        "reset_usage": "NEVER",
    }
    seller.features["Gpu"] = seller.api.post("/features", {"name": "Gpu", "lookup_key": "gpu", "type": "metered", "meter": meter})
    assert meter_usage(seller, "Gpu")["value"] == 105.5


def test_meter_with_an_expression_is_a_count(seller: Seller) -> None:
    seller.feature("Gpu", "gpu", {"type": "SUM", "expression": "n * 2"})
    assert meter_usage(seller, "Gpu") == {"value": 3, "event_name": "gpu", "type": "COUNT"}


def test_unknown_meter_is_not_found(seller: Seller) -> None:
    refused = seller.api.post("/events/usage/meter", {"meter_id": "meter_nope"}, expect=404)
    assert refused["details"]["meter_id"] == "meter_nope"
    assert seller.api.post("/events/usage/meter", {}, expect=400)["message"] == "Please check the request payload"
