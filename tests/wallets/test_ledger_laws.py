"""Laws of the ledger, whatever is done to wallets."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flexprice_emulator.rating.decimals import add, multiply, subtract
from flexprice_emulator.wallets import ledger, lifecycle
from flexprice_emulator.wallets.ledger import Credit, Debit
from flexprice_emulator.wallets.tables import WalletRow, WalletTransactionRow
from flexprice_emulator.wire.errors import InvalidOperationError
from flexprice_emulator.workspace.context import Context
from flexprice_emulator.workspace.registry import SANDBOX_ID, Registry

NOW = datetime.fromisoformat("2026-05-05T10:00:00+00:00")
CREDITS = st.decimals("0.001", "500", places=3)
RATES = st.sampled_from([Decimal("0.5"), Decimal(1), Decimal(2), Decimal("0.01")])
ADDED = st.tuples(st.just("credit"), CREDITS, st.none() | st.integers(0, 2), st.none() | st.integers(1, 60))
TAKEN = st.tuples(st.sampled_from(["manual", "payment"]), CREDITS, st.none(), st.none())
STEPS = st.lists(ADDED | TAKEN, min_size=1, max_size=14)


class Till:
    """One wallet in a workspace of its own."""

    def __init__(self, rate: Decimal = Decimal(1)) -> None:
        self.registry = Registry(seed=1)
        workspace = self.registry.get(SANDBOX_ID)
        assert workspace is not None
        workspace.set_clock("frozen", NOW)
        self.workspace = workspace
        self._transaction = workspace.transaction()
        self.ctx = Context(workspace, self._transaction.__enter__(), NOW)
        self.wallet: WalletRow = lifecycle.open_wallet(self.ctx, "cust_1", "usd", conversion_rate=rate)
        self.rows: list[WalletTransactionRow] = []

    def perform(self, step: tuple[str, Decimal, int | None, int | None]) -> bool:
        """Whether the step was done; a debit that is short is refused."""
        kind, amount, priority, days = step
        try:
            if kind == "credit":
                expiry = None if days is None else NOW + timedelta(days=days)
                row = ledger.credit(self.ctx, self.wallet, Credit(amount, "FREE_CREDIT_GRANT", priority=priority, expiry_date=expiry))
            else:
                reason = ledger.MANUAL_DEBIT if kind == "manual" else "INVOICE_PAYMENT"
                row = ledger.debit(self.ctx, self.wallet, Debit(reason, amount))
        except InvalidOperationError:
            return False
        self.rows.append(row)
        return True

    def close(self) -> None:
        self._transaction.__exit__(None, None, None)
        self.registry.close()


def performed(steps: list[Any], rate: Decimal = Decimal(1)) -> Till:
    till = Till(rate)
    for step in steps:
        till.perform(step)
    return till


LAW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@LAW
@given(STEPS, RATES)
def test_rows_add_up_to_the_balance(steps: list[Any], rate: Decimal) -> None:
    till = performed(steps, rate)
    total = add(*(row.credit_amount if row.type == "credit" else -row.credit_amount for row in till.rows))
    assert till.wallet.credit_balance == total
    assert till.wallet.balance == multiply(total, rate)
    till.close()


@LAW
@given(STEPS)
def test_what_is_available_adds_up_to_a_balance_that_is_not_negative(steps: list[Any]) -> None:
    till = Till()
    for step in steps:
        till.perform(step)
        available = add(*(row.credits_available for row in till.rows))
        assert available == max(till.wallet.credit_balance, Decimal(0))
    till.close()


@LAW
@given(STEPS)
def test_every_row_begins_where_the_one_before_ended(steps: list[Any]) -> None:
    till = performed(steps)
    end = Decimal(0)
    for row in till.rows:
        assert row.credit_balance_before == end
        change = row.credit_amount if row.type == "credit" else -row.credit_amount
        end = row.credit_balance_after
        assert end == add(row.credit_balance_before, change)
    till.close()


@LAW
@given(STEPS, CREDITS)
def test_no_credit_is_touched_while_one_before_it_is_left(steps: list[Any], credits: Decimal) -> None:
    till = performed(steps)
    order = ledger.eligible(till.ctx, till.wallet.id, NOW)
    left = {row.id: row.credits_available for row in order}
    if till.perform(("payment", credits, None, None)):
        taken = [subtract(left[row.id], row.credits_available) for row in order]
        drained = [row.credits_available == 0 for row in order]
        for index, amount in enumerate(taken):
            assert amount == 0 or all(drained[:index])
        assert add(*taken) == credits
    till.close()


@LAW
@given(STEPS, CREDITS)
def test_a_refused_debit_changes_nothing(steps: list[Any], credits: Decimal) -> None:
    till = performed(steps)
    before = (till.wallet.balance, till.wallet.credit_balance, [row.credits_available for row in till.rows])
    beyond = add(max(till.wallet.credit_balance, Decimal(0)), credits)
    assert not till.perform(("payment", beyond, None, None))
    assert (till.wallet.balance, till.wallet.credit_balance, [row.credits_available for row in till.rows]) == before
    till.close()
