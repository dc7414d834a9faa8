"""What customers hold: subscriptions of every form, and what becomes of them."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from flexprice_client.models.base import parse_time, time_text
from tests.fuzz.firm import Firm
from tests.fuzz.moves.catalog import AMOUNTS, QUANTITIES, addon, grant_terms, model, price_terms

_ZONES = ("", "", "UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Chatham")


def customer(firm: Firm, chance: Random) -> None:
    external = firm.next("c")
    body: dict[str, Any] = {"external_id": external, "name": external}
    if chance.random() < 0.4:
        body["timezone"] = chance.choice(_ZONES)
    if firm.make("customer", "/customers", body):
        firm.known.setdefault("external_id", []).append(external)


def change_customer(firm: Firm, chance: Random) -> None:
    if firm.known.get("customer"):
        firm.ask("PUT", f"/customers/{chance.choice(firm.known['customer'])}", {"timezone": chance.choice(_ZONES[2:])})


def moment(firm: Firm, chance: Random, back: int = 40, ahead: int = 40) -> str:
    """A time around now, odd to the millisecond now and then; or the edge of a period, or just beside it."""
    if firm.known.get("edge") and chance.random() < 0.3:
        beside = timedelta(seconds=chance.choice((0, 0, 0, -1, 1)), milliseconds=chance.choice((0, 0, -1, 1)))
        edge = parse_time(chance.choice(firm.known["edge"][-12:])) + beside
        if firm.now - timedelta(days=back) <= edge <= firm.now + timedelta(days=ahead):
            return time_text(edge)
    at = firm.now + timedelta(seconds=chance.randint(-86400 * back, 86400 * ahead), milliseconds=chance.choice((0, 0, 1, 999)))
    return time_text(at if chance.random() < 0.7 else at.replace(hour=0, minute=0, second=0, microsecond=0))


def commitment(chance: Random) -> dict[str, Any]:
    """Of a line."""
    kind = chance.choice(("amount", "quantity"))
    terms: dict[str, Any] = {f"commitment_{kind}": chance.choice(("5", "20", "100.5")), "commitment_type": kind}
    return terms | {"overage_factor": chance.choice(("1", "1.5", "2")), "enable_true_up": chance.random() < 0.5}


def options(firm: Firm, chance: Random, plan_id: str) -> dict[str, Any]:
    """What a subscription may have besides its plan: a few of many."""
    prices = [price["id"] for price in firm.get(f"/prices?entity_type=PLAN&entity_ids={plan_id}")["items"]]
    choices: list[Callable[[], dict[str, Any]]] = [
        lambda: {"trial_period_days": chance.randint(1, 20)},
        lambda: {"end_date": moment(firm, chance, -5, 100)},
        lambda: {"billing_anchor": moment(firm, chance)},
        lambda: {"payment_behavior": chance.choice(("allow_incomplete", "default_incomplete", "error_if_incomplete"))},
        lambda: {"collection_method": "send_invoice", "payment_behavior": chance.choice(("default_active", "default_incomplete"))},
        lambda: {"subscription_status": "draft"},
        lambda: {"payment_terms": chance.choice(("15 NET", "30 NET"))},
        lambda: {"auto_invoice_threshold": chance.choice(("1", "20"))},
        lambda: {
            "commitment_amount": chance.choice(("10", "50", "99.99")),
            "overage_factor": chance.choice(("1", "1.2", "3")),
            "enable_true_up": chance.random() < 0.5,
            "commitment_duration": chance.choice(("MONTHLY", "QUARTERLY", "ANNUAL")),
        },
        lambda: {"coupons": [chance.choice(firm.known["coupon"])]} if firm.known.get("coupon") else {},
        lambda: (
            {"subscription_coupons": [{"coupon_code": chance.choice(firm.known["coupon_code"])}]} if firm.known.get("coupon_code") else {}
        ),
        lambda: (
            {"subscription_coupons": [{"coupon_code": chance.choice(firm.known["coupon_code"]), "price_id": chance.choice(prices)}]}
            if firm.known.get("coupon_code") and prices
            else {}
        ),
        lambda: (
            {"tax_rate_overrides": [{"tax_rate_code": chance.choice(firm.known["tax_code"]), "currency": "usd", "auto_apply": True}]}
            if firm.known.get("tax_code")
            else {}
        ),
        lambda: {"line_item_commitments": {chance.choice(prices): commitment(chance)}} if prices else {},
        lambda: {"override_line_items": [{"price_id": chance.choice(prices), "quantity": chance.choice(QUANTITIES)}]} if prices else {},
        lambda: {"override_line_items": [{"price_id": chance.choice(prices), **model(chance)}]} if prices else {},
        lambda: {"credit_grants": [{"name": "g", "scope": "SUBSCRIPTION", **grant_terms(chance)}]},
        lambda: {"addons": [{"addon_id": chance.choice(firm.known["addon"])}]} if firm.known.get("addon") else {},
        lambda: (
            {"inheritance": {"external_customer_ids_to_inherit_subscription": [chance.choice(firm.known["external_id"])]}}
            if firm.known.get("external_id")
            else {}
        ),
        lambda: {"inheritance": {"invoicing_customer_external_id": chance.choice(firm.known["external_id"])}},
        lambda: {
            "inheritance": {
                "grouped_invoicing_children_to_create": [
                    {"external_customer_id": chance.choice(firm.known["external_id"]), "plan_id": plan_id}
                ]
            }
        },
        lambda: {"phases": _phases(firm, chance)},
        lambda: {"line_items": [_own_line(firm, chance)]},
        lambda: {"billing_period_count": chance.choice((2, 3))},
    ]
    wanted: dict[str, Any] = {}
    for choice in chance.sample(choices, chance.choice((0, 0, 1, 1, 2, 3))):
        wanted |= choice()
    return wanted


def _phases(firm: Firm, chance: Random) -> list[dict[str, Any]]:
    begin = firm.now.replace(microsecond=0)
    middle = begin + timedelta(days=chance.randint(1, 70), hours=5)
    return [{"start_date": time_text(begin), "end_date": time_text(middle)}, {"start_date": time_text(middle)}]


def _own_line(firm: Firm, chance: Random) -> dict[str, Any]:
    terms = price_terms(firm, chance, "usd", "MONTHLY")
    terms.pop("currency")
    line: dict[str, Any] = {"price": terms}
    if chance.random() < 0.3:
        line["quantity"] = chance.choice(QUANTITIES)
    if chance.random() < 0.4 and terms["type"] == "USAGE":
        line |= _line_commitment(chance)
    return line


def _line_commitment(chance: Random) -> dict[str, Any]:
    """With windows by the hour of the day, now and then."""
    kind = chance.choice(("amount", "quantity"))
    terms: dict[str, Any] = {f"commitment_{kind}": chance.choice(("5", "60")), "commitment_type": kind}
    terms |= {"commitment_overage_factor": chance.choice(("1.5", "1", "2.25"))}
    terms |= {"commitment_true_up_enabled": chance.random() < 0.5, "commitment_windowed": chance.random() < 0.6}
    if terms["commitment_windowed"] and chance.random() < 0.5:
        middle = {"hour": chance.randint(1, 22), "minute": chance.choice((0, 30))}
        common = {"commitment_type": kind, "overage_factor": "2", "true_up_enabled": chance.random() < 0.5}
        first = {"start": {"hour": 0, "minute": 0}, "end": middle, "commitment_value": "3", **common}
        second = {"start": middle, "end": {"hour": 24, "minute": 0}, "commitment_value": "1.5", **common}
        terms["commitment_time_buckets"] = [first, second]
    return terms


def subscribe(firm: Firm, chance: Random) -> None:
    if not firm.known.get("customer") or not firm.known.get("plan"):
        return
    plan_id, currency, period = chance.choice(firm.known["plan"]).split(":")
    body: dict[str, Any] = {"customer_id": chance.choice(firm.known["customer"]), "plan_id": plan_id, "currency": currency}
    body |= {"billing_period": period, "billing_cycle": chance.choice(("anniversary", "anniversary", "calendar"))}
    if chance.random() < 0.6:
        body["start_date"] = moment(firm, chance, 70, 20)
    body |= options(firm, chance, plan_id)
    if "phases" in body:
        body["start_date"] = body["phases"][0]["start_date"]
    made = firm.make("subscription", "/subscriptions", body)
    if made:
        firm.known.setdefault("edge", []).extend(made[name] for name in ("start_date", "current_period_end"))


def _one(firm: Firm, chance: Random) -> dict[str, Any] | None:
    """A subscription as it stands."""
    held = firm.known.get("subscription")
    found: dict[str, Any] | None = firm.get(f"/subscriptions/{chance.choice(held)}") if held else None
    if found:
        firm.known.setdefault("edge", []).extend(found[name] for name in ("current_period_start", "current_period_end"))
    return found


def _line(firm: Firm, chance: Random, kind: str = "") -> str | None:
    found = _one(firm, chance)
    lines = [line["id"] for line in (found or {}).get("line_items") or [] if kind in ("", line["price_type"])]
    return chance.choice(lines) if lines else None


def cancel(firm: Firm, chance: Random) -> None:
    if not firm.known.get("subscription"):
        return
    body: dict[str, Any] = {"cancellation_type": chance.choice(("immediate", "end_of_period", "scheduled_date"))}
    if body["cancellation_type"] == "scheduled_date":
        body["cancel_at"] = moment(firm, chance, 0, 60)
    if chance.random() < 0.6:
        body["cancel_immediately_inovice_policy"] = chance.choice(("generate_invoice", "skip"))
    if chance.random() < 0.6:
        body["proration_behavior"] = chance.choice(("create_prorations", "none"))
    firm.ask("POST", f"/subscriptions/{chance.choice(firm.known['subscription'])}/cancel", body)


def stay(firm: Firm, chance: Random) -> None:
    if firm.known.get("subscription"):
        body = {
            "subscription_id": chance.choice(firm.known["subscription"]),
            "schedule_type": chance.choice(("cancellation", "plan_change")),
        }
        firm.ask("POST", "/subscriptions/schedules/cancel", body)


def activate(firm: Firm, chance: Random) -> None:
    if firm.known.get("subscription"):
        body = {"start_date": moment(firm, chance, 5, 5)}
        firm.ask("POST", f"/subscriptions/{chance.choice(firm.known['subscription'])}/activate", body)


def change_plan(firm: Firm, chance: Random) -> None:
    found = _one(firm, chance)
    fitting = [plan for plan in firm.known.get("plan", ()) if found and plan.split(":")[1:] == [found["currency"], found["billing_period"]]]
    if found is None or not fitting:
        return
    plan_id, _, period = chance.choice(fitting).split(":")
    body: dict[str, Any] = {"target_plan_id": plan_id, "proration_behavior": chance.choice(("create_prorations", "none"))}
    if chance.random() < 0.4:
        body["change_at"] = "end_of_period"
    route = f"/subscriptions/{found['id']}/change"
    if chance.random() < 0.5:
        firm.ask("POST", f"{route}/v2/preview", body)
        firm.ask("POST", f"{route}/v2/execute", body)
        return
    body |= {"billing_cadence": "RECURRING", "billing_period": period, "billing_cycle": chance.choice(("anniversary", "calendar"))}
    firm.ask("POST", f"{route}/preview", body)
    answer = firm.ask("POST", f"{route}/execute", body)
    if answer.status < 300 and (answer.body.get("new_subscription") or {}).get("id"):
        firm.known["subscription"].append(answer.body["new_subscription"]["id"])


def modify(firm: Firm, chance: Random) -> None:
    found = _one(firm, chance)
    if found is None:
        return
    lines = [line["id"] for line in found.get("line_items") or []]
    kinds = ("quantity_change", "quantity_change", "coupon", "coupon", "tax", "addon", "inheritance", "grouped_invoicing")
    kind = "trial_end" if found["subscription_status"] == "trialing" and chance.random() < 0.5 else chance.choice(kinds)
    body: dict[str, Any] = {"type": kind}
    if kind == "quantity_change":
        fixed = [line["id"] for line in found.get("line_items") or [] if line["price_type"] == "FIXED"]
        if not fixed:
            return
        change: dict[str, Any] = {"id": chance.choice(fixed), "quantity": chance.choice(QUANTITIES)}
        if chance.random() < 0.4:
            change["effective_date"] = moment(firm, chance, 10, 10)
        body["quantity_change_params"] = {"line_items": [change]}
    elif kind == "trial_end":
        later = {"action": "scheduled_date", "new_trial_end": moment(firm, chance, 0, 30)}
        body["trial_end_params"] = chance.choice(({"action": "immediate"}, later))
    elif kind == "coupon":
        if not firm.known.get("coupon_code"):
            return
        body["coupon_params"] = {"action": "add", "coupon_code": chance.choice(firm.known["coupon_code"])}
        if lines and chance.random() < 0.4:
            body["coupon_params"]["subscription_line_item_id"] = chance.choice(lines)
    elif kind == "tax":
        if not firm.known.get("tax_rate"):
            return
        body["tax_params"] = {"action": "add", "tax_rate_id": chance.choice(firm.known["tax_rate"])}
    elif kind == "addon":
        if not firm.known.get("addon"):
            return
        terms = {"addon_id": chance.choice(firm.known["addon"]), "proration_behavior": chance.choice(("create_prorations", "none"))}
        body["addon_params"] = {"action": "add", "add": terms}
    elif kind == "inheritance":
        other = [chance.choice(firm.known["external_id"])]
        body["inheritance_params"] = chance.choice(
            (
                {"action": "add", "external_customer_ids_to_inherit_subscription": other},
                {"action": "remove", "external_customer_ids_to_remove": other},
            )
        )
    else:
        children = {"parent_subscription_id": found["id"], "child_subscription_ids": [chance.choice(firm.known["subscription"])]}
        body["grouped_invoicing_params"] = {"action": chance.choice(("add", "add", "remove")), **children}
    firm.ask("POST", f"/subscriptions/{found['id']}/modify/preview", body)
    firm.ask("POST", f"/subscriptions/{found['id']}/modify/execute", body)


def add_line(firm: Firm, chance: Random) -> None:
    if firm.known.get("subscription"):
        body = _own_line(firm, chance) | ({"start_date": moment(firm, chance, 10, 10)} if chance.random() < 0.4 else {})
        firm.ask("POST", f"/subscriptions/{chance.choice(firm.known['subscription'])}/lineitems", body)


def change_line(firm: Firm, chance: Random) -> None:
    line = _line(firm, chance)
    if line:
        body = chance.choice((model(chance), _line_commitment(chance), {"amount": chance.choice(AMOUNTS)}))
        if chance.random() < 0.4:
            body["effective_from"] = moment(firm, chance, 3, 20)
        firm.ask("PUT", f"/subscriptions/lineitems/{line}", body)


def end_line(firm: Firm, chance: Random) -> None:
    line = _line(firm, chance)
    if line:
        body = {"effective_from": moment(firm, chance, 3, 20)} if chance.random() < 0.4 else {}
        body["proration_behavior"] = chance.choice(("create_prorations", "none"))
        firm.ask("DELETE", f"/subscriptions/lineitems/{line}", body)


def attach_addon(firm: Firm, chance: Random) -> None:
    if not firm.known.get("addon"):
        addon(firm, chance)
    if firm.known.get("subscription"):
        terms = {"cadence": chance.choice(("recurring", "onetime")), "proration_behavior": chance.choice(("create_prorations", "none"))}
        body = {"subscription_id": chance.choice(firm.known["subscription"]), "addon_id": chance.choice(firm.known["addon"]), **terms}
        if chance.random() < 0.3:
            body["start_date"] = moment(firm, chance, 10, 10)
        firm.ask("POST", "/subscriptions/addon", body)


def detach_addon(firm: Firm, chance: Random) -> None:
    if firm.known.get("subscription"):
        held = firm.get(f"/subscriptions/{chance.choice(firm.known['subscription'])}/addons/associations")
        if held and held["items"]:
            body = {"addon_association_id": chance.choice(held["items"])["id"], "proration_behavior": "create_prorations"}
            firm.ask("DELETE", "/subscriptions/addon", body)


def update(firm: Firm, chance: Random) -> None:
    if firm.known.get("subscription"):
        body = chance.choice(({"cancel_at": moment(firm, chance, 1, 60)}, {"cancel_at_period_end": True}, {}))
        firm.ask("PUT", f"/subscriptions/{chance.choice(firm.known['subscription'])}", body)


MOVES: dict[Callable[[Firm, Random], None], int] = {
    customer: 3,
    change_customer: 1,
    subscribe: 10,
    cancel: 3,
    stay: 2,
    activate: 2,
    change_plan: 7,
    modify: 14,
    add_line: 6,
    change_line: 6,
    end_line: 4,
    attach_addon: 6,
    detach_addon: 3,
    update: 1,
}
