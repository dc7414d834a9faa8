"""Customers, features and entitlements."""

from typing import Any

from tests.subscriptions.shop import ADVANCE, Shop


def test_customers(hooks: Any) -> None:
    address = {"address_city": "Paris", "address_country": "FR", "metadata": {"tier": "gold"}}
    told = {"external_id": "acme", "name": "A & <B>", "email": "a@acme.example"}
    customer = hooks.api.post("/customers", {**told, "contact": "not told", **address})
    shown = {
        "id": customer["id"],
        "environment_id": customer["environment_id"],
        "timezone": "UTC",
        **told,
        **address,
    }
    assert hooks.body("customer.created") == {"event_type": "customer.created", "customer": shown}
    hooks.api.put(f"/customers/{customer['id']}", {"name": "B"})
    assert hooks.body("customer.updated") == {"event_type": "customer.updated", "customer": {**shown, "name": "B"}}
    hooks.api.delete(f"/customers/{customer['id']}")
    assert hooks.body("customer.deleted") == {"event_type": "customer.deleted", "customer": {**shown, "name": "B"}}
    assert hooks.names() == ["customer.created", "customer.updated", "customer.deleted"]


def test_features(hooks: Any) -> None:
    meter = {"name": "T", "event_name": "llm", "aggregation": {"type": "COUNT"}, "reset_usage": "BILLING_PERIOD"}
    units = {"unit_singular": "token", "unit_plural": "tokens"}
    feature = hooks.api.post("/features", {"name": "T", "lookup_key": "t", "type": "metered", "meter": meter, **units})
    shown = {"id": feature["id"], "name": "T", "lookup_key": "t", "type": "metered", "meter_id": feature["meter_id"], **units}
    assert hooks.body("feature.created") == {"event_type": "feature.created", "feature": shown}
    hooks.api.put(f"/features/{feature['id']}", {"description": "Tokens"})
    assert hooks.body("feature.updated")["feature"] == {**shown, "description": "Tokens"}
    hooks.api.delete(f"/features/{feature['id']}")
    assert hooks.body("feature.deleted")["feature"]["id"] == feature["id"]
    assert hooks.names() == ["feature.created", "feature.updated", "feature.deleted"]


def test_entitlements(hooks: Any) -> None:
    shop = Shop(hooks.api)
    feature, plan = shop.feature(), shop.plan()
    terms = {"feature_type": "metered", "usage_limit": 5, "usage_reset_period": "MONTHLY", "is_enabled": True}
    made = hooks.api.post("/entitlements", {"plan_id": plan["id"], "feature_id": feature["id"], **terms})
    owner = {"entity_type": "PLAN", "entity_id": plan["id"], "feature_id": feature["id"]}
    shown = {"id": made["id"], **owner, **terms, "is_soft_limit": False}
    assert hooks.body("entitlement.created") == {"event_type": "entitlement.created", "entitlement": shown}
    hooks.api.put(f"/entitlements/{made['id']}", {"usage_limit": 7})
    assert hooks.body("entitlement.updated")["entitlement"] == {**shown, "usage_limit": 7}
    hooks.api.delete(f"/entitlements/{made['id']}")
    assert hooks.names() == ["feature.created", "entitlement.created", "entitlement.updated", "entitlement.deleted"]
    assert hooks.body("entitlement.deleted")["entitlement"]["id"] == made["id"]


def test_a_subscription_s_own_entitlement_also_updates_the_subscription(hooks: Any) -> None:
    shop = Shop(hooks.api)
    feature = shop.feature("sso", None)
    subscription = shop.subscribe(shop.customer(), shop.plan("pro", ADVANCE))
    before = len(hooks.names())
    body = {"entity_type": "SUBSCRIPTION", "entity_id": subscription["id"], "feature_id": feature["id"], "feature_type": "metered"}
    hooks.api.post("/entitlements", {**body, "usage_limit": 1, "is_enabled": True, "usage_reset_period": "MONTHLY"})
    assert hooks.names()[before:] == ["entitlement.created", "subscription.updated"]
    made = hooks.body("entitlement.created")["entitlement"]["id"]
    hooks.api.put(f"/entitlements/{made}", {"usage_limit": 2})
    hooks.api.delete(f"/entitlements/{made}")
    assert hooks.names()[before + 2 :] == ["entitlement.updated", "subscription.updated", "entitlement.deleted", "subscription.updated"]
    assert hooks.body("subscription.updated")["subscription"]["id"] == subscription["id"]


def test_entitlements_in_bulk_are_told_one_by_one(hooks: Any) -> None:
    shop = Shop(hooks.api)
    plan, features = shop.plan(), [shop.feature(key, None) for key in ("sso", "audit")]
    before = len(hooks.names())
    terms = {"plan_id": plan["id"], "feature_type": "metered", "usage_limit": 5, "usage_reset_period": "MONTHLY", "is_enabled": True}
    hooks.api.post("/entitlements/bulk", {"items": [{**terms, "feature_id": feature["id"]} for feature in features]})
    assert hooks.names()[before:] == ["entitlement.created"] * 2
    told = [item["body"]["entitlement"]["feature_id"] for item in hooks.events("&event_name=entitlement.created")]
    assert told == [feature["id"] for feature in features]


def test_a_feature_that_is_cloned_is_created(hooks: Any) -> None:
    feature = hooks.api.post("/features", {"name": "A", "lookup_key": "a", "type": "boolean"})
    clone = hooks.api.post(f"/features/{feature['id']}/clone", {"name": "B", "lookup_key": "b"})
    assert hooks.names() == ["feature.created", "feature.created"]
    shown = hooks.body("feature.created")["feature"]
    assert (shown["id"], shown["name"], shown["metadata"]) == (clone["id"], "B", {"source_feature_id": feature["id"]})
