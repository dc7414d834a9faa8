"""Computing: lines and discounts of a draft, made anew from the subscription (invoices.md §5.2).

Invariant: computing twice without new usage or terms changes nothing; taxes and credits wait for finalization.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from flexprice_emulator.invoices.credits import release_credits
from flexprice_emulator.invoices.discounting import store_applications
from flexprice_emulator.invoices.drafts import changed
from flexprice_emulator.invoices.inputs import REFERENCE_POINTS, invoice_request, own_lines
from flexprice_emulator.invoices.lines import store_draft
from flexprice_emulator.invoices.tables import InvoiceLineItemRow, InvoiceRow
from flexprice_emulator.rating.decimals import ZERO
from flexprice_emulator.rating.invoice.assemble import assemble_invoice
from flexprice_emulator.subscriptions.tables import SubscriptionLineItemRow, SubscriptionRow
from flexprice_emulator.wire.errors import InvalidOperationError, ValidationError
from flexprice_emulator.workspace.context import Context

TRIAL_START = "SUBSCRIPTION_TRIAL_START"


def compute(
    ctx: Context, invoice: InvoiceRow, *, opening_credit: Decimal = ZERO, sees_own_lines: bool = False, keeps_credits: bool = False
) -> bool:
    """As rebuild; whether it ended SKIPPED."""
    made = rebuild(ctx, invoice, opening_credit=opening_credit, sees_own_lines=sees_own_lines, keeps_credits=keeps_credits)
    return made is not None and invoice.invoice_status == "SKIPPED"


def rebuild(
    ctx: Context,
    invoice: InvoiceRow,
    *,
    opening_credit: Decimal = ZERO,
    sees_own_lines: bool = False,
    keeps_credits: bool = False,
    known_lines: Sequence[SubscriptionLineItemRow] | None = None,
) -> list[InvoiceLineItemRow] | None:
    """Compute a draft anew; its lines, None for an invoice of no subscription. It is SKIPPED where its subtotal is 0.

    `sees_own_lines`: its present lines of the period itself count as invoiced already, a known oddity of recalculation.
    `keeps_credits`: the prepaid credits it holds stay for the caller to settle, unless it is skipped; else they go back to their wallets.
    Raises ValidationError unless it is DRAFT or SKIPPED, InvalidOperationError after edits by hand.
    """
    if invoice.invoice_status not in ("DRAFT", "SKIPPED"):
        raise ValidationError(
            "Only draft or skipped invoices can be computed", {"current_status": invoice.invoice_status, "invoice_id": invoice.id}
        )
    if invoice.is_manually_edited:
        raise InvalidOperationError("Manually edited invoices cannot be computed", {"invoice_id": invoice.id})
    subscription = ctx.session.get(SubscriptionRow, invoice.subscription_id) if invoice.subscription_id else None
    if invoice.invoice_type != "SUBSCRIPTION" or subscription is None or invoice.period_start is None or invoice.period_end is None:
        return None
    holds_credits = invoice.total_prepaid_credits_applied > ZERO
    is_trial_start = invoice.billing_reason == TRIAL_START
    request = invoice_request(
        ctx,
        subscription,
        invoice.period_start,
        invoice.period_end,
        REFERENCE_POINTS.get(invoice.billing_reason, "period_end"),
        invoice_id=invoice.id,
        opening_credit=opening_credit,
        is_trial_start=is_trial_start,
        known_lines=known_lines,
        is_first=invoice.billing_sequence == 1 and invoice.last_computed_at is None,
    )
    if sees_own_lines:
        own = [line for line in own_lines(ctx, invoice.id) if line.period_start < invoice.period_end]
        request = replace(request, invoiced_lines=[*request.invoiced_lines, *own])
    draft = assemble_invoice(request)
    rows = store_draft(ctx, invoice, draft)
    if draft.coupon_applications:
        coupons = [coupon.coupon for child in (request, *request.children) for coupon in child.coupons]
        store_applications(ctx, invoice, rows, draft.coupon_applications, coupons)
    skipped = draft.subtotal == ZERO and not is_trial_start
    if holds_credits and (skipped or not keeps_credits):
        release_credits(ctx, invoice)
    invoice.invoice_status = "SKIPPED" if skipped else "DRAFT"
    invoice.last_computed_at = ctx.now
    changed(ctx, invoice)
    if not skipped:
        ctx.emit("invoice.update", invoice_id=invoice.id)
    return rows
