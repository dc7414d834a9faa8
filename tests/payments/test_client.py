"""Payments and credit notes by the client."""

import pytest

from flexprice_client import Config, Flexprice, InvalidOperationError
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
