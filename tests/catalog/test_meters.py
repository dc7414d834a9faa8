"""Meters: what can be aggregated, and how events find them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from flexprice_emulator.catalog import meters
from flexprice_emulator.tables import load_tables
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.workspace import Workspace

METER = {"name": "M", "event_name": "hit", "aggregation": {"type": "COUNT"}, "reset_usage": "BILLING_PERIOD"}


def test_meter_without_filters_shows_null_then_none(api: Any) -> None:
    made = api.post("/meters", METER, expect=201)
    assert made["filters"] is None
    assert api.get(f"/meters/{made['id']}") == {**made, "filters": []}
    assert "environment_id" not in made


@pytest.mark.parametrize(
    "aggregation",
    [
        {"type": "SUM", "field": "n"},
        {"type": "SUM", "expression": "a * 2 + b"},
        {"type": "SUM", "field": "n", "bucket_size": "DAY"},
        {"type": "MAX", "field": "n", "bucket_size": "15MIN", "group_by": "host"},
        {"type": "SUM_WITH_MULTIPLIER", "field": "n", "multiplier": "0.5"},
        {"type": "COUNT_UNIQUE", "field": "n"},
        {"type": "WEIGHTED_SUM", "field": "n"},
        {"type": "LATEST", "field": "n"},
    ],
)
def test_aggregation_is_shown_as_sent(api: Any, aggregation: dict[str, str]) -> None:
    made = api.post("/meters", {**METER, "aggregation": aggregation}, expect=201)
    assert api.get(f"/meters/{made['id']}")["aggregation"] == aggregation


@pytest.mark.parametrize(
    "aggregation",
    [
        {},
        {"type": "MEDIAN"},
        {"type": "SUM"},
        {"type": "COUNT_UNIQUE", "expression": "a"},
        {"type": "SUM", "field": "n", "expression": "a"},
        {"type": "SUM", "expression": "a %"},
        {"type": "SUM", "expression": "1 + 1"},
        {"type": "SUM_WITH_MULTIPLIER", "field": "n"},
        {"type": "SUM_WITH_MULTIPLIER", "field": "n", "multiplier": "0"},
        {"type": "AVG", "field": "n", "bucket_size": "DAY"},
        {"type": "MAX", "field": "n", "bucket_size": "2HOUR"},
        {"type": "MAX", "field": "n", "group_by": "host"},
        {"type": "SUM", "field": "n", "bucket_size": "DAY", "group_by": "host"},
    ],
)
def test_impossible_aggregations_are_refused(api: Any, aggregation: dict[str, str]) -> None:
    assert api.post("/meters", {**METER, "aggregation": aggregation}, expect=400)["code"] == "validation_error"


def test_any_reset_usage_is_kept(api: Any) -> None:
    assert api.post("/meters", {**METER, "reset_usage": "SOMETIMES"}, expect=201)["reset_usage"] == "SOMETIMES"


def test_filters_are_replaced_and_never_emptied(api: Any) -> None:
    meter = api.post("/meters", {**METER, "filters": [{"key": "a", "values": ["1"]}]})
    assert api.put(f"/meters/{meter['id']}", {"filters": []}, expect=400)["code"] == "validation_error"
    assert api.put(f"/meters/{meter['id']}", {"filters": [{"key": "", "values": ["1"]}]}, expect=400)["code"] == "validation_error"
    assert api.put(f"/meters/{meter['id']}", {"filters": [{"key": "b"}]}, expect=400)["code"] == "validation_error"
    changed = api.put(f"/meters/{meter['id']}", {"filters": [{"key": "b", "values": ["2", "3"]}]})
    assert changed["filters"] == [{"key": "b", "values": ["2", "3"]}]


def test_disabling_is_silent_about_unknown_meters(api: Any) -> None:
    meter = api.post("/meters", METER)
    assert "message" in api.post(f"/meters/{meter['id']}/disable", expect=200)
    assert "message" in api.delete("/meters/meter_nope", expect=200)
    assert [item["status"] for item in api.get("/meters")["items"]] == ["archived"]
    assert api.get("/meters?status=published")["items"] == []
    assert api.get("/meters/meter_nope", expect=404)["message"] == "Meter not found"


def test_meters_of_an_event_follow_every_change() -> None:
    load_tables()
    now = datetime(2030, 1, 1, tzinfo=UTC)
    workspace = Workspace("env_test", lambda: now)
    try:
        with workspace.transaction() as session:
            ctx = Context(workspace, session, now)
            request = meters.CreateMeterRequest.model_validate(METER)
            assert meters.published_by_event_name(ctx, "hit") == ()
            first, second = meters.create(ctx, request), meters.create(ctx, request)
            assert [meter.id for meter in meters.published_by_event_name(ctx, "hit")] == [first.id, second.id]
            meters.replace_filters(ctx, first, [meters.MeterFilter(key="k", values=["v"])])
            assert meters.published_by_event_name(ctx, "hit")[0].filters[0].values == ("v",)
            meters.disable(ctx, second.id)
            assert [meter.id for meter in meters.published_by_event_name(ctx, "hit")] == [first.id]
    finally:
        workspace.close()
