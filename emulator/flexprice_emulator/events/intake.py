"""Bodies of /events and /events/bulk to events (events.md §2).

Read by hand: a thousand events are bound and checked in a few milliseconds. The rules are those of the request models.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple, cast

import orjson

from flexprice_client.models.base import ZERO_TIME, parse_time
from flexprice_client.models.events import IngestEventRequest
from flexprice_emulator.events.properties import properties_text
from flexprice_emulator.wire.binding import read_json

MAX_BULK: Final = 1000
_FIELDS: Final = frozenset(IngestEventRequest.model_fields)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_REQUIRED: Final = (("event_name", "EventName"), ("external_customer_id", "ExternalCustomerID"))


class Incoming(NamedTuple):
    """An event as sent. `event_id` is "" where the server is to make one; `timestamp` is in milliseconds, cut; `text` is
    the properties as stored."""

    event_name: str
    external_customer_id: str
    customer_id: str
    event_id: str
    timestamp: int
    source: str
    properties: dict[str, object] | None
    text: str

    def missing(self) -> dict[str, str]:
        """The failed `required` tags by field name; empty for a valid event."""
        return {
            name: f"Key: 'IngestEventRequest.{name}' Error:Field validation for '{name}' failed on the 'required' tag"
            for field, name in _REQUIRED
            if not getattr(self, field)
        }


def to_milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, the rest cut."""
    delta = moment - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000


def from_milliseconds(value: int) -> datetime:
    """Inverse of to_milliseconds."""
    return _EPOCH + timedelta(milliseconds=value)


def read_event(raw: bytes, now: datetime) -> Incoming:
    """One event. Raises ValueError for a body that does not bind."""
    return _event(_read(raw), to_milliseconds(now))


def read_bulk(raw: bytes, now: datetime) -> list[Incoming] | None:
    """The events of a bulk body, None where `events` is missing. Raises ValueError for a body that does not bind."""
    body = _read(raw)
    if body is None:
        return None
    if not isinstance(body, dict):
        raise ValueError("not an object")
    events = cast(dict[str, object], body).get("events")
    if events is None:
        events = next((value for key, value in cast(dict[str, object], body).items() if key.lower() == "events"), None)
    if events is None:
        return None
    if not isinstance(events, list):
        raise ValueError("events is not a list")
    moment = to_milliseconds(now)
    return [_event(entry, moment) for entry in cast(list[object], events)]


def _read(raw: bytes) -> Any:
    """The JSON value of a body. Most bodies are read by the faster parser; what it refuses may still be one that binds."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return read_json(raw, floats=True)


def _event(data: object, now: int) -> Incoming:
    if data.__class__ is not dict:
        if data is None:
            data = {}
        else:
            raise ValueError("not an object")
    fields = cast(dict[str, Any], data)
    if not _FIELDS.issuperset(fields):
        fields = _folded(fields)
    get = fields.get
    properties = get("properties")
    if properties is not None and properties.__class__ is not dict:
        raise ValueError("properties is not an object")
    name, customer, customer_id, event_id = get("event_name"), get("external_customer_id"), get("customer_id"), get("event_id")
    source = get("source")
    return Incoming(
        name if name.__class__ is str else _text(name),
        customer if customer.__class__ is str else _text(customer),
        customer_id if customer_id.__class__ is str else _text(customer_id),
        event_id if event_id.__class__ is str else _text(event_id),
        _timestamp(get("timestamp"), now),
        source if source.__class__ is str else _text(source),
        properties,
        properties_text(properties),
    )


def _folded(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Known fields only; a name counts in any case, as it is written first."""
    kept = {name: value for name, value in fields.items() if name in _FIELDS}
    for name, value in fields.items():
        lower = name.lower()
        if lower in _FIELDS and kept.get(lower) is None:
            kept[lower] = value
    return kept


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    raise ValueError("not a text")


def _timestamp(value: object, now: int) -> int:
    if value is None:
        return now
    text = value if isinstance(value, str) else ""
    # The common form is read by the faster parser; what it would accept beyond RFC 3339 does not have this shape.
    if len(text) == 20 and text[4] == text[7] == "-" and text[10] == "T" and text[13] == text[16] == ":" and text[19] == "Z":
        moment = datetime.fromisoformat(text)
        if moment.year > 1:
            return int(moment.timestamp()) * 1000
    else:
        moment = parse_time(value)
    return now if moment == ZERO_TIME else to_milliseconds(moment)
