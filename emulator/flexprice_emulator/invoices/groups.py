"""Grouped subscriptions on their parent's invoices (subscriptions.md §12).

A child has its parent's periods. Where its own ended at other moments (another zone, another anchor, a trial of its own), its first
time on a joint invoice goes on where its own invoices stopped. Invariants: no time of a child's usage is billed twice or not at all;
its charges in advance are billed once a period; time on trial is not billed.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, or_, select

from flexprice_emulator.invoices.tables import InvoiceLineItemRow, InvoiceRow
from flexprice_emulator.rating.invoice.model import InvoicedLine, ReferencePoint
from flexprice_emulator.subscriptions.lifecycle.grouped import ZONES_APART
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.workspace.context import Context

_BILLED_TO_THEIR_END: Final = ("SUBSCRIPTION_CYCLE", "AUTO_INVOICE_THRESHOLD")


class Part(NamedTuple):
    """Charges of a child on a joint invoice: those of a reference point over [start, end)."""

    start: datetime
    end: datetime
    reference_point: ReferencePoint


def grouped_children(ctx: Context, subscription: SubscriptionRow, invoice_id: str = "") -> list[SubscriptionRow]:
    """Subscriptions whose charges stand on this one's invoices, the oldest first; also those that stand on this very draft already."""
    if subscription.subscription_type != "parent":
        return []
    row, line = SubscriptionRow, InvoiceLineItemRow
    grouped = (
        (row.parent_subscription_id == subscription.id)
        & (row.subscription_type == "grouped_invoicing")
        & row.subscription_status.in_(("active", "trialing", *(("draft",) if subscription.subscription_status == "draft" else ())))
    )
    clause: ColumnElement[bool] = grouped
    if invoice_id:
        held = select(line.subscription_id).where(
            line.invoice_id == invoice_id, line.subscription_id != subscription.id, line.status == "published"
        )
        clause = or_(grouped, row.id.in_(held))
    query = select(row).where(clause, row.status == "published")
    return list(ctx.session.scalars(query.order_by(row.created_at, row.id)))


def parts(
    ctx: Context, parent: SubscriptionRow, child: SubscriptionRow, period: tuple[datetime, datetime], reference_point: ReferencePoint
) -> list[Part]:
    """What of a child a joint invoice over a period bills. Nothing on the parent's final one: the child goes on by itself."""
    start, end = period
    trial = _trial_until(child)
    if reference_point == "cancel" or (trial is not None and trial > (start if reference_point == "period_start" else end)):
        return []
    if reference_point == "period_start":
        return [Part(start, end, reference_point)]
    if trial is not None and start < trial <= end:
        paid = Part(trial, end, reference_point)
        return [paid] if trial == end else [Part(trial, end, "period_start"), paid]
    joins = _joins(ctx, parent, child, start, end)
    return [] if joins is None else [Part(joins, end, reference_point)]


def of_next_period(invoiced: Sequence[InvoicedLine], period_end: datetime) -> list[InvoicedLine]:
    """A child's invoiced lines, less the little by which its own last period reached into the next joint one."""
    return [
        replace(line, period_end=period_end)
        if line.period_start < period_end < line.period_end and line.period_end - period_end <= _reach(line)
        else line
        for line in invoiced
    ]


def _reach(line: InvoicedLine) -> timedelta:
    return min(ZONES_APART, (line.period_end - line.period_start) / 2)


def _trial_until(child: SubscriptionRow) -> datetime | None:
    """Where its trial ends or ended: that is where its periods are anchored then."""
    if child.subscription_status == "trialing":
        return child.current_period_end
    return child.billing_anchor if child.trial_end is not None else None


def _joins(ctx: Context, parent: SubscriptionRow, child: SubscriptionRow, start: datetime, end: datetime) -> datetime | None:
    """Where a period begins for a child: at its beginning, but for the first after invoices of its own.

    None where its own have billed most of the period: what is left of it comes with the next.
    """
    row = InvoiceRow
    query = select(row.billing_reason, row.period_start, row.period_end).where(
        row.subscription_id == child.id,
        row.invoice_type == "SUBSCRIPTION",
        row.status == "published",
        row.billing_reason != "SUBSCRIPTION_TRIAL_START",
        row.period_start < end,
    )
    ended: list[datetime] = []
    opened: list[datetime] = []
    for reason, since, until in ctx.session.execute(query):
        if reason in _BILLED_TO_THEIR_END and until is not None:
            ended.append(until)
        elif since is not None:
            opened.append(since)
    if ended and start < max(ended) < end:
        return max(ended) if max(ended) - start < end - max(ended) else None
    stopped = max((*ended, *opened), default=start)
    if stopped >= start or _was_joint(ctx, parent, child, stopped, start):
        return start
    return stopped


def _was_joint(ctx: Context, parent: SubscriptionRow, child: SubscriptionRow, since: datetime, until: datetime) -> bool:
    """Whether an invoice of the parent has billed the child between two moments."""
    line, row = InvoiceLineItemRow, InvoiceRow
    query = (
        select(line.id)
        .join(row, row.id == line.invoice_id)
        .where(
            line.subscription_id == child.id,
            row.subscription_id == parent.id,
            row.status == "published",
            row.period_start < until,
            row.period_end > since,
        )
    )
    return ctx.session.scalar(query.limit(1)) is not None
