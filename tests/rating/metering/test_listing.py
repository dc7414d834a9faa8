from datetime import timedelta
from typing import Any

import pytest

from flexprice_emulator.rating.metering.listing import Cursor, ListQuery, Page, decode_cursor, encode_cursor, list_events, resolve_range
from tests.rating.metering.build import at, event

EVENTS = [
    event("e5", "2024-03-10T11:59:59", source="api", properties={"k": 1}),
    event("e4", "2024-03-10T12:00:00.200", name="other"),
    event("e3", "2024-03-10T12:00:00.500", customer="d"),
    event("e2", "2024-03-10T12:00:00.900"),
    event("e1", "2024-03-10T12:00:01"),
]
CURSOR = Cursor(at("2024-03-10T12:00:00.500"), "e3")


def page(**more: Any) -> Page:
    return list_events(EVENTS, ListQuery(at("2024-03-01T00:00"), at("2024-04-01T00:00"), **more))


def ids(shown: Page) -> str:
    return " ".join(found.event_id for found in shown.events)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({}, "e1 e2 e3 e4 e5"),
        ({"order": "asc"}, "e5 e4 e3 e2 e1"),
        ({"sort": "event_name"}, "e4 e5 e3 e2 e1"),
        ({"sort": "event_name", "order": "asc"}, "e5 e3 e2 e1 e4"),
        ({"external_customer_id": "d"}, "e3"),
        ({"event_name": "other"}, "e4"),
        ({"event_id": "e2"}, "e2"),
        ({"source": "api"}, "e5"),
        ({"property_filters": {"k": ["1"]}}, "e5"),
        ({"page_size": 2, "offset": 3}, "e4 e5"),
    ],
)
def test_rows(asked: dict[str, Any], shown: str) -> None:
    assert ids(page(**asked)) == shown


def test_equal_times_list_ids_downwards_in_both_orders() -> None:
    events = [event(event_id, "2024-03-10T12:00") for event_id in "acb"]
    for order in ("asc", "desc"):
        assert ids(list_events(events, ListQuery(at("2024-03-01T00:00"), at("2024-04-01T00:00"), order=order))) == "c b a"


def test_a_page_by_offset_has_both_keys_and_the_next_offset() -> None:
    shown = page(page_size=2)
    assert (shown.has_more, shown.total_count, shown.offset) == (True, 5, 2)
    assert shown.iter_first_key == "1710072001000000000::e1"
    assert shown.iter_last_key == "1710072000900000000::e2"
    assert page(offset=50) == Page((), False, 5, offset=100)


def test_a_cursor_is_cut_to_the_second() -> None:
    older = page(iter_last=CURSOR)
    assert (ids(older), older.has_more, older.total_count, older.offset, older.iter_last_key) == ("e5", False, 1, None, "")
    newer = page(iter_first=CURSOR, page_size=3, offset=9)
    assert (ids(newer), newer.has_more, newer.total_count) == ("e1 e2 e3", True, 4)
    assert newer.iter_last_key.endswith("::e3")


def test_older_rows_begin_after_the_cursor_s_own() -> None:
    events = [event(event_id, "2024-03-10T12:00") for event_id in "abc"]
    query = ListQuery(at("2024-03-01T00:00"), at("2024-04-01T00:00"), iter_last=Cursor(at("2024-03-10T12:00"), "b"))
    assert ids(list_events(events, query)) == "a"


def test_the_end_is_inclusive_in_whole_seconds() -> None:
    shown = list_events(EVENTS, ListQuery(at("2024-03-10T12:00:00.700"), at("2024-03-10T12:00:01.900")))
    assert ids(shown) == "e1 e2 e3 e4"


def test_a_cursor_round_trips() -> None:
    assert decode_cursor(encode_cursor(CURSOR.timestamp, CURSOR.event_id)) == CURSOR


@pytest.mark.parametrize("text", ["zzz", "", "x::e1", "1::a::b", "9" * 40 + "::e1"])
def test_another_form_is_no_cursor(text: str) -> None:
    with pytest.raises(ValueError, match="Invalid cursor key format"):
        decode_cursor(text)


def test_the_range_is_the_last_week_unless_given() -> None:
    now = at("2024-03-10T00:00")
    assert resolve_range(None, None, now) == (now - timedelta(days=7), now)
    assert resolve_range(None, at("2024-02-10T00:00"), now) == (at("2024-02-03T00:00"), at("2024-02-10T00:00"))
    with pytest.raises(ValueError, match="end_time"):
        resolve_range(now + timedelta(seconds=1), None, now)
