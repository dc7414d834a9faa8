"""GET /events and POST /events/query: ranges, pages, cursors, filters."""

from typing import Any

import pytest

RANGE = {"start_time": "2026-11-21T00:00:00Z", "end_time": "2026-11-22T05:00:00Z"}


@pytest.fixture(autouse=True)
def sent(api: Any) -> None:
    api.freeze("2026-11-22T05:37:15.5Z")
    events = [
        {
            "event_name": "hit" if number % 2 else "miss",
            "event_id": f"e{number}",
            "external_customer_id": "c" if number < 5 else "d",
            "source": "web" if number == 3 else "",
            "timestamp": f"2026-11-22T0{number}:00:00Z",
            "properties": {"n": number, "text": str(number), "flag": number > 2, "a.b": "x"},
        }
        for number in range(6)
    ]
    api.post("/events/bulk", {"events": events}, expect=202)


def ids(page: Any) -> list[str]:
    return [event["id"] for event in page["events"]]


def test_newest_first_and_the_end_is_inclusive(api: Any) -> None:
    page = api.post("/events/query", RANGE)
    assert ids(page) == ["e5", "e4", "e3", "e2", "e1", "e0"]
    assert (page["total_count"], page["has_more"], page["offset"]) == (6, False, 50)


def test_default_range_is_a_week_up_to_now(api: Any) -> None:
    api.post("/events", {"event_name": "hit", "event_id": "now", "external_customer_id": "c"})
    old = {"event_name": "hit", "event_id": "old", "external_customer_id": "c", "timestamp": "2026-11-15T05:37:00Z"}
    api.post("/events", old)
    assert "now" in ids(api.post("/events/query", {}))
    assert "old" not in ids(api.post("/events/query", {}))


def test_pages_by_offset_and_by_cursor_hold_the_same(api: Any) -> None:
    by_offset, by_cursor = [], []
    offset, cursor = 0, ""
    for _ in range(3):
        page = api.post("/events/query", {**RANGE, "page_size": 2, "offset": offset})
        by_offset += ids(page)
        offset = page["offset"]
        page = api.post("/events/query", {**RANGE, "page_size": 2, "iter_last_key": cursor})
        by_cursor += ids(page)
        cursor = page.get("iter_last_key", "")
    assert by_offset == by_cursor == ["e5", "e4", "e3", "e2", "e1", "e0"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"external_customer_id": "d"}, ["e5"]),
        ({"event_name": "hit", "external_customer_id": "c"}, ["e3", "e1"]),
        ({"event_id": "e2"}, ["e2"]),
        ({"source": "web"}, ["e3"]),
        ({"property_filters": {"n": ["1", "2"]}}, ["e2", "e1"]),
        ({"property_filters": {"text": ["1"], "n": ["1"]}}, ["e1"]),
        ({"property_filters": {"flag": ["true"]}}, ["e5", "e4", "e3"]),
        ({"property_filters": {"a.b": ["x"]}, "page_size": 1}, ["e5"]),
        ({"property_filters": {'o"dd': ["x"]}}, []),
        ({"property_filters": {"n": []}, "page_size": 1}, ["e5"]),
        ({"order": "asc", "sort": "timestamp", "page_size": 2}, ["e0", "e1"]),
        ({"order": "desc", "sort": "event_name"}, ["e4", "e2", "e0", "e5", "e3", "e1"]),
        ({"iter_first_key": "1795316400000000000::e3"}, ["e5", "e4"]),
    ],
)
def test_filters_and_orders(api: Any, wanted: dict[str, Any], found: list[str]) -> None:
    assert ids(api.post("/events/query", {**RANGE, **wanted})) == found


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"start_time": "2026-11-22T05:37:15Z", "end_time": "2026-11-21T05:37:15Z"}, "Please check the request payload"),
        ({"iter_last_key": "zzz"}, "Invalid cursor key format"),
        ({"iter_last_key": "1::a::b"}, "Invalid cursor key format"),
        ({"iter_first_key": "x::a"}, "Invalid cursor key format"),
        ({"sort": "n"}, "Request validation failed due to invalid sort field"),
        ({"page_size": "two"}, "Please check the request payload"),
    ],
)
def test_bad_requests(api: Any, wanted: dict[str, Any], message: str) -> None:
    assert api.post("/events/query", wanted, expect=400)["message"] == message


def test_query_string_form_caps_the_page_and_reads_property_filters(api: Any) -> None:
    span = "start_time=2026-11-21T00:00:00Z&end_time=2026-11-22T05:00:00Z"
    assert api.get(f"/events?{span}&page_size=500")["offset"] == 50
    assert ids(api.get(f"/events?{span}&property_filters=n:1,2;text:2")) == ["e2"]
    assert ids(api.get(f"/events?{span}&page_size=2&offset=1")) == ["e4", "e3"]
    assert api.get("/events?start_time=yesterday", expect=400)["message"] == "Please check the request payload"


def test_no_maximum_page_by_post(api: Any) -> None:
    assert api.post("/events/query", {**RANGE, "page_size": 5000})["offset"] == 5000


def test_nothing_found_leaves_out_what_is_empty(api: Any) -> None:
    assert api.post("/events/query", {"external_customer_id": "nobody"}) == {"events": [], "has_more": False, "offset": 50}
