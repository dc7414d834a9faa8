"""The printed invoice: who, when, every line and figure."""

import re
from decimal import Decimal
from typing import Any

import pytest

from flexprice_emulator.invoices.pdf import money
from tests.subscriptions.shop import ADVANCE, Shop, usage


def printed(content: bytes) -> list[str]:
    """The texts of a document, in its order."""
    found = re.findall(rb"\(((?:\\.|[^\\)])*)\) Tj", content, re.DOTALL)
    return [re.sub(rb"\\(.)", rb"\1", text).decode("cp1252") for text in found]


def test_it_shows_customer_dates_lines_and_what_is_due(shop: Shop) -> None:
    shop.coupon("TEN", "10")
    shop.tax("VAT", "19")
    customer = shop.customer(email="billing@acme.example", address_line1="1 Main St", address_postal_code="50667", address_city="Köln")
    shop.api.post("/wallets", {"customer_id": customer["id"], "currency": "usd", "initial_credits_to_load": "7.5"})
    made = shop.subscribe(
        customer,
        shop.plan("pro", ADVANCE, usage(shop.feature()["meter_id"])),
        subscription_coupons=[{"coupon_code": "TEN"}],
        tax_rate_overrides=[{"tax_rate_code": "VAT", "currency": "usd", "auto_apply": True}],
    )
    shop.use(customer, "calls", "40", "2026-03-05T00:00:00Z")
    shop.api.post(f"/subscriptions/temporal/{made['id']}/draft-and-compute", expect=202)
    draft = next(i for i in shop.invoices(made, invoice_status="DRAFT") if i["billing_reason"] == "SUBSCRIPTION_CYCLE")
    unnumbered = printed(shop.api.send("GET", f"/invoices/{draft['id']}/pdf").content)
    assert f"{draft['id']}   DRAFT" in unnumbered

    shop.api.post(f"/invoices/{draft['id']}/finalize")
    number = shop.api.get(f"/invoices/{draft['id']}")["invoice_number"]
    content = shop.api.send("GET", f"/invoices/{draft['id']}/pdf").content
    assert content == shop.api.send("GET", f"/invoices/{draft['id']}/pdf").content
    texts = printed(content)
    wanted = ["Invoice", f"{number}   FINALIZED", "Bill to", "Acme", "billing@acme.example", "1 Main St", "50667 Köln", "Dates"]
    wanted += ["Issued 2026-03-10", "Due 2026-04-02", "Period from 2026-03-01", "Period to 2026-04-01"]
    wanted += [f"Invoice for subscription {made['id']}", "Description", "Period", "Quantity", "Amount"]
    wanted += ["Base", "2026-04-01 to 2026-05-01", "1", "30.00 USD", "Calls", "2026-03-01 to 2026-04-01", "40", "20.00 USD"]
    wanted += ["Subtotal", "50.00 USD", "Discount", "-5.00 USD", "Prepaid credits", "-7.50 USD", "VAT", "8.55 USD", "Total", "46.05 USD"]
    assert texts == [*wanted, "Amount remaining", "46.05 USD"]


def test_headings_stand_on_every_page_and_unknown_letters_are_marked(shop: Shop) -> None:
    items: list[dict[str, Any]] = [{"display_name": f"Line ({n}) \\ € 日本", "quantity": "1", "amount": "1"} for n in range(60)]
    body = {"customer_id": "c", "invoice_type": "ONE_OFF", "currency": "usd", "subtotal": "60", "total": "60", "amount_due": "60"}
    made = shop.api.post("/invoices", {**body, "line_items": items})
    texts = printed(shop.api.send("GET", f"/invoices/{made['id']}/pdf").content)
    assert texts.count("Description") == 3
    assert [text for text in texts if text.startswith("Line")] == [f"Line ({n}) \\ € ??" for n in range(60)]


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [("12.5", "usd", "12.50 USD"), ("0.128888889", "usd", "0.128888889 USD"), ("7", "jpy", "7 JPY"), ("-3", "usd", "-3.00 USD")],
)
def test_money_has_the_currency_and_loses_no_digit(amount: str, currency: str, shown: str) -> None:
    assert money(Decimal(amount), currency) == shown
