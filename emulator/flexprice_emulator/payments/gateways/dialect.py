"""What every provider's dialect can do, and which there are.

Invariant, with a property test: what a dialect writes it reads back, and what it signs it accepts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from flexprice_emulator.payments.gateways.proof import Headers
from flexprice_emulator.payments.gateways.report import Report
from flexprice_emulator.wire.routing import Reply

Secrets = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request as it came in; header names in lower case."""

    method: str
    url: str
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the provider puts on an event it sends."""

    event_id: str
    at: datetime


class Dialect(Protocol):
    """One provider's way of speaking. `page`, `payment`, `customer`, `invoice`: the prefixes of its ids."""

    page: str
    payment: str
    customer: str
    invoice: str

    def check(self, secrets: Secrets, arrival: Arrival) -> Reply | None:
        """The answer to a request without its proof; None for one that holds."""
        ...

    def sign(self, secrets: Secrets, url: str, body: bytes, stamp: Stamp) -> dict[str, str]:
        """The headers of the proof."""
        ...

    def write(self, report: Report, secrets: Secrets, stamp: Stamp) -> tuple[str, dict[str, Any]] | None:
        """(event name, body) of what happened; None where the provider sends nothing of it."""
        ...

    def read(self, data: Mapping[str, Any]) -> tuple[str, Report | None]:
        """(event name, what it tells); None for an event that changes nothing here."""
        ...


def child(data: object, *names: str) -> Mapping[str, Any]:
    """A nested object by its path; empty where there is none."""
    for name in names:
        data = data.get(name) if isinstance(data, Mapping) else None
    return data if isinstance(data, Mapping) else {}


def text(data: Mapping[str, Any], name: str) -> str:
    """A text member; empty where there is none. An expanded object counts as its id."""
    value = data.get(name)
    if isinstance(value, Mapping):
        value = value.get("id")
    # Not every database takes the sign 0 in a text.
    return value.replace("\0", "") if isinstance(value, str) else ""


def noted(report: Report) -> dict[str, str]:
    """The ids of ours that a provider carries along."""
    known = {"flexprice_payment_id": report.payment_id, "flexprice_customer_id": report.customer_id}
    return {name: value for name, value in known.items() if value}
