"""Making an invoice anew: a replacement for an issued one, or a draft in place (invoices.md §5.9)."""

from datetime import datetime

from sqlalchemy import select

from flexprice_emulator.invoices.compute import compute
from flexprice_emulator.invoices.drafts import changed, open_subscription_draft
from flexprice_emulator.invoices.finalize import complete, finalize, settle
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.invoices.void import void
from flexprice_emulator.payments.collection import collect
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.taxes.service import rates_to_apply
from flexprice_emulator.wire.errors import ApiError, ValidationError
from flexprice_emulator.workspace.context import Context

CYCLE = "SUBSCRIPTION_CYCLE"


def replace_invoice(ctx: Context, invoice_id: str) -> None:
    """Void a subscription invoice and issue another for its period, once. What cannot be replaced is left alone, as by the job.

    The new one is always made as a renewal's, whatever the old one was; where nothing is left to bill, the old one stays voided.
    """
    invoice = ctx.session.get(InvoiceRow, invoice_id)
    if invoice is None or invoice.invoice_type != "SUBSCRIPTION" or invoice.recalculated_invoice_id or not invoice.subscription_id:
        return
    subscription = ctx.session.get(SubscriptionRow, invoice.subscription_id)
    if subscription is None or invoice.period_start is None or invoice.period_end is None:
        return
    try:
        with ctx.session.begin_nested():
            void(ctx, invoice)
    except ApiError:
        return
    successor = _issue(ctx, subscription, invoice.period_start, invoice.period_end)
    if successor is not None:
        invoice.recalculated_invoice_id = successor.id
        changed(ctx, invoice)


def recalculate_draft(ctx: Context, invoice: InvoiceRow, *, finalizes: bool) -> None:
    """Rebuild a draft, with credits and taxes, and finalize it unless told otherwise. Raises ValidationError."""
    if invoice.invoice_status != "DRAFT":
        raise ValidationError(
            "Only draft invoices can be recalculated", {"current_status": invoice.invoice_status, "invoice_id": invoice.id}
        )
    if invoice.invoice_type != "SUBSCRIPTION" or not invoice.subscription_id:
        raise ValidationError(
            "Only subscription invoices can be recalculated", {"invoice_id": invoice.id, "invoice_type": invoice.invoice_type}
        )
    computed_at, holds_credits = invoice.last_computed_at, invoice.total_prepaid_credits_applied > ZERO
    # Its own lines of the period count as invoiced already: what is left are the next period's charges.
    if compute(ctx, invoice, sees_own_lines=True, keeps_credits=True):
        return
    invoice.last_computed_at = computed_at
    settle(ctx, invoice, rates_to_apply(ctx, "subscription", invoice.subscription_id), holds_credits=holds_credits)
    if finalizes:
        complete(ctx, invoice)


def _issue(ctx: Context, subscription: SubscriptionRow, start: datetime, end: datetime) -> InvoiceRow | None:
    taken = select(InvoiceRow.id).where(
        InvoiceRow.subscription_id == subscription.id,
        InvoiceRow.billing_reason == CYCLE,
        InvoiceRow.period_start == start,
        InvoiceRow.invoice_status == "FINALIZED",
    )
    if ctx.session.scalar(taken.limit(1)) is not None:
        return None
    successor = open_subscription_draft(ctx, subscription, start, end, CYCLE)
    if compute(ctx, successor):
        return None
    finalize(ctx, successor)
    collect(ctx, successor, "manual")
    return successor
