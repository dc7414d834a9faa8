"""Single lines of running subscriptions (subscriptions.md §11.4)."""

from decimal import Decimal
from typing import Any

import pytest

from tests.subscriptions.modifications.support import left, line_named, read, text, wallets
from tests.subscriptions.shop import ADVANCE, NOW, Shop, lines, usage

SEAT = {
    "type": "FIXED",
    "price_unit_type": "FIAT",
    "billing_period": "MONTHLY",
    "billing_model": "FLAT_FEE",
    "invoice_cadence": "ADVANCE",
    "amount": "7",
    "display_name": "Seats",
}


@pytest.fixture
def world(shop: Shop) -> dict[str, Any]:
    customer = shop.customer()
    plan = shop.plan("pro", ADVANCE, usage(shop.feature()["meter_id"]))
    return {"customer": customer, "subscription": shop.subscribe(customer, plan)}


def add(shop: Shop, world: dict[str, Any], expect: int = 201, **fields: Any) -> Any:
    return shop.api.post(f"/subscriptions/{world['subscription']['id']}/lineitems", fields, expect=expect)


def put(shop: Shop, line: dict[str, Any], expect: int = 200, **fields: Any) -> Any:
    return shop.api.put(f"/subscriptions/lineitems/{line['id']}", fields, expect=expect)


def end(shop: Shop, line: dict[str, Any], expect: int = 200, **fields: Any) -> Any:
    return shop.api.delete(f"/subscriptions/lineitems/{line['id']}", fields, expect=expect)


def test_a_line_made_now_counts_no_periods_in_its_own_answer(shop: Shop, world: dict[str, Any]) -> None:
    made = add(shop, world, price=SEAT, quantity="2")
    assert made["billing_period_count"] == 0
    assert line_named(read(shop, world["subscription"]), "Seats")["billing_period_count"] == 1


def test_an_extra_line_is_billed_ahead_from_the_next_period_on(shop: Shop, world: dict[str, Any]) -> None:
    add(shop, world, price=SEAT, quantity="2")
    assert ("Seats", "2", "14") in lines(shop.preview(world["subscription"]))


def test_with_proration_the_rest_of_the_period_is_billed_from_now(shop: Shop, world: dict[str, Any]) -> None:
    add(shop, world, price=SEAT, quantity="2", proration_behavior="create_prorations")
    invoice = shop.invoices(world["subscription"])[1]
    assert lines(invoice) == [("Seats", "2", text(left("14", NOW)))]
    description = invoice["line_items"][0]["metadata"]["description"]
    assert description == "Proration charge: 2 × Seats USD 7/unit (10 Mar 2026 – 1 Apr 2026)"


def test_a_one_time_line_is_charged_in_full(shop: Shop, world: dict[str, Any]) -> None:
    add(shop, world, price=SEAT | {"billing_period": "ONETIME", "display_name": "Setup"}, proration_behavior="create_prorations")
    assert lines(shop.invoices(world["subscription"])[1]) == [("Setup", "1", "7")]


def test_usage_lines_settle_nothing(shop: Shop, world: dict[str, Any]) -> None:
    calls = line_named(read(shop, world["subscription"]), "Calls")
    end(shop, calls, proration_behavior="create_prorations")
    assert wallets(shop, world["customer"]) == []


def test_other_terms_end_the_line_and_start_another(shop: Shop, world: dict[str, Any]) -> None:
    line = line_named(read(shop, world["subscription"]), "Base")
    made = put(shop, line, amount="45", metadata={"why": "deal"})
    assert (made["start_date"], made["metadata"]) == (NOW, {"why": "deal"})
    held = {found["id"]: found for found in read(shop, world["subscription"])["line_items"]}
    assert held[line["id"]]["end_date"] == made["start_date"]
    assert held[made["id"]]["price"]["amount"] == "45"
    assert held[made["id"]]["price"]["parent_price_id"] == line["price_id"]


def test_metadata_alone_changes_in_place(shop: Shop, world: dict[str, Any]) -> None:
    line = line_named(read(shop, world["subscription"]), "Base")
    assert put(shop, line, metadata={"a": "b"})["id"] == line["id"]
    assert len(read(shop, world["subscription"])["line_items"]) == 2


def test_a_commitment_can_be_put_on_a_usage_line(shop: Shop, world: dict[str, Any]) -> None:
    line = line_named(read(shop, world["subscription"]), "Calls")
    made = put(shop, line, commitment_amount="10", commitment_overage_factor="2", commitment_true_up_enabled=True)
    assert (made["commitment_amount"], made["commitment_type"], made["commitment_true_up_enabled"]) == ("10", "amount", True)
    assert made["price_id"] == line["price_id"]


def test_a_fixed_line_has_no_commitment_and_a_refused_change_leaves_it_alone(shop: Shop, world: dict[str, Any]) -> None:
    line = line_named(read(shop, world["subscription"]), "Base")
    answer = put(shop, line, expect=400, amount="1", commitment_amount="10", commitment_overage_factor="2")
    assert answer["details"] == {"price_type": "FIXED"}
    assert line_named(read(shop, world["subscription"]), "Base") == line


def test_a_line_ends_once(shop: Shop, world: dict[str, Any]) -> None:
    line = line_named(read(shop, world["subscription"]), "Base")
    assert end(shop, line)["end_date"] == NOW
    assert end(shop, line, expect=400)["message"] == "This line item's end date cannot be moved to the requested date"


def test_an_end_to_come_can_be_moved_forward_and_gives_back_once(shop: Shop, world: dict[str, Any]) -> None:
    line = line_named(read(shop, world["subscription"]), "Base")
    end(shop, line, effective_from="2026-03-20T00:00:00Z", proration_behavior="create_prorations")
    end(shop, line, effective_from=NOW, proration_behavior="create_prorations")
    given = Decimal(wallets(shop, world["customer"])[0]["balance"])
    assert left("30", "2026-03-20T00:00:00Z") < given <= Decimal(30)


@pytest.mark.parametrize("call", [put, end])
def test_no_change_before_the_line_starts(shop: Shop, world: dict[str, Any], call: Any) -> None:
    line = line_named(read(shop, world["subscription"]), "Base")
    fields = {"effective_from": "2026-02-01T00:00:00Z"} | ({"amount": "1"} if call is put else {})
    assert call(shop, line, expect=400, **fields)["details"]["line_item_id"] == line["id"]


@pytest.mark.parametrize("fields", [{}, {"price_id": "price_x", "price": SEAT}])
def test_one_of_price_and_price_id(shop: Shop, world: dict[str, Any], fields: dict[str, Any]) -> None:
    message = add(shop, world, expect=400, **fields)["message"]
    assert message == "Provide either price_id (existing price) or price (inline price)."


def test_one_time_charges_are_billed_in_advance(shop: Shop, world: dict[str, Any]) -> None:
    answer = add(shop, world, expect=400, price=SEAT | {"billing_period": "ONETIME", "invoice_cadence": "ARREAR"})
    assert answer["message"] == "One-time charges are always billed in advance"
