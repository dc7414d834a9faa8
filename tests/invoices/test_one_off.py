"""One-off invoices, their numbers, payment statuses, edits and voids."""

from typing import Any

import pytest

from tests.subscriptions.shop import Shop, figures, lines


def bill(shop: Shop, customer_id: str, amount: str = "12.5", *, expect: int = 201, **fields: Any) -> dict[str, Any]:
    body = {
        "customer_id": customer_id,
        "invoice_type": "ONE_OFF",
        "currency": "usd",
        "amount_due": amount,
        "subtotal": amount,
        "total": amount,
        "line_items": [{"display_name": "Work", "quantity": "1", "amount": amount}],
        **fields,
    }
    made: dict[str, Any] = shop.api.post("/invoices", body, expect=expect)
    return made


def test_it_is_finalized_at_once_without_a_due_date(shop: Shop) -> None:
    made = bill(shop, shop.customer()["id"])
    assert (made["invoice_status"], made["payment_status"], made["invoice_number"]) == ("FINALIZED", "PENDING", "INV-202603-00001")
    assert "due_date" not in made
    assert made["billing_sequence"] == 0
    assert shop.api.get(f"/invoices/{made['id']}")["customer"]["external_id"] == "acme"


def test_the_customer_is_not_looked_up_and_sums_are_not_compared(shop: Shop) -> None:
    made = bill(shop, "cust_nope", "5", line_items=[{"display_name": "A", "quantity": "1", "amount": "7"}])
    assert (made["total"], lines(made)) == ("5", [("A", "1", "7")])


def test_line_amounts_are_rounded_to_the_currency_totals_are_not(shop: Shop) -> None:
    made = bill(shop, "c", "33.333", currency="JPY")
    assert (made["currency"], made["total"], made["line_items"][0]["amount"]) == ("jpy", "33.333", "33")


def test_zero_counts_as_paid(shop: Shop) -> None:
    made = bill(shop, "c", "0", line_items=[])
    assert (made["payment_status"], made["amount_paid"], "line_items" in made) == ("SUCCEEDED", "0", False)


def test_a_used_key_is_refused_until_the_invoice_is_voided(shop: Shop) -> None:
    first = bill(shop, "c", idempotency_key="k")
    assert bill(shop, "c", idempotency_key="k", expect=409)["message"] == "invoice already exists"
    shop.api.post(f"/invoices/{first['id']}/void")
    assert bill(shop, "c", idempotency_key="k")["id"] != first["id"]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"customer_id": ""}, {"CustomerID"}),
        ({"currency": "", "invoice_type": ""}, {"Currency", "InvoiceType"}),
    ],
)
def test_missing_fields_are_named(shop: Shop, fields: dict[str, str], named: set[str]) -> None:
    body = {"customer_id": "c", "invoice_type": "ONE_OFF", "currency": "usd", "amount_due": "1", "subtotal": "1", "total": "1", **fields}
    assert set(shop.api.post("/invoices", body, expect=400)["details"]) == named


def test_coupons_and_taxes_of_the_request_count(shop: Shop) -> None:
    coupon, rate = shop.coupon("TEN", "10"), shop.tax("VAT", "20")
    made = bill(shop, "c", "100", coupons=[coupon["id"], "coupon_nope"], tax_rates=[rate["id"]])
    assert figures(made) == {
        "subtotal": "100",
        "total_discount": "10",
        "total_prepaid_credits_applied": "0",
        "total_tax": "18",
        "total": "108",
        "amount_due": "108",
        "amount_remaining": "108",
    }
    read = shop.api.get(f"/invoices/{made['id']}?expand=coupon_applications")
    assert [(tax["taxable_amount"], tax["tax_amount"]) for tax in read["taxes"]] == [("90", "18")]
    assert [(a["original_price"], a["discounted_amount"], a["final_price"]) for a in read["coupon_applications"]] == [("100", "10", "90")]


def test_numbers_count_up_per_date_text_and_follow_the_setting(shop: Shop) -> None:
    assert bill(shop, "c")["invoice_number"] == "INV-202603-00001"
    assert bill(shop, "c")["invoice_number"] == "INV-202603-00002"
    shop.api.freeze("2026-03-31T23:30:00Z")
    config = {"prefix": "B", "format": "YYYYMMDD", "start_sequence": 7, "timezone": "Europe/Berlin", "suffix_length": 3, "separator": "/"}
    shop.api.put("/settings/invoice_config", {"value": config})
    assert bill(shop, "c")["invoice_number"] == "B/20260401/007"
    shop.api.put("/settings/invoice_config", {"value": {**config, "format": "YYYYMM", "timezone": "UTC"}})
    assert bill(shop, "c")["invoice_number"] == "B/202603/003"


def test_payment_status_by_hand_walks_its_steps(shop: Shop) -> None:
    path = f"/invoices/{bill(shop, 'c')['id']}/payment"

    def set_to(status: str, amount: str | None = None) -> tuple[str, str]:
        answer = shop.api.put(path, {"payment_status": status, **({"amount": amount} if amount else {})})
        return answer["amount_paid"], answer["amount_remaining"]

    assert set_to("PENDING", "2.5") == ("2.5", "10")
    assert set_to("FAILED") == ("0", "12.5")
    # An amount with SUCCEEDED is ignored.
    assert set_to("SUCCEEDED", "1") == ("12.5", "0")
    assert shop.api.put(path, {"payment_status": "PENDING"}, expect=400)["details"] == {"allowed_statuses": ["SUCCEEDED", "OVERPAID"]}
    assert shop.api.put(path, {}, expect=400)["message"] == "failed to bind request body"


def test_overpaid_shows_by_how_much(shop: Shop) -> None:
    made = bill(shop, "c", "10")
    paid = shop.api.put(f"/invoices/{made['id']}/payment", {"payment_status": "OVERPAID", "amount": "13"})
    assert (paid["overpaid_amount"], paid["amount_remaining"]) == ("3", "0")


def test_void_gives_back_what_was_paid(shop: Shop) -> None:
    customer = shop.customer()
    made = bill(shop, customer["id"])
    shop.api.put(f"/invoices/{made['id']}/payment", {"payment_status": "SUCCEEDED"})
    shop.api.post(f"/invoices/{made['id']}/void", {"metadata": {"why": "mistake"}})
    read = shop.api.get(f"/invoices/{made['id']}")
    assert (read["invoice_status"], read["payment_status"], read["refunded_amount"]) == ("VOIDED", "REFUNDED", "12.5")
    assert (read["metadata"], read["invoice_number"]) == ({"why": "mistake"}, made["invoice_number"])
    assert [wallet["balance"] for wallet in shop.api.get(f"/customers/{customer['id']}/wallets")] == ["12.5"]
    again = shop.api.post(f"/invoices/{made['id']}/void", expect=400)
    assert again["message"] == "invoice status - VOIDED is not allowed"


def test_updates_change_texts_and_refuse_the_past(shop: Shop) -> None:
    path = f"/invoices/{bill(shop, 'c', metadata={'a': 'b'})['id']}"
    changed = shop.api.put(path, {"metadata": {"c": "d"}, "due_date": "2026-04-01T00:00:00Z", "invoice_pdf_url": "https://x.example/a.pdf"})
    assert (changed["metadata"], changed["due_date"]) == ({"c": "d"}, "2026-04-01T00:00:00Z")
    assert shop.api.put(path, {"due_date": "2026-03-01T00:00:00Z"}, expect=400)["message"] == "Due date must be in the future"
    refused = shop.api.put(path, {"add_line_items": [{"amount": "1"}]}, expect=400)
    assert refused["message"] == "Line items can only be edited on draft invoices"
    assert shop.api.get(f"{path}/pdf?url=true") == {"presigned_url": "https://x.example/a.pdf"}


def test_pdf_is_a_document_with_the_number(shop: Shop) -> None:
    made = bill(shop, "c", line_items=[{"display_name": f"Line ({n}) \\ ü €", "quantity": "1", "amount": "1"} for n in range(60)])
    answer = shop.api.send("GET", f"/invoices/{made['id']}/pdf")
    assert (answer.headers["content-type"], answer.content[:5], answer.content[-6:]) == ("application/pdf", b"%PDF-", b"%%EOF\n")
    assert b"INV-202603-00001" in answer.content
    assert b"/Count 3" in answer.content
    without = shop.api.send("GET", f"/invoices/{made['id']}/pdf?url=true")
    assert without.json()["code"] == "system_error"


def test_lists_filter_page_and_sort(shop: Shop) -> None:
    customer = shop.customer()
    cheap, dear = bill(shop, customer["id"], "5"), bill(shop, customer["id"], "50")
    other = bill(shop, "c", "20", currency="eur")

    def ids(query: str) -> list[str]:
        return [item["id"] for item in shop.api.get(f"/invoices?{query}")["items"]]

    assert ids("") == [other["id"], dear["id"], cheap["id"]]
    assert ids("external_customer_id=acme") == [dear["id"], cheap["id"]]
    assert ids("amount_due_gt=10&currency=usd") == [dear["id"]]
    assert ids("invoice_type=OTHER") == ids("invoice_status=DONE") == []
    page = shop.api.get("/invoices?limit=1&offset=1")
    assert page["pagination"] == {"total": 3, "limit": 1, "offset": 1}
    by_amount = shop.api.post("/invoices/search", {"sort": [{"field": "amount_due", "direction": "desc"}]})["items"]
    assert [item["amount_due"] for item in by_amount] == ["50", "20", "5"]
    assert "line_items" not in shop.api.get("/invoices?skip_line_items=true")["items"][0]
    assert shop.api.get("/invoices?sort=created_at", expect=400)["message"] == "invalid query parameters"


def test_webhooks_are_sent_again_by_name(shop: Shop) -> None:
    path = f"/invoices/{bill(shop, 'c')['id']}"
    assert shop.api.post(f"{path}/comms/trigger") == {"message": "communication triggered successfully"}
    again = shop.api.post(f"{path}/webhook/trigger?event_name=invoice.update.finalized")
    assert again["event_name"] == "invoice.update.finalized"
    assert shop.api.post(f"{path}/webhook/trigger?event_name=invoice.update", expect=400)["details"]["event_name"] == "invoice.update"
    assert shop.api.post(f"{path}/webhook/trigger", expect=400)["message"] == "Please provide event_name query parameter"


def test_unknown_invoice_is_not_found(shop: Shop) -> None:
    for method, path in (("GET", ""), ("POST", "/finalize"), ("POST", "/void"), ("POST", "/compute"), ("GET", "/pdf")):
        found = shop.api.call(method, f"/invoices/inv_nope{path}", {} if method == "POST" else None, expect=404)
        assert found == {
            "code": "not_found",
            "message": "invoice inv_nope not found",
            "http_status_code": 404,
            "details": {"id": "inv_nope"},
        }
