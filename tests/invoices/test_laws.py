"""Laws of subscription invoices: a preview is the draft it announces; totals follow from their parts."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.subscriptions.shop import ADVANCE, ARREAR, Shop, figures, lines, usage

money = st.decimals(min_value=0, max_value=500, places=2).map(str)
percent = st.integers(min_value=1, max_value=100).map(str)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(base=money, support=money, unit=money, calls=st.integers(0, 50), off=st.none() | percent, tax=st.none() | percent)
def test_a_preview_is_the_draft_and_totals_follow_from_their_parts(
    api: Any, server: Any, base: str, support: str, unit: str, calls: int, off: str | None, tax: str | None
) -> None:
    shop = Shop(type(api)(*server, f"sk_ws_{uuid4().hex}"))
    customer, meter = shop.customer(), shop.feature()["meter_id"]
    extra: dict[str, Any] = {}
    if off:
        shop.coupon("OFF", off)
        extra["subscription_coupons"] = [{"coupon_code": "OFF"}]
    if tax:
        shop.tax("TAX", tax)
        extra["tax_rate_overrides"] = [{"tax_rate_code": "TAX", "currency": "usd", "auto_apply": True}]
    plan = shop.plan("pro", {**ADVANCE, "amount": base}, {**ARREAR, "amount": support}, usage(meter, unit))
    made = shop.subscribe(customer, plan, **extra)
    shop.use(customer, "calls", str(calls), "2026-03-05T00:00:00Z")

    preview = shop.preview(made)
    shop.api.post(f"/subscriptions/temporal/{made['id']}/draft-and-compute", expect=202)
    draft = shop.invoices(made, invoice_status="DRAFT") + shop.invoices(made, invoice_status="SKIPPED")
    stored = next(invoice for invoice in draft if invoice["billing_reason"] == "SUBSCRIPTION_CYCLE")
    assert lines(stored) == lines(preview)
    shop.api.post(f"/invoices/{stored['id']}/finalize")
    final = shop.api.get(f"/invoices/{stored['id']}")
    if final["invoice_status"] == "FINALIZED":
        assert figures(final) == figures(preview)
    parts = {name: Decimal(text) for name, text in figures(final).items()}
    assert parts["subtotal"] == sum(Decimal(amount) for _, _, amount in lines(final))
    payable = max(parts["subtotal"] - parts["total_discount"] - parts["total_prepaid_credits_applied"], Decimal(0))
    assert parts["total"] == payable + parts["total_tax"]
    assert parts["amount_remaining"] == max(parts["amount_due"] - Decimal(final["amount_paid"]), Decimal(0))
