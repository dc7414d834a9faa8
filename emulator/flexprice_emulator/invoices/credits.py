"""Prepaid wallets and invoices: what they take off usage, and what a void gives back (invoices.md §5.3, §5.8)."""

from collections.abc import Sequence
from decimal import Decimal

from flexprice_emulator.invoices.tables import InvoiceLineItemRow, InvoiceRow
from flexprice_emulator.rating.credits import CreditableLine, apply_credits, credits_by_line
from flexprice_emulator.rating.decimals import ZERO, add, subtract
from flexprice_emulator.wallets import service as wallets
from flexprice_emulator.workspace.context import Context


def spend_credits(ctx: Context, invoice: InvoiceRow, lines: Sequence[InvoiceLineItemRow]) -> None:
    """Debit the payer's prepaid wallets for USAGE lines, after discounts, in the lines' order; a wallet is debited once."""
    has_usage = any(line.price_type == "USAGE" for line in lines)
    held = {wallet.id: wallet for wallet in wallets.for_credit_adjustment(ctx, invoice.customer_id, invoice.currency)} if has_usage else {}
    creditable = [
        CreditableLine(line.price_type or "", subtract(line.amount, add(line.line_item_discount, line.invoice_level_discount)))
        for line in lines
    ]
    debits = apply_credits(creditable, wallets.for_rating(list(held.values())), invoice.currency)
    for line, credited in zip(lines, credits_by_line(debits, len(lines)), strict=True):
        line.prepaid_credits_applied = credited
    taken: dict[str, Decimal] = {}
    for debit in debits:
        taken[debit.wallet_id] = add(taken.get(debit.wallet_id, ZERO), debit.amount)
    for wallet_id, amount in taken.items():
        wallets.adjust_invoice(ctx, held[wallet_id], amount, invoice.id, invoice.customer_id)
    ctx.session.flush()


def refund_to_wallet(ctx: Context, invoice: InvoiceRow, amount: Decimal) -> None:
    """Credit what was paid to the customer's first prepaid wallet of the currency, made where there is none."""
    wallets.refund_voided_invoice(ctx, invoice.customer_id, invoice.currency, amount, invoice.id, invoice.invoice_number)
