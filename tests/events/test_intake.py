"""Bodies of events: the faster parser and encoder give what the complete ones give."""

import json
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexprice_emulator.events import intake
from flexprice_emulator.events.properties import properties_text
from flexprice_emulator.rating.metering.gotext import json_text

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SCALARS = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
PROPERTIES = st.dictionaries(st.text(max_size=6), SCALARS | st.lists(SCALARS, max_size=3), max_size=5)


def _slowly(raw: bytes) -> Any:
    with patch.object(intake.orjson, "loads", side_effect=orjson.JSONDecodeError("no", "", 0)):
        return intake.read_event(raw, NOW)


def _same(event: intake.Incoming) -> tuple[Any, ...]:
    return (*event[:6], event.text)


@given(PROPERTIES, st.datetimes(timezones=st.just(UTC)))
def test_both_parsers_read_the_same_event(properties: dict[str, Any], moment: datetime) -> None:
    body = {
        "event_name": "n",
        "external_customer_id": "c",
        "timestamp": moment.strftime("%Y").zfill(4) + moment.strftime("-%m-%dT%H:%M:%SZ"),
    }
    raw = json.dumps({**body, "properties": properties}).encode()
    assert _same(intake.read_event(raw, NOW)) == _same(_slowly(raw))


@given(PROPERTIES)
def test_the_stored_text_is_the_complete_encoders(properties: dict[str, Any]) -> None:
    assert properties_text(properties) == json_text(properties)


@pytest.mark.parametrize(
    "raw",
    [b'{"event_name": "n", "external_customer_id": "c"} and more', b'{"event_name": "\xff", "external_customer_id": "\\ud800"}'],
    ids=["trailing text", "broken text"],
)
def test_what_only_the_complete_parser_reads_is_read(raw: bytes) -> None:
    assert intake.read_event(raw, NOW).event_name


@pytest.mark.parametrize("field", ["event_name", "external_customer_id", "customer_id", "event_id", "source"])
def test_a_text_is_a_text_or_null(field: str) -> None:
    body = {"event_name": "n", "external_customer_id": "c", "timestamp": "2026-01-01T00:00:00Z", field: None}
    assert getattr(intake.read_event(json.dumps(body).encode(), NOW), field) == ""
    for value in (5, True, ["n"], {}):
        with pytest.raises(ValueError, match="not a text"):
            intake.read_event(json.dumps(body | {field: value}).encode(), NOW)


@pytest.mark.parametrize(
    "raw",
    [b"", b"[", b'{"properties": {"a": NaN}}', b'{"properties": {"a": 1e400}}', b"[" * 100_000, b'{"event_name": 1}', b"[]", b'"x"'],
)
def test_what_neither_reads_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        intake.read_event(raw, NOW)
