"""Laws of payments: what was paid adds up, and repeats pay nothing."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flexprice_emulator.rating.decimals import ZERO, add, to_text

Make = Callable[..., Any]
AMOUNTS = st.lists(st.decimals("0.01", "60", places=2), min_size=1, max_size=4)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(AMOUNTS)
def test_amount_paid_is_the_sum_of_succeeded_payments(api: Any, invoice: Make, pay: Make, amounts: Any) -> None:
    bill = invoice("100", idempotency_key=uuid4().hex)
    for amount in amounts:
        if api.get(f"/invoices/{bill}")["payment_status"] == "SUCCEEDED":
            break
        for _ in range(2):
            if api.get(f"/invoices/{bill}")["payment_status"] == "PENDING":
                pay(bill, to_text(amount))
        listed = api.get(f"/payments?destination_id={bill}&payment_status=SUCCEEDED")["items"]
        paid = add(*(Decimal(item["amount"]) for item in listed))
        read = api.get(f"/invoices/{bill}")
        assert read["amount_paid"] == to_text(paid)
        assert read["amount_remaining"] == to_text(max(100 - paid, ZERO))
        assert (read["payment_status"] == "SUCCEEDED") == (paid >= 100)
        assert len(listed) == len({item["amount"] for item in listed})
