"""Laws of payments through a provider, in whatever order its events arrive, once, twice or never."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import Api

DUE = 100
STEPS = st.one_of(
    st.tuples(st.just("link"), st.integers(1, 150)),
    st.tuples(st.just("offline"), st.integers(1, 150)),
    st.tuples(st.sampled_from(["pay", "decline", "expire"]), st.integers(0, 5), st.booleans()),
    st.tuples(st.just("bring"), st.integers(0, 9)),
    st.tuples(st.just("void")),
)


class Till:
    """One invoice, its links, and the events that a provider has sent or keeps back."""

    def __init__(self, server: Any, provider: str) -> None:
        self.api = Api(*server, f"sk_ws_{uuid4().hex}")
        self.api.freeze("2026-03-10T12:00:00Z")
        secrets = {"webhook_secret": "w", "secret_key": "s", "api_key": "a"}
        self.api.post("/connections", {"name": "P", "provider_type": provider, "encrypted_secret_data": secrets})
        customer = self.api.post("/customers", {"external_id": "c", "name": "C"})["id"]
        body = {"customer_id": customer, "invoice_type": "ONE_OFF", "currency": "usd", "amount_due": DUE, "total": DUE, "subtotal": DUE}
        lines = [{"display_name": "X", "quantity": "1", "amount": str(DUE)}]
        self.invoice = self.api.post(
            "/invoices", {**body, **dict.fromkeys(("amount_due", "total", "subtotal"), str(DUE)), "line_items": lines}
        )["id"]
        self.provider, self.pages, self.events = provider, list[str](), list[Any]()

    def perform(self, step: Any) -> None:
        match step:
            case ("link", amount):
                made = self._pay({"payment_method_type": "PAYMENT_LINK", "payment_gateway": self.provider}, amount)
                if made is not None:
                    self.pages.append(made["gateway_tracking_id"])
            case ("offline", amount):
                self._pay({"payment_method_type": "OFFLINE"}, amount)
            case ("bring", number) if self.events:
                event = self.events[number % len(self.events)]
                answer = self.api.send(
                    "POST", "/" + event["path"], raw=event["body"].encode(), headers={"x-api-key": None, **event["headers"]}
                )
                assert answer.status_code == 200
            case ("void",):
                self.api.send("POST", f"/invoices/{self.invoice}/void", {})
            case (action, number, deliver) if self.pages:
                page = self.pages[number % len(self.pages)]
                answer = self.api.send("POST", f"//_emulator/payments/pages/{page}", {"action": action, "deliver": deliver})
                assert answer.status_code in (200, 400)
                if answer.status_code == 200 and answer.json()["event"]:
                    self.events.append(answer.json()["event"])

    def _pay(self, terms: dict[str, str], amount: int) -> Any:
        body = {"destination_type": "INVOICE", "destination_id": self.invoice, "currency": "usd", "process_payment": True}
        key = {"amount": str(amount), "idempotency_key": uuid4().hex}
        answer = self.api.send("POST", "/payments", {**body, **terms, **key})
        assert answer.status_code in (201, 400)
        return answer.json() if answer.status_code == 201 else None


@settings(max_examples=60)
@given(provider=st.sampled_from(["stripe", "razorpay", "paddle"]), steps=st.lists(STEPS, max_size=14))
def test_an_invoice_holds_what_succeeded_and_nothing_twice(server: Any, provider: str, steps: list[Any]) -> None:
    till = Till(server, provider)
    succeeded: set[str] = set()
    for step in steps:
        till.perform(step)
        payments = till.api.get("/payments?limit=100")["items"]
        paid = {item["id"] for item in payments if item["payment_status"] == "SUCCEEDED"}
        assert succeeded <= paid
        succeeded = paid
        invoice = till.api.get(f"/invoices/{till.invoice}")
        if invoice["invoice_status"] == "VOIDED":
            return
        total = sum((Decimal(item["amount"]) for item in payments if item["id"] in paid), Decimal(0))
        assert Decimal(invoice["amount_paid"]) == total
        assert Decimal(invoice["amount_remaining"]) == max(Decimal(0), DUE - total)
        if invoice["payment_status"] == "OVERPAID":
            assert total > DUE


@settings(max_examples=30)
@given(steps=st.lists(STEPS, max_size=10), order=st.randoms())
def test_repeating_every_event_at_the_end_changes_nothing(server: Any, steps: list[Any], order: Any) -> None:
    till = Till(server, "stripe")
    for step in steps:
        till.perform(step)
    for number in range(len(till.events)):
        till.perform(("bring", number))
    before = (till.api.get("/payments?limit=100")["items"], till.api.get(f"/invoices/{till.invoice}"))
    numbers = list(range(len(till.events)))
    order.shuffle(numbers)
    for number in numbers:
        till.perform(("bring", number))
    after = (till.api.get("/payments?limit=100")["items"], till.api.get(f"/invoices/{till.invoice}"))
    assert after == before
