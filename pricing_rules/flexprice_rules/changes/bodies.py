"""Objects of the model as bodies of the API: exact text for amounts and times, Refs for other objects' ids."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from flexprice_rules.changes.change import Ref
from flexprice_rules.exact import text
from flexprice_rules.model import Entitlement, Feature, Item, Price, Subscription, Tier

Body = dict[str, Any]

PRICE_MONEY: Final = ("amount", "billing_model", "tier_mode", "tiers", "transform_quantity", "price_unit_amount", "price_unit_tiers")
PRICE_FIXED: Final = (
    "type",
    "currency",
    "billing_period",
    "billing_period_count",
    "invoice_cadence",
    "price_unit_type",
    "price_unit",
    "meter_id",
    "min_quantity",
    "trial_period_days",
)
PRICE_WORDS: Final = ("display_name", "description", "metadata", "group_id")


class Figure(str):
    """The text of a decimal, which is compared by its value; any other text is compared as it stands."""

    __slots__ = ()


class Moment(str):
    """The text of a time, which is compared as an instant."""

    __slots__ = ()


def plain(value: Any) -> Any:
    """A model value as JSON: decimals and times as text, objects without the fields left out."""
    if isinstance(value, Item):
        return {name: plain(getattr(value, name)) for name in type(value).model_fields if getattr(value, name) is not None}
    if isinstance(value, Decimal):
        return Figure(text(value))
    if isinstance(value, datetime):
        return time_text(value)
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def time_text(moment: datetime) -> Moment:
    """RFC 3339 in UTC, trailing zeros of the fraction cut."""
    shown = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
    return Moment(f"{shown}Z")


def fields(item: Item, *without: str) -> Body:
    """The fields of an item, except those of `without`; its empty lists are left out."""
    return {name: value for name, value in plain(item).items() if name not in without and value != []}


def linked(body: Body, name: str, kind: str, key: str | None) -> Body:
    """The body with a Ref as `name`, when there is a key."""
    return {**body, name: Ref(kind, key)} if key is not None else body


def feature_body(feature: Feature) -> Body:
    """`POST /features`."""
    body = linked(fields(feature, "meter", "group_lookup_key"), "group_id", "group", feature.group_lookup_key)
    if feature.meter is not None:
        body["meter"] = {**fields(feature.meter), "name": feature.meter.name or feature.name}
    return body


def price_body(price: Price) -> Body:
    """`POST /prices`, without its owner."""
    body = fields(price, "feature_lookup_key", "group_lookup_key", "tiers", "price_unit_config")
    body = linked(body, "group_id", "group", price.group_lookup_key)
    body = linked(body, "meter_id", "meter", price.feature_lookup_key)
    if price.tiers:
        body["tiers"] = tiers_body(price.tiers)
    config = price.price_unit_config
    if config is not None:
        unit: Body = {"price_unit": config.price_unit}
        if config.amount is not None:
            unit["amount"] = plain(config.amount)
        if config.price_unit_tiers:
            unit["price_unit_tiers"] = tiers_body(config.price_unit_tiers)
        body["price_unit_config"] = unit
    return body


def tiers_body(tiers: tuple[Tier, ...]) -> list[Body]:
    """Tiers; the open one has no `up_to`."""
    return [fields(tier) for tier in tiers]


def price_terms(price: Price) -> Body:
    """What a price of the API shows for `price`, by the names of its answer."""
    body = price_body(price)
    unit = body.pop("price_unit_config", None)
    if unit is not None:
        terms = {
            "price_unit": unit["price_unit"],
            "price_unit_amount": unit.get("amount"),
            "price_unit_tiers": unit.get("price_unit_tiers"),
        }
        body |= {name: value for name, value in terms.items() if value is not None}
    return body


def entitlement_body(entitlement: Entitlement, feature_type: str) -> Body:
    """`POST /entitlements`, without its owner. Disabling takes a second call (rating.md §4.1)."""
    body = {**fields(entitlement, "feature_lookup_key"), "feature_type": feature_type, "is_enabled": True}
    return linked(body, "feature_id", "feature", entitlement.feature_lookup_key)


def subscription_body(subscription: Subscription) -> Body:
    """`POST /subscriptions`."""
    lists = (
        "override_line_items",
        "line_item_commitments",
        "addons",
        "subscription_coupons",
        "credit_grants",
        "tax_rate_overrides",
    )
    body = linked(fields(subscription, "plan_lookup_key", *lists), "plan_id", "plan", subscription.plan_lookup_key)
    overrides = [
        linked(fields(item, "price_lookup_key"), "price_id", "price", item.price_lookup_key) for item in subscription.override_line_items
    ]
    addons = [linked(fields(item, "addon_lookup_key"), "addon_id", "addon", item.addon_lookup_key) for item in subscription.addons]
    coupons = [
        linked(fields(item, "price_lookup_key"), "price_id", "price", item.price_lookup_key) for item in subscription.subscription_coupons
    ]
    commitments = {Ref("price", item.price_lookup_key): fields(item, "price_lookup_key") for item in subscription.line_item_commitments}
    given: Body = {
        "override_line_items": overrides,
        "addons": addons,
        "subscription_coupons": coupons,
        "line_item_commitments": commitments,
    }
    body |= {name: value for name, value in given.items() if value}
    # Here an empty list says something: no grants, no taxes.
    if subscription.credit_grants is not None:
        body["credit_grants"] = [{**fields(grant), "scope": "SUBSCRIPTION"} for grant in subscription.credit_grants]
    if subscription.tax_rate_overrides is not None:
        body["tax_rate_overrides"] = [fields(item) for item in subscription.tax_rate_overrides]
    return body
