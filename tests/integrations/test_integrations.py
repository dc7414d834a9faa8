"""Mappings, provider abilities, usage records and marketplace agreements."""

import pytest

from tests.conftest import Api

STRIPE = {"name": "Stripe", "provider_type": "stripe"}


def _link(api: Api, customer_id: str, there: str) -> dict[str, str]:
    body = {"entity_type": "customer", "entity_id": customer_id, "provider_type": "stripe", "provider_entity_id": there}
    mapping: dict[str, str] = api.post("/integrations/link", body)["mapping"]
    return mapping


def test_a_linked_customer_shows_its_mapping(api: Api) -> None:
    linked, alone = (api.post("/customers", {"external_id": key, "name": key})["id"] for key in ("a", "b"))

    mapping = _link(api, linked, "cus_1")

    shown = {entry["id"]: entry.get("integrations") for entry in api.get("/customers?expand=integrations")["items"]}
    assert shown == {linked: [mapping], alone: None}
    assert api.get(f"/customers/{linked}?expand=integrations")["integrations"] == [mapping]
    assert "integrations" not in api.get(f"/customers/{linked}")


def test_linking_again_moves_the_one_mapping(api: Api) -> None:
    first = _link(api, "cust_x", "cus_1")
    second = _link(api, "cust_x", "cus_2")

    items = api.get("/integrations/mappings?entity_type=customer&entity_id=cust_x")["items"]

    assert first["id"] == second["id"]
    assert [entry["provider_entity_id"] for entry in items] == ["cus_2"]


def test_a_mapping_is_delinked_once(api: Api) -> None:
    _link(api, "cust_x", "cus_1")
    body = {"entity_type": "customer", "entity_id": "cust_x", "provider_type": "stripe"}

    api.delete("/integrations/link", body)

    assert api.delete("/integrations/link", body, expect=404)["details"] == body
    assert api.get("/integrations/mappings?entity_type=customer&entity_id=cust_x")["items"] == []
    assert api.delete("/integrations/link", expect=400)["message"] == "Invalid request body"


@pytest.mark.parametrize("path", ["/integrations/link", "/integrations/sync"])
def test_only_known_entities_are_mapped_or_synced(api: Api, path: str) -> None:
    body = {"entity_type": "dog", "entity_id": "x", "provider_type": "stripe", "provider_entity_id": "y"}

    assert api.post(path, body, expect=400)["message"].startswith("Entity type must be one of: customer, plan,")


def test_mappings_need_an_entity(api: Api) -> None:
    assert "required" in api.get("/integrations/mappings?entity_type=customer", expect=400)["message"]


def test_config_tells_abilities_from_switches(api: Api) -> None:
    assert api.get("/integrations/config") == {"integrations": []}
    api.post("/connections", {"name": "S3", "provider_type": "s3"})
    api.post("/connections", {**STRIPE, "sync_config": {"invoice": {"outbound": True}}})

    (entry,) = api.get("/integrations/config")["integrations"]

    assert entry["provider"] == "stripe"
    assert entry["base_config"]["customer"] == {"inbound": True, "outbound": True}
    assert entry["current_config"] == {"invoice": {"inbound": False, "outbound": True}}


def test_usage_records_are_a_list_like_the_others(api: Api) -> None:
    assert api.post("/usage-records/search", {"synced": False})["pagination"] == {"total": 0, "limit": 50, "offset": 50}
    assert api.post("/usage-records/search", {"status": "published"})["pagination"] == {"total": 0, "limit": 0, "offset": 0}
    api.post("/usage-records/search", {"limit": 5000}, expect=400)


AWS = {"product_code": "prod", "license_arn": "lic", "customer_aws_account_id": "acct", "dimension": "dim"}


def test_an_agreement_maps_customer_plan_and_subscription(api: Api) -> None:
    customer = api.post("/customers", {"external_id": "c", "name": "C"})["id"]
    plan = api.post("/plans", {"name": "P", "lookup_key": "p"})["id"]
    price = {"currency": "usd", "type": "FIXED", "price_unit_type": "FIAT", "billing_period": "MONTHLY", "billing_period_count": 1}
    price |= {"billing_model": "FLAT_FEE", "invoice_cadence": "ADVANCE", "amount": "5", "entity_type": "PLAN", "entity_id": plan}
    api.post("/prices", price)
    terms = {"currency": "usd", "billing_period": "MONTHLY", "billing_period_count": 1, "customer_id": customer, "plan_id": plan}
    subscription = api.post("/subscriptions", terms)["id"]
    body = {"provider": "aws_marketplace", "subscription_id": subscription, "customer_id": customer, "plan_id": plan, "aws": AWS}

    api.post("/marketplace/agreements", body, expect=404)
    secrets = {"role_arn": "arn:aws:iam::1:role/x", "external_id": "e"}
    api.post("/connections", {"name": "AWS", "provider_type": "aws_marketplace", "encrypted_secret_data": secrets})
    made = api.post("/marketplace/agreements", body, expect=201)

    (mapping,) = api.get(f"/integrations/mappings?entity_type=subscription&entity_id={subscription}")["items"]
    assert mapping["id"] == made["subscription_mapping_id"]
    assert mapping["provider_entity_id"] == "lic"


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        ({"provider": ""}, 400, 'provider is required ("aws_marketplace", "gcp_marketplace" or "azure_marketplace")'),
        ({"provider": "stripe"}, 400, "provider must be one of: aws_marketplace, gcp_marketplace, azure_marketplace"),
        ({"aws": None}, 400, "aws is required for provider aws_marketplace"),
        ({"aws": {**AWS, "dimension": ""}}, 400, "aws.dimension is required"),
        ({"plan_id": ""}, 400, "plan_id is required"),
        ({}, 404, "Subscription not found"),
    ],
)
def test_what_an_agreement_is_refused_for(api: Api, change: dict[str, object], status: int, message: str) -> None:
    body = {"provider": "aws_marketplace", "subscription_id": "subs_x", "customer_id": "cust_x", "plan_id": "plan_x", "aws": AWS}

    assert api.post("/marketplace/agreements", {**body, **change}, expect=status)["message"] == message
