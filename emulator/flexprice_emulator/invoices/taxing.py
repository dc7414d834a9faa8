"""The rows that an invoice's taxes leave (invoices.md §8)."""

from collections.abc import Sequence

from sqlalchemy import select

from flexprice_emulator.invoices.keys import generated_key
from flexprice_emulator.invoices.tables import InvoiceRow, TaxAppliedRow
from flexprice_emulator.rating.tax import TaxApplied
from flexprice_emulator.workspace.context import Context


def store_taxes(ctx: Context, invoice: InvoiceRow, taxes: Sequence[TaxApplied]) -> None:
    """One row per rate; a rate that was applied before is updated, one that is no longer applied is forgotten."""
    held = {row.tax_rate_id: row for row in tax_rows(ctx, invoice.id)}
    for tax in taxes:
        row = held.pop(tax.tax_rate_id, None)
        if row is None:
            key = generated_key("tax_application", tax_rate_id=tax.tax_rate_id, entity_id=invoice.id, entity_type="invoice")
            row = TaxAppliedRow(
                id=ctx.new_id("taxapp"),
                tax_rate_id=tax.tax_rate_id,
                entity_type="invoice",
                entity_id=invoice.id,
                currency=invoice.currency,
                idempotency_key=key,
                **ctx.stamp(),
            )
            ctx.session.add(row)
        row.taxable_amount, row.tax_amount, row.applied_at = tax.taxable_amount, tax.tax_amount, ctx.now
    for row in held.values():
        ctx.session.delete(row)
    ctx.session.flush()


def tax_rows(ctx: Context, *invoice_ids: str) -> Sequence[TaxAppliedRow]:
    """Taxes of invoices."""
    query = select(TaxAppliedRow).where(TaxAppliedRow.entity_type == "invoice", TaxAppliedRow.entity_id.in_(invoice_ids))
    return ctx.session.scalars(query.order_by(TaxAppliedRow.id)).all()
