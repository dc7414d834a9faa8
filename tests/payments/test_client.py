"""Payments and credit notes by the client."""

import httpx
import pytest

from flexprice_client import Config, Flexprice, InvalidOperationError
from flexprice_client.transport.asgi import ThreadedASGITransport
from flexprice_emulator.app import create_app
from flexprice_emulator.rating.decimals import to_text
from flexprice_emulator.workspace.registry import Registry


def test_an_invoice_is_paid_and_partly_given_back() -> None:
    registry = Registry()
    with Flexprice(config=Config(api_key="sk_ws_payments_client"), app=create_app(registry)) as flexprice:
        customer = flexprice.customers.create({"external_id": "c", "name": "C"})
        lines = [{"display_name": "Setup", "quantity": "1", "amount": "9"}]
        figures = {"currency": "usd", "amount_due": "9", "total": "9", "subtotal": "9", "line_items": lines}
        invoice = flexprice.invoices.create({"customer_id": customer.id, "invoice_type": "ONE_OFF", **figures})
        about = {"destination_type": "INVOICE", "destination_id": invoice.id, "payment_method_type": "OFFLINE", "currency": "usd"}
        payment = flexprice.payments.create({**about, "amount": "9"})
        assert payment.payment_status == "PENDING"
        assert flexprice.payments.process(payment.id).payment_status == "SUCCEEDED"
        with pytest.raises(InvalidOperationError):
            flexprice.payments.process(payment.id)
        assert [found.id for found in flexprice.payments.iter_all({"destination_id": invoice.id})] == [payment.id]
        back = [{"invoice_line_item_id": (invoice.line_items or [])[0].id, "display_name": "Back", "amount": "4"}]
        note = flexprice.credit_notes.create({"invoice_id": invoice.id, "reason": "DUPLICATE", "line_items": back})
        flexprice.credit_notes.finalize(note.id)
        read = flexprice.invoices.get(invoice.id)
        assert (read.payment_status, to_text(read.refunded_amount)) == ("PARTIALLY_REFUNDED", "4")
        assert [found.credit_note_status for found in flexprice.credit_notes.iter_all({"invoice_id": invoice.id})] == ["FINALIZED"]
    registry.close()


def test_a_subscription_is_paid_first_and_a_card_is_saved() -> None:
    registry = Registry()
    app = create_app(registry)
    with (
        Flexprice(config=Config(api_key="sk_ws_checkout_client"), app=app) as flexprice,
        httpx.Client(transport=ThreadedASGITransport(app)) as browser,
    ):
        customer = flexprice.customers.create({"external_id": "c", "name": "C"})
        plan = flexprice.plans.create({"name": "P"})
        fixed = {"type": "FIXED", "billing_model": "FLAT_FEE", "billing_cadence": "RECURRING", "invoice_cadence": "ADVANCE", "amount": "9"}
        period = {"billing_period": "MONTHLY", "billing_period_count": 1, "currency": "usd"}
        flexprice.prices.create({"entity_type": "PLAN", "entity_id": plan.id, "price_unit_type": "FIAT", **fixed, **period})
        for provider in ("razorpay", "stripe"):
            flexprice.connections.create({"name": provider, "provider_type": provider})
        params = {"plan_id": plan.id, "currency": "usd", "billing_period": "MONTHLY"}
        session = flexprice.checkout.create(
            {
                "customer_external_id": "c",
                "action": "create_subscription",
                "payment_provider": "razorpay",
                "configuration": {"create_subscription_params": params},
            }
        )
        assert session.payment_action is not None
        browser.post(session.payment_action.url, content=b"action=pay")
        assert flexprice.checkout.get(session.id).checkout_status == "completed"
        flexprice.checkout.delete(session.id)

        intent = flexprice.payments.create_setup_intent(customer.id, {"provider": "stripe"})
        browser.post(intent.checkout_url, content=b"action=pay")
        assert flexprice.payments.list_methods(customer.id, {"provider": "stripe"}).total_count == 1
        flexprice.integrations.sync({"entity_type": "customer", "entity_id": customer.id, "provider_type": "razorpay"})
        known = flexprice.integrations.mappings("customer", customer.id).items
        assert {mapping.provider_type for mapping in known} == {"razorpay", "stripe"}
        assert len(flexprice.connections.list().connections or []) == 2
    registry.close()
