"""The law of wallets."""

from collections.abc import Iterable, Iterator

from flexprice_emulator.testing.laws.base import ZERO, Json, Quirk, Violation, broken, identity, of


def ledger(wallet: Json, transactions: Iterable[Json]) -> Iterator[Violation]:
    """A wallet's credits are its completed credits less its completed debits; only a manual debit goes below zero (wallets.md §4)."""
    done = [found for found in transactions if found["transaction_status"] == "completed"]
    balance = sum((of(one, "credit_amount") * (1 if one["type"] == "credit" else -1) for one in done), ZERO)
    if of(wallet, "credit_balance") != balance:
        yield broken("ledger", wallet, f"holds {wallet['credit_balance']} credits, its transactions make {balance}")
    if balance < ZERO:
        by_hand = any(one.get("transaction_reason") == "MANUAL_BALANCE_DEBIT" for one in done)
        yield Violation("ledger", identity(wallet), f"holds {balance} credits", Quirk.OVERDRAWN if by_hand else "")
