"""What most payment tests start from."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from flexprice_emulator.workspace.storage import OutboxRow

NOW = "2026-03-10T12:00:00Z"
SECRET = "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"


@pytest.fixture
def customer(api: Any) -> str:
    """A customer, at a clock that stands still."""
    api.freeze(NOW)
    made: str = api.post("/customers", {"external_id": "c", "name": "C"})["id"]
    return made


@pytest.fixture
def invoice(api: Any, customer: str) -> Callable[..., str]:
    """Makes a finalized one-off invoice and returns its id."""

    def make(amount: str = "100", **more: Any) -> str:
        body = {
            "customer_id": customer,
            "invoice_type": "ONE_OFF",
            "currency": "usd",
            "amount_due": amount,
            "total": amount,
            "subtotal": amount,
            "line_items": [{"display_name": "Setup", "quantity": "1", "amount": amount}],
        }
        made: str = api.post("/invoices", {**body, **more}, expect=201)["id"]
        return made

    return make


@pytest.fixture
def pay(api: Any) -> Callable[..., Any]:
    """Creates and processes a payment of an invoice; OFFLINE unless told otherwise."""

    def make(invoice_id: str, amount: Any, *, expect: int = 201, **more: Any) -> Any:
        body = {
            "destination_type": "INVOICE",
            "destination_id": invoice_id,
            "payment_method_type": "OFFLINE",
            "currency": "usd",
            "process_payment": True,
            "amount": amount,
        }
        return api.post("/payments", {**body, **more}, expect=expect)

    return make


@pytest.fixture
def wallet(api: Any, customer: str) -> Callable[..., str]:
    """Opens a postpaid wallet with credits and returns its id."""

    def make(credits: str, **more: Any) -> str:
        body = {"customer_id": customer, "currency": "usd", "wallet_type": "POST_PAID", "initial_credits_to_load": credits}
        made: str = api.post("/wallets", {**body, **more})["id"]
        return made

    return make


@pytest.fixture
def sandbox(api: Any) -> Callable[..., Any]:
    """Tells the provider's stand-in what to do."""

    def tell(outcome: str, **more: Any) -> Any:
        answer = api.send("POST", "//_emulator/payments/sandbox", {"outcome": outcome, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()

    return tell


@pytest.fixture
def events(api: Any) -> Callable[[], list[str]]:
    """Names of the webhook events since the last call, in order."""
    seen = 0

    def since() -> list[str]:
        nonlocal seen
        environment = api.send("GET", "//_emulator/clock").json()["environment_id"]
        registry = api._client._transport.app.state.registry
        with registry.get(environment).transaction() as session:
            names = list(session.scalars(select(OutboxRow.event_name).order_by(OutboxRow.id)))
        fresh, seen = names[seen:], len(names)
        return fresh

    return since


@pytest.fixture
def connect(api: Any) -> Callable[..., str]:
    """Connects a provider whose webhooks are signed, and returns the connection's id."""

    def make(provider: str, **more: Any) -> str:
        secrets = {"secret_key": "sk", "api_key": "ak", "webhook_secret": SECRET}
        body = {"name": provider, "provider_type": provider, "encrypted_secret_data": secrets, **more}
        made: str = api.post("/connections", body, expect=201)["id"]
        return made

    return make


@pytest.fixture
def press(api: Any) -> Callable[..., Any]:
    """Acts at a provider's page as a person would; what the page became, and the provider's event."""

    def act(page_id: str, action: str, *, expect: int = 200, **more: Any) -> Any:
        return api.call("POST", f"//_emulator/payments/pages/{page_id}", {"action": action, **more}, expect=expect)

    return act


@pytest.fixture
def page_of(api: Any) -> Callable[..., Any]:
    """The newest page of a payment or customer."""

    def find(**wanted: str) -> Any:
        query = "&".join(f"{name}={value}" for name, value in wanted.items())
        return api.call("GET", f"//_emulator/payments/pages?{query}")["pages"][0]

    return find


@pytest.fixture
def bring(api: Any) -> Callable[..., Any]:
    """Brings a provider's event to the API as the provider would: without a key."""

    def send(event: Any, *, expect: int = 200, **headers: str | None) -> Any:
        given = {"x-api-key": None, **event["headers"], **{name.replace("_", "-"): value for name, value in headers.items()}}
        answer = api.send("POST", "/" + event["path"], raw=event["body"].encode(), headers=given)
        assert answer.status_code == expect, answer.text
        return answer

    return send
