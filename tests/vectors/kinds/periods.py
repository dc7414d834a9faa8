"""Vector kinds of billing dates."""

from collections.abc import Callable, Mapping
from typing import Any

from flexprice_emulator.rating.periods import billing_periods, calendar_anchor, next_billing_date, previous_billing_date
from tests.vectors.kinds.reading import figures, instant, maybe_instant


def run_next(case: Mapping[str, Any]) -> None:
    """The end of the period that starts at current_period_start."""
    given = case["input"]
    found = next_billing_date(
        instant(given["current_period_start"]),
        instant(given["billing_anchor"]),
        given["billing_period"],
        given.get("unit", 1),
        timezone=given.get("timezone") or "",
        subscription_end=maybe_instant(given.get("subscription_end")),
    )
    figures(case["expected"], {"next": found})


def run_previous(case: Mapping[str, Any]) -> None:
    """One billing period before the anchor."""
    given = case["input"]
    found = previous_billing_date(
        instant(given["billing_anchor"]), given["billing_period"], given.get("unit", 1), timezone=given.get("timezone") or ""
    )
    figures(case["expected"], {"previous": found})


def run_anchor(case: Mapping[str, Any]) -> None:
    """The first calendar boundary after the start."""
    given = case["input"]
    figures(case["expected"], {"anchor": calendar_anchor(instant(given["start"]), given["billing_period"], given.get("timezone") or "")})


def run_periods(case: Mapping[str, Any]) -> None:
    """All periods of a span, written start/end."""
    given = case["input"]
    found = billing_periods(
        instant(given["start"]),
        instant(given["end"]),
        instant(given["billing_anchor"]),
        given["billing_period"],
        given.get("unit", 1),
        timezone=given.get("timezone") or "",
    )
    assert list(found) == [tuple(instant(edge) for edge in period.split("/")) for period in case["expected"]["periods"]]


KINDS: dict[str, Callable[[Mapping[str, Any]], None]] = {
    "next_billing_date": run_next,
    "previous_billing_date": run_previous,
    "calendar_anchor": run_anchor,
    "billing_periods": run_periods,
}
