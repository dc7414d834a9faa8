"""Wallets under any sequence of acts, and under many at once: credits are conserved and nothing is lost."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from flexprice_client.models.base import decimal_text
from tests.conftest import Api
from tests.laws.wallet_model import ZERO, Lot, Model
from tests.wallets.conftest import Bank, after

CREDITS = st.decimals("0.001", "100", places=3)
PRIORITIES = st.none() | st.integers(0, 2)
HOURS = st.none() | st.integers(1, 30)
AT_ONCE = 32


class WalletMachine(RuleBasedStateMachine):
    """One wallet over the API beside the model. Invariants stand at the invariants."""

    purchases = Bundle("purchases")

    def __init__(self, server: Any) -> None:
        super().__init__()
        self._server = server
        self.seen: dict[str, str] = {}
        self.was_closed = False

    @initialize(
        rate=st.sampled_from(["1", "0.5", "3"]), credits=st.none() | CREDITS, wallet_type=st.sampled_from(["PRE_PAID", "POST_PAID"])
    )
    def open(self, rate: str, credits: Decimal | None, wallet_type: str) -> None:
        portal, client = self._server
        api = Api(portal, client, f"sk_ws_{uuid4().hex}")
        api.freeze(after())
        workspace = client._transport.app.state.registry.for_key(api.headers["x-api-key"])
        self.bank, self.model, self.rate = Bank(api, workspace), Model(), Decimal(rate)
        initial = {} if credits is None else {"initial_credits_to_load": str(credits)}
        self.wallet = self.bank.open(conversion_rate=rate, wallet_type=wallet_type, **initial)["id"]
        if credits is not None:
            self._add(self.bank.rows(self.wallet)[0]["id"], credits, None, None)

    def _add(self, name: str, credits: Decimal, priority: int | None, expiry: int | None, *, pending: bool = False) -> None:
        self.model.lots.append(Lot(name, credits, credits, priority, expiry))
        if not pending:
            self.model.complete(self.model.lots[-1])

    def _top_up(self, credits: Decimal, priority: int | None, hours: int | None, reason: str) -> Any:
        # The clock stands at whole hours, and what ends at this very hour may still be used.
        expiry = None if hours is None else self.model.hour + hours
        fields = {"priority": priority} | ({} if expiry is None else {"expiry_date_utc": after(hours=expiry)})
        made = self.bank.top_up(self.wallet, str(credits), transaction_reason=reason, **fields)
        pending = reason == "PURCHASED_CREDIT_INVOICED"
        self._add(made["wallet_transaction"]["id"], credits, priority, expiry, pending=pending)
        return made

    @rule(credits=CREDITS, priority=PRIORITIES, hours=HOURS)
    def top_up(self, credits: Decimal, priority: int | None, hours: int | None) -> None:
        self._top_up(credits, priority, hours, "FREE_CREDIT_GRANT")

    @rule(target=purchases, credits=CREDITS, hours=HOURS)
    def buy(self, credits: Decimal, hours: int | None) -> Any:
        made = self._top_up(credits.quantize(Decimal("0.01")) + 1, None, hours, "PURCHASED_CREDIT_INVOICED")
        return multiple((made["wallet_transaction"]["id"], made["invoice_id"]))

    @rule(purchase=purchases)
    def pay(self, purchase: tuple[str, str]) -> None:
        """Paying twice is refused, and completes nothing twice."""
        entry, invoice = purchase
        (lot,) = [lot for lot in self.model.lots if lot.name == entry]
        answer = self.bank.api.send("PUT", f"/invoices/{invoice}/payment", {"payment_status": "SUCCEEDED"})
        assert answer.is_success or (answer.status_code == 400 and not lot.pending), answer.text
        if lot.pending:
            self.model.complete(lot)

    @rule(credits=CREDITS)
    def debit(self, credits: Decimal) -> None:
        self.bank.debit(self.wallet, str(credits), expect=400 if self.model.closed else 200)
        if not self.model.closed:
            self.model.taken += self.model.debit(credits)

    @rule(credits=CREDITS)
    def repeat_a_key(self, credits: Decimal) -> None:
        rows = self.bank.rows(self.wallet)
        key = rows[-1]["idempotency_key"] if rows else ""
        if key:
            self.bank.top_up(self.wallet, str(credits), idempotency_key=key, expect=409)

    @precondition(lambda self: self.model.hour >= 3)
    @rule()
    def terminate(self) -> None:
        done = self.model.terminate()
        self.bank.api.post(f"/wallets/{self.wallet}/terminate", expect=200 if done else 400)

    @rule(hours=st.integers(1, 20))
    def advance(self, hours: int) -> None:
        assert self.bank.advance(hours=hours)["failed"] == []
        self.model.hour += hours
        self.model.sweep()

    @invariant()
    def it_does_what_the_model_does(self) -> None:
        if not hasattr(self, "model"):
            return
        held, rows = self.bank.wallet(self.wallet), {row["id"]: row for row in self.bank.rows(self.wallet)}
        assert Decimal(held["credit_balance"]) == self.model.balance
        assert Decimal(held["balance"]) == self.model.balance * self.rate
        assert held["wallet_status"] == ("closed" if self.model.closed else "active")
        for lot in self.model.lots:
            row = rows[lot.name]
            assert (row["credits_available"], row["transaction_status"]) == (
                decimal_text(lot.left),
                "pending" if lot.pending else "completed",
            )
        self._conserved(list(rows.values()))
        self._allowed(rows, closed=held["wallet_status"] == "closed")

    def _conserved(self, rows: list[dict[str, Any]]) -> None:
        """granted = available + consumed + expired + terminated, but for what filled an overdraft; the ledger adds up to the balance."""
        counted = [row for row in rows if row["transaction_status"] == "completed"]
        out = Counter[str]()
        for row in counted:
            out[row["transaction_reason"] if row["type"] == "debit" else "in"] += Decimal(row["credit_amount"])  # type: ignore[assignment]
        available = sum((Decimal(row["credits_available"]) for row in counted), ZERO)
        model = self.model
        assert out["in"] == model.granted == available + model.taken + model.expired + model.terminated + model.swallowed
        assert (out["CREDIT_EXPIRED"], out["WALLET_TERMINATION"]) == (model.expired, model.terminated)
        assert out["in"] - sum(amount for reason, amount in out.items() if reason != "in") == model.balance

    def _allowed(self, rows: dict[str, dict[str, Any]], *, closed: bool) -> None:
        """A row only ever goes from pending to completed, a wallet from active to closed; nothing is negative but the balance."""
        assert closed or not self.was_closed
        self.was_closed = closed
        for identity, row in rows.items():
            assert self.seen.get(identity, row["transaction_status"]) in ("pending", row["transaction_status"])
            assert ZERO <= Decimal(row["credits_available"]) <= Decimal(row["credit_amount"])
        assert self.seen.keys() <= rows.keys()
        self.seen = {identity: row["transaction_status"] for identity, row in rows.items()}


def test_any_sequence_conserves_credits(server: Any) -> None:
    """Whatever is done, in whatever order, the wallet is what the model says."""
    run_state_machine_as_test(
        lambda: WalletMachine(server),
        settings=settings(max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)),
    )


def _at_once(act: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(act, range(AT_ONCE)))


def _bank(server: Any) -> Bank:
    portal, client = server
    api = Api(portal, client, f"sk_ws_{uuid4().hex}")
    api.freeze(after())
    return Bank(api, client._transport.app.state.registry.for_key(api.headers["x-api-key"]))


def _bill(bank: Bank, amount: str) -> str:
    line = {"display_name": "Work", "amount": amount, "quantity": "1"}
    body = {
        "customer_id": bank.customer,
        "invoice_type": "ONE_OFF",
        "currency": "usd",
        "amount_due": amount,
        "total": amount,
        "subtotal": amount,
    }
    made: str = bank.api.post("/invoices", {**body, "line_items": [line], "payment_status": "PENDING"})["id"]
    return made


def _bill_usage(bank: Bank) -> int:
    line = {"display_name": "Use", "amount": "10", "quantity": "1", "price_type": "USAGE"}
    amounts = {"amount_due": "10", "total": "10", "subtotal": "10"}
    body = {"customer_id": bank.customer, "invoice_type": "ONE_OFF", "currency": "usd", **amounts, "line_items": [line]}
    return int(bank.api.send("POST", "/invoices", body).status_code)


def _pay(bank: Bank, invoice: str, wallet: str, amount: str, key: str) -> Any:
    body = {"destination_type": "INVOICE", "destination_id": invoice, "payment_method_type": "CREDITS", "payment_method_id": wallet}
    rest = {"amount": amount, "currency": "usd", "process_payment": True, "idempotency_key": key}
    return bank.api.send("POST", "/payments", {**body, **rest})


def _watched(bank: Bank, wallet: str, acts: Callable[[], Any]) -> int:
    """How often the wallet was looked at while others act; it and its ledger, read together, agree each time."""
    done, looks = threading.Event(), 0
    with ThreadPoolExecutor(1) as pool:
        acting = pool.submit(lambda: (acts(), done.set()))
        while not done.is_set() and not acting.done():
            rows = bank.api.post("/wallets/transactions/search", {"id": wallet, "expand": "wallet", "limit": 1000, "order": "asc"})["items"]
            _assert_chained(rows, rows[0]["wallet"]["credit_balance"])
            looks += 1
        acting.result()
    return looks


def _assert_chained(rows: list[dict[str, Any]], end: str) -> None:
    """Each entry begins where the one before ended and moves by its credits, so the ledger's sum is the balance at every point."""
    balance = ZERO
    for row in rows:
        assert Decimal(row["credit_balance_before"]) == balance
        balance += Decimal(row["credit_amount"]) * (1 if row["type"] == "credit" else -1)
        assert Decimal(row["credit_balance_after"]) == balance
    assert balance == Decimal(end)
    assert balance == sum(Decimal(row["credits_available"]) for row in rows)


def test_acts_at_once_lose_nothing(server: Any) -> None:
    """32 top-ups, debits and payments together come to what they come to one by one; who looks on sees no credit lost or invented."""
    bank = _bank(server)
    wallet = bank.open(wallet_type="POST_PAID", initial_credits_to_load="1000")["id"]
    invoice = _bill(bank, "500")

    def act(turn: int) -> int:
        if turn % 3 == 0:
            return int(_pay(bank, invoice, wallet, "5", f"pay{turn}").status_code)
        reason = {"transaction_reason": "FREE_CREDIT_GRANT" if turn % 3 == 1 else "MANUAL_BALANCE_DEBIT", "idempotency_key": f"key{turn}"}
        path, amount = ("top-up", {"credits_to_add": "3"}) if turn % 3 == 1 else ("debit", {"credits": "2"})
        return int(bank.api.send("POST", f"/wallets/{wallet}/{path}", {**reason, **amount}).status_code)

    statuses = Counter[int]()
    looks = _watched(bank, wallet, lambda: statuses.update(_at_once(act)))
    payments, top_ups, debits = 11, 11, 10

    assert looks
    assert statuses == {200: top_ups + debits, 201: payments}
    rows = bank.rows(wallet)
    assert len(rows) == 1 + AT_ONCE
    _assert_chained(rows, bank.wallet(wallet)["credit_balance"])
    assert bank.wallet(wallet)["credit_balance"] == str(1000 + 3 * top_ups - 2 * debits - 5 * payments)
    held = bank.api.get(f"/invoices/{invoice}")
    assert (held["amount_paid"], held["amount_remaining"]) == (str(5 * payments), str(500 - 5 * payments))


def test_invoices_at_once_share_prepaid_credits(server: Any) -> None:
    """32 invoices of 10 for usage take the 100 of a prepaid wallet, ten of them all they need."""
    bank = _bank(server)
    wallet = bank.open(initial_credits_to_load="100")["id"]
    statuses = Counter[int]()
    _watched(bank, wallet, lambda: statuses.update(_at_once(lambda _: _bill_usage(bank))))
    assert statuses == {201: AT_ONCE}
    taken = Counter(invoice["total_prepaid_credits_applied"] for invoice in bank.api.get("/invoices?limit=100")["items"])
    assert taken == {"10": 10, "0": AT_ONCE - 10}
    rows = bank.rows(wallet)
    assert len(rows) == 11
    _assert_chained(rows, "0")


def test_payments_at_once_never_spend_more_than_there_is(server: Any) -> None:
    """Of 32 payments of 10 a wallet of 100 makes ten."""
    bank = _bank(server)
    wallet = bank.open(wallet_type="POST_PAID", initial_credits_to_load="100")["id"]
    invoice = _bill(bank, "500")
    statuses = Counter(_at_once(lambda turn: _pay(bank, invoice, wallet, "10", f"pay{turn}").status_code))
    assert statuses == {201: 10, 400: AT_ONCE - 10}
    assert bank.wallet(wallet)["credit_balance"] == "0"
    assert bank.api.get(f"/invoices/{invoice}")["amount_paid"] == "100"


def test_one_key_at_once_counts_once(server: Any) -> None:
    """Of 32 top-ups with one key one is made, the others are refused."""
    bank = _bank(server)
    wallet = bank.open()["id"]
    body = {"credits_to_add": "7", "transaction_reason": "FREE_CREDIT_GRANT", "idempotency_key": "same"}
    statuses = Counter(_at_once(lambda _: bank.api.send("POST", f"/wallets/{wallet}/top-up", body).status_code))
    assert statuses == {200: 1, 409: AT_ONCE - 1}
    assert bank.wallet(wallet)["credit_balance"] == "7"


def test_wallets_opened_at_once_are_one(server: Any) -> None:
    """A customer has one active wallet of a currency and type, however many ask for it."""
    bank = _bank(server)
    body = {"customer_id": bank.customer, "currency": "usd"}
    statuses = Counter(_at_once(lambda _: bank.api.send("POST", "/wallets", body).status_code))
    assert statuses == {200: 1, 409: AT_ONCE - 1}
