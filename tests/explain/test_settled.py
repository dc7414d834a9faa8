"""What finalizing, editing, voiding and crediting do to an invoice is in its explanation, and it still adds up."""

from typing import Any

import pytest

from tests.explain.conftest import Explain
from tests.subscriptions.shop import ADVANCE, Shop, figures, usage

TOTALS = ("subtotal", "total_discount", "total_prepaid_credits_applied", "total_tax", "total")


@pytest.fixture
def draft(shop: Shop) -> dict[str, Any]:
    """A computed draft: 30 fixed and 20 of usage, less 10 %; 19 % tax and a wallet of 7.5 wait for finalization."""
    shop.coupon("TEN", "10")
    shop.tax("VAT", "19")
    customer, meter = shop.customer(), shop.feature()["meter_id"]
    shop.api.post("/wallets", {"customer_id": customer["id"], "currency": "usd", "initial_credits_to_load": "7.5"})
    made = shop.subscribe(
        customer,
        shop.plan("pro", ADVANCE, usage(meter)),
        subscription_coupons=[{"coupon_code": "TEN"}],
        tax_rate_overrides=[{"tax_rate_code": "VAT", "currency": "usd", "auto_apply": True}],
    )
    shop.use(customer, "calls", "40", "2026-03-05T00:00:00Z", "e1")
    shop.api.post(f"/subscriptions/temporal/{made['id']}/draft-and-compute", expect=202)
    found = next(i for i in shop.invoices(made, invoice_status="DRAFT") if i["billing_reason"] == "SUBSCRIPTION_CYCLE")
    return {**found, "customer": customer}


def agrees(shop: Shop, explained: Any, invoice_id: str) -> dict[str, Any]:
    invoice: dict[str, Any] = shop.api.get(f"/invoices/{invoice_id}")
    assert explained["problems"] == []
    assert {name: explained["totals"][name] for name in TOTALS} == {name: figures(invoice)[name] for name in TOTALS}
    assert [line["amount"] for line in explained["lines"]] == [line["amount"] for line in invoice.get("line_items", [])]
    settled = explained["settlement"]
    assert {name: settled[name] for name in ("amount_due", "amount_paid", "amount_remaining")} == {
        name: invoice[name] for name in ("amount_due", "amount_paid", "amount_remaining")
    }
    return invoice


def test_credits_and_taxes_of_finalizing_are_explained(shop: Shop, draft: dict[str, Any], explain: Explain) -> None:
    before = explain(draft["id"])
    assert (before["totals"]["taxes"], before["totals"]["credits"], before["totals"]["total"]) == ([], [], "45")

    shop.api.post(f"/invoices/{draft['id']}/finalize")
    explained = explain(draft["id"])
    agrees(shop, explained, draft["id"])
    totals = explained["totals"]
    usage_line = next(index for index, line in enumerate(explained["lines"]) if line["events"])
    assert [(c["line_index"], c["amount"]) for c in totals["credits"]] == [(usage_line, "7.5")]
    assert [(t["base"], t["unrounded"], t["tax"]) for t in totals["taxes"]] == [("45", "8.55", "8.55")]
    assert totals["total"] == "46.05"
    assert explained["lines"][usage_line]["events"] == {"count": 1, "later": 0, "sample": ["e1"]}
    assert explained["lines"][usage_line]["prepaid_credits_applied"] == "7.5"


def test_an_edited_draft_keeps_its_discount_and_says_so(shop: Shop, draft: dict[str, Any], explain: Explain) -> None:
    lines = explain(draft["id"])["lines"]
    base = next(line for line in lines if not line["events"])["line_item"]["id"]
    body = {
        "update_line_items": [{"id": base, "amount": "12.345"}],
        "add_line_items": [{"display_name": "Extra", "amount": "1", "price_type": "FIXED"}],
    }
    shop.api.put(f"/invoices/{draft['id']}", body)
    explained = explain(draft["id"])
    agrees(shop, explained, draft["id"])
    assert [coupon["is_kept"] for coupon in explained["totals"]["coupons"]] == [True]
    assert [step["kind"] for line in explained["lines"] if not line["events"] for step in line["steps"]] == ["given", "rounding"] * 2

    shop.api.post(f"/invoices/{draft['id']}/finalize")
    agrees(shop, explain(draft["id"]), draft["id"])


def test_a_removed_line_takes_its_steps_along(shop: Shop, draft: dict[str, Any], explain: Explain) -> None:
    removed = next(line for line in explain(draft["id"])["lines"] if line["events"])["line_item"]["id"]
    shop.api.put(f"/invoices/{draft['id']}", {"remove_line_item_ids": [removed]})
    explained = explain(draft["id"])
    agrees(shop, explained, draft["id"])
    assert (explained["totals"]["subtotal"], explained["totals"]["total_discount"], explained["totals"]["total"]) == ("30", "5", "25")


def test_credits_and_taxes_of_a_draft_are_kept_through_an_edit(shop: Shop, draft: dict[str, Any], explain: Explain) -> None:
    # Only what is not on its lines yet is left, and the credits and taxes of that.
    shop.api.post(f"/invoices/{draft['id']}/recalculate-v2?finalize=false")
    line = explain(draft["id"])["lines"][0]["line_item"]["id"]
    shop.api.put(f"/invoices/{draft['id']}", {"remove_line_item_ids": [line]})
    explained = explain(draft["id"])
    agrees(shop, explained, draft["id"])
    assert [tax["is_kept"] for tax in explained["totals"]["taxes"]] == [True]
    assert (explained["totals"]["subtotal"], explained["totals"]["total"]) == ("0", explained["totals"]["total_tax"])


def test_a_credit_note_and_a_void_leave_the_total_and_explain_what_is_due(shop: Shop, draft: dict[str, Any], explain: Explain) -> None:
    shop.api.post(f"/invoices/{draft['id']}/finalize")
    line = shop.api.get(f"/invoices/{draft['id']}")["line_items"][0]["id"]
    items = [{"invoice_line_item_id": line, "display_name": "Back", "amount": "2"}]
    note = {"invoice_id": draft["id"], "reason": "BILLING_ERROR", "process_credit_note": True, "line_items": items}
    shop.api.post("/creditnotes", note)
    credited = explain(draft["id"])
    agrees(shop, credited, draft["id"])
    assert (credited["totals"]["total"], credited["settlement"]["adjustment_amount"]) == ("46.05", "2")
    assert [note["amount"] for note in credited["settlement"]["credit_notes"]] == ["2"]

    shop.api.post(f"/invoices/{draft['id']}/void")
    voided = explain(draft["id"])
    agrees(shop, voided, draft["id"])
    # The wallet gets its credits back.
    assert [refund["amount"] for refund in voided["settlement"]["refunds"]] == ["7.5"]
    assert (voided["invoice_status"], voided["settlement"]["refunded_amount"]) == ("VOIDED", "7.5")


def test_a_one_off_invoice_says_what_was_given(shop: Shop, explain: Explain) -> None:
    shop.coupon("TEN", "10")
    body = {
        "customer_id": "c",
        "invoice_type": "ONE_OFF",
        "currency": "usd",
        "subtotal": "50",
        "total": "50",
        "amount_due": "50",
        "line_items": [{"display_name": "Work", "quantity": "2", "amount": "12.345"}],
        "invoice_coupons": [{"coupon_id": shop.api.post("/coupons/search", {})["items"][0]["id"]}],
    }
    made = shop.api.post("/invoices", body)
    explained = explain(made["id"])
    agrees(shop, explained, made["id"])
    # The request's subtotal counts, the coupon is taken off the lines' sum.
    assert (explained["totals"]["given_subtotal"], explained["totals"]["total_discount"]) == ("50", "1.24")
    assert [step["kind"] for step in explained["lines"][0]["steps"]] == ["given", "rounding"]


def test_an_invoice_without_lines_is_explained(shop: Shop, explain: Explain) -> None:
    body = {"customer_id": "c", "invoice_type": "ONE_OFF", "currency": "usd", "subtotal": "0", "total": "0", "amount_due": "0"}
    made = shop.api.post("/invoices", body)
    assert (explain(made["id"])["lines"], explain(made["id"])["problems"]) == ([], [])


def test_events_after_the_invoice_are_told_apart(shop: Shop, draft: dict[str, Any], explain: Explain) -> None:
    shop.api.post(f"/invoices/{draft['id']}/finalize")
    shop.api.freeze("2026-03-11T00:00:00Z")
    shop.use(draft["customer"], "calls", "3", "2026-03-06T00:00:00Z", "late")
    explained = explain(draft["id"])
    assert next(line["events"] for line in explained["lines"] if line["events"]) == {"count": 1, "later": 1, "sample": ["e1"]}
    assert explained["problems"] == []
