"""Which calls may be sent twice (wire.md §6).

There is no idempotency header. A repeat is harmless for

- reads: GET, and the POSTs that only ask (search, query, usage, preview, analytics);
- PUT and DELETE, apart from those that make a successor or move money on every call;
- events that carry both their own `event_id` and `timestamp`: with either missing a repeat is a second event;
- operations that take an `idempotency_key`, when it is given. Elsewhere the field is ignored, so it protects nothing.

Invariant: a POST that is none of these is never repeatable.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

_ASKING: Final = re.compile(
    r"/(search|query|usage|preview|analytics|detailed-analytics)$"
    r"|^/events/usage/meter$|^/invoices/internal/preview$|^/dashboard/(revenues|revenue-dashboard)$"
    r"|^/events/huggingface-(billing|inference)$|^/workflows/batch$|^/health$"
)
_KEYED: Final = re.compile(
    r"^/(invoices|payments|creditnotes|checkout/sessions)$|^/wallets/[^/]+/(top-up|debit)$|^/subscriptions/[^/]+/change/v2/execute$"
)
# A price or line item that changes its terms ends and gets a successor; a payment status may add an amount.
_PUT_WITH_EFFECT: Final = re.compile(r"^/prices/[^/]+$|^/subscriptions/lineitems/[^/]+$|^/invoices/[^/]+/payment$")
_EVENT_KEYS: Final = ("event_id", "timestamp")
_ZERO_TIME: Final = "0001-01-01T00:00:00Z"


def is_repeatable(method: str, path: str, body: Any = None) -> bool:
    """True where sending the call again cannot change more than sending it once. `body` is in JSON's own types."""
    method = method.upper()
    if method in ("GET", "HEAD", "OPTIONS", "DELETE"):
        return True
    if method == "PUT":
        return not _PUT_WITH_EFFECT.search(path)
    if method != "POST":
        return False
    if path == "/events":
        return _is_identified(body)
    if path == "/events/bulk":
        events = body.get("events") if isinstance(body, Mapping) else None
        return isinstance(events, list) and bool(events) and all(_is_identified(event) for event in events)
    if _ASKING.search(path):
        return True
    return bool(_KEYED.search(path)) and isinstance(body, Mapping) and _filled(body.get("idempotency_key"))


def _is_identified(event: Any) -> bool:
    return (
        isinstance(event, Mapping)
        and all(_filled(event.get(key)) for key in _EVENT_KEYS)
        # The service takes its zero time for "now".
        and event["timestamp"] != _ZERO_TIME
    )


def _filled(value: Any) -> bool:
    return isinstance(value, str) and bool(value)
