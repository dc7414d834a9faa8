"""A usage event as an application reports it, and the reason where there is none.

Invariant: an event always carries its own id and time, so that sending it again replaces the first copy instead of counting twice
(events.md §4).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from flexprice_client.models.base import time_text

PropertyValue = str | int | float | bool
SkipReason = Literal["failed", "unfinished", "no_output"]


@dataclass(frozen=True)
class UsageEvent:
    """Facts of one piece of work; `to_request` gives the body of `POST /events`.

    event_id    stable: the same work always gives the same id
    timestamp   with a zone; the same work always gives the same time
    properties  raw facts (tokens, seconds, size, …), never prices
    """

    event_id: str
    event_name: str
    external_customer_id: str
    timestamp: datetime
    source: str = ""
    properties: Mapping[str, PropertyValue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("event_id", "event_name", "external_customer_id"):
            if not getattr(self, name).strip():
                raise ValueError(f"{name} is empty")
        if self.timestamp.tzinfo is None:
            raise ValueError("timestamp has no zone")

    def to_request(self) -> dict[str, Any]:
        """The JSON object that `POST /events` and `POST /events/bulk` take."""
        return {
            "event_id": self.event_id,
            "event_name": self.event_name,
            "external_customer_id": self.external_customer_id,
            "timestamp": time_text(self.timestamp),
            "source": self.source,
            "properties": dict(self.properties),
        }


@dataclass(frozen=True)
class Skipped:
    """Why a provider's answer gives no event.

    failed      the job ended without result, and the provider charges nothing
    unfinished  ask again later
    no_output   it ended well but delivered nothing (filtered, blocked)
    """

    reason: SkipReason
    provider: str
    detail: str = ""
    job_id: str | None = None
