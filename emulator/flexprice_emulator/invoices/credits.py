"""Prepaid wallets and invoices: what they take off usage, and what a void gives back (invoices.md §5.3, §5.8)."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select

from flexprice_emulator.invoices.tables import InvoiceLineItemRow, InvoiceRow
from flexprice_emulator.rating.credits import CreditableLine, Wallet, apply_credits, credits_by_line
from flexprice_emulator.rating.decimals import ZERO, add, subtract
from flexprice_emulator.wallets.tables import WalletRow
from flexprice_emulator.workspace.context import Context


def spend_credits(ctx: Context, invoice: InvoiceRow, lines: Sequence[InvoiceLineItemRow]) -> None:
    """Debit the payer's prepaid wallets for USAGE lines, after discounts, in the lines' order."""
    wallets = _wallets(ctx, invoice) if any(line.price_type == "USAGE" for line in lines) else []
    creditable = [
        CreditableLine(line.price_type or "", subtract(line.amount, add(line.line_item_discount, line.invoice_level_discount)))
        for line in lines
    ]
    debits = apply_credits(creditable, [Wallet(wallet.id, wallet.balance) for wallet in wallets], invoice.currency)
    for line, credited in zip(lines, credits_by_line(debits, len(lines)), strict=True):
        line.prepaid_credits_applied = credited
    ctx.session.flush()


def refund_to_wallet(ctx: Context, invoice: InvoiceRow, amount: Decimal) -> None:
    """Credit what was paid to the customer's first prepaid wallet of the currency."""


def _wallets(ctx: Context, invoice: InvoiceRow) -> list[WalletRow]:
    query = select(WalletRow).where(
        WalletRow.customer_id == invoice.customer_id,
        WalletRow.currency == invoice.currency,
        WalletRow.wallet_type == "PRE_PAID",
        WalletRow.wallet_status == "active",
        WalletRow.status == "published",
        WalletRow.balance != "0",
    )
    return [wallet for wallet in ctx.session.scalars(query.order_by(WalletRow.id)) if wallet.balance > ZERO]
