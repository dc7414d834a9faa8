"""Subscription invoices: previews, drafts, credits, recalculation, summaries."""

from typing import Any

import pytest

from tests.subscriptions.shop import ADVANCE, ARREAR, Shop, figures, lines, usage


@pytest.fixture
def saas(shop: Shop) -> dict[str, Any]:
    """A subscription with an advance base fee, arrear support and metered calls; 40 calls were made."""
    customer, meter = shop.customer(), shop.feature()["meter_id"]
    made = shop.subscribe(customer, shop.plan("pro", ADVANCE, ARREAR, usage(meter, "0.5")))
    shop.use(customer, "calls", "40", "2026-03-05T00:00:00Z")
    return {**made, "customer": customer}


def draft_of(shop: Shop, subscription: dict[str, Any]) -> dict[str, Any]:
    """The draft of the period that runs."""
    shop.api.post(f"/subscriptions/temporal/{subscription['id']}/draft-and-compute", expect=202)
    return shop.invoices(subscription, invoice_status="DRAFT")[0]


def test_preview_bills_the_running_period_and_the_next_advance(shop: Shop, saas: dict[str, Any]) -> None:
    found = shop.preview(saas)
    assert lines(found) == [("Base", "1", "30"), ("Calls", "40", "20"), ("Support", "1", "11")]
    base = next(line for line in found["line_items"] if line["display_name"] == "Base")
    assert (base["period_start"], base["period_end"]) == ("2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z")
    assert (found["invoice_number"], found["billing_sequence"], found["metadata"]) == (None, None, {"is_preview": "true"})
    assert shop.api.get("/invoices")["pagination"]["total"] == 1


def test_preview_of_a_range_counts_its_usage_only(shop: Shop, saas: dict[str, Any]) -> None:
    found = shop.preview(saas, period_start="2026-03-06T00:00:00Z", period_end="2026-03-08T00:00:00Z")
    assert ("Calls", "0", "0") in lines(found)
    hidden = shop.preview(saas, period_start="2026-03-06T00:00:00Z", period_end="2026-03-08T00:00:00Z", hide_zero_charges_line_items=True)
    assert "Calls" not in [name for name, _, _ in lines(hidden)]


def test_a_draft_equals_the_preview_and_keeps_its_line_ids(shop: Shop, saas: dict[str, Any]) -> None:
    draft = draft_of(shop, saas)
    assert lines(draft) == lines(shop.preview(saas))
    assert (draft["invoice_number"], draft["billing_sequence"], draft["billing_reason"]) == ("", 2, "SUBSCRIPTION_CYCLE")
    again = shop.api.post(f"/invoices/{draft['id']}/compute?sync=true")
    assert again["skipped"] is False
    assert {line["id"] for line in again["invoice"]["line_items"]} == {line["id"] for line in draft["line_items"]}


def test_late_usage_is_picked_up_by_computing_again(shop: Shop, saas: dict[str, Any]) -> None:
    draft = draft_of(shop, saas)
    shop.use(saas["customer"], "calls", "2", "2026-03-06T00:00:00Z")
    assert shop.api.post(f"/invoices/{draft['id']}/compute?sync=true")["invoice"]["subtotal"] == "62"


def test_credits_come_off_usage_at_finalization_and_back_by_void(shop: Shop, saas: dict[str, Any]) -> None:
    customer_id = saas["customer"]["id"]
    wallet = shop.api.post("/wallets", {"customer_id": customer_id, "currency": "usd", "wallet_type": "PRE_PAID"})
    top_up = {"credits_to_add": "100", "transaction_reason": "FREE_CREDIT_GRANT", "idempotency_key": "k"}
    shop.api.post(f"/wallets/{wallet['id']}/top-up", top_up)
    draft = draft_of(shop, saas)

    shop.api.post(f"/invoices/{draft['id']}/finalize")

    read = shop.api.get(f"/invoices/{draft['id']}")
    assert figures(read)["total"] == "41"
    applied = {line["display_name"]: line["prepaid_credits_applied"] for line in read["line_items"]}
    assert applied == {"Base": "0", "Calls": "20", "Support": "0"}
    assert shop.api.get(f"/wallets/{wallet['id']}")["balance"] == "80"
    shop.api.post(f"/invoices/{draft['id']}/void")
    assert shop.api.get(f"/wallets/{wallet['id']}")["balance"] == "100"


def test_edits_of_a_draft_change_totals_and_stop_computing(shop: Shop, saas: dict[str, Any]) -> None:
    draft = draft_of(shop, saas)
    support = next(line for line in draft["line_items"] if line["display_name"] == "Support")
    body = {"add_line_items": [{"display_name": "Gift", "amount": "-1"}], "remove_line_item_ids": [support["id"]]}
    edited = shop.api.put(f"/invoices/{draft['id']}", body)
    assert (edited["total"], edited["is_manually_edited"]) == ("49", True)
    assert shop.api.post(f"/invoices/{draft['id']}/compute?sync=true", expect=400)["code"] == "invalid_operation"


def test_recalculating_a_draft_forgets_the_lines_it_already_holds(shop: Shop, saas: dict[str, Any]) -> None:
    path = f"/invoices/{draft_of(shop, saas)['id']}/recalculate-v2"
    # Its own lines of the period count as invoiced; doing it twice brings them back.
    assert lines(shop.api.post(f"{path}?finalize=false")) == [("Base", "1", "30")]
    assert len(lines(shop.api.post(f"{path}?finalize=false"))) == 3
    final = shop.api.post(path)
    assert (final["invoice_status"], final["invoice_number"]) == ("FINALIZED", "INV-202603-00002")
    assert shop.api.post(path, expect=400)["message"] == "Only draft invoices can be recalculated"


def test_recalculating_an_issued_invoice_replaces_it_by_a_renewal(shop: Shop, saas: dict[str, Any]) -> None:
    opening = saas["latest_invoice"]
    shop.api.post(f"/invoices/{opening['id']}/recalculate", expect=202)
    old = shop.api.get(f"/invoices/{opening['id']}")
    new = shop.api.get(f"/invoices/{old['recalculated_invoice_id']}")
    assert (old["invoice_status"], new["billing_reason"], new["total"]) == ("VOIDED", "SUBSCRIPTION_CYCLE", "61")


def test_recalculating_what_cannot_be_leaves_it_alone(shop: Shop, saas: dict[str, Any]) -> None:
    shop.api.post("/invoices/inv_nope/recalculate", expect=202)
    assert shop.api.get(f"/invoices/{saas['latest_invoice']['id']}")["invoice_status"] == "FINALIZED"


def test_a_figure_too_big_for_the_columns_refuses_the_draft(shop: Shop, saas: dict[str, Any]) -> None:
    draft = draft_of(shop, saas)
    shop.use(saas["customer"], "calls", "2000000000000", "2026-03-06T00:00:00Z")
    refused = shop.api.post(f"/invoices/{draft['id']}/compute?sync=true", expect=500)
    assert refused["code"] == "database_error"
    # Nothing of it was written, and the preview still shows the figure.
    assert shop.api.get(f"/invoices/{draft['id']}")["subtotal"] == "61"
    assert shop.preview(saas)["subtotal"] == "1000000000061"


def test_true_up_line_has_a_price_that_does_not_exist(shop: Shop) -> None:
    customer, plan = shop.customer(), shop.plan("pro", usage(shop.feature()["meter_id"], "0.5"))
    made = shop.subscribe(customer, plan, commitment_amount="100", overage_factor="1.5", enable_true_up=True)
    shop.use(customer, "calls", "80", "2026-03-05T00:00:00Z")
    found = shop.preview(made)
    assert lines(found) == [("Calls", "80", "40"), ("Pro True Up", "1", "60")]
    price_id = next(line["price_id"] for line in found["line_items"] if "True Up" in line["display_name"])
    assert shop.api.send("GET", f"/prices/{price_id}").status_code == 404


def test_taxes_and_discounts_show_in_previews(shop: Shop) -> None:
    shop.coupon("HALF", "50")
    shop.tax("VAT", "10")
    made = shop.subscribe(
        shop.customer(),
        shop.plan("pro", ADVANCE),
        subscription_coupons=[{"coupon_code": "HALF"}],
        tax_rate_overrides=[{"tax_rate_code": "VAT", "currency": "usd", "auto_apply": True}],
    )
    found = shop.preview(made)
    assert (found["total_discount"], found["total_tax"], found["total"]) == ("15", "1.5", "16.5")
    assert found["taxes"][0]["tax_rate"]["code"] == "VAT"
    assert found["coupon_applications"][0]["coupon_snapshot"]["applied_to"] == "invoice"
    # A preview does not spread the discount over its lines.
    assert found["line_items"][0]["invoice_level_discount"] == "0"


def test_summary_totals_each_currency_of_the_subscriptions(shop: Shop, saas: dict[str, Any]) -> None:
    found = shop.api.get(f"/customers/{saas['customer']['id']}/invoices/summary")
    assert found["default_currency"] == "usd"
    assert found["summaries"][0] == {
        "customer_id": saas["customer"]["id"],
        "currency": "usd",
        "total_revenue_amount": "30",
        "total_unpaid_amount": "30",
        "total_overdue_amount": "0",
        "total_invoice_count": 1,
        "unpaid_invoice_count": 1,
        "overdue_invoice_count": 0,
        "unpaid_usage_charges": "0",
        "unpaid_fixed_charges": "30",
    }
    assert shop.api.get("/customers/cust_nope/invoices/summary")["summaries"] == []


def test_internal_preview_reads_raw_events_and_agrees_on_plain_usage(shop: Shop, saas: dict[str, Any]) -> None:
    found = shop.api.post("/invoices/internal/preview", {"subscription_id": saas["id"]})
    assert lines(found) == lines(shop.preview(saas))
    # Negatives are kept here, and count as 0 where invoices are made.
    shop.use(saas["customer"], "calls", "-5", "2026-03-06T00:00:00Z")
    raw = shop.api.post("/invoices/internal/preview", {"subscription_id": saas["id"]})
    assert ("Calls", "35", "17.5") in lines(raw)
    assert ("Calls", "40", "20") in lines(shop.preview(saas))
