"""Add-ons on running subscriptions (subscriptions.md §11.5)."""

from decimal import Decimal
from typing import Any

import pytest

from tests.subscriptions.modifications.support import left, read, text, wallets
from tests.subscriptions.shop import ADVANCE, NOW, Shop, lines

EXTRA = {"type": "FIXED", "invoice_cadence": "ADVANCE", "amount": "15", "display_name": "Extra"}


@pytest.fixture
def world(shop: Shop) -> dict[str, Any]:
    customer, plan = shop.customer(), shop.plan("pro", ADVANCE)
    return {"customer": customer, "addon": shop.addon("extra", EXTRA), "subscription": shop.subscribe(customer, plan)}


def attach(shop: Shop, world: dict[str, Any], expect: int = 200, **fields: Any) -> Any:
    body = {"subscription_id": world["subscription"]["id"], "addon_id": world["addon"]["id"], **fields}
    return shop.api.post("/subscriptions/addon", body, expect=expect)


def detach(shop: Shop, association: dict[str, Any], expect: int = 200, **fields: Any) -> Any:
    return shop.api.delete("/subscriptions/addon", {"addon_association_id": association["id"], **fields}, expect=expect)


def associations(shop: Shop, world: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shop.api.get(f"/subscriptions/{world['subscription']['id']}/addons/associations")["items"]
    return found


def test_without_proration_only_the_next_period_is_billed(shop: Shop, world: dict[str, Any]) -> None:
    attach(shop, world)
    assert len(shop.invoices(world["subscription"])) == 1
    assert shop.preview(world["subscription"])["total"] == "45"


def test_with_proration_the_rest_of_the_period_is_billed_at_once(shop: Shop, world: dict[str, Any]) -> None:
    attach(shop, world, proration_behavior="create_prorations")
    invoice = shop.invoices(world["subscription"])[1]
    assert (invoice["invoice_type"], invoice["billing_reason"], invoice["billing_sequence"]) == ("ONE_OFF", "SUBSCRIPTION_UPDATE", 2)
    assert "due_date" not in invoice
    assert lines(invoice) == [("Extra", "1", text(left("15", NOW)))]
    assert (invoice["period_start"], invoice["period_end"]) == (NOW, "2026-04-01T00:00:00Z")


def test_a_onetime_addon_ends_with_the_period_it_starts_in_and_cannot_be_removed(shop: Shop, world: dict[str, Any]) -> None:
    made = attach(shop, world, cadence="onetime")
    assert made["end_date"] == "2026-04-01T00:00:00Z"
    assert detach(shop, made, expect=400)["message"] == "This addon is already marked for removal"


def test_removal_ends_it_with_the_period_unless_told_otherwise(shop: Shop, world: dict[str, Any]) -> None:
    made = attach(shop, world)
    assert [held["id"] for held in associations(shop, world)] == [made["id"]]
    detach(shop, made)
    assert associations(shop, world) == []
    line = next(held for held in read(shop, world["subscription"])["line_items"] if held["entity_type"] == "addon")
    assert line["end_date"] == "2026-04-01T00:00:00Z"


def test_removal_with_proration_gives_back_no_more_than_was_billed(shop: Shop, world: dict[str, Any]) -> None:
    made = attach(shop, world, start_date="2026-03-05T00:00:00Z", proration_behavior="create_prorations")
    detach(shop, made, effective_date=NOW, proration_behavior="create_prorations")
    wallet = wallets(shop, world["customer"])[0]
    assert wallet["name"] == "Proration Credit Wallet"
    assert Decimal(wallet["balance"]) == left("15", NOW)


def test_a_charge_of_nothing_gives_nothing_back(shop: Shop, world: dict[str, Any]) -> None:
    shop.price("ADDON", world["addon"]["id"], type="FIXED", invoice_cadence="ARREAR", amount="9", display_name="Later")
    made = attach(shop, world)
    arrear = [held for held in read(shop, world["subscription"])["line_items"] if held["display_name"] == "Later"]
    detach(shop, made, effective_date=NOW, proration_behavior="create_prorations")
    # The advance line counts as paid at its list price, the arrear line is not paid ahead.
    assert len(arrear) == 1
    assert Decimal(wallets(shop, world["customer"])[0]["balance"]) == left("15", NOW)


@pytest.mark.parametrize("date", ["2026-02-28T00:00:00Z", "2026-04-02T00:00:00Z"])
def test_removal_outside_the_period_is_refused(shop: Shop, world: dict[str, Any], date: str) -> None:
    answer = detach(shop, attach(shop, world), expect=400, effective_date=date)
    assert answer["message"] == "Set effective_date to a time within the current billing period"


def test_entitlements_of_other_reset_periods_conflict(shop: Shop, world: dict[str, Any]) -> None:
    feature = shop.feature()
    for entity_type, entity_id, period in (("PLAN", world["subscription"]["plan_id"], "MONTHLY"), ("ADDON", world["addon"]["id"], "DAILY")):
        body = {
            "entity_type": entity_type,
            "entity_id": entity_id,
            "feature_id": feature["id"],
            "feature_type": "metered",
            "usage_limit": 5,
            "usage_reset_period": period,
        }
        shop.api.post("/entitlements", body)
    assert attach(shop, world, expect=400)["details"]["usage_reset_periods"] == ["MONTHLY", "DAILY"]
    assert associations(shop, world) == []


def test_what_is_missing_is_named_as_the_server_names_it(shop: Shop) -> None:
    answer = shop.api.post("/subscriptions/addon", {}, expect=400)
    assert answer["message"] == "Request validation failed"
    assert "AddAddonRequest.AddAddonToSubscriptionRequest.AddonID" in answer["details"]["AddonID"]
    assert "AddAddonRequest.SubscriptionID" in answer["details"]["SubscriptionID"]


def test_checkout_needs_a_provider(shop: Shop, world: dict[str, Any]) -> None:
    attach(shop, world, expect=400, checkout={"payment_provider": "razorpay"})
    assert associations(shop, world) == []
