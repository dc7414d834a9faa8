"""Time-boxed quotas that are used up: one entry of the log and one event for each window."""

from typing import Any

from tests.alerts.conftest import Spender
from tests.webhooks.conftest import Hooks


def entitle(spender: Spender, quota: str, unit: str = "day", **fields: Any) -> str:
    """A quota of the spender's plan; tokens cost 0.10."""
    plan = spender.api.get(f"/subscriptions/{spender.subscription}")["plan_id"]
    grant = {"grant_measure": "quantity", "grant_quota": quota, "grant_duration_value": 1, "grant_duration_unit": unit, **fields}
    body = {"entity_type": "PLAN", "entity_id": plan, "feature_id": spender.feature["id"], "feature_type": "metered", **grant}
    made: str = spender.api.post("/entitlements", body)["id"]
    return made


def told(spender: Spender) -> list[dict[str, Any]]:
    """Bodies of the events, after what is due was done."""
    hooks = Hooks(spender.api)
    hooks.settle()
    return [item["body"] for item in hooks.events("&event_name=entitlement.grant.exhausted")]


def test_a_quota_is_told_of_when_its_usage_reaches_it(spender: Spender) -> None:
    entitlement = entitle(spender, "40")
    spender.use(39)
    assert told(spender) == []
    spender.use(1)
    (body,) = told(spender)
    grant = body.pop("entitlement_grant_id")
    assert body == {
        "subscription_id": spender.subscription,
        "customer_id": spender.customer,
        "entitlement_id": entitlement,
        "alert_type": "entitlement_grant_exhausted",
        "alert_status": "in_alarm",
        "usage_ratio": "1",
        "triggered_at": "2026-05-05T10:00:00Z",
    }
    assert grant.startswith("eg_")
    assert len(grant) == 29
    (row,) = spender.api.post("/alerts/search", {"entity_type": "entitlement_grant", "alert_type": "entitlement_grant_exhausted"})["items"]
    assert (row["entity_id"], row["customer_id"], row["alert_status"], row["alert_info"]["value_at_time"]) == (
        grant,
        spender.customer,
        "in_alarm",
        "1",
    )


def test_each_window_is_told_of_once(spender: Spender) -> None:
    entitle(spender, "40")
    spender.use(60)
    spender.use(60, at="2026-05-07T00:00:00Z")
    first = told(spender)
    assert [body["usage_ratio"] for body in first] == ["1.5", "1.5"]
    assert len({body["entitlement_grant_id"] for body in first}) == 2
    spender.use(100)
    assert told(spender) == first


def test_a_quota_of_money_counts_what_usage_costs(spender: Spender) -> None:
    entitle(spender, "4", "subscription_period", grant_measure="amount")
    spender.use(39)
    assert told(spender) == []
    spender.use(11)
    assert [body["usage_ratio"] for body in told(spender)] == ["1.25"]


def test_quotas_of_a_new_period_are_others(spender: Spender) -> None:
    entitle(spender, "40", "subscription_period")
    spender.use(40)
    assert len(told(spender)) == 1
    Hooks(spender.api).advance("P32D")
    assert len(told(spender)) == 1
    spender.use(40, at="2026-06-06T11:00:00Z")
    assert len({body["entitlement_grant_id"] for body in told(spender)}) == 2


def test_the_same_is_found_when_it_is_asked_for(spender: Spender) -> None:
    entitle(spender, "40")
    spender.use(40)
    (row,) = spender.evaluate({"customer_id": spender.customer})["logged"]
    assert row["alert_type"] == "entitlement_grant_exhausted"
    assert spender.evaluate()["logged"] == []
