"""The verdicts, best first: an event's is the best that any of its meters and lines gives."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

RANKS: Final[Mapping[str, str]] = {
    "billed": "on a finalized invoice",
    "draft": "on a draft invoice",
    "open": "on no invoice yet: its period still runs",
    "future": "on no invoice yet: its period has not begun",
    "waiting": "a draft invoice of its period does not hold it yet",
    "unclear": "it came in at the very instant its invoice was computed, or the clock went back since",
    "late": "unbilled: it came in after its invoice was computed",
    "skipped": "its period's invoice was skipped, as it charges nothing",
    "voided": "its invoice was voided",
    "trial": "not billed: it falls into a trial",
    "inactive": "not billed: the subscription is not active",
    "unbilled": "unbilled: no invoice reads its time",
    "outside": "not billed: outside the dates of every line that bills its meter",
    "advance": "not billed: usage prices in advance bill no usage",
    "unpriced": "measured, but no subscription of the customer has a line for its meter",
    "no_customer": "measured, but there is no such customer",
    "too_large": "not measured: its quantity is larger than can be stored",
    "expression": "not measured: the meter's expression has no value for it",
    "filter": "not measured: a filter lets it not through",
    "archived": "not measured: the meter was archived",
    "made_after": "not measured: it came in before the meter, or before its filters",
    "no_meter": "not measured: no meter reads events of its name",
}
_ORDER: Final = {verdict: rank for rank, verdict in enumerate(RANKS)}


def best(verdicts: Iterable[str]) -> str:
    """The one that counts. Raises ValueError for none."""
    return min(verdicts, key=_ORDER.__getitem__)


def finding(verdict: str, reason: str, **more: Any) -> dict[str, Any]:
    """A verdict with its sentence. Raises KeyError for an unknown verdict."""
    if verdict not in _ORDER:
        raise KeyError(verdict)
    return {"verdict": verdict, "reason": reason, **more}
