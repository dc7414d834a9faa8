"""Credit grants over HTTP: what is taken, shown, listed, changed, ended."""

from typing import Any

import pytest

from tests.grants.conftest import day


def test_grant_shows_what_is_set(shop: Any) -> None:
    made = shop.grant("PLAN", credits=5.5, priority=0, metadata={"a": "b"}, expiration_type="BILLING_CYCLE")
    assert {name: made[name] for name in ("scope", "plan_id", "credits", "cadence", "expiration_type", "priority", "metadata")} == {
        "scope": "PLAN",
        "plan_id": shop.plan,
        "credits": "5.5",
        "cadence": "ONETIME",
        "expiration_type": "BILLING_CYCLE",
        "priority": 0,
        "metadata": {"a": "b"},
    }
    assert not made.keys() & {"subscription_id", "addon_id", "period", "period_count", "start_date", "end_date", "conversion_rate"}
    assert shop.api.get(f"/creditgrants/{made['id']}") == made


@pytest.mark.parametrize(
    ("fields", "message", "details"),
    [
        ({"name": None}, "Invalid request format", None),
        ({"cadence": ""}, "Invalid request format", None),
        ({"scope": "plan"}, "Credit grant scope must be one of: [PLAN SUBSCRIPTION ADDON]", None),
        ({"plan_id": ""}, "Please provide a valid plan ID", {"scope": "PLAN"}),
        ({"scope": "ADDON"}, "Please provide a valid addon ID", {"scope": "ADDON"}),
        ({"scope": "SUBSCRIPTION"}, "Please provide a valid subscription ID", {"scope": "SUBSCRIPTION"}),
        ({"credits": "-1"}, "Please provide a positive credits", {"credits": "-1"}),
        ({"credits": None}, "Please provide a positive credits", {"credits": "0"}),
        ({"cadence": "ONCE"}, "Credit grant cadence must be one of: [ONETIME RECURRING]", None),
        ({"expiration_type": None}, "Credit grant expiry type must be one of: [NEVER DURATION BILLING_CYCLE]", None),
        ({"cadence": "RECURRING"}, "Please provide a valid period (e.g., MONTHLY, YEARLY)", {"cadence": "RECURRING"}),
        ({"cadence": "RECURRING", "period": "MONTHLY"}, "Please provide a valid period_count", {"cadence": "RECURRING"}),
        (
            {"cadence": "RECURRING", "period": "YEARLY", "period_count": 1},
            "Credit grant period must be one of: [DAILY WEEKLY MONTHLY ANNUAL QUARTERLY HALF_YEARLY]",
            None,
        ),
        ({"expiration_type": "DURATION"}, "Please provide a valid expiration duration unit", {"expiration_type": "DURATION"}),
        (
            {"expiration_type": "DURATION", "expiration_duration_unit": "DAY", "expiration_duration": 0},
            "Please provide a valid expiration duration",
            {"expiration_type": "DURATION"},
        ),
        ({"end_date": day(9)}, "Start date and end date are not allowed for PLAN-scoped grants", {"scope": "PLAN"}),
        ({"priority": 2**63}, "Invalid request format", None),
        ({"credits": "1e-9"}, "Please provide a positive credits", {"credits": "0.000000001"}),
        ({"credits": "1e12"}, "Credits must be less than 1000000000000", {"credits": "1000000000000"}),
        ({"conversion_rate": "1e300"}, "Conversion rate must be less than 100000", {"conversion_rate": "1" + "0" * 300}),
        ({"topup_conversion_rate": "1e-6"}, "Please provide a positive topup conversion rate", {"topup_conversion_rate": "0.000001"}),
        ({"credits": "x"}, "Invalid request format", None),
    ],
)
def test_bad_grants_are_refused(shop: Any, fields: dict[str, Any], message: str, details: Any) -> None:
    refused = shop.grant("PLAN", **fields, expect=400)
    assert (refused["message"], refused.get("details")) == (message, details)


@pytest.mark.parametrize("rate", ["conversion_rate", "topup_conversion_rate"])
def test_rates_are_positive_and_the_same_for_one_plan(shop: Any, rate: str) -> None:
    assert shop.grant("PLAN", **{rate: "0"}, expect=400)["details"] == {rate: "0"}
    shop.grant("PLAN", **{rate: "2.50"})
    shop.grant("PLAN", **{rate: "2.5"})
    refused = shop.grant("PLAN", expect=400)
    assert refused["message"] == "All credit grants for a plan must have the same conversion rates"


def test_owners_must_exist_and_be_published(shop: Any) -> None:
    assert shop.grant("PLAN", "plan_nope", expect=404)["details"] == {"plan_id": "plan_nope"}
    assert shop.grant("ADDON", "addon_nope", expect=404)["message"] == "Addon with ID addon_nope was not found"
    assert shop.grant("SUBSCRIPTION", "subs_nope", expect=404)["message"] == "Subscription not found"
    shop.api.delete(f"/plans/{shop.plan}")
    assert shop.grant("PLAN", expect=400)["details"] == {"plan_id": shop.plan, "status": "archived"}


def test_dates_of_a_subscription_grant_lie_in_the_subscription(shop: Any) -> None:
    held = shop.subscription(end_date=day(90))
    refused = shop.grant(owner=held, start_date=None, expect=400)
    assert refused["details"] == {"scope": "SUBSCRIPTION"}
    refused = shop.grant(owner=held, start_date=day(-4), expect=400)
    assert refused["details"] == {"credit_grant_start_date": day(-4), "subscription_start_date": day(-3)}
    refused = shop.grant(owner=held, end_date=day(91), expect=400)
    assert refused["details"] == {"credit_grant_end_date": day(91), "subscription_end_date": day(90)}
    refused = shop.grant(owner=held, start_date=day(5), end_date=day(4), expect=400)
    assert refused["message"] == "Credit grant end date cannot be before start date"


def test_lists_take_any_limit_and_show_archived_grants(shop: Any) -> None:
    first, second = shop.grant("PLAN"), shop.grant("PLAN", name="H")
    shop.api.delete(f"/creditgrants/{first['id']}")

    def listed(query: str) -> tuple[list[str], dict[str, int]]:
        page = shop.api.get(f"/creditgrants{query}")
        return [grant["id"] for grant in page["items"]], page["pagination"]

    both = [second["id"], first["id"]]
    assert listed("") == (both, {"total": 2, "limit": 50, "offset": 50})
    assert listed("?limit=5000") == (both, {"total": 2, "limit": 5000, "offset": 5000})
    assert listed("?limit=0") == (both, {"total": 2, "limit": 0, "offset": 0})
    assert listed("?order=asc") == (both[::-1], {"total": 2, "limit": 0, "offset": 0})
    assert listed("?status=archived&limit=9")[0] == [first["id"]]
    assert listed(f"?limit=9&credit_grant_ids={first['id']}&credit_grant_ids={second['id']}&order=up")[0] == both
    assert listed(f"?limit=9&scope=ADDON&plan_ids={shop.plan}")[0] == []
    assert listed("?limit=9&sort=name&order=asc")[0] == both[::-1]
    assert listed(f"?limit=9&end_time={day(-1)}")[0] == []
    assert shop.api.get(f"/plans/{shop.plan}/creditgrants")["pagination"] == {"total": 1, "limit": 0, "offset": 0}


def test_grants_of_an_addon(shop: Any) -> None:
    addon = shop.api.post("/addons", {"name": "Extra", "lookup_key": "extra"})["id"]
    made = shop.grant("ADDON", addon)
    assert [grant["id"] for grant in shop.api.get(f"/addons/{addon}/creditgrants")["items"]] == [made["id"]]
    assert [grant["id"] for grant in shop.api.get(f"/addons/{addon}")["credit_grants"]] == [made["id"]]

    # Ended add-on grants stay published.
    shop.api.delete(f"/creditgrants/{made['id']}", {"effective_date": day(1)})
    ended = shop.api.get(f"/creditgrants/{made['id']}")
    assert (ended["status"], ended["end_date"]) == ("published", day(1))


def test_update_changes_name_and_metadata_and_answers_before_the_end(shop: Any) -> None:
    made = shop.grant("PLAN", metadata={"a": "b"})
    path = f"/creditgrants/{made['id']}"
    assert shop.api.put(path, {"name": "H"})["metadata"] == {"a": "b"}
    assert shop.api.put(path, {"metadata": {"c": "d"}, "credits": "7"})["metadata"] == {"c": "d"}
    refused = shop.api.put(path, {"end_date": day(-1)}, expect=400)
    assert (refused["message"], refused["details"]) == ("Please provide a valid end date", {"end_date": day(-1)})
    assert shop.api.put(path, {"end_date": day(1)})["status"] == "published"
    ended = shop.api.get(path)
    assert (ended["status"], ended["name"], ended["credits"]) == ("archived", "H", "100")


def test_archived_plan_grant_cannot_be_deleted_again(shop: Any) -> None:
    made = shop.grant("PLAN")
    path = f"/creditgrants/{made['id']}"
    assert shop.api.delete(path) == {"message": "credit grant deleted successfully"}
    refused = shop.api.delete(path, expect=400)
    assert refused["details"] == {"credit_grant_id": made["id"], "status": "archived"}
    assert "credit_grants" not in shop.api.get(f"/plans/{shop.plan}")


def test_unknown_grants_are_not_found(shop: Any) -> None:
    for method, body in (("GET", None), ("PUT", {}), ("DELETE", {})):
        answer = shop.api.send(method, "/creditgrants/cg_nope", body)
        assert (answer.status_code, answer.json()["details"]) == (404, {"id": "cg_nope"}), method
