"""What a payment does to its invoice (invoices.md §9.2, §9.5).

Invariant: after a payment was processed amount_paid is the sum of the invoice's SUCCEEDED payments; amount_remaining is never negative.
"""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select

from flexprice_emulator.invoices.drafts import changed
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.payments.settlement import invoice_paid
from flexprice_emulator.payments.tables import PaymentRow
from flexprice_emulator.rating.decimals import ZERO, add
from flexprice_emulator.rating.totals import amount_remaining
from flexprice_emulator.workspace.context import Context

PAID = ("SUCCEEDED", "OVERPAID")


def paid_amount(ctx: Context, invoice_id: str) -> Decimal:
    """Sum of the invoice's SUCCEEDED payments."""
    return add(*_succeeded(ctx, invoice_id))


def has_succeeded_payment(ctx: Context, invoice_id: str) -> bool:
    """Whether payments decide the invoice's payment status."""
    return bool(_succeeded(ctx, invoice_id))


def allocate(ctx: Context, invoice: InvoiceRow) -> None:
    """Take over what has been paid. More than is due counts as SUCCEEDED, without a paid_at; a DRAFT closes without a number."""
    paid = paid_amount(ctx, invoice.id)
    invoice.amount_paid = paid
    invoice.amount_remaining = amount_remaining(invoice.amount_due, paid)
    settled = invoice.amount_remaining == ZERO
    invoice.payment_status = "SUCCEEDED" if settled else "PENDING"
    if settled and invoice.invoice_status == "DRAFT":
        invoice.invoice_status, invoice.finalize_at = "FINALIZED", None
    if paid == invoice.amount_due:
        invoice.paid_at = ctx.now
    changed(ctx, invoice)
    if settled:
        invoice_paid(ctx, invoice)


def reconcile(ctx: Context, invoice: InvoiceRow, payment_status: str, amount: Decimal) -> None:
    """Add what a provider reports. Known oddity: a part that is reported as SUCCEEDED leaves the invoice SUCCEEDED."""
    if payment_status in PAID:
        invoice.amount_paid = add(invoice.amount_paid, amount)
        invoice.payment_status = "OVERPAID" if invoice.amount_paid > invoice.amount_due else "SUCCEEDED"
        invoice.paid_at = invoice.paid_at or ctx.now
    else:
        invoice.payment_status = payment_status
    invoice.amount_remaining = amount_remaining(invoice.amount_due, invoice.amount_paid)
    changed(ctx, invoice)
    if payment_status in PAID:
        invoice_paid(ctx, invoice)
    ctx.emit("invoice.update.payment", invoice_id=invoice.id)


def _succeeded(ctx: Context, invoice_id: str) -> Sequence[Decimal]:
    query = select(PaymentRow.amount).where(
        PaymentRow.destination_type == "INVOICE",
        PaymentRow.destination_id == invoice_id,
        PaymentRow.payment_status == "SUCCEEDED",
        PaymentRow.status == "published",
    )
    return ctx.session.scalars(query).all()
