"""Requests that are performed with a wrong clock."""

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("by", "shown"), [("PT5M", "2026-03-10T12:05:00Z"), ("-PT5M", "2026-03-10T11:55:00Z"), (-90, "2026-03-10T11:58:30Z")]
)
def test_what_a_request_writes_carries_the_wrong_time(api: Any, faults: Any, by: Any, shown: str) -> None:
    api.freeze("2026-03-10T12:00:00Z")
    faults.set("clock_skew", by=by, operation="create_customer", count=1)
    assert api.post("/customers", {"external_id": "a", "name": "A"})["created_at"] == shown
    assert api.post("/customers", {"external_id": "b", "name": "B"})["created_at"] == "2026-03-10T12:00:00Z"
    assert api.send("GET", "//_emulator/clock").json()["now"] == "2026-03-10T12:00:00Z"


def test_skews_add_up_and_end_where_clocks_end(api: Any, faults: Any) -> None:
    api.freeze("2026-03-10T12:00:00Z")
    faults.set("clock_skew", by="PT1H", count=2)
    faults.set("clock_skew", by="PT1M", count=1)
    assert api.post("/customers", {"external_id": "a", "name": "A"})["created_at"] == "2026-03-10T13:01:00Z"
    api.freeze("2999-12-31T23:30:00Z")
    assert api.post("/customers", {"external_id": "b", "name": "B"})["created_at"] == "3000-01-01T00:00:00Z"


def test_an_event_without_a_time_gets_the_wrong_one(api: Any, faults: Any) -> None:
    api.freeze("2026-03-10T12:00:00Z")
    faults.set("clock_skew", by="-P1D", operation="POST /v1/events")
    api.post("/events", {"event_name": "image", "external_customer_id": "acme"}, expect=202)
    year = {"start_time": "2026-01-01T00:00:00Z", "end_time": "2027-01-01T00:00:00Z"}
    (event,) = api.post("/events/query", year)["events"]
    assert event["timestamp"] == "2026-03-09T12:00:00Z"
