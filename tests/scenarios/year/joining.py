"""How customers come: with taxes, wallets, coupons, terms and anchors of their own, alone, for heirs, paid for by others, or in groups."""

from datetime import datetime, timedelta
from typing import Any

from tests.scenarios.year.catalog import COUPONS, PLANS, TAXES
from tests.scenarios.year.world import Member, World, text

_OUTCOMES = ("succeed", "succeed", "succeed", "decline", "late")
_ZONES = ("UTC", "UTC", "America/New_York", "Asia/Kolkata", "Pacific/Auckland")
# Days that some months do not have.
_ANCHORS = ("2027-12-31T00:00:00Z", "2024-02-29T12:30:00Z", "2027-10-30T23:59:59Z")
_ALONE, _FAMILY, _PAID_FOR, _GROUP = "alone", "family", "paid for", "group"


def fill(world: World, members: int) -> World:
    """Let so many members join."""
    while len(world.members) < members:
        join(world)
    return world


def join(world: World) -> list[Member]:
    """A new member, or a group of two, subscribing now, some days ago or some days ahead."""
    member = _customer(world)
    how = member.chance.choices((_ALONE, _FAMILY, _PAID_FOR, _GROUP), weights=(15, 2, 2, 2))[0] if world.members[1:] else _ALONE
    if how == _GROUP:
        return _group(world, member)
    body = _terms(world, member)
    if how == _FAMILY:
        for _ in range(2):
            member.heirs.append(heir(world, member))
        body["inheritance"] = {"external_customer_ids_to_inherit_subscription": member.heirs}
        body["payment_behavior"] = "default_active"
    elif how == _PAID_FOR and world.members[:-1]:
        body["inheritance"] = {"invoicing_customer_external_id": member.chance.choice(world.members[:-1]).external_id}
    elif "phases" not in body and member.chance.random() < 0.2:
        member.is_draft, body["subscription_status"] = True, "draft"
    _subscribe(world, member, body)
    return [member]


def heir(world: World, member: Member) -> str:
    """Another customer whose usage a member may pay for."""
    member.kin += 1
    return str(_named(world, f"{member.external_id}-heir{member.kin}")["external_id"])


def _group(world: World, child: Member) -> list[Member]:
    """Two monthly subscriptions of one beginning, billed on one invoice."""
    parent = _customer(world)
    for member in (child, parent):
        member.does_little = True
        body = {"plan_id": world.catalog.plans[member.chance.choice(("starter", "pro", "metered"))], "start_date": text(world.now)}
        if member is parent:
            body["inheritance"] = {"subscriptions_ids_for_grouped_invoicing": [child.subscription_id]}
            child.payer = parent
        _subscribe(world, member, {**_common(member), **body})
    return [child, parent]


def _customer(world: World) -> Member:
    name = f"c{len(world.members)}"
    member = Member(world.seed, {"id": "", "external_id": name})
    chance = member.chance
    member.customer_id = str(_named(world, name, timezone=chance.choice(_ZONES))["id"])
    for code in TAXES:
        if chance.random() < 0.35:
            link = {"tax_rate_code": code, "entity_type": "customer", "entity_id": member.customer_id, "auto_apply": True}
            world.api.post("/taxes/associations", link)
    for kind in ("PRE_PAID", "POST_PAID"):
        if chance.random() < 0.3:
            wallet = {"customer_id": member.customer_id, "currency": "usd", "wallet_type": kind, "conversion_rate": chance.choice("12")}
            world.api.post("/wallets", {**wallet, "initial_credits_to_load": str(chance.randint(1, 120))})
    if chance.random() < 0.5:
        world.decide_payment(member.customer_id, chance.choice(_OUTCOMES))
    world.members.append(member)
    return member


def _named(world: World, name: str, **more: str) -> dict[str, Any]:
    made: dict[str, Any] = world.api.post("/customers", {"external_id": name, "name": name.title(), **more})
    return made


def _common(member: Member) -> dict[str, Any]:
    terms = {"currency": "usd", "billing_period": member.billing_period, "payment_behavior": "default_active"}
    return {"customer_id": member.customer_id, **terms}


def _terms(world: World, member: Member) -> dict[str, Any]:
    chance = member.chance
    member.billing_period = chance.choices(tuple(PLANS), weights=(16, 3, 2))[0]
    plan = chance.choice(PLANS[member.billing_period])
    if member is world.members[0]:
        member.billing_period, plan = "MONTHLY", "metered"
    back = 330 if member.billing_period == "ANNUAL" else 20
    start = world.now + timedelta(seconds=chance.choice((0, -chance.randint(0, back * 86400), chance.randint(0, 25 * 86400))))
    body = {**_common(member), "plan_id": world.catalog.plans[plan], "start_date": text(start)}
    if chance.random() < 0.3:
        body["billing_cycle"] = "calendar"
    elif chance.random() < 0.3 and member.billing_period == "MONTHLY":
        body["billing_anchor"] = chance.choice(_ANCHORS)
    if chance.random() < 0.15:
        body |= {"collection_method": "send_invoice", "payment_terms": "30 NET"}
    elif chance.random() < 0.3:
        body["payment_behavior"] = "allow_incomplete"
    coupons = [{"coupon_code": code} for code in chance.sample(COUPONS, chance.choice((0, 0, 1, 2)))]
    if coupons and plan in world.catalog.base_prices and chance.random() < 0.4:
        coupons[0]["price_id"] = world.catalog.base_prices[plan]
    body["subscription_coupons"] = coupons
    if plan == "metered" and member is world.members[0]:
        # One is enough: each is looked at after every step of the clock.
        body["auto_invoice_threshold"] = "5"
    elif plan == "metered" and chance.random() < 0.6:
        body |= {"commitment_amount": "20", "overage_factor": "1.5", "enable_true_up": chance.random() < 0.5}
    if chance.random() < 0.15:
        expires = {"expiration_type": "DURATION", "expiration_duration": 60, "expiration_duration_unit": "DAY"}
        grant = {"name": "Welcome", "scope": "SUBSCRIPTION", "credits": str(chance.randint(2, 30)), "cadence": "ONETIME", **expires}
        body["credit_grants"] = [grant]
    if chance.random() < 0.1:
        body["trial_period_days"] = chance.randint(1, 20)
    elif chance.random() < 0.1 and plan in world.catalog.base_prices:
        body["phases"] = _phases(start, world.catalog.base_prices[plan], member)
    return body


def _phases(start: datetime, price_id: str, member: Member) -> list[dict[str, Any]]:
    """After some weeks of the plan's price another one."""
    then = text(start + timedelta(seconds=member.chance.randint(86400 * 20, 86400 * 90)))
    cheaper = {"price_id": price_id, "amount": str(member.chance.randint(1, 9))}
    return [{"start_date": text(start), "end_date": then}, {"start_date": then, "override_line_items": [cheaper]}]


def _subscribe(world: World, member: Member, body: dict[str, Any]) -> None:
    made = world.api.post("/subscriptions", body, expect=201)
    member.subscriptions.append(str(made["id"]))
