"""Collecting what is due without being asked to (invoices.md §9.6)."""

from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.workspace.context import Context


def collect(ctx: Context, invoice: InvoiceRow) -> None:
    """Try."""
