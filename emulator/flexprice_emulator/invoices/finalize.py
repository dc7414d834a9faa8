"""Finalizing: credits, taxes, total, number (invoices.md §5.3).

Invariants: credits come off USAGE lines only and do not shrink the tax base; the number is given here and never again.
"""

from collections.abc import Sequence

from flexprice_emulator.invoices.credits import spend_credits
from flexprice_emulator.invoices.derivation import settled
from flexprice_emulator.invoices.drafts import changed
from flexprice_emulator.invoices.lines import line_rows, set_totals
from flexprice_emulator.invoices.numbers import next_number
from flexprice_emulator.invoices.tables import InvoiceLineItemRow, InvoiceRow
from flexprice_emulator.invoices.taxing import store_taxes
from flexprice_emulator.rating.decimals import ZERO, add
from flexprice_emulator.rating.tax import TaxRate, apply_taxes, tax_base, total_tax
from flexprice_emulator.rating.totals import invoice_totals
from flexprice_emulator.subscriptions.lifecycle.planning import watch_unpaid
from flexprice_emulator.taxes.service import rates_to_apply
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context


def finalize(ctx: Context, invoice: InvoiceRow, fresh_lines: Sequence[InvoiceLineItemRow] | None = None) -> None:
    """DRAFT to FINALIZED; a SKIPPED one stays as it is. Raises ValidationError for any other.

    `fresh_lines` of a draft that was computed just now, for the first time, need not be read again.
    """
    if invoice.invoice_status == "SKIPPED":
        return
    if invoice.invoice_status != "DRAFT":
        raise ValidationError("invoice must be in draft status to be finalized")
    if invoice.invoice_type == "SUBSCRIPTION":
        rates = rates_to_apply(ctx, "subscription", invoice.subscription_id) if invoice.subscription_id else ()
        settle(ctx, invoice, rates, holds_credits=invoice.total_prepaid_credits_applied > ZERO, fresh_lines=fresh_lines)
    complete(ctx, invoice)


def settle(
    ctx: Context,
    invoice: InvoiceRow,
    rates: Sequence[TaxRate],
    *,
    holds_credits: bool = False,
    fresh_lines: Sequence[InvoiceLineItemRow] | None = None,
) -> None:
    """Apply prepaid credits and taxes, and total the invoice; credits that it holds already are not taken again."""
    lines = fresh_lines if fresh_lines is not None else line_rows(ctx, invoice.id)
    debits = spend_credits(ctx, invoice, lines, holds_credits=holds_credits)
    taxes = apply_taxes(tax_base(invoice.subtotal, invoice.total_discount), rates, invoice.currency)
    if taxes or fresh_lines is None:
        store_taxes(ctx, invoice, taxes)
    prepaid = add(*(line.prepaid_credits_applied for line in lines))
    totals = invoice_totals(invoice.subtotal, invoice.total_discount, prepaid, total_tax(taxes))
    set_totals(invoice, total_prepaid_credits_applied=prepaid, total_tax=totals.total_tax, total=totals.total)
    invoice.derivation = settled(invoice, lines, taxes, debits, totals)
    changed(ctx, invoice)


def complete(ctx: Context, invoice: InvoiceRow) -> None:
    """Number and close a settled draft. A total of 0 counts as paid, except for a trial's opening invoice."""
    if not invoice.invoice_number:
        invoice.invoice_number = next_number(ctx)
    invoice.invoice_status = "FINALIZED"
    invoice.finalized_at = ctx.now
    invoice.finalize_at = None
    if invoice.total == ZERO and invoice.billing_reason != "SUBSCRIPTION_TRIAL_START":
        invoice.payment_status = "SUCCEEDED"
    if (invoice.metadata_ or {}).get("auto_completed") == "true":
        invoice.payment_status = "SUCCEEDED"
        set_totals_paid(invoice)
    changed(ctx, invoice)
    watch_unpaid(ctx, invoice)
    ctx.emit("invoice.update.finalized", invoice_id=invoice.id)


def set_totals_paid(invoice: InvoiceRow) -> None:
    """Everything due counts as paid; when is not noted."""
    invoice.amount_paid, invoice.amount_remaining = invoice.amount_due, ZERO
