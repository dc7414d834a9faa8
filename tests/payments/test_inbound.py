"""What providers send: proof, repeats, order, and what belongs to nobody."""

import base64
import json
from typing import Any

import pytest

from flexprice_emulator.payments.gateways.proof import hmac_base64, hmac_hex
from tests.payments.conftest import SECRET
from tests.payments.test_sandbox import Make

BARE = {"x-api-key": None}


@pytest.fixture
def path(api: Any, customer: str) -> Any:
    """The address that a provider is told."""
    tenant = api.get(f"/customers/{customer}")["tenant_id"]
    environment = api.send("GET", "//_emulator/clock").json()["environment_id"]
    return lambda provider: f"/webhooks/{provider}/{tenant}/{environment}"


def link(pay: Make, bill: str, provider: str = "stripe") -> Any:
    return pay(bill, "100", payment_method_type="PAYMENT_LINK", payment_gateway=provider)


def inbound(api: Any) -> list[Any]:
    items: list[Any] = api.call("GET", "//_emulator/payments/inbound")["items"]
    return items


def test_the_same_event_twice_pays_once(
    api: Any, connect: Make, invoice: Make, pay: Make, press: Make, page_of: Make, bring: Make, events: Any
) -> None:
    connect("stripe")
    bill = invoice()
    made = link(pay, bill)
    held = press(page_of(payment_id=made["id"])["id"], "pay", deliver=False)
    assert (held["inbound"], api.get(f"/payments/{made['id']}")["payment_status"]) == (None, "PENDING")
    assert bring(held["event"]).json() == {"message": "Webhook processed successfully"}
    events()
    bring(held["event"])
    assert events() == []
    assert api.get(f"/invoices/{bill}")["amount_paid"] == "100"
    assert [item["result"] for item in inbound(api)] == ["ignored", "processed"]
    again = api.call("POST", f"//_emulator/payments/inbound/{inbound(api)[0]['id']}/repeat")
    assert (again["result"], again["reason"]) == ("ignored", "the payment is SUCCEEDED already")


def test_a_refusal_that_arrives_after_the_success_changes_nothing(
    api: Any, connect: Make, invoice: Make, pay: Make, press: Make, page_of: Make, bring: Make
) -> None:
    connect("stripe")
    bill = invoice()
    made = link(pay, bill)
    page = page_of(payment_id=made["id"])["id"]
    refused = press(page, "decline", deliver=False)["event"]
    press(page, "pay")
    bring(refused)
    assert api.get(f"/payments/{made['id']}")["payment_status"] == "SUCCEEDED"
    assert api.get(f"/invoices/{bill}")["payment_status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("provider", "header", "status"),
    [
        ("stripe", "Stripe-Signature", 400),
        ("razorpay", "X-Razorpay-Signature", 400),
        ("paddle", "Paddle-Signature", 400),
        ("whop", "webhook-signature", 401),
        ("nomod", "X-API-KEY", 401),
    ],
)
def test_a_bad_signature_is_refused_and_kept(
    api: Any, connect: Make, invoice: Make, pay: Make, press: Make, page_of: Make, bring: Make, provider: str, header: str, status: int
) -> None:
    connect(provider)
    made = link(pay, invoice(), provider)
    event = press(page_of(payment_id=made["id"])["id"], "pay", deliver=False)["event"]
    event["headers"][header] = "t=1,v1=bad"
    assert "error" in bring(event, expect=status).json()
    assert api.get(f"/payments/{made['id']}")["payment_status"] == "PENDING"
    assert inbound(api)[0]["result"] == "refused"


def test_a_changed_body_is_refused(connect: Make, invoice: Make, pay: Make, press: Make, page_of: Make, bring: Make) -> None:
    connect("stripe")
    made = link(pay, invoice())
    event = press(page_of(payment_id=made["id"])["id"], "pay", deliver=False)["event"]
    event["body"] = event["body"].replace("10000", "10001")
    bring(event, expect=400)


def test_moyasar_proves_itself_in_the_body(
    api: Any, connect: Make, invoice: Make, pay: Make, press: Make, page_of: Make, bring: Make
) -> None:
    connect("moyasar")
    made = link(pay, invoice(), "moyasar")
    event = press(page_of(payment_id=made["id"])["id"], "pay", deliver=False)["event"]
    good = event["body"]
    event["body"] = good.replace(SECRET, "other")
    bring(event, expect=401)
    event["body"] = good
    bring(event)
    assert api.get(f"/payments/{made['id']}")["payment_status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("provider", "status", "body"),
    [
        ("stripe", 400, {"error": "Missing Stripe-Signature header"}),
        ("razorpay", 200, None),
        ("paddle", 400, ...),
        ("zoho_books", 401, ...),
    ],
)
def test_without_a_signature(api: Any, connect: Make, path: Any, provider: str, status: int, body: Any) -> None:
    connect(provider)
    answer = api.send("POST", path(provider), {}, headers=BARE)
    assert answer.status_code == status
    if body is None:
        assert answer.content == b""
    elif body is not ...:
        assert answer.json() == body


def test_providers_that_change_nothing_are_checked_all_the_same(api: Any, connect: Make, path: Any) -> None:
    raw = b'{"event_type":"x"}'
    connect("chargebee", encrypted_secret_data={"webhook_username": "u", "webhook_password": "p"})
    connect("quickbooks", encrypted_secret_data={"webhook_verifier_token": "v"})
    connect("hubspot", encrypted_secret_data={"client_secret": "h"})
    connect("zoho_books", encrypted_secret_data={"webhook_secret": "z"})

    def status(provider: str, headers: dict[str, str]) -> int:
        code: int = api.send("POST", path(provider), raw=raw, headers={**BARE, **headers}).status_code
        return code

    basic = base64.b64encode(b"u:p").decode()
    assert status("chargebee", {"Authorization": f"Basic {basic}"}) == 200
    assert status("chargebee", {"Authorization": "Basic !"}) == 401
    assert status("chargebee", {}) == 401
    assert status("quickbooks", {}) == 200
    assert status("quickbooks", {"intuit-signature": "x"}) == 401
    assert status("quickbooks", {"intuit-signature": hmac_base64(b"v", raw)}) == 200
    signed = hmac_base64(b"h", b"POST" + f"http://emulator/v1{path('hubspot')}".encode() + raw + b"17")
    assert status("hubspot", {"X-HubSpot-Signature-v3": signed, "X-HubSpot-Request-Timestamp": "17"}) == 200
    assert status("hubspot", {"X-HubSpot-Signature-v3": signed, "X-HubSpot-Request-Timestamp": "18"}) == 401
    assert status("hubspot", {}) == status("hubspot", {"X-HubSpot-Signature-v3": signed}) == 401
    assert status("zoho_books", {"X-Zoho-Webhook-Signature": hmac_hex("z", raw)}) == 200
    assert {item["result"] for item in inbound(api)} == {"ignored", "refused"}


def test_credentials_that_are_not_configured_are_refused(api: Any, connect: Make, path: Any) -> None:
    connect("chargebee", encrypted_secret_data=None)
    assert api.send("POST", path("chargebee"), {}, headers={**BARE, "Authorization": "Basic dTpw"}).status_code == 401
    assert api.send("POST", path("chargebee"), {}, headers=BARE).status_code == 200


def test_an_unconnected_provider_is_not_found(api: Any, path: Any) -> None:
    answer = api.send("POST", path("stripe"), {}, headers={**BARE, "Stripe-Signature": "t=1,v1=x"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_an_unknown_environment_is_not_found(api: Any, path: Any) -> None:
    tenant = path("stripe").split("/")[3]
    assert api.send("POST", f"/webhooks/stripe/{tenant}/env_nope", {}, headers=BARE).status_code == 404
    other = path("stripe").replace(tenant, "tenant_other")
    assert api.send("POST", other, {}, headers=BARE).status_code == 404


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"nul\x00", b"\xff"])
def test_a_body_that_is_no_object_is_refused(api: Any, connect: Make, path: Any, raw: bytes) -> None:
    connect("stripe", encrypted_secret_data=None)
    answer = api.send("POST", path("stripe"), raw=raw, headers={**BARE, "Stripe-Signature": "t=1"})
    assert (answer.status_code, answer.json()) == (400, {"error": "Invalid request body"})


@pytest.mark.parametrize(
    "event",
    [
        {"type": "payment_intent.succeeded", "data": {"object": {"id": "pi_unknown", "amount": 5, "currency": "usd"}}},
        {"type": "payment_intent.payment_failed", "data": {"object": {"id": "pi_unknown"}}},
        {"type": "checkout.session.completed", "data": {"object": {"id": "cs_unknown", "mode": "payment"}}},
        {"type": "checkout.session.completed", "data": {"object": {"mode": "payment", "payment_status": "unpaid"}}},
        {"type": "invoice_payment.paid", "data": {"object": {"invoice": "in_unknown"}}},
        {"type": "setup_intent.succeeded", "data": {"object": {"id": "seti_1"}}},
        {"type": "customer.updated", "data": {"object": {"id": "cus_1"}}},
        {"type": "payment_intent.succeeded"},
        {"type": 7, "data": []},
        {},
    ],
)
def test_events_of_nobody_here_are_answered_and_ignored(api: Any, connect: Make, path: Any, event: Any) -> None:
    connect("stripe")
    raw = json.dumps(event).encode()
    signed = {"Stripe-Signature": f"t=9,v1={hmac_hex(SECRET, b'9.' + raw)}"}
    assert api.send("POST", path("stripe"), raw=raw, headers={**BARE, **signed}).status_code == 200
    assert inbound(api)[0]["result"] == "ignored"


def test_a_payment_is_found_by_the_providers_id_alone(api: Any, connect: Make, invoice: Make, pay: Make, path: Any) -> None:
    connect("stripe")
    made = link(pay, invoice())
    event = {
        "type": "checkout.session.completed",
        "data": {"object": {"id": made["gateway_tracking_id"], "mode": "payment", "payment_status": "paid", "payment_intent": "pi_9"}},
    }
    raw = json.dumps(event).encode()
    signed = {"Stripe-Signature": f"t=9,v1={hmac_hex(SECRET, b'9.' + raw)}"}
    api.send("POST", path("stripe"), raw=raw, headers={**BARE, **signed})
    read = api.get(f"/payments/{made['id']}")
    assert (read["payment_status"], read["gateway_payment_id"]) == ("SUCCEEDED", "pi_9")


def test_a_new_secret_counts_from_then_on(
    api: Any, connect: Make, invoice: Make, pay: Make, press: Make, page_of: Make, bring: Make
) -> None:
    connection = connect("stripe")
    made = link(pay, invoice())
    event = press(page_of(payment_id=made["id"])["id"], "pay", deliver=False)["event"]
    api.put(f"/connections/{connection}", {"encrypted_secret_data": {"stripe": {"webhook_secret": "other"}}})
    bring(event, expect=400)
    event["headers"]["Stripe-Signature"] = f"t=9,v1={hmac_hex('other', b'9.' + event['body'].encode())}"
    bring(event)
    assert "other" not in api.send("GET", f"/connections/{connection}").text
