"""Prepaid credits against usage lines: rounding, and what a fraction of a cent does (wallets.md §11.1)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexprice_emulator.rating.credits import CreditableLine, Wallet, apply_credits, credits_by_line
from flexprice_emulator.rating.decimals import to_text

cents = st.decimals(min_value=0, max_value=50, places=2)


def applied(needs: list[str], balances: list[str], currency: str = "usd") -> list[str]:
    """What each usage line is given."""
    wallets = [Wallet(f"w{index}", Decimal(balance)) for index, balance in enumerate(balances)]
    debits = apply_credits([CreditableLine("USAGE", Decimal(need)) for need in needs], wallets, currency)
    return [to_text(amount) for amount in credits_by_line(debits, len(needs))]


@pytest.mark.parametrize(
    ("needs", "balances", "expected"),
    [
        (["10.005"], ["100"], ["10.005"]),
        (["33.333"], ["100"], ["33.33"]),
        (["0.004"], ["100"], ["0"]),
        (["20"], ["7.777"], ["7.777"]),
        (["33.333", "50"], ["100"], ["33.33", "0"]),
        (["33.333", "50"], ["100", "40"], ["33.33", "0"]),
        (["33.33", "50"], ["100"], ["33.33", "50"]),
        (["33.337", "50"], ["100"], ["33.337", "50"]),
        (["0.004", "5"], ["100"], ["0", "0"]),
        (["50", "30"], ["60", "40"], ["50", "30"]),
    ],
)
def test_measured_shares(needs: list[str], balances: list[str], expected: list[str]) -> None:
    assert applied(needs, balances) == expected


def test_of_equal_wallets_the_first_given_pays_first() -> None:
    debits = apply_credits([CreditableLine("USAGE", Decimal(5))], [Wallet("a", Decimal(9)), Wallet("b", Decimal(9))], "usd")
    assert [debit.wallet_id for debit in debits] == ["a"]


@given(st.lists(cents, max_size=6), st.lists(cents, max_size=4))
def test_whole_cents_are_applied_to_the_last_that_is_needed_or_held(needs: list[Decimal], balances: list[Decimal]) -> None:
    """Invariant: without fractions of a cent, what is applied is the smaller of all needs and all balances."""
    wallets = [Wallet(f"w{index}", balance) for index, balance in enumerate(balances)]
    debits = apply_credits([CreditableLine("USAGE", need) for need in needs], wallets, "usd")
    assert sum((debit.amount for debit in debits), Decimal(0)) == min(sum(needs, Decimal(0)), sum(balances, Decimal(0)))
