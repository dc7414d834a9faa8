"""What is sold: meters, plans with prices of every model, add-ons, entitlements, quotas, coupons, taxes."""

from collections.abc import Callable
from random import Random
from typing import Any

from tests.fuzz.firm import Firm

LONG_AGO = "2020-01-01T00:00:00Z"
PERIODS = (*("MONTHLY",) * 20, "WEEKLY", "WEEKLY", "QUARTERLY", "HALF_YEARLY", "ANNUAL", "DAILY")
CURRENCIES = (*("usd",) * 12, "jpy", "eur", "kwd")
AMOUNTS = ("0", "0.005", "0.0137", "0.1", "0.333333333333", "1", "2.5", "9.99", "10", "30", "99.995", "1234.56789")
QUANTITIES = ("1", "2", "3", "0.5", "7.25", "10", "0")
NAMES = ("calls", "tokens", "storage", "seconds")
_AGGREGATIONS: tuple[dict[str, Any], ...] = (
    {"type": "SUM", "field": "n"},
    {"type": "SUM", "field": "n"},
    {"type": "COUNT"},
    {"type": "MAX", "field": "n"},
    {"type": "AVG", "field": "n"},
    {"type": "LATEST", "field": "n"},
    {"type": "COUNT_UNIQUE", "field": "who"},
    {"type": "SUM_WITH_MULTIPLIER", "field": "n", "multiplier": "0.37"},
    {"type": "WEIGHTED_SUM", "field": "n"},
    {"type": "MAX", "field": "n", "bucket_size": "HOUR"},
    {"type": "MAX", "field": "n", "bucket_size": "DAY"},
    {"type": "SUM", "field": "n", "bucket_size": "DAY"},
    {"type": "MAX", "field": "n", "bucket_size": "MONTH", "group_by": "who"},
    {"type": "SUM", "field": "n", "bucket_size": "WEEK"},
    {"type": "SUM", "expression": "n * 2 + k / 3"},
)


def tiers(chance: Random) -> list[dict[str, Any]]:
    ends = sorted(chance.sample((1, 5, 10, 100, 1000, 5000), chance.randint(0, 3)))
    made: list[dict[str, Any]] = [{"up_to": end, "unit_amount": chance.choice(AMOUNTS)} for end in ends]
    made.append({"up_to": None, "unit_amount": chance.choice(AMOUNTS)})
    for tier in made:
        if chance.random() < 0.4:
            tier["flat_amount"] = chance.choice(AMOUNTS)
    return made


def model(chance: Random) -> dict[str, Any]:
    """A billing model with its figures."""
    kind = chance.choice(("FLAT_FEE", "FLAT_FEE", "PACKAGE", "TIERED", "TIERED"))
    if kind == "FLAT_FEE":
        return {"billing_model": kind, "amount": chance.choice(AMOUNTS)}
    if kind == "PACKAGE":
        package = {"divide_by": chance.choice((1, 3, 10, 1000)), "round": chance.choice(("up", "down"))}
        return {"billing_model": kind, "amount": chance.choice(AMOUNTS), "transform_quantity": package}
    return {"billing_model": kind, "tier_mode": chance.choice(("VOLUME", "SLAB")), "tiers": tiers(chance)}


def price_terms(firm: Firm, chance: Random, currency: str, period: str) -> dict[str, Any]:
    """A price without its entity."""
    body: dict[str, Any] = {"billing_period": period, "billing_period_count": 1, "display_name": firm.next("P"), **model(chance)}
    if chance.random() < 0.55 and firm.known.get("meter"):
        body |= {"type": "USAGE", "invoice_cadence": "ARREAR", "meter_id": chance.choice(firm.known["meter"])}
    else:
        body |= {"type": "FIXED", "invoice_cadence": chance.choice(("ADVANCE", "ADVANCE", "ARREAR"))}
        if chance.random() < 0.1:
            body["min_quantity"] = chance.randint(0, 4)
        if chance.random() < 0.08:
            body["trial_period_days"] = chance.randint(1, 20)
    if chance.random() < 0.1:
        body["billing_period"] = chance.choice(("ONETIME", *PERIODS))
    if chance.random() < 0.1:
        body["billing_period_count"] = chance.choice((2, 3, 12))
    units = [entry for entry in firm.known.get("price_unit", ()) if entry.endswith(":" + currency)]
    if units and chance.random() < 0.4:
        config: dict[str, Any] = {"price_unit": chance.choice(units).partition(":")[0]}
        if body["billing_model"] == "TIERED":
            config["price_unit_tiers"] = body.pop("tiers")
        else:
            config["amount"] = body.pop("amount")
        body |= {"price_unit_type": "CUSTOM", "price_unit_config": config}
    return {"price_unit_type": "FIAT", "currency": currency, **body}


def meter(firm: Firm, chance: Random) -> None:
    aggregation = chance.choice(_AGGREGATIONS)
    body: dict[str, Any] = {"name": firm.next("M"), "event_name": chance.choice(NAMES), "aggregation": aggregation}
    body["reset_usage"] = chance.choice(("BILLING_PERIOD", "BILLING_PERIOD", "NEVER"))
    if chance.random() < 0.2:
        body["filters"] = [{"key": "who", "values": ["a", "1"]}]
    made = firm.make("feature", "/features", {"name": firm.next("F"), "lookup_key": firm.next("f"), "type": "metered", "meter": body})
    if made:
        firm.known.setdefault("meter", []).append(made["meter_id"])


def feature(firm: Firm, chance: Random) -> None:
    firm.make("flag", "/features", {"name": firm.next("F"), "lookup_key": firm.next("f"), "type": chance.choice(("boolean", "static"))})


def price_unit(firm: Firm, chance: Random) -> None:
    currency, code = chance.choice(CURRENCIES), firm.next("u")
    terms = {
        "name": code,
        "code": code,
        "symbol": "₵",
        "base_currency": currency,
        "conversion_rate": chance.choice(("0.01", "1", "3", "0.333")),
    }
    if firm.make("unit", "/prices/units", terms):
        firm.known.setdefault("price_unit", []).append(f"{code}:{currency}")


def plan(firm: Firm, chance: Random) -> None:
    """A plan with one to four prices of one currency and period; `plan` entries are id:currency:period."""
    made = firm.make("plan_id", "/plans", {"name": firm.next("Plan "), "lookup_key": firm.next("plan")})
    currency, period = chance.choice(CURRENCIES), chance.choice(PERIODS)
    firm.known.setdefault("plan", []).append(f"{made['id']}:{currency}:{period}")
    for _ in range(chance.randint(1, 4)):
        body = {**price_terms(firm, chance, currency, period), "entity_type": "PLAN", "entity_id": made["id"], "start_date": LONG_AGO}
        firm.make("price", "/prices", body)
    if chance.random() < 0.4:
        entitle(firm, chance, "PLAN", made["id"])
    if chance.random() < 0.3:
        grant(firm, chance, "PLAN", "plan_id", made["id"])


def addon(firm: Firm, chance: Random) -> None:
    made = firm.make("addon", "/addons", {"name": firm.next("Add-on "), "lookup_key": firm.next("addon")})
    currency = chance.choice(CURRENCIES)
    for _ in range(chance.randint(1, 2)):
        body = {**price_terms(firm, chance, currency, chance.choice(PERIODS)), "entity_type": "ADDON", "entity_id": made["id"]}
        firm.make("price", "/prices", {**body, "start_date": LONG_AGO})
    if chance.random() < 0.4:
        entitle(firm, chance, "ADDON", made["id"])


def entitle(firm: Firm, chance: Random, entity_type: str, entity_id: str) -> None:
    """A limit, or a quota."""
    if not firm.known.get("feature"):
        return
    of = {"entity_type": entity_type, "entity_id": entity_id, "feature_id": chance.choice(firm.known["feature"]), "feature_type": "metered"}
    if chance.random() < 0.5:
        quota = {
            "grant_measure": chance.choice(("quantity", "quantity", "amount")),
            "grant_quota": chance.choice(QUANTITIES),
            "grant_duration_value": chance.choice((1, 2, 5)),
            "grant_duration_unit": chance.choice(("hour", "day", "week", "subscription_period")),
            "grant_allocation_behavior": chance.choice(("first_usage", "unit_start")),
            "aggregation_mode": chance.choice(("additive", "parallel")),
        }
        firm.make("entitlement", "/entitlements", {**of, **quota})
        return
    limit = {"usage_reset_period": chance.choice(("MONTHLY", "DAILY", "NEVER", "ANNUAL", "WEEKLY")), "is_soft_limit": chance.random() < 0.5}
    if chance.random() < 0.85:
        limit["usage_limit"] = chance.choice((0, 1, 5, 50, 1000))
    firm.make("entitlement", "/entitlements", {**of, **limit})


def entitle_plan(firm: Firm, chance: Random) -> None:
    if firm.known.get("plan"):
        entitle(firm, chance, "PLAN", chance.choice(firm.known["plan"]).partition(":")[0])


def change_entitlement(firm: Firm, chance: Random) -> None:
    if firm.known.get("entitlement"):
        body = chance.choice(({"usage_limit": 7}, {"is_enabled": False}, {"grant_quota": "3"}, {"clear_grant_config": True}))
        firm.ask("PUT", f"/entitlements/{chance.choice(firm.known['entitlement'])}", body)


def grant_terms(chance: Random) -> dict[str, Any]:
    terms: dict[str, Any] = {
        "credits": chance.choice(("1", "2.5", "10", "100", "0.00000001")),
        "cadence": chance.choice(("ONETIME", "RECURRING")),
    }
    if terms["cadence"] == "RECURRING":
        terms |= {"period": chance.choice(("MONTHLY", "DAILY", "WEEKLY", "ANNUAL")), "period_count": chance.choice((1, 1, 2))}
    terms["expiration_type"] = chance.choice(("NEVER", "DURATION", "BILLING_CYCLE"))
    if terms["expiration_type"] == "DURATION":
        terms |= {"expiration_duration": chance.choice((1, 3, 40)), "expiration_duration_unit": chance.choice(("DAY", "WEEK", "MONTH"))}
    if chance.random() < 0.3:
        terms["priority"] = chance.randint(0, 3)
    if chance.random() < 0.3:
        terms["conversion_rate"] = chance.choice(("1", "0.5", "0.333"))
    return terms


def grant(firm: Firm, chance: Random, scope: str, field: str, entity_id: str) -> None:
    firm.make("grant", "/creditgrants", {"name": firm.next("G"), "scope": scope, field: entity_id, **grant_terms(chance)})


def coupon_terms(chance: Random) -> dict[str, Any]:
    terms: dict[str, Any] = {"cadence": chance.choice(("once", "forever", "repeated"))}
    if terms["cadence"] == "repeated":
        terms["duration_in_periods"] = chance.randint(1, 3)
    if chance.random() < 0.5:
        return terms | {"type": "percentage", "percentage_off": chance.choice(("10", "33.333", "100", "0.5"))}
    return terms | {"type": "fixed", "amount_off": chance.choice(("1", "5.555", "1000")), "currency": chance.choice(("usd", "jpy"))}


def coupon(firm: Firm, chance: Random) -> None:
    limits = {"max_redemptions": chance.randint(1, 3)} if chance.random() < 0.2 else {}
    code = firm.next("C")
    if firm.make("coupon", "/coupons", {"name": code, "coupon_code": code, **coupon_terms(chance), **limits}):
        firm.known.setdefault("coupon_code", []).append(code)


def tax(firm: Firm, chance: Random) -> None:
    code = firm.next("t")
    worth = chance.choice(({"percentage_value": "8.875"}, {"percentage_value": "100"}, {"fixed_value": "1.505"}))
    kind = "percentage" if "percentage_value" in worth else "fixed"
    if firm.make("tax_rate", "/taxes/rates", {"name": code, "code": code, "tax_rate_type": kind, **worth}):
        firm.known.setdefault("tax_code", []).append(code)


def change_price(firm: Firm, chance: Random) -> None:
    """A price's successor: now, or later."""
    if firm.known.get("price"):
        body = {**model(chance)}
        body.pop("price_unit_type", None)
        firm.ask("PUT", f"/prices/{chance.choice(firm.known['price'])}", body)


def end_price(firm: Firm, chance: Random) -> None:
    if firm.known.get("price"):
        firm.ask("DELETE", f"/prices/{chance.choice(firm.known['price'])}", {})


def add_price(firm: Firm, chance: Random) -> None:
    if firm.known.get("plan"):
        plan_id, currency, period = chance.choice(firm.known["plan"]).split(":")
        firm.make("price", "/prices", {**price_terms(firm, chance, currency, period), "entity_type": "PLAN", "entity_id": plan_id})


def sync_plan(firm: Firm, chance: Random) -> None:
    if firm.known.get("plan"):
        firm.ask("POST", f"/plans/{chance.choice(firm.known['plan']).partition(':')[0]}/sync/subscriptions", {})


def disable_meter(firm: Firm, chance: Random) -> None:
    if firm.known.get("meter"):
        firm.ask("DELETE", f"/meters/{chance.choice(firm.known['meter'])}")


MOVES: dict[Callable[[Firm, Random], None], int] = {
    meter: 2,
    feature: 1,
    price_unit: 2,
    plan: 4,
    addon: 2,
    entitle_plan: 3,
    change_entitlement: 2,
    coupon: 3,
    tax: 2,
    change_price: 3,
    end_price: 1,
    add_price: 2,
    sync_plan: 3,
    disable_meter: 1,
}
