"""Which subscription lines a measured event counts for, and what became of it there (rating.md §7.1, invoices.md §5)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from flexprice_client.models.base import time_text
from flexprice_emulator.customers.tables import CustomerRow
from flexprice_emulator.events.partials import to_seconds
from flexprice_emulator.explain.doctor.holding import Held, holds
from flexprice_emulator.explain.doctor.sightings import Measured, Sighting
from flexprice_emulator.explain.doctor.verdicts import RANKS, best, finding
from flexprice_emulator.invoices.tables import InvoiceLineItemRow, InvoiceRow
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.workspace.context import Context

_RENEWING = ("active", "trialing")


def line_findings(ctx: Context, customer: CustomerRow, seen: Sighting, meter_id: str, measured: Measured) -> list[dict[str, Any]]:
    """A finding for each line of the customer's subscriptions, own and inherited, that bills the meter; oldest first."""
    return [
        {
            "subscription_id": subscription.id,
            "subscription_status": subscription.subscription_status,
            "line_item_id": line.id,
            "display_name": line.display_name,
            "price_id": line.price_id,
            "start_date": line.start_date,
            "end_date": line.end_date,
            **_finding(ctx, seen, measured, subscription, line),
        }
        for subscription, line in _lines(ctx, customer, meter_id)
    ]


def _lines(ctx: Context, customer: CustomerRow, meter_id: str) -> Sequence[tuple[SubscriptionRow, SubscriptionLineItemRow]]:
    # Usage of an heir counts for its parent's lines.
    parents = select(SubscriptionRow.parent_subscription_id).where(
        SubscriptionRow.customer_id == customer.id,
        SubscriptionRow.subscription_type == "inherited",
        SubscriptionRow.status == "published",
        SubscriptionRow.parent_subscription_id.is_not(None),
    )
    line = SubscriptionLineItemRow
    query = (
        select(SubscriptionRow, line)
        .join(SubscriptionRow, SubscriptionRow.id == line.subscription_id)
        .where(
            (SubscriptionRow.customer_id == customer.id) | SubscriptionRow.id.in_(parents),
            SubscriptionRow.status == "published",
            line.status == "published",
            line.price_type == "USAGE",
            line.meter_id == meter_id,
        )
        .order_by(line.created_at, line.id)
    )
    return [(subscription, item) for subscription, item in ctx.session.execute(query)]


def _finding(
    ctx: Context, seen: Sighting, measured: Measured, subscription: SubscriptionRow, line: SubscriptionLineItemRow
) -> dict[str, Any]:
    if line.invoice_cadence == "ADVANCE":
        return finding("advance", RANKS["advance"])
    at = to_seconds(seen.timestamp)
    if at < to_seconds(line.start_date):
        return finding("outside", f"the line begins at {time_text(line.start_date)}, after the event")
    if line.end_date is not None and at >= to_seconds(line.end_date):
        return finding("outside", f"the line ended at {time_text(line.end_date)}, which the event is not before")
    held = _on_invoices(ctx, seen, measured, line)
    if held:
        verdict = best(found["verdict"] for found in held)
        return next(found for found in held if found["verdict"] == verdict)
    return _without_invoice(ctx, seen, subscription)


def _on_invoices(ctx: Context, seen: Sighting, measured: Measured, line: SubscriptionLineItemRow) -> list[dict[str, Any]]:
    """What each invoice line over the event's time says, the newest invoice first."""
    billed = InvoiceLineItemRow
    query = (
        select(InvoiceRow, billed)
        .join(InvoiceRow, InvoiceRow.id == billed.invoice_id)
        .where(billed.subscription_line_item_id == line.id, billed.status == "published", InvoiceRow.status == "published")
        .order_by(InvoiceRow.id.desc(), billed.position)
    )
    at = to_seconds(seen.timestamp)
    return [
        _on_invoice(invoice, row, holds(ctx, seen.external_customer_id, measured, invoice, row))
        for invoice, row in ctx.session.execute(query)
        if row.period_start and row.period_end and to_seconds(row.period_start) <= at < to_seconds(row.period_end)
    ]


def _on_invoice(invoice: InvoiceRow, line: InvoiceLineItemRow, held: Held) -> dict[str, Any]:
    about = {"id": invoice.id, "invoice_number": invoice.invoice_number, "invoice_status": invoice.invoice_status, "line_item_id": line.id}
    named = f"invoice {invoice.invoice_number or invoice.id}"
    copy = " as an earlier copy, which was replaced after the invoice was computed" if held == "replaced" else ""
    status = invoice.invoice_status
    if status == "VOIDED":
        return finding("voided", f"{named} of its period was voided at {time_text(invoice.voided_at or invoice.updated_at)}", invoice=about)
    if held == "unclear":
        why = "the event came in at the very instant of computing, or the clock went back since"
        return finding("unclear", f"{named} counted fewer events than there are, and times do not tell which: {why}", invoice=about)
    if status == "FINALIZED" and held == "no":
        closed = time_text(invoice.finalized_at or invoice.updated_at)
        return finding("late", f"unbilled: its period was finalized at {closed} ({named})", invoice=about)
    if status == "FINALIZED":
        return finding(
            "billed", f"{named}, finalized at {time_text(invoice.finalized_at or invoice.updated_at)}, holds it{copy}", invoice=about
        )
    if held == "no":
        return finding("waiting", f"{named} is {status} and takes it in when it is computed again", invoice=about)
    if status == "SKIPPED":
        return finding("skipped", f"{named} holds it{copy} and was skipped: it charges nothing", invoice=about)
    return finding("draft", f"{named} is a draft and holds it{copy}", invoice=about)


def _without_invoice(ctx: Context, seen: Sighting, row: SubscriptionRow) -> dict[str, Any]:
    at = seen.timestamp
    if row.trial_end is not None and row.trial_start is not None and row.trial_start <= at < row.trial_end:
        return finding("trial", f"usage of a trial is not billed; it runs to {time_text(row.trial_end)}")
    closed = _closed(ctx, seen, row)
    if closed is not None:
        return closed
    if row.subscription_status not in _RENEWING:
        return finding("inactive", f"the subscription is {row.subscription_status}, and no invoice read the usage of this time")
    start, end = row.current_period_start, row.current_period_end
    if to_seconds(at) >= to_seconds(end):
        return finding("future", f"it comes after the current period, which ends at {time_text(end)}", due_at=None)
    if to_seconds(at) >= to_seconds(start):
        return finding("open", f"its period runs until {time_text(end)} and is invoiced then", due_at=end)
    return finding("unbilled", f"it comes before the current period, which began at {time_text(start)}, and no invoice read its usage")


def _closed(ctx: Context, seen: Sighting, subscription: SubscriptionRow) -> dict[str, Any] | None:
    """A finalized invoice over usage of the event's time, without a line of this one: the line came later."""
    query = select(InvoiceRow).where(
        InvoiceRow.subscription_id.in_([subscription.id, subscription.parent_subscription_id or ""]),
        InvoiceRow.status == "published",
        InvoiceRow.invoice_status == "FINALIZED",
        InvoiceRow.billing_reason.in_(("SUBSCRIPTION_CYCLE", "PRORATION")),
        InvoiceRow.period_start <= seen.timestamp,
        InvoiceRow.period_end > seen.timestamp,
    )
    invoice = ctx.session.scalar(query.order_by(InvoiceRow.id.desc()).limit(1))
    if invoice is None:
        return None
    about = {"id": invoice.id, "invoice_number": invoice.invoice_number, "invoice_status": invoice.invoice_status, "line_item_id": None}
    closed = time_text(invoice.finalized_at or invoice.updated_at)
    reason = f"unbilled: its period was finalized at {closed} (invoice {invoice.invoice_number or invoice.id}) without this line"
    return finding("late", reason, invoice=about)
