"""Credit notes start from invoices and payments."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.payments.conftest import customer, events, invoice, pay, wallet

__all__ = ["credit", "customer", "events", "invoice", "pay", "wallet"]


@pytest.fixture
def credit(api: Any) -> Callable[..., Any]:
    """Makes a finalized note over an amount of the first line of an invoice."""

    def make(invoice_id: str, amount: str, /, *, expect: int = 201, **more: Any) -> Any:
        line = api.get(f"/invoices/{invoice_id}")["line_items"][0]["id"]
        lines = [{"invoice_line_item_id": line, "display_name": "Back", "amount": amount}]
        body = {"invoice_id": invoice_id, "reason": "SERVICE_ISSUE", "process_credit_note": True, "line_items": lines}
        return api.post("/creditnotes", {**body, **more}, expect=expect)

    return make
