"""Prepaid credits and drafts that are made anew: what an invoice shows is what its wallet gave (invoices.md §5.9)."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.subscriptions.shop import ADVANCE, Shop, usage


class Draft:
    """A draft of 30 in advance and 20 of usage (40 calls), and the payer's prepaid wallet."""

    def __init__(self, shop: Shop, credits: str, **rates: str) -> None:
        self.api, self.shop = shop.api, shop
        self.customer = shop.customer()
        body = {"customer_id": self.customer["id"], "currency": "usd", "wallet_type": "PRE_PAID", **rates}
        self.wallet_id = self.api.post("/wallets", body)["id"]
        self.top_up(credits)
        self.subscription = shop.subscribe(self.customer, shop.plan("pro", ADVANCE, usage(shop.feature()["meter_id"], "0.5")))
        shop.use(self.customer, "calls", "40", "2026-03-05T00:00:00Z")
        self.api.post(f"/subscriptions/temporal/{self.subscription['id']}/draft-and-compute", expect=202)
        self.id = shop.invoices(self.subscription, invoice_status="DRAFT")[0]["id"]

    def top_up(self, credits: str) -> None:
        body = {"credits_to_add": credits, "transaction_reason": "FREE_CREDIT_GRANT", "idempotency_key": uuid4().hex}
        self.api.post(f"/wallets/{self.wallet_id}/top-up", body)

    def act(self, name: str) -> None:
        """One thing that may happen to a draft; what is refused changes nothing."""
        paths = {
            "recalculate": f"/invoices/{self.id}/recalculate-v2?finalize=false",
            "recalculate and finalize": f"/invoices/{self.id}/recalculate-v2",
            "compute": f"/invoices/{self.id}/compute?sync=true",
            "finalize": f"/invoices/{self.id}/finalize",
            "void": f"/invoices/{self.id}/void",
        }
        if name == "use":
            self.shop.use(self.customer, "calls", "10", "2026-03-06T00:00:00Z", uuid4().hex)
        elif name == "top up":
            self.top_up("7")
        else:
            self.api.send("POST", paths[name], {})

    def read(self) -> dict[str, Any]:
        found: dict[str, Any] = self.api.get(f"/invoices/{self.id}")
        return found

    @property
    def balance(self) -> Decimal:
        return Decimal(self.api.get(f"/wallets/{self.wallet_id}")["balance"])

    @property
    def applied(self) -> Decimal:
        return Decimal(self.read()["total_prepaid_credits_applied"])

    def reasons(self) -> list[tuple[str, str, str]]:
        found = self.api.get(f"/wallets/{self.wallet_id}/transactions?order=asc")["items"]
        return [(row["type"], row["transaction_reason"], row["amount"]) for row in found]


def test_a_draft_settled_twice_is_debited_once(shop: Shop) -> None:
    draft = Draft(shop, "100")
    # Recalculating takes a draft's own lines away and brings them back.
    for applied in ("0", "20", "0", "20"):
        draft.act("recalculate")
        assert (draft.applied, draft.balance) == (Decimal(applied), 100 - Decimal(applied))
    draft.act("finalize")
    read = draft.read()
    assert (read["invoice_status"], read["total"]) == ("FINALIZED", "30")
    assert (draft.applied, draft.balance) == (Decimal(20), Decimal(80))


def test_only_the_difference_is_moved(shop: Shop) -> None:
    draft = Draft(shop, "15")
    draft.act("recalculate")
    draft.act("recalculate")
    draft.top_up("50")
    draft.act("finalize")
    assert draft.reasons() == [
        ("credit", "FREE_CREDIT_GRANT", "15"),
        ("debit", "CREDIT_ADJUSTMENT", "15"),
        ("credit", "FREE_CREDIT_GRANT", "50"),
        ("debit", "CREDIT_ADJUSTMENT", "5"),
    ]


def test_computing_gives_a_settled_draft_s_credits_back(shop: Shop) -> None:
    draft = Draft(shop, "100")
    draft.act("recalculate")
    draft.act("recalculate")
    draft.act("compute")
    assert (draft.applied, draft.balance, draft.read()["total"]) == (Decimal(0), Decimal(100), "50")
    assert draft.reasons()[-1] == ("credit", "CREDIT_ADJUSTMENT", "20")


def test_what_a_closed_wallet_gave_goes_to_a_new_one(shop: Shop) -> None:
    draft = Draft(shop, "100")
    draft.act("recalculate")
    draft.act("recalculate")
    shop.api.post(f"/wallets/{draft.wallet_id}/terminate")
    draft.act("compute")
    [opened] = shop.api.get(f"/customers/{draft.customer['id']}/wallets")
    assert (opened["id"] != draft.wallet_id, opened["wallet_type"], opened["balance"]) == (True, "PRE_PAID", "20")


def test_rates_that_differ_give_back_what_was_taken(shop: Shop) -> None:
    draft = Draft(shop, "100", conversion_rate="0.5", topup_conversion_rate="2")
    assert draft.balance == 50
    draft.act("recalculate")
    draft.act("recalculate")
    assert draft.balance == 30
    draft.act("recalculate")
    assert draft.balance == 50


ACTIONS = ("recalculate", "compute", "use", "top up", "finalize", "recalculate and finalize", "void")


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(credits=st.integers(1, 60).map(str), actions=st.lists(st.sampled_from(ACTIONS), max_size=7))
def test_credits_are_conserved(api: Any, server: Any, credits: str, actions: list[str]) -> None:
    """Invariant: what the wallet holds and what the invoice took of it are what was put in; a void gives all back."""
    draft = Draft(Shop(type(api)(*server, f"sk_ws_{uuid4().hex}")), credits)
    put_in = Decimal(credits)
    for action in actions:
        draft.act(action)
        put_in += 7 if action == "top up" else 0
        read = draft.read()
        taken = draft.applied if read["invoice_status"] != "VOIDED" else Decimal(0)
        assert draft.balance + taken == put_in
        assert taken == sum(Decimal(line["prepaid_credits_applied"]) for line in read["line_items"]) or read["invoice_status"] == "VOIDED"
