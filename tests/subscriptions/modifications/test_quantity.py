"""More and fewer units of fixed lines (subscriptions.md §11.3)."""

from decimal import Decimal
from typing import Any

import pytest

from tests.subscriptions.modifications.support import left, line_named, modify, read, text, wallets
from tests.subscriptions.shop import ADVANCE, ARREAR, NOW, Shop, lines


@pytest.fixture
def world(shop: Shop) -> dict[str, Any]:
    customer, plan = shop.customer(), shop.plan("pro", ADVANCE, ARREAR)
    return {"customer": customer, "subscription": shop.subscribe(customer, plan)}


def change(shop: Shop, world: dict[str, Any], name: str, quantity: str, *, call: str = "execute", expect: int = 200, **fields: Any) -> Any:
    line = line_named(read(shop, world["subscription"]), name)
    items = [{"id": line["id"], "quantity": quantity, **fields}]
    return modify(shop, world["subscription"], "quantity_change", call=call, expect=expect, line_items=items)


def test_more_units_are_billed_for_the_rest_of_the_period(shop: Shop, world: dict[str, Any]) -> None:
    answer = change(shop, world, "Base", "3")
    expected = left("90", NOW) - left("30", NOW)
    invoice = answer["changed_resources"]["invoices"][0]["invoice"]
    assert lines(invoice) == [("Base — Quantity Change Proration (10 Mar 2026 – 1 Apr 2026)", "2", text(expected))]
    assert [held["change_action"] for held in answer["changed_resources"]["line_items"]] == ["ended", "created"]


def test_fewer_units_go_into_a_wallet_though_nothing_is_paid(shop: Shop, world: dict[str, Any]) -> None:
    change(shop, world, "Base", "3")
    answer = change(shop, world, "Base", "1")
    entry = answer["changed_resources"]["invoices"][0]["wallet_transaction"]
    assert Decimal(entry["amount"]) == left("90", NOW) - left("30", NOW)
    assert entry["idempotency_key"].endswith("_2026-03-10T12:00:00Z")
    assert wallets(shop, world["customer"])[0]["balance"] == entry["amount"]


def test_arrears_are_split_by_seconds_and_settle_nothing_now(shop: Shop, world: dict[str, Any]) -> None:
    answer = change(shop, world, "Support", "2", effective_date="2026-03-11T00:00:00Z")
    assert "invoices" not in answer["changed_resources"]
    support = [line for line in lines(shop.preview(world["subscription"])) if line[0] == "Support"]
    assert support == [("Support", "1", "3.55"), ("Support", "2", "14.9")]


def test_the_same_quantity_changes_nothing(shop: Shop, world: dict[str, Any]) -> None:
    assert change(shop, world, "Base", "1.0")["changed_resources"] == {}
    assert len(shop.invoices(world["subscription"])) == 1


def test_a_preview_shows_a_draft_and_writes_nothing(shop: Shop, world: dict[str, Any]) -> None:
    before = read(shop, world["subscription"])
    answer = change(shop, world, "Base", "3", call="preview")
    shown = answer["changed_resources"]["invoices"][0]
    assert (shown["id"], shown["status"], shown["invoice"]["invoice_status"]) == ("(preview-invoice)", "preview", "DRAFT")
    assert shown["invoice"]["invoice_number"] is None
    assert [held["id"] for held in answer["changed_resources"]["line_items"]] == ["(preview-ended)", "(preview-created)"]
    assert read(shop, world["subscription"]) == before
    assert len(shop.invoices(world["subscription"])) == 1
    # The number it did not take is the next one's.
    assert change(shop, world, "Base", "3")["changed_resources"]["invoices"][0]["invoice"]["invoice_number"].endswith("00002")


def test_a_previewed_credit_opens_no_wallet(shop: Shop, world: dict[str, Any]) -> None:
    answer = change(shop, world, "Base", "0", call="preview")
    assert answer["changed_resources"]["invoices"][0]["action"] == "wallet_credit"
    assert wallets(shop, world["customer"]) == []


@pytest.mark.parametrize("date", ["2026-02-28T23:59:59Z", "2026-04-01T00:00:00Z"])
def test_only_within_the_current_period(shop: Shop, world: dict[str, Any], date: str) -> None:
    answer = change(shop, world, "Base", "3", expect=400, effective_date=date)
    assert answer["message"] == "Set effective_date to a time within the current billing period"


def test_of_several_lines_all_or_none(shop: Shop, world: dict[str, Any]) -> None:
    line = line_named(read(shop, world["subscription"]), "Base")
    items = [{"id": line["id"], "quantity": "3"}, {"id": "subs_line_nope", "quantity": "2"}]
    modify(shop, world["subscription"], "quantity_change", expect=404, line_items=items)
    assert line_named(read(shop, world["subscription"]), "Base")["quantity"] == "1"
    assert len(shop.invoices(world["subscription"])) == 1


def test_usage_has_no_quantity_to_change(shop: Shop) -> None:
    customer = shop.customer("other")
    plan = shop.plan("metered", {"type": "USAGE", "invoice_cadence": "ARREAR", "amount": "1", "meter_id": shop.feature()["meter_id"]})
    world = {"subscription": shop.subscribe(customer, plan)}
    assert change(shop, world, "Calls", "3", expect=400)["details"]["price_type"] == "USAGE"


@pytest.mark.parametrize("quantity", ["-1", "1000000000000", "1e30"])
def test_quantities_that_cannot_be(shop: Shop, world: dict[str, Any], quantity: str) -> None:
    change(shop, world, "Base", quantity, expect=400)
    assert len(read(shop, world["subscription"])["line_items"]) == 2


def test_a_wallet_that_can_pay_does(shop: Shop, world: dict[str, Any]) -> None:
    body = {"customer_id": world["customer"]["id"], "currency": "usd", "wallet_type": "POST_PAID", "initial_credits_to_load": "500"}
    shop.api.post("/wallets", body)
    answer = change(shop, world, "Base", "3")
    assert answer["changed_resources"]["invoices"][0]["status"] == "SUCCEEDED"
