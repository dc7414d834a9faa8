"""Which fixed lines stand on which invoice, and for what service period (rating.md §6.1, invoices.md §4.1-4.3).

Invariants: a line of the subscription's own cadence is billed for the invoice's period (ARREAR) or the next one
(ADVANCE on a renewal); a longer line only when one of its own periods starts (ADVANCE) or ends (ARREAR) there;
nothing is billed for a period that starts at or after the subscription's end.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flexprice_emulator.rating.invoice.model import InvoicedLine, InvoiceRequest, LineItem, Subscription
from flexprice_emulator.rating.periods import LAST_DAY, next_billing_date
from flexprice_emulator.rating.pricing.model import ONETIME

FixedRule = Literal["same_cadence", "own_period", "onetime"]


@dataclass(frozen=True, slots=True)
class FixedWindow:
    """A fixed line to bill: [start, end) is the invoice's window, or the line's own period."""

    line_item: LineItem
    rule: FixedRule
    start: datetime
    end: datetime


def fixed_windows(request: InvoiceRequest) -> Iterator[FixedWindow]:
    """Fixed lines of a reference point: ARREAR ones first, then ADVANCE ones, each in the order given."""
    period = (request.period_start, request.period_end)
    if request.reference_point == "period_start":
        yield from classify(request, "ADVANCE", period)
        return
    yield from classify(request, "ARREAR", period)
    if request.reference_point != "cancel":
        upcoming = next_period(request.subscription, request.period_end, follows=request.follows)
        if upcoming is not None:
            yield from classify(request, "ADVANCE", upcoming)


def next_period(
    subscription: Subscription, period_end: datetime, *, follows: Subscription | None = None
) -> tuple[datetime, datetime] | None:
    """The period after `period_end`, cut at the subscription's end; None when that end has come.

    `follows` is the subscription whose periods a grouped one has.
    """
    if subscription.end_date is not None and period_end >= subscription.end_date:
        return None
    leader = follows or subscription
    following = next_billing_date(
        period_end,
        leader.billing_anchor,
        leader.billing_period,
        leader.billing_period_count,
        timezone=leader.timezone,
        subscription_end=subscription.end_date,
    )
    return period_end, following


def classify(request: InvoiceRequest, invoice_cadence: str, window: tuple[datetime, datetime]) -> Iterator[FixedWindow]:
    """Fixed lines of one cadence that a window bills, less those already on another invoice."""
    invoiced = () if request.reference_point in ("preview", "internal_preview") else request.invoiced_lines
    for item in request.line_items:
        if item.price.type != "FIXED" or item.price.invoice_cadence != invoice_cadence:
            continue
        found = window_of(request.subscription, item, window)
        if found is not None and not is_invoiced(item.price.id, found.start, found.end, invoiced):
            yield found


def window_of(subscription: Subscription, item: LineItem, window: tuple[datetime, datetime]) -> FixedWindow | None:
    """What of a window a fixed line is billed for; None where it is not."""
    start, end = window
    price = item.price
    if price.billing_period == ONETIME:
        if not start <= item.start_date < end:
            return None
        return FixedWindow(item, "onetime", item.start_date, item.end_date or item.start_date)
    if (price.billing_period, price.billing_period_count) == (subscription.billing_period, subscription.billing_period_count):
        return FixedWindow(item, "same_cadence", start, end)
    return _own_period(subscription, item, start, end)


def _own_period(subscription: Subscription, item: LineItem, start: datetime, end: datetime) -> FixedWindow | None:
    """The line's own period, anchored on its own start, in whole seconds."""
    price = item.price
    anchor = item.start_date.replace(microsecond=0)
    since = anchor
    while since < min(end, LAST_DAY):
        if item.end_date is not None and since >= item.end_date:
            return None
        # A period that the calendar is too short for lasts until its end.
        until = next_billing_date(
            since, anchor, price.billing_period, price.billing_period_count, timezone=subscription.timezone, subscription_end=LAST_DAY
        )
        billed = start <= since < end if price.invoice_cadence == "ADVANCE" else start < until <= end
        if billed:
            return FixedWindow(item, "own_period", since, until)
        since = until
    return None


def is_invoiced(price_id: str, start: datetime, end: datetime, invoiced: Sequence[InvoicedLine]) -> bool:
    """Whether another invoice has the price for an equal or overlapping period."""
    return any(
        line.price_id == price_id
        and ((line.period_start, line.period_end) == (start, end) or (line.period_start < end and start < line.period_end))
        for line in invoiced
    )
