"""Laws of billing periods."""

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from flexprice_emulator.testing.laws.base import (
    NEVER,
    STANDING,
    Json,
    Quirk,
    Violation,
    broken,
    identity,
    periodic,
    span,
    time,
)

_MONTHS = {"MONTHLY": 1, "QUARTERLY": 3, "HALF_YEARLY": 6, "ANNUAL": 12}


def periods(subscription: Json, invoices: Iterable[Json]) -> Iterator[Violation]:
    """The periods billed so far begin where the subscription (or its trial's successor) does, and follow one another without
    gap or overlap up to the running one; give it the SKIPPED invoices too. Voided ones leave their place."""
    name, own = "periods", periodic(identity(subscription), invoices, (*STANDING, "VOIDED"))
    spans = sorted({(time(invoice["period_start"]), time(invoice["period_end"])) for invoice in own})
    start = time(subscription["start_date"])
    begin = time(subscription.get("trial_end") or subscription["start_date"])
    for (_, end), (next_start, _) in pairwise(spans):
        if next_start != end:
            yield broken(name, subscription, f"a period ends {end} and the next starts {next_start}")
    if spans and spans[0][0] != begin:
        known = _trial_billed(subscription, spans[0]) if spans[0][0] == start else _moved_trial(subscription, spans[0][0])
        yield Violation(name, identity(subscription), f"billed from {spans[0][0]}, begun {begin}", known)
    if subscription["subscription_status"] == "active":
        current = time(subscription["current_period_start"])
        billed_to = spans[-1][1] if spans else begin
        if billed_to != current:
            running = current, time(subscription["current_period_end"])
            known = "" if spans else _moved_trial(subscription, current) or _trial_billed(subscription, running)
            yield Violation(name, identity(subscription), f"billed to {billed_to}, now in the period from {current}", known)
    standing = Counter((invoice["period_start"], invoice["period_end"]) for invoice in own if invoice["invoice_status"] != "VOIDED")
    for (period_start, end), count in standing.items():
        if count > 1:
            yield broken(name, subscription, f"{count} invoices of {period_start} to {end}")


def anchored(subscription: Json, invoices: Iterable[Json]) -> Iterator[Violation]:
    """Every period a renewal bills ends when the anchor says, and is no longer than one billing period (subscriptions.md §3.4).

    An earlier end is the subscription's own: cancelled, or given an end date.
    """
    anchor, kind, count = time(subscription["billing_anchor"]), subscription["billing_period"], subscription["billing_period_count"]
    zone = ZoneInfo(subscription.get("timezone") or "UTC")
    ends = {time(subscription[name]) for name in ("end_date", "cancel_at") if subscription.get(name)}
    for invoice in periodic(identity(subscription), invoices, STANDING):
        start, end = time(invoice["period_start"]), time(invoice["period_end"])
        if invoice["billing_reason"] != "SUBSCRIPTION_CYCLE" or end in ends:
            continue
        known = _trial_billed(subscription, (start, end))
        if not _on_anchor(end.astimezone(zone), anchor.astimezone(zone), kind):
            yield Violation("anchored", identity(invoice), f"a {kind} period ends {end}, the anchor is {anchor}", known)
        elif _too_long(start.astimezone(zone), end.astimezone(zone), kind, count):
            yield broken("anchored", invoice, f"a period of {count} {kind} from {start} to {end}")


def lines_once(invoices: Iterable[Json]) -> Iterator[Violation]:
    """No two standing subscription invoices bill one subscription line for the same time; a trial's opening invoice bills nothing."""
    spans: dict[str, list[tuple[datetime, datetime, str]]] = defaultdict(list)
    for invoice in invoices:
        bills = invoice["invoice_type"] == "SUBSCRIPTION" and invoice["billing_reason"] != "SUBSCRIPTION_TRIAL_START"
        if bills and invoice["invoice_status"] in ("DRAFT", "FINALIZED"):
            for key, start, end in {span(line) for line in invoice.get("line_items") or [] if line.get("subscription_line_item_id")}:
                spans[key].append((start, end, identity(invoice)))
    for key, found in spans.items():
        for (_, end, one), (start, _, other) in pairwise(sorted(found)):
            if start < end:
                yield Violation("lines_once", key, f"billed by {one} and {other} for the time from {start}")


def _moved_trial(subscription: Json, moment: datetime) -> str:
    # Where its trial was moved or ended, the anchor is what tells when.
    moved = subscription.get("trial_end") and moment == time(subscription["billing_anchor"])
    return Quirk.MOVED_TRIAL if moved else ""


def _trial_billed(subscription: Json, billed: tuple[datetime, datetime]) -> str:
    # Only what was active or cancelled while its trial ran is billed for it.
    trial_end = time(subscription.get("trial_end") or subscription["start_date"])
    if subscription["subscription_status"] == "cancelled" and time(subscription.get("end_date") or NEVER) < trial_end:
        return Quirk.CANCELLED_IN_TRIAL
    return Quirk.PAID_IN_TRIAL if billed == (time(subscription["start_date"]), trial_end) else ""


def _on_anchor(end: datetime, anchor: datetime, kind: str) -> bool:
    if kind == "DAILY":
        return end.time() == anchor.time().replace(microsecond=0)
    if kind == "WEEKLY":
        return end.weekday() == anchor.weekday() and end.time() == anchor.time().replace(microsecond=0)
    months = (end.year - anchor.year) * 12 + end.month - anchor.month
    day = min(anchor.day, monthrange(end.year, end.month)[1])
    in_step = months % _MONTHS[kind] == 0 if kind == "ANNUAL" else True
    return in_step and end.day == day and end.time() == anchor.time().replace(microsecond=0)


def _too_long(start: datetime, end: datetime, kind: str, count: int) -> bool:
    days = {"DAILY": 1, "WEEKLY": 7}.get(kind, 31 * _MONTHS.get(kind, 0)) * count
    # Days are counted, not hours: from 4:40 on the 29th to 12:30 on the next is a month; and a clock put back makes a day of 25 hours.
    return end - start > timedelta(days=days + 1, hours=1)
