"""Prepaid wallets and invoices: what they take off usage, and what a void gives back (invoices.md §5.3, §5.8).

Invariant: what an invoice that is not void shows as total_prepaid_credits_applied is what its wallets gave for it, less what they got back.
"""

from collections.abc import Sequence
from decimal import Decimal

from flexprice_emulator.invoices.tables import InvoiceLineItemRow, InvoiceRow
from flexprice_emulator.rating.credits import CreditableLine, Wallet, WalletDebit, apply_credits, credits_by_line
from flexprice_emulator.rating.decimals import ZERO, add, subtract
from flexprice_emulator.wallets import service as wallets
from flexprice_emulator.workspace.context import Context


def spend_credits(
    ctx: Context, invoice: InvoiceRow, lines: Sequence[InvoiceLineItemRow], *, holds_credits: bool = False
) -> tuple[WalletDebit, ...]:
    """Use the payer's prepaid wallets for USAGE lines, after discounts, in the lines' order; gives each wallet's share of each line.

    `holds_credits`: it was settled before. What it took then counts as the wallets' own, and only the difference is moved.
    """
    taken = wallets.adjustments_of(ctx, invoice.id, invoice.customer_id) if holds_credits else {}
    has_usage = any(line.price_type == "USAGE" for line in lines)
    held = {wallet.id: wallet for wallet in wallets.for_credit_adjustment(ctx, invoice.customer_id, invoice.currency)} if has_usage else {}
    creditable = [
        CreditableLine(line.price_type or "", subtract(line.amount, add(line.line_item_discount, line.invoice_level_discount)))
        for line in lines
    ]
    purses = [Wallet(wallet.id, add(wallet.balance, taken.get(wallet.id, ZERO))) for wallet in held.values()]
    # A wallet that is empty or closed by now still stands for what it gave.
    purses += [Wallet(wallet_id, amount) for wallet_id, amount in taken.items() if wallet_id not in held]
    debits = apply_credits(creditable, purses, invoice.currency)
    for line, credited in zip(lines, credits_by_line(debits, len(lines)), strict=True):
        line.prepaid_credits_applied = credited
    wanted: dict[str, Decimal] = dict.fromkeys(taken, ZERO)
    for debit in debits:
        wanted[debit.wallet_id] = add(wanted.get(debit.wallet_id, ZERO), debit.amount)
    for wallet_id, amount in wanted.items():
        more = subtract(amount, taken.get(wallet_id, ZERO))
        if more > ZERO:
            wallets.adjust_invoice(ctx, held[wallet_id], more, invoice.id, invoice.customer_id)
        elif more < ZERO:
            wallets.return_adjustment(ctx, wallet_id, -more, invoice.id, invoice.customer_id)
    return debits


def release_credits(ctx: Context, invoice: InvoiceRow) -> None:
    """Give a draft's prepaid credits back to their wallets: its lines are made anew without them."""
    for wallet_id, amount in wallets.adjustments_of(ctx, invoice.id, invoice.customer_id).items():
        wallets.return_adjustment(ctx, wallet_id, amount, invoice.id, invoice.customer_id)
    ctx.session.flush()


def refund_to_wallet(ctx: Context, invoice: InvoiceRow, amount: Decimal) -> None:
    """Credit what was paid to the customer's first prepaid wallet of the currency, made where there is none."""
    wallets.refund_voided_invoice(ctx, invoice.customer_id, invoice.currency, amount, invoice.id, invoice.invoice_number)
