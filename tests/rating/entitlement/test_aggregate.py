"""Which entitlements count, and what they come to."""

from datetime import UTC, datetime, timedelta

from flexprice_emulator.rating.entitlement.aggregate import aggregate_entitlements, by_meter, effective_entitlements
from flexprice_emulator.rating.entitlement.model import Entitlement

NOW = datetime(2025, 3, 10, tzinfo=UTC)


def entitlement(id_: str, limit: int | None = 10, **fields: object) -> Entitlement:
    return Entitlement(id_, "feature", meter_id="meter", usage_limit=limit, **fields)  # type: ignore[arg-type]


def test_an_active_subscription_override_replaces_its_parent() -> None:
    plan, addon = entitlement("plan"), entitlement("addon")
    override = entitlement("override", 5, parent_entitlement_id="plan", start_date=NOW, end_date=NOW + timedelta(seconds=1))
    assert effective_entitlements([plan, addon], [override], NOW) == (addon, override)


def test_an_override_outside_its_dates_leaves_the_parent() -> None:
    plan = entitlement("plan")
    later = entitlement("later", 5, parent_entitlement_id="plan", start_date=NOW + timedelta(seconds=1))
    over = entitlement("over", 5, parent_entitlement_id="plan", end_date=NOW)
    assert effective_entitlements([plan], [later, over], NOW) == (plan,)


def test_an_addon_attached_twice_counts_twice() -> None:
    addon = entitlement("addon", 7)
    assert aggregate_entitlements([addon, addon])["feature"].usage_limit == 14


def test_disabled_entitlements_do_not_count() -> None:
    off = entitlement("off", 100, is_enabled=False)
    assert effective_entitlements([off], [], NOW) == ()
    assert aggregate_entitlements([off]) == {}


def test_equally_frequent_reset_periods_take_the_first_given() -> None:
    found = aggregate_entitlements([entitlement("a", usage_reset_period="DAILY"), entitlement("b", usage_reset_period="MONTHLY")])
    assert found["feature"].usage_reset_period == "DAILY"


def test_static_values_are_distinct_and_configs_a_list() -> None:
    static = [Entitlement(str(n), "plan-tier", "static", static_value=value) for n, value in enumerate(["gold", "gold", "silver"])]
    config = Entitlement("c", "limits", "config", config_value={"a": 1})
    found = aggregate_entitlements([*static, config])
    assert found["plan-tier"].static_values == ("gold", "silver")
    assert found["limits"].config_values == ({"a": 1},)
    assert by_meter(found.values()) == {}


def test_metered_features_are_found_by_meter() -> None:
    found = aggregate_entitlements([entitlement("a")])
    assert by_meter(found.values()) == {"meter": found["feature"]}
