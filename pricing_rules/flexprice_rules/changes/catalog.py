"""Price units, groups, features, plans, add-ons, coupons and tax rates."""

from collections.abc import Iterator
from typing import Final

from flexprice_rules.changes.bodies import feature_body, fields
from flexprice_rules.changes.change import Change, Ref
from flexprice_rules.changes.compare import differing
from flexprice_rules.changes.owned import plan_owned
from flexprice_rules.changes.planner import Planner, Wanted, blocked, changed, create
from flexprice_rules.changes.reading import Found
from flexprice_rules.model import Feature

_FEATURE_MUTABLE: Final = (
    "name",
    "description",
    "metadata",
    "unit_singular",
    "unit_plural",
    "reporting_unit",
    "alert_settings",
    "group_id",
    "filters",
)
_OWN_PARTS: Final = ("prices", "entitlements", "credit_grants")


def plan_catalog(planner: Planner) -> Iterator[Change]:
    """Changes of everything that is not about a customer, each after what it refers to."""
    rules, reader = planner.rules, planner.reader
    for unit in rules.price_units:
        wanted = Wanted("price_unit", unit.code, unit, "/prices/units", fields(unit), ("name", "metadata"))
        yield from planner.reconcile(wanted, reader.one("/prices/units/code", unit.code))
    for group in rules.groups:
        wanted = Wanted("group", group.lookup_key, group, "/groups", fields(group))
        same_key = reader.search("/groups", {"lookup_key": group.lookup_key})
        yield from planner.reconcile(wanted, next((item for item in same_key if item.get("lookup_key") == group.lookup_key), None))
    yield from _features(planner)
    plans = {plan.lookup_key: _first_plan(planner, plan.lookup_key) for plan in rules.plans}
    for plan in rules.plans:
        wanted = Wanted("plan", plan.lookup_key, plan, "/plans", fields(plan, *_OWN_PARTS), _with("display_order"))
        yield from planner.reconcile(wanted, plans[plan.lookup_key])
    yield from plan_owned(planner, "plan", rules.plans)
    addons = reader.by_key("/addons", [addon.lookup_key for addon in rules.addons], parameter="lookup_keys", field="lookup_key")
    for addon in rules.addons:
        wanted = Wanted("addon", addon.lookup_key, addon, "/addons", fields(addon, *_OWN_PARTS), _with())
        yield from planner.reconcile(wanted, addons.get(addon.lookup_key))
    yield from plan_owned(planner, "addon", rules.addons)
    for coupon in rules.coupons:
        wanted = Wanted("coupon", coupon.coupon_code, coupon, "/coupons", fields(coupon), ("name", "metadata"))
        yield from planner.reconcile(wanted, reader.one("/coupons/code", coupon.coupon_code))
    for rate in rules.tax_rates:
        # Its status is no field of the rules: the API never stores another than ACTIVE, and charges the tax whatever it says.
        wanted = Wanted("tax_rate", rate.code, rate, "/taxes/rates", fields(rate), _with())
        rates = reader.listed("/taxes/rates", taxrate_codes=rate.code)
        yield from planner.reconcile(wanted, next((item for item in rates if item.get("code") == rate.code), None))


def _with(*more: str) -> tuple[str, ...]:
    return ("name", "description", "metadata", *more)


def _first_plan(planner: Planner, key: str) -> Found | None:
    found = planner.reader.search("/plans", {"lookup_key": key})
    return next((item for item in found if item.get("lookup_key") == key), None)


def _features(planner: Planner) -> Iterator[Change]:
    features = planner.rules.features
    keys = [feature.lookup_key for feature in features]
    found = planner.reader.by_key("/features", keys, parameter="lookup_keys", field="lookup_key")
    meters = {str(meter["id"]): meter for meter in planner.reader.listed("/meters")} if found else {}
    for feature in features:
        wanted = Wanted("feature", feature.lookup_key, feature, "/features", feature_body(feature), _FEATURE_MUTABLE, ("meter",))
        existing = found.get(feature.lookup_key)
        if existing is None:
            yield create(wanted)
            continue
        planner.seen(wanted, existing)
        meter_id = str(existing.get("meter_id") or "")
        if meter_id:
            planner.ids[Ref("meter", feature.lookup_key)] = meter_id
        yield from _existing_feature(planner, wanted, feature, existing, meters.get(meter_id))


def _existing_feature(planner: Planner, wanted: Wanted, feature: Feature, existing: Found, meter: Found | None) -> Iterator[Change]:
    body = {name: value for name, value in wanted.body.items() if name != "meter"}
    different = {name: wanted.body[name] for name in differing(planner.resolved(body), existing)}
    if feature.meter is not None and meter is not None:
        definition = dict(wanted.body["meter"])
        if feature.meter.name is None:
            definition.pop("name")
        filters = sorted(definition.pop("filters", []), key=lambda item: str(item["key"]))
        fixed = differing(definition, meter)
        if fixed:
            reason = f"a meter's {', '.join(fixed)} cannot be changed; give the feature a new lookup_key, or archive the old one first"
            yield blocked(wanted, ("meter",), reason)
        current = sorted(meter.get("filters") or [], key=lambda item: str(item["key"]))
        if _spelled(filters) != _spelled(current):
            if filters:
                different["filters"] = filters
            else:
                yield blocked(wanted, ("meter",), "the last filter of a meter cannot be removed")
    yield from changed(wanted, str(existing["id"]), different)


def _spelled(filters: list[Found]) -> list[tuple[str, list[str]]]:
    return [(str(item["key"]), sorted(map(str, item.get("values") or []))) for item in filters]
