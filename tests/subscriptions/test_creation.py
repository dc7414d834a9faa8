"""Creation: dates, lines, the opening invoice, and what each payment behaviour makes of it."""

from typing import Any

import pytest

from tests.subscriptions.shop import ADVANCE, ARREAR, START, Shop, figures, lines, usage


def test_minimal_subscription_is_active_with_one_advance_invoice(shop: Shop) -> None:
    made = shop.subscribe(shop.customer(), shop.plan("pro", ADVANCE, ARREAR))

    assert made["subscription_status"] == "active"
    assert (made["current_period_start"], made["current_period_end"]) == (START, "2026-04-01T00:00:00Z")
    invoice = made["latest_invoice"]
    assert (invoice["invoice_status"], invoice["billing_reason"]) == ("FINALIZED", "SUBSCRIPTION_CREATE")
    assert lines(invoice) == [("Base", "1", "30")]
    assert invoice["invoice_number"] == "INV-202603-00001"
    # Due from the period's end, although it is billed in advance.
    assert invoice["due_date"] == "2026-04-02T00:00:00Z"


def test_nothing_to_bill_leaves_a_skipped_invoice_that_is_hidden(shop: Shop) -> None:
    made = shop.subscribe(shop.customer(), shop.plan("later", ARREAR))

    assert "latest_invoice" not in made
    assert shop.invoices(made) == []
    hidden = shop.invoices(made, invoice_status="SKIPPED")
    assert [(i["invoice_number"], i["billing_sequence"], i["subtotal"]) for i in hidden] == [("", 1, "0")]


def test_start_dates_are_cut_to_milliseconds(shop: Shop) -> None:
    made = shop.subscribe(shop.customer(), shop.plan("pro", ADVANCE), start_date="2026-03-01T10:20:30.123456Z")
    assert made["start_date"] == "2026-03-01T10:20:30.123Z"
    assert made["current_period_end"] == "2026-04-01T10:20:30Z"


def test_a_price_that_starts_later_than_the_subscription_bounds_its_line(shop: Shop) -> None:
    plan = shop.plan("pro", ADVANCE)
    shop.price("PLAN", plan["id"], **{**ARREAR, "start_date": "2026-03-05T00:00:00Z"})
    made = shop.subscribe(shop.customer(), plan)
    starts = {line["display_name"]: line["start_date"] for line in made["line_items"]}
    assert starts == {"Base": START, "Support": "2026-03-05T00:00:00Z"}


def test_end_date_bounds_lines_and_period(shop: Shop) -> None:
    made = shop.subscribe(shop.customer(), shop.plan("pro", ADVANCE), end_date="2026-03-20T00:00:00Z")
    assert made["current_period_end"] == "2026-03-20T00:00:00Z"
    assert made["line_items"][0]["end_date"] == "2026-03-20T00:00:00Z"
    # The cut period is charged in full.
    assert made["latest_invoice"]["total"] == "30"


def test_one_time_price_is_billed_once_for_a_moment(shop: Shop) -> None:
    plan = shop.plan("pro", ADVANCE, {**ADVANCE, "billing_period": "ONETIME", "amount": "99", "display_name": "Setup"})
    invoice = shop.subscribe(shop.customer(), plan)["latest_invoice"]
    setup = next(line for line in invoice["line_items"] if line["display_name"] == "Setup")
    assert invoice["total"] == "129"
    assert (setup["period_start"], setup["period_end"]) == (START, "2026-03-01T00:00:01Z")


@pytest.mark.parametrize(
    ("behavior", "expected"),
    [("none", "30"), ("create_prorations", "20.81")],
)
def test_short_first_calendar_period_is_full_unless_prorated(shop: Shop, behavior: str, expected: str) -> None:
    made = shop.subscribe(
        shop.customer(),
        shop.plan("pro", ADVANCE),
        billing_cycle="calendar",
        proration_behavior=behavior,
        start_date="2026-03-10T12:00:00Z",
    )
    assert made["billing_anchor"] == made["current_period_end"] == "2026-04-01T00:00:00Z"
    assert made["latest_invoice"]["total"] == expected


@pytest.mark.parametrize(
    ("method", "behavior", "status"),
    [
        (None, None, "active"),
        (None, "allow_incomplete", "incomplete"),
        ("send_invoice", None, "active"),
        ("send_invoice", "default_incomplete", "incomplete"),
        ("default_incomplete", None, "incomplete"),
    ],
)
def test_status_after_an_unpaid_opening_invoice(shop: Shop, method: str | None, behavior: str | None, status: str) -> None:
    made = shop.subscribe(shop.customer(), shop.plan("pro", ADVANCE), collection_method=method, payment_behavior=behavior)
    assert made["subscription_status"] == status
    assert made["latest_invoice"]["payment_status"] == "PENDING"
    assert shop.api.get(f"/subscriptions/{made['id']}")["subscription_status"] == status


def test_error_if_incomplete_leaves_nothing_behind(shop: Shop) -> None:
    customer, plan = shop.customer(), shop.plan("pro", ADVANCE)
    refused = shop.subscribe(customer, plan, payment_behavior="error_if_incomplete", expect=400)
    assert refused["code"] == "invalid_operation"
    assert refused["details"]["amount_due"] == "30"
    assert shop.api.get("/subscriptions")["pagination"]["total"] == 0
    assert shop.api.get("/invoices")["pagination"]["total"] == 0
    # The number was not used up.
    assert shop.subscribe(customer, plan)["latest_invoice"]["invoice_number"] == "INV-202603-00001"


def test_an_incomplete_subscription_without_anything_to_pay_is_active(shop: Shop) -> None:
    made = shop.subscribe(shop.customer(), shop.plan("later", ARREAR), payment_behavior="allow_incomplete")
    assert made["subscription_status"] == "active"


def test_paying_the_opening_invoice_activates(shop: Shop) -> None:
    made = shop.subscribe(shop.customer(), shop.plan("pro", ADVANCE), payment_behavior="allow_incomplete")
    shop.api.post(
        "/payments",
        {
            "destination_type": "INVOICE",
            "destination_id": made["latest_invoice"]["id"],
            "payment_method_type": "OFFLINE",
            "amount": "30",
            "currency": "usd",
            "process_payment": True,
        },
    )
    assert shop.api.get(f"/subscriptions/{made['id']}")["subscription_status"] == "active"


def test_a_status_asked_for_is_answered_and_then_becomes_active(shop: Shop) -> None:
    made = shop.subscribe(shop.customer(), shop.plan("pro", ADVANCE), subscription_status="cancelled")
    assert made["subscription_status"] == "cancelled"
    assert shop.api.get(f"/subscriptions/{made['id']}")["subscription_status"] == "active"


def test_draft_has_no_invoice_and_activation_starts_it(shop: Shop) -> None:
    made = shop.subscribe(shop.customer(), shop.plan("pro", ADVANCE), subscription_status="draft", billing_anchor="2026-03-15T00:00:00Z")
    assert (made["subscription_status"], "latest_invoice" in made, "line_items" in made) == ("draft", False, False)

    started = shop.api.post(f"/subscriptions/{made['id']}/activate", {"start_date": "2026-03-08T00:00:00Z"})

    assert started["subscription_status"] == "active"
    # The anchor asked for at creation is lost.
    assert started["billing_anchor"] == started["start_date"] == "2026-03-08T00:00:00Z"
    assert started["line_items"][0]["start_date"] == "2026-03-08T00:00:00Z"
    assert started["latest_invoice"]["period_end"] == "2026-04-08T00:00:00Z"
    again = shop.api.post(f"/subscriptions/{made['id']}/activate", {"start_date": START}, expect=400)
    assert again["details"] == {"current_status": "active", "subscription_id": made["id"]}


def test_the_sync_mark_is_the_newest_usage_price(shop: Shop) -> None:
    meter = shop.feature()["meter_id"]
    plan = shop.plan("pro", usage(meter), ADVANCE)
    customer = shop.customer()
    first = shop.subscribe(customer, plan)
    assert shop.api.get(f"/subscriptions/{first['id']}/v2")["plan_prices_out_of_sync"] is False

    newer = shop.price("PLAN", plan["id"], **usage(meter, "0.7"))

    assert shop.api.get(f"/subscriptions/{first['id']}/v2")["plan_prices_out_of_sync"] is True
    second = shop.subscribe(customer, plan)
    assert second["synced_price_sequence"] == shop.api.get(f"/prices/{newer['id']}")["sequence"] > first["synced_price_sequence"]


def test_coupons_taxes_and_overrides_meet_on_the_opening_invoice(shop: Shop) -> None:
    plan = shop.plan("pro", ADVANCE)
    coupon = shop.coupon("HALF", "50")
    shop.tax("VAT", "10")
    made = shop.subscribe(
        shop.customer(),
        plan,
        override_line_items=[{"price_id": plan["price_ids"][0], "quantity": "2"}],
        subscription_coupons=[{"coupon_code": "half"}],
        tax_rate_overrides=[{"tax_rate_code": "VAT", "currency": "usd", "auto_apply": True}],
    )
    assert figures(made["latest_invoice"]) == {
        "subtotal": "60",
        "total_discount": "30",
        "total_prepaid_credits_applied": "0",
        "total_tax": "3",
        "total": "33",
        "amount_due": "33",
        "amount_remaining": "33",
    }
    line = shop.api.get(f"/subscriptions/{made['id']}")["line_items"][0]
    # Even a changed quantity alone makes a price of the subscription's own.
    assert line["price"]["parent_price_id"] == plan["price_ids"][0]
    assert (line["price"]["entity_type"], line["price"]["amount"], line["quantity"]) == ("SUBSCRIPTION", "30", "2")
    assert shop.api.get(f"/coupons/{coupon['id']}")["total_redemptions"] == 1


def test_a_full_discount_keeps_the_invoice_and_counts_as_paid(shop: Shop) -> None:
    shop.coupon("ALL", "100")
    made = shop.subscribe(shop.customer(), shop.plan("pro", ADVANCE), subscription_coupons=[{"coupon_code": "ALL"}])
    invoice = made["latest_invoice"]
    assert (invoice["invoice_status"], invoice["payment_status"], invoice["total"], invoice["amount_paid"]) == (
        "FINALIZED",
        "SUCCEEDED",
        "0",
        "0",
    )
    assert invoice["invoice_number"]


@pytest.mark.parametrize(("overrides", "tax"), [(None, "3"), ([], "0")])
def test_customer_taxes_are_copied_unless_overrides_are_given(shop: Shop, overrides: list[Any] | None, tax: str) -> None:
    shop.tax("VAT", "10")
    customer = shop.customer(tax_rate_overrides=[{"tax_rate_code": "VAT", "currency": "usd", "auto_apply": True}])
    made = shop.subscribe(customer, shop.plan("pro", ADVANCE), tax_rate_overrides=overrides)
    assert made["latest_invoice"]["total_tax"] == tax
