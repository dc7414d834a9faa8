"""/_emulator/requests/assert."""

import json
from typing import Any

import pytest


@pytest.fixture
def asked(api: Any) -> Any:
    """Two customers, one refused, and a bulk of two events."""
    for name in ("A", "B"):
        api.post("/customers", {"external_id": name.lower(), "name": name})
    api.post("/customers", {"external_id": "a", "name": "Again"}, expect=409)
    events = [{"event_name": name, "external_customer_id": "a", "properties": {"n": 2}} for name in ("image", "video")]
    api.post("/events/bulk", {"events": events}, expect=202)
    return api


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"operation": "create_customer"},
        {"operation": "POST /v1/customers", "count": 3},
        {"operation": "create_customer", "status": 201, "count": 2},
        {"operation": "create_customer", "status": "4xx", "count": 1},
        {"operation": "create_customer", "at_least": 2, "at_most": 3},
        {"operation": "delete_customer", "never": True},
        {"operation": "delete_customer", "count": 0},
        {"operation": "delete_customer", "at_most": 1},
        {"body": {"events": [{"event_name": "video", "properties": {"n": 2.0}}]}, "count": 1},
        {"response": {"code": "already_exists"}, "count": 1},
        {"operation": "create_customer", "since": 2, "count": 1},
    ],
)
def test_what_holds(asked: Any, log: Any, body: Any) -> None:
    assert log.check(**body)["count"] == len(log.check(**body)["numbers"])


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"operation": "create_customer", "count": 2}, "expected exactly 2 matching, found 3 among 4 requests"),
        ({"operation": "create_customer", "never": True}, "expected none matching, found 3"),
        ({"operation": "create_customer", "at_most": 2}, "expected at most 2 matching, found 3"),
        ({"operation": "create_customer", "at_least": 4}, "expected at least 4 matching, found 3"),
        ({"operation": "create_customer", "at_least": 4, "at_most": 9}, "expected 4 to 9 matching, found 3"),
    ],
)
def test_what_does_not_hold(asked: Any, log: Any, body: Any, says: str) -> None:
    assert log.check(417, **body)["detail"].startswith(says)


def test_the_closest_request_and_its_mismatch_are_named(asked: Any, log: Any) -> None:
    failure = log.check(417, operation="create_customer", status=201, body={"external_id": "b", "name": "Bee"})
    assert failure["closest"] == {
        "number": 2,
        "operation": "POST /customers",
        "mismatches": [{"field": "body.name", "expected": "Bee", "found": "B"}],
    }
    assert failure["detail"].endswith("closest is request 2, body.name: expected Bee, found B")
    assert failure["seen"] == {"POST /customers": 3, "POST /events/bulk": 1}


def test_the_same_operation_is_closer_than_fewer_mismatches(asked: Any, log: Any) -> None:
    closest = log.check(417, operation="ingest_events_bulk", status=201, body={"events": [{"event_name": "audio"}]})["closest"]
    assert closest["number"] == 4
    assert {each["field"] for each in closest["mismatches"]} == {"status", "body.events.0.event_name"}


def test_nothing_came_at_all(log: Any) -> None:
    failure = log.check(417, operation="create_customer")
    assert (failure["closest"], failure["seen"]) == (None, {})
    assert failure["detail"] == "expected at least 1 matching, found 0 among 0 requests"


def test_it_says_when_older_requests_are_gone(asked: Any, log: Any) -> None:
    log.call("DELETE")
    asked.get("/plans")
    assert "older requests are not kept any more" in log.check(417, operation="create_customer")["detail"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"count": 1, "at_least": 1}, "only one of the three"),
        ({"count": 1, "never": True}, "only one of the three"),
        ({"at_least": 3, "at_most": 2}, "not more than at_most"),
        ({"count": -1}, "greater than or equal to 0"),
        ({"status": "ok"}, "give a status such as 201"),
        ({"operatio": "x"}, "not permitted"),
        ({"body": json.loads("[" * 65 + "]" * 65)}, "deeper than 64"),
    ],
)
def test_an_assertion_that_cannot_be_is_refused(log: Any, body: Any, says: str) -> None:
    assert says in log.check(422, **body)["detail"][0]["msg"]
