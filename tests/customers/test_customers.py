"""Customers: creation, lookup, change, archive, lists."""

from typing import Any

import pytest


def test_created_customer_is_read_by_both_ids(api: Any) -> None:
    made = api.post("/customers", {"external_id": "acme", "name": "Acme"}, expect=201)

    assert made["id"].startswith("cust_")
    assert api.get(f"/customers/{made['id']}") == made
    assert api.get("/customers/external/acme") == made
    assert made["timezone"] == "UTC"
    assert made["metadata"] is None
    assert "contact" not in made


def test_external_id_is_unique_until_archived(api: Any) -> None:
    first = api.post("/customers", {"external_id": "acme", "name": "Acme"})
    refused = api.post("/customers", {"external_id": "acme", "name": "Other"}, expect=409)
    assert refused["details"] == {"external_id": "acme"}

    api.delete(f"/customers/{first['id']}", expect=204)

    assert api.post("/customers", {"external_id": "acme", "name": "Other"}, expect=201)["id"] != first["id"]
    assert api.get(f"/customers/{first['id']}")["status"] == "archived"


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"ExternalID", "Name"}),
        ({"external_id": "x", "name": "n" * 256}, {"Name"}),
        ({"external_id": "x", "name": "X", "email": "nope"}, {"Email"}),
        ({"external_id": "x", "name": "X", "contact": "1" * 21}, {"Contact"}),
        ({"external_id": "x", "name": "X", "address_country": "Germany"}, {"AddressCountry"}),
        ({"external_id": "x", "name": "X", "timezone": "Mars/Base"}, {"Timezone"}),
    ],
)
def test_broken_fields_are_named(api: Any, body: dict[str, str], fields: set[str]) -> None:
    refused = api.post("/customers", body, expect=400)
    assert refused["message"] == "Request validation failed"
    assert set(refused["details"]) == fields


def test_list_pages_newest_first_and_answers_the_next_offset(api: Any) -> None:
    for name in "abc":
        api.post("/customers", {"external_id": name, "name": name})
    page = api.get("/customers?limit=2&offset=1")
    assert [item["name"] for item in page["items"]] == ["b", "a"]
    assert page["pagination"] == {"total": 3, "limit": 2, "offset": 3}


def test_search_language_filters_and_sorts(api: Any) -> None:
    for name in ("Zed", "abe", "Abel"):
        api.post("/customers", {"external_id": name, "name": name})
    found = api.post(
        "/customers/search",
        {
            "filters": [{"field": "name", "operator": "contains", "data_type": "string", "value": {"string": "AB"}}],
            "sort": [{"field": "name", "direction": "asc"}],
        },
    )
    assert [item["name"] for item in found["items"]] == ["Abel", "abe"]


def test_workspaces_do_not_meet(api: Any, server: Any) -> None:
    other = type(api)(*server, "sk_ws_other_customer_test")
    api.post("/customers", {"external_id": "mine", "name": "Mine"})
    assert other.send("GET", "/customers/external/mine").status_code == 404


@pytest.mark.parametrize("status", ["active", "draft"])
def test_a_customer_with_a_live_subscription_cannot_be_deleted(api: Any, status: str) -> None:
    customer = api.post("/customers", {"external_id": "acme", "name": "Acme"})["id"]
    plan = api.post("/plans", {"name": "P", "lookup_key": "p"})["id"]
    terms: dict[str, Any] = {"currency": "usd", "billing_cadence": "RECURRING", "billing_period": "MONTHLY", "billing_period_count": 1}
    price = {"entity_type": "PLAN", "entity_id": plan, "type": "FIXED", "price_unit_type": "FIAT", "start_date": "2026-01-01T00:00:00Z"}
    api.post("/prices", {**terms, **price, "billing_model": "FLAT_FEE", "invoice_cadence": "ADVANCE", "amount": "5"})
    terms |= {"billing_cycle": "anniversary", "start_date": "2026-01-01T00:00:00Z", "subscription_status": status}
    subscription = api.post("/subscriptions", {"customer_id": customer, "plan_id": plan, **terms})["id"]

    refused = api.delete(f"/customers/{customer}", expect=400)
    assert (refused["code"], refused["message"]) == (
        "invalid_operation",
        "Please cancel all subscriptions before deleting the customer",
    )

    if status == "active":
        api.post(f"/subscriptions/{subscription}/cancel", {"cancellation_type": "immediate"})
        api.delete(f"/customers/{customer}", expect=204)
