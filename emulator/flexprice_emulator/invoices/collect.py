"""Collecting what is due without being asked to (invoices.md §9.6)."""

from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.payments import collection
from flexprice_emulator.workspace.context import Context


def collect(ctx: Context, invoice: InvoiceRow) -> None:
    """Try to collect a new subscription's opening invoice; what came of it shows on the invoice."""
    collection.collect(ctx, invoice, "creation")
