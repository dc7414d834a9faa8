"""The routes that start a job by hand (subscriptions.md §2, wire.md §8): done when the answer leaves, and answered as started."""

from typing import Any

from sqlalchemy import select

from flexprice_emulator.invoices.jobs import job_answer
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.subscriptions.lifecycle.cycle_invoice import CYCLE, finalize_waiting
from flexprice_emulator.subscriptions.lifecycle.renewal import renew, renew_all
from flexprice_emulator.subscriptions.tables import SubscriptionRow
from flexprice_emulator.workspace.context import Context


def roll_periods(ctx: Context) -> str:
    """Roll every period that has ended."""
    renew_all(ctx)
    return "Triggered update billing period workflow successfully"


def finalize_drafts(ctx: Context) -> str:
    """Finalize the computed drafts whose delay is over."""
    query = select(InvoiceRow.id).where(
        InvoiceRow.invoice_status == "DRAFT",
        InvoiceRow.status == "published",
        InvoiceRow.billing_reason == CYCLE,
        InvoiceRow.period_end <= InvoiceRow.last_computed_at,
    )
    for invoice_id in ctx.session.scalars(query.order_by(InvoiceRow.id)).all():
        finalize_waiting(ctx, {"invoice_id": invoice_id})
    return "Triggered draft finalization schedule successfully"


def trigger_workflow(ctx: Context, subscription_id: str) -> dict[str, Any]:
    """Roll one subscription's periods; an unknown id is accepted too."""
    row = ctx.session.get(SubscriptionRow, subscription_id)
    if row is not None:
        renew(ctx, row)
    message = f"Successfully triggered workflow for subscription {subscription_id}"
    return job_answer(ctx, "ProcessSubscriptionBillingWorkflow", subscription_id, message)
