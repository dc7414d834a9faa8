"""Invoices, payments and credit notes."""

from collections.abc import Callable
from typing import Any

from tests.credit_notes.conftest import credit, customer, invoice, pay
from tests.webhooks.conftest import Hooks

__all__ = ["credit", "customer", "invoice", "pay"]

Make = Callable[..., Any]
SHORT = ("id", "customer_id", "environment_id", "invoice_type", "invoice_status", "payment_status", "currency")
SHORT_FIGURES = ("amount_due", "amount_paid", "amount_remaining", "total", "subtotal", "invoice_number", "finalized_at", "billing_reason")


def _since(hooks: Hooks, act: Callable[[], Any]) -> list[str]:
    before = len(hooks.names())
    act()
    return hooks.names()[before:]


def test_an_invoice_is_computed_and_finalized_as_the_api_shows_it(api: Any, invoice: Make) -> None:
    hooks = Hooks(api)
    names = _since(hooks, invoice)
    assert names == ["invoice.update", "invoice.update.finalized"]
    shown = hooks.body("invoice.update.finalized")
    assert shown["event_type"] == "invoice.update.finalized"
    assert shown["invoice"] == {**api.get(f"/invoices/{shown['invoice']['id']}"), "invoice_pdf_url": ""}
    assert shown["invoice"]["customer"]["external_id"] == "c"
    assert shown["invoice"]["line_items"][0]["amount"] == "100"


def test_an_edit_a_payment_status_and_a_void(api: Any, invoice: Make) -> None:
    hooks, path = Hooks(api), f"/invoices/{invoice()}"
    assert _since(hooks, lambda: api.put(path, {"metadata": {"a": "b"}})) == ["invoice.update"]
    assert hooks.body("invoice.update")["invoice"]["metadata"] == {"a": "b"}
    assert _since(hooks, lambda: api.put(f"{path}/payment", {"payment_status": "FAILED"})) == ["invoice.update.payment"]
    assert hooks.body("invoice.update.payment")["invoice"]["payment_status"] == "FAILED"
    assert _since(hooks, lambda: api.post(f"{path}/void"))[-1:] == ["invoice.update.voided"]
    assert hooks.body("invoice.update.voided")["invoice"]["invoice_status"] == "VOIDED"


def test_events_triggered_by_hand(api: Any, invoice: Make) -> None:
    hooks, path = Hooks(api), f"/invoices/{invoice()}"
    for name in ("invoice.update.finalized", "invoice.update.payment", "invoice.update.voided", "invoice.communication.triggered"):
        assert _since(hooks, lambda name=name: api.post(f"{path}/webhook/trigger?event_name={name}")) == [name]
    assert _since(hooks, lambda: api.post(f"{path}/comms/trigger")) == ["invoice.communication.triggered"]


def test_a_communication_shows_the_short_invoice(api: Any, invoice: Make) -> None:
    hooks, held = Hooks(api), invoice(billing_reason="MANUAL")
    api.post(f"/invoices/{held}/comms/trigger")
    full = api.get(f"/invoices/{held}")
    assert hooks.body("invoice.communication.triggered") == {
        "event_type": "invoice.communication.triggered",
        "invoice": {name: full[name] for name in (*SHORT, *SHORT_FIGURES)},
    }


def test_payments_step_by_step(api: Any, invoice: Make, pay: Make) -> None:
    hooks, held = Hooks(api), invoice()
    assert _since(hooks, lambda: pay(held, "40")) == ["payment.created", "payment.pending", "payment.success"]
    made = api.get("/payments")["items"][0]
    names = ("id", "destination_type", "destination_id", "payment_method_type", "amount", "currency", "succeeded_at", "invoice_number")
    shown = {**{name: made[name] for name in names}, "payment_status": "SUCCEEDED"}
    assert hooks.body("payment.success") == {"event_type": "payment.success", "payment": shown}
    assert hooks.body("payment.created")["payment"] == hooks.body("payment.pending")["payment"] == shown


def test_a_payment_that_fails_and_one_that_is_changed(api: Any, invoice: Make, pay: Make) -> None:
    hooks, held = Hooks(api), invoice()
    names = _since(hooks, lambda: pay(held, "5", payment_method_type="ACH", payment_method_id="pm", expect=400))
    assert names == ["payment.created", "payment.pending", "payment.failed"]
    failed = hooks.body("payment.failed")["payment"]
    assert (failed["payment_status"], bool(failed["error_message"])) == ("FAILED", True)
    waiting = pay(held, "6", process_payment=False)
    assert _since(hooks, lambda: api.put(f"/payments/{waiting['id']}", {"payment_status": "PENDING"})) == ["payment.updated"]
    assert hooks.body("payment.updated")["payment"]["payment_status"] == "PENDING"


def test_a_refund(api: Any, invoice: Make, pay: Make, credit: Make) -> None:
    hooks, held = Hooks(api), invoice()
    pay(held, "100")
    made: list[Any] = []
    names = _since(hooks, lambda: made.append(credit(held, "30")))
    assert names == ["credit_note.created", "wallet.created", "wallet.transaction.created", "credit_note.updated"]
    kept = ("id", "credit_note_number", "invoice_id", "customer_id", "credit_note_type", "reason", "currency", "total_amount")
    shown = {**{name: made[0][name] for name in kept}, "credit_note_status": "FINALIZED"}
    assert hooks.body("credit_note.updated") == {"event_type": "credit_note.updated", "credit_note": shown}
    assert hooks.body("credit_note.created")["credit_note"] == shown


def test_a_note_that_is_voided(api: Any, invoice: Make, credit: Make) -> None:
    hooks, held = Hooks(api), invoice()
    note = credit(held, "30", process_credit_note=False)
    assert _since(hooks, lambda: api.post(f"/creditnotes/{note['id']}/void")) == ["credit_note.updated"]
    assert hooks.body("credit_note.updated")["credit_note"]["credit_note_status"] == "VOIDED"
