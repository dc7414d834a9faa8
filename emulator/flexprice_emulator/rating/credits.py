"""Prepaid wallet credits against usage lines (rating.md §7.12, invoices.md §5.3).

Invariant: a share never exceeds what the wallet holds nor what the line still costs, and is never rounded up,
so it may keep digits below the currency's precision.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flexprice_emulator.rating.decimals import ZERO, add, round_currency, subtract


@dataclass(frozen=True, slots=True)
class Wallet:
    """An active PRE_PAID wallet of the invoice's currency; `balance` is money, not credits."""

    id: str
    balance: Decimal


@dataclass(frozen=True, slots=True)
class WalletDebit:
    """What one wallet pays for one line (`line_index` into the lines given)."""

    wallet_id: str
    line_index: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class CreditableLine:
    """A line as credits see it: `payable` = amount - line_item_discount - invoice_level_discount."""

    price_type: str
    payable: Decimal


def apply_credits(lines: Sequence[CreditableLine], wallets: Sequence[Wallet], currency: str) -> tuple[WalletDebit, ...]:
    """Debits in line order, the wallet with the highest balance first; FIXED lines take none.

    Known oddity: where what is left of a need rounds to 0, the wallets count as empty for the lines that follow (wallets.md §11.1).
    """
    waiting = sorted(wallets, key=lambda wallet: -wallet.balance)
    debits: list[WalletDebit] = []
    for index, line in enumerate(lines):
        needed = line.payable if line.price_type == "USAGE" else ZERO
        while needed > ZERO and waiting:
            wallet = waiting.pop(0)
            raw = min(wallet.balance, needed)
            share = min(round_currency(raw, currency), raw)
            if share <= ZERO:
                continue
            debits.append(WalletDebit(wallet.id, index, share))
            waiting.insert(0, Wallet(wallet.id, subtract(wallet.balance, share)))
            needed = subtract(needed, share)
    return tuple(debits)


def credits_by_line(debits: Sequence[WalletDebit], count: int) -> tuple[Decimal, ...]:
    """`prepaid_credits_applied` of each of `count` lines."""
    applied = [ZERO] * count
    for debit in debits:
        applied[debit.line_index] = add(applied[debit.line_index], debit.amount)
    return tuple(applied)
