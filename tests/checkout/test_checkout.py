"""Checkout sessions: every check, and then the refusal for want of a payment connection."""

import pytest

from tests.conftest import Api

BODY = {
    "customer_external_id": "c",
    "action": "create_subscription",
    "payment_provider": "razorpay",
    "configuration": {"create_subscription_params": {"plan_id": "plan_x", "currency": "usd", "billing_period": "MONTHLY"}},
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"customer_external_id": ""}, "Invalid request format"),
        ({"action": "buy"}, "Allowed values: create_subscription, modify_subscription, wallet_topup, add_addon"),
        ({"action": "wallet_topup", "payment_provider": "paypal"}, "Use POST /wallets/{id}/top-up with a checkout object instead"),
        ({"payment_provider": "paypal"}, "Allowed values: razorpay"),
        ({"configuration": {}}, "Provide create_subscription_params in configuration"),
        ({}, "Set up and publish a payment connection before using checkout"),
    ],
)
def test_what_a_checkout_is_refused_for(api: Api, change: dict[str, object], message: str) -> None:
    api.post("/customers", {"external_id": "c", "name": "C"})

    assert api.post("/checkout/sessions", {**BODY, **change}, expect=400)["message"] == message


def test_a_checkout_needs_its_customer(api: Api) -> None:
    assert api.post("/checkout/sessions", BODY, expect=404)["details"] == {"lookup_key": "c"}


def test_there_are_no_sessions(api: Api) -> None:
    assert api.get("/checkout/sessions/cs_x", expect=404)["details"] == {"id": "cs_x"}
    assert api.delete("/checkout/sessions/cs_x", expect=404)["message"] == "checkout session cs_x not found or already archived"
