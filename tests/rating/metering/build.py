"""Rows and events with as little said as a test needs."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from flexprice_emulator.rating.metering.model import RawEvent, UsageRow


def at(text: str) -> datetime:
    return datetime.fromisoformat(text + "+00:00")


def row(event_id: str, timestamp: str, quantity: str = "1", **more: Any) -> UsageRow:
    return UsageRow(event_id, more.pop("customer", "c"), more.pop("meter", "m"), at(timestamp), Decimal(quantity), **more)


def event(event_id: str, timestamp: str, value: Any = None, **more: Any) -> RawEvent:
    properties = {} if value is None else {"v": value}
    properties |= more.pop("properties", {})
    return RawEvent(event_id, more.pop("name", "ev"), more.pop("customer", "c"), at(timestamp), properties, **more)
