"""Cancelling what is not paid for (subscriptions.md §8.6): off unless the setting `subscription_config` says otherwise."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.platform.settings import service as settings
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.subscriptions.lifecycle.cancel import end_now
from flexprice_emulator.subscriptions.lifecycle.planning import AUTO_CANCELLATION, AUTO_CANCELLATION_SCAN, watch_unpaid
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.due_kinds import due_kind

_UNPAID = ("PENDING", "FAILED")


@due_kind(AUTO_CANCELLATION)
def cancel_unpaid(ctx: Context, subject: dict[str, Any]) -> None:
    """Cancel the active subscription of an invoice that is unpaid after its due date and the grace period."""
    invoice = ctx.session.get(InvoiceRow, subject["invoice_id"])
    if invoice is None or invoice.due_date is None or not is_unpaid(invoice):
        return
    config = settings.value(ctx, "subscription_config")
    row = ctx.session.get(SubscriptionRow, invoice.subscription_id or "")
    if not config.get("auto_cancellation_enabled") or row is None or row.subscription_status != "active":
        return
    if ctx.now > invoice.due_date + timedelta(days=int(config.get("grace_period_days", 3))):
        end_now(ctx, row, ctx.now, reason="auto_cancellation")
    else:
        # The setting or the due date has changed since.
        watch_unpaid(ctx, invoice)


@due_kind(AUTO_CANCELLATION_SCAN)
def watch_all(ctx: Context, _subject: dict[str, Any]) -> None:
    """The setting was written: watch every unpaid invoice by it."""
    query = select(InvoiceRow).where(
        InvoiceRow.invoice_type == "SUBSCRIPTION",
        InvoiceRow.invoice_status == "FINALIZED",
        InvoiceRow.status == "published",
        InvoiceRow.payment_status.in_(_UNPAID),
    )
    for invoice in ctx.session.scalars(query.order_by(InvoiceRow.id)).all():
        watch_unpaid(ctx, invoice)


def is_unpaid(invoice: InvoiceRow) -> bool:
    """Whether a finalized subscription invoice still waits for money."""
    return (
        invoice.status == "published"
        and invoice.invoice_type == "SUBSCRIPTION"
        and invoice.invoice_status == "FINALIZED"
        and invoice.payment_status in _UNPAID
        and invoice.amount_remaining > ZERO
    )
