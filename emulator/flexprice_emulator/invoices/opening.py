"""The first invoice of a subscription, from draft to payment (subscriptions.md §3.7).

Later invoices take the same three steps: open a draft, compute it, finalize it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flexprice_emulator.grants.service import on_subscription_activated as apply_credit_grants
from flexprice_emulator.invoices.collect import collect
from flexprice_emulator.invoices.compute import TRIAL_START, compute, rebuild
from flexprice_emulator.invoices.drafts import changed, open_subscription_draft
from flexprice_emulator.invoices.finalize import finalize
from flexprice_emulator.invoices.tables import InvoiceLineItemRow, InvoiceRow
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.wire.errors import AlreadyExistsError, InvalidOperationError
from flexprice_emulator.workspace.context import Context


@dataclass(frozen=True, slots=True)
class Opening:
    """`invoice` is None where there was nothing to bill; `lines` are its own."""

    invoice: InvoiceRow | None
    lines: Sequence[InvoiceLineItemRow] = ()

    @property
    def is_paid(self) -> bool:
        """Whether nothing is left to be paid."""
        return self.invoice is None or self.invoice.payment_status in ("SUCCEEDED", "OVERPAID")


def open_invoice(
    ctx: Context,
    subscription: SubscriptionRow,
    billing_reason: str,
    period_start: datetime,
    period_end: datetime,
    *,
    opening_credit: Decimal = ZERO,
    new_lines: Sequence[SubscriptionLineItemRow] | None = None,
) -> Opening:
    """Draft, compute and finalize the invoice of a period that opens; the advance charges of that period.

    `new_lines` are those of a subscription that was made just now, the newest first.
    """
    invoice = open_subscription_draft(ctx, subscription, period_start, period_end, billing_reason, is_first=new_lines is not None)
    is_first = invoice.last_computed_at is None
    lines = rebuild(ctx, invoice, opening_credit=opening_credit, known_lines=new_lines)
    if lines is None or invoice.invoice_status == "SKIPPED":
        return Opening(None)
    finalize(ctx, invoice, lines if is_first else None)
    return Opening(invoice, lines)


def start_trial(ctx: Context, subscription: SubscriptionRow, new_lines: Sequence[SubscriptionLineItemRow] | None = None) -> Opening:
    """The zero invoice of a trial; it counts as paid where charges are collected automatically."""
    period = (subscription.current_period_start, subscription.current_period_end)
    opening = open_invoice(ctx, subscription, TRIAL_START, *period, new_lines=new_lines)
    invoice = opening.invoice
    if invoice is not None and subscription.collection_method == "charge_automatically":
        invoice.payment_status, invoice.paid_at = "SUCCEEDED", ctx.now
        changed(ctx, invoice)
        ctx.emit("invoice.update.payment", invoice_id=invoice.id)
    return opening


def collect_opening(ctx: Context, subscription: SubscriptionRow, opening: Opening) -> None:
    """Try to collect, and activate where that settles it. Raises InvalidOperationError for error_if_incomplete left unpaid."""
    invoice = opening.invoice
    if invoice is not None and subscription.collection_method == "charge_automatically" and not opening.is_paid:
        collect(ctx, invoice)
    if invoice is not None and subscription.payment_behavior == "error_if_incomplete" and not opening.is_paid:
        raise InvalidOperationError(
            "Subscription creation failed due to payment failure",
            {
                "amount_due": invoice.amount_due,
                "amount_paid": invoice.amount_paid,
                "invoice_id": invoice.id,
                "subscription_id": subscription.id,
            },
        )
    if subscription.subscription_status == "incomplete" and opening.is_paid:
        subscription.subscription_status = "active"
        if invoice is not None and invoice.amount_due > ZERO:
            ctx.emit("subscription.activated", subscription_id=subscription.id)
        apply_credit_grants(ctx, subscription)


def draft_current_period(ctx: Context, subscription_id: str) -> InvoiceRow | None:
    """The renewal invoice of the period that runs, as a computed draft; None where there is no such subscription or it exists."""
    subscription = ctx.session.get(SubscriptionRow, subscription_id)
    if subscription is None or subscription.subscription_status != "active" or subscription.subscription_type == "inherited":
        return None
    period = (subscription.current_period_start, subscription.current_period_end)
    try:
        invoice = open_subscription_draft(ctx, subscription, *period, "SUBSCRIPTION_CYCLE")
    except AlreadyExistsError:
        return None
    compute(ctx, invoice)
    return invoice
