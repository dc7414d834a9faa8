"""POST /events and /events/bulk: what is taken, what is refused, what of it is stored."""

import json
from typing import Any

import pytest

NOW = "2026-11-22T05:37:15.5Z"
PLAIN = {"event_name": "hit", "external_customer_id": "c"}
FIELD = "Key: 'IngestEventRequest.{0}' Error:Field validation for '{0}' failed on the 'required' tag"


@pytest.fixture(autouse=True)
def frozen(api: Any) -> None:
    api.freeze(NOW)


def stored(api: Any) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = api.post("/events/query", {"start_time": "1900-01-01T00:00:00Z", "end_time": "2200-01-01T00:00:00Z"})[
        "events"
    ]
    return events


def test_event_is_stored_as_sent_and_seen_by_the_next_request(api: Any) -> None:
    body = {
        **PLAIN,
        "event_id": "e1",
        "customer_id": "cust_x",
        "source": "api",
        "timestamp": "2026-11-21T10:00:00.123456+02:00",
        "properties": {"z": 1, "a": {"b": [1.5, None, True]}, "n": 12345678901234567890},
    }
    assert api.post("/events", body, expect=202) == {"message": "Event accepted for processing", "event_id": "e1"}

    (event,) = stored(api)
    assert event["timestamp"] == "2026-11-21T08:00:00.123Z"
    assert (event["id"], event["customer_id"], event["source"]) == ("e1", "cust_x", "api")
    # Numbers pass through 64-bit floats, and keys are sorted.
    assert list(event["properties"]) == ["a", "n", "z"]
    assert event["properties"]["n"] == 12345678901234567000
    assert event["properties"]["a"] == {"b": [1.5, None, True]}


@pytest.mark.parametrize("timestamp", [None, "0001-01-01T00:00:00Z", "missing"])
def test_without_a_timestamp_it_is_now(api: Any, timestamp: str | None) -> None:
    body = PLAIN if timestamp == "missing" else {**PLAIN, "timestamp": timestamp}
    assert api.post("/events", body, expect=202)["event_id"].startswith("event_")
    assert stored(api)[0]["timestamp"] == NOW


def test_properties_left_out_are_null_and_the_name_is_trimmed(api: Any) -> None:
    api.post("/events", {**PLAIN, "event_name": "  hit "}, expect=202)
    (event,) = stored(api)
    assert (event["event_name"], event["properties"]) == ("hit", None)


def test_name_of_blanks_is_accepted_and_not_stored(api: Any) -> None:
    api.post("/events", {**PLAIN, "event_name": "   "}, expect=202)
    assert stored(api) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b'{"event_name":',
        b'{"event_name": "hit"}',
        b'{"external_customer_id": "c"}',
        b'{"event_name": 1, "external_customer_id": "c"}',
        b'{"event_name": "hit", "external_customer_id": "c", "timestamp": "2026-01-01"}',
        b'{"event_name": "hit", "external_customer_id": "c", "timestamp": "2026-01-01T00:00:00"}',
        b'{"event_name": "hit", "external_customer_id": "c", "timestamp": "2026-01-01t00:00:00z"}',
        b'{"event_name": "hit", "external_customer_id": "c", "timestamp": "2026-W01-1T00:00:00Z"}',
        b'{"event_name": "hit", "external_customer_id": "c", "timestamp": "2026-01-01T24:00:00Z"}',
        b'{"event_name": "hit", "external_customer_id": "c", "timestamp": ""}',
        b'{"event_name": "hit", "external_customer_id": "c", "timestamp": 1700000000}',
        b'{"event_name": "hit", "external_customer_id": "c", "properties": [1]}',
        b'{"event_name": "hit", "external_customer_id": "c", "properties": {"n": 1e400}}',
        b'{"event_name": "hit", "external_customer_id": "c", "properties": {"n": [' + b"9" * 400 + b"]}}",
        b'{"event_name": "hit", "external_customer_id": "c", "properties": {"n": NaN}}',
    ],
)
def test_what_does_not_bind_is_refused_without_details(api: Any, raw: bytes) -> None:
    answer = api.send("POST", "/events", raw=raw)
    assert answer.status_code == 400
    assert answer.json() == {"code": "validation_error", "message": "Invalid request payload", "http_status_code": 400}
    assert stored(api) == []


@pytest.mark.parametrize("timestamp", ["2026-01-01T00:00:00,5Z", "2026-01-01T00:00:00.000000001-11:30", "2026-02-28T23:59:59Z"])
def test_rfc_3339_in_all_its_forms_is_taken(api: Any, timestamp: str) -> None:
    api.post("/events", {**PLAIN, "timestamp": timestamp}, expect=202)


def test_keys_count_in_any_case_and_trailing_text_is_ignored(api: Any) -> None:
    raw = b'{"Event_Name": "hit", "EXTERNAL_CUSTOMER_ID": "c", "id": "ignored", "nonsense": 1} trailing'
    assert api.send("POST", "/events", raw=raw).status_code == 202
    assert stored(api)[0]["id"] != "ignored"


def test_bulk_keeps_what_comes_before_a_bad_event(api: Any) -> None:
    events = [{**PLAIN, "event_id": "a"}, {**PLAIN, "event_id": "b"}, {"event_name": "hit"}, {**PLAIN, "event_id": "d"}]
    refused = api.post("/events/bulk", {"events": events}, expect=400)
    assert refused["message"] == "Request validation failed"
    assert refused["details"] == {"ExternalCustomerID": FIELD.format("ExternalCustomerID")}
    assert {event["id"] for event in stored(api)} == {"a", "b"}


def test_bulk_names_every_missing_field_of_the_first_bad_event(api: Any) -> None:
    refused = api.post("/events/bulk", {"events": [{}]}, expect=400)
    assert refused["details"] == {name: FIELD.format(name) for name in ("EventName", "ExternalCustomerID")}


def test_bulk_that_does_not_bind_stores_nothing(api: Any) -> None:
    refused = api.post("/events/bulk", {"events": [PLAIN, {**PLAIN, "timestamp": "yesterday"}]}, expect=400)
    assert refused["message"] == "Invalid request payload"
    assert stored(api) == []


@pytest.mark.parametrize(("count", "tag"), [(0, "min"), (1, ""), (1000, ""), (1001, "max")])
def test_bulk_takes_one_to_a_thousand(api: Any, count: int, tag: str) -> None:
    answer = api.send("POST", "/events/bulk", {"events": [{**PLAIN, "event_id": f"e{number}"} for number in range(count)]})
    if not tag:
        assert (answer.status_code, answer.json()) == (202, {"message": "Events accepted for processing"})
    else:
        assert answer.status_code == 400
        assert answer.json()["details"]["Events"].endswith(f"'Events' failed on the '{tag}' tag")


@pytest.mark.parametrize("body", ["{}", "null", '{"events": null}'])
def test_bulk_without_events_names_them(api: Any, body: str) -> None:
    answer = api.send("POST", "/events/bulk", raw=body.encode())
    assert answer.status_code == 400
    assert answer.json()["details"]["Events"].endswith("failed on the 'required' tag")


def test_body_over_32_mib_is_refused(api: Any) -> None:
    raw = json.dumps(PLAIN).encode() + b" " * (32 * 1024 * 1024)
    answer = api.send("POST", "/events", raw=raw)
    assert (answer.status_code, answer.json()["message"]) == (400, "request body too large")


def test_the_last_copy_of_an_event_counts(api: Any) -> None:
    copy = {**PLAIN, "event_id": "e1", "timestamp": "2026-11-21T00:00:00Z"}
    api.post("/events", {**copy, "properties": {"n": 1}})
    api.post("/events", {**copy, "event_name": "other", "external_customer_id": "d", "properties": {"n": 2}})
    (event,) = stored(api)
    # Neither the customer nor the name is part of an event's identity.
    assert (event["external_customer_id"], event["event_name"], event["properties"]) == ("d", "other", {"n": 2})


def test_one_event_id_at_two_times_is_two_events(api: Any) -> None:
    for second in (1, 2):
        api.post("/events", {**PLAIN, "event_id": "e1", "timestamp": f"2026-11-21T00:00:0{second}Z"})
    assert len(stored(api)) == 2
    usage = {"event_name": "hit", "aggregation_type": "COUNT", "start_time": "2026-11-21T00:00:00Z", "end_time": "2026-11-22T00:00:00Z"}
    assert api.post("/events/usage", usage)["value"] == 1
