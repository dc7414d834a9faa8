"""What customers and their company do in a month, by chance. Each action is a call or two; a refused one is as good as none."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.scenarios.year.catalog import COUPONS, PLANS
from tests.scenarios.year.joining import heir
from tests.scenarios.year.world import SECOND, Member, World, text

OPEN_END = "0001-01-01T00:00:00Z"


def use(world: World, member: Member) -> None:
    """Usage of the weeks around now, some of it sent twice."""
    moments = [world.now + timedelta(seconds=member.chance.randint(-86400 * 6, 86400 * 18)) for _ in range(member.chance.randint(1, 6))]
    world.use(member, moments, again=member.chance.random() < 0.2)


def use_late(world: World, member: Member) -> None:
    """Usage of long ago: of periods that are billed already."""
    world.use(member, [world.now - timedelta(seconds=member.chance.randint(0, 86400 * 70)) for _ in range(2)])


def use_between(world: World, member: Member) -> None:
    """Usage that comes after the roll-over and before the draft is final: too late for a draft that nobody computes again."""
    days = [world.now - timedelta(seconds=member.chance.randint(86400, 86400 * 6)) for _ in range(2)]
    world.use(member, days, after=SECOND)


def correct(world: World, member: Member, draft: dict[str, Any]) -> None:
    """The same, but the draft is computed again."""
    world.use(member, [world.now - timedelta(seconds=member.chance.randint(1, 86400 * 20)) for _ in range(3)])
    world.ask("POST", f"/invoices/{draft['id']}/compute?sync=true", {})


def correct_twice(world: World, member: Member, draft: dict[str, Any]) -> None:
    """Recalculated in place, and final: once would lose the lines that the draft has already, the second brings them back."""
    world.use(member, [world.now - timedelta(seconds=member.chance.randint(1, 86400 * 20)) for _ in range(3)])
    path = f"/invoices/{draft['id']}"
    world.ask("POST", f"{path}/recalculate-v2?finalize=false", {})
    if world.ask("POST", f"{path}/recalculate-v2", {}) is None:
        # Held up by credits that expired unused: then a computation brings the lines back.
        world.ask("POST", f"{path}/compute?sync=true", {})


def activate(world: World, member: Member) -> None:
    """A draft begins, now or some days ago."""
    start = world.now - timedelta(seconds=member.chance.choice((0, member.chance.randint(0, 86400 * 9))))
    body = {"start_date": text(start.replace(microsecond=0))}
    member.is_draft = world.ask("POST", f"/subscriptions/{member.subscription_id}/activate", body) is None


def add_heir(world: World, member: Member) -> None:
    """From now on the usage of another is on its invoices."""
    name = heir(world, member)
    body = {"type": "inheritance", "inheritance_params": {"external_customer_ids_to_inherit_subscription": [name]}}
    if world.ask("POST", f"/subscriptions/{member.subscription_id}/modify/execute", body):
        member.heirs.append(name)


def bill_once(world: World, member: Member) -> None:
    """An invoice without a subscription."""
    amount = f"{member.chance.randint(0, 80)}.{member.chance.randint(0, 99):02}"
    line = {"display_name": "Workshop", "quantity": "1", "amount": amount}
    amounts = dict.fromkeys(("amount_due", "subtotal", "total"), amount)
    body = {"customer_id": member.customer_id, "invoice_type": "ONE_OFF", "currency": "usd", "line_items": [line], **amounts}
    world.ask("POST", "/invoices", body)


def change_quantity(world: World, member: Member) -> None:
    lines = _lines(world, member, "FIXED")
    if lines:
        wanted = [{"id": member.chance.choice(lines)["id"], "quantity": str(member.chance.randint(1, 5))}]
        body = {"type": "quantity_change", "quantity_change_params": {"line_items": wanted}}
        world.ask("POST", f"/subscriptions/{member.subscription_id}/modify/execute", body)


def change_price(world: World, member: Member) -> None:
    """A price of one's own for a usage line, from now on."""
    lines = _lines(world, member, "USAGE")
    if lines:
        amount = f"0.0{member.chance.randint(1, 99)}"
        world.ask("PUT", f"/subscriptions/lineitems/{member.chance.choice(lines)['id']}", {"amount": amount, "billing_model": "FLAT_FEE"})


def change_plan(world: World, member: Member) -> None:
    target = member.chance.choice(PLANS[member.billing_period])
    body = {"target_plan_id": world.catalog.plans[target], "proration_behavior": member.chance.choice(("create_prorations", "none"))}
    world.ask("POST", f"/subscriptions/{member.subscription_id}/change/v2/execute", body)


def plan_change_later(world: World, member: Member) -> None:
    target = member.chance.choice(PLANS[member.billing_period])
    body = {"target_plan_id": world.catalog.plans[target], "proration_behavior": "none", "change_at": "end_of_period"}
    world.ask("POST", f"/subscriptions/{member.subscription_id}/change/v2/execute", body)


def replace(world: World, member: Member) -> None:
    """Another plan by a new subscription, now or when the period ends. Heirs would not go with it."""
    if member.heirs:
        return
    target = member.chance.choice(PLANS[member.billing_period])
    terms = {"billing_cadence": "RECURRING", "billing_period": member.billing_period, "billing_cycle": "anniversary"}
    when = {"change_at": "end_of_period"} if member.chance.random() < 0.4 else {}
    proration = member.chance.choice(("create_prorations", "none"))
    body = {"target_plan_id": world.catalog.plans[target], "proration_behavior": proration, **terms, **when}
    world.ask("POST", f"/subscriptions/{member.subscription_id}/change/execute", body)
    world.follow(member)


def end_trial(world: World, member: Member) -> None:
    """A trial ends now, or on another day than was said."""
    date = text(world.now + timedelta(seconds=member.chance.randint(3600, 86400 * 12)))
    terms = member.chance.choice(({"action": "immediate"}, {"action": "scheduled_date", "new_trial_end": date}))
    world.ask("POST", f"/subscriptions/{member.subscription_id}/modify/execute", {"type": "trial_end", "trial_end_params": terms})


def attach_coupon(world: World, member: Member) -> None:
    body = {"type": "coupon", "coupon_params": {"action": "add", "coupon_code": member.chance.choice(COUPONS)}}
    world.ask("POST", f"/subscriptions/{member.subscription_id}/modify/execute", body)


def attach_addon(world: World, member: Member) -> None:
    chance = member.chance
    terms = {"cadence": chance.choice(("recurring", "onetime")), "proration_behavior": chance.choice(("create_prorations", "none"))}
    addon_id = chance.choice(world.catalog.addons)
    world.ask("POST", "/subscriptions/addon", {"subscription_id": member.subscription_id, "addon_id": addon_id, **terms})


def remove_addon(world: World, member: Member) -> None:
    found = world.api.get(f"/subscriptions/{member.subscription_id}/addons/associations")["items"]
    if found:
        world.ask("DELETE", "/subscriptions/addon", {"addon_association_id": member.chance.choice(found)["id"]})


def cancel_now(world: World, member: Member) -> None:
    terms = {
        "cancel_immediately_inovice_policy": member.chance.choice(("generate_invoice", "skip")),
        "proration_behavior": member.chance.choice(("create_prorations", "none")),
    }
    _cancel(world, member, cancellation_type="immediate", **terms)


def cancel_at_end(world: World, member: Member) -> None:
    _cancel(world, member, cancellation_type="end_of_period")


def cancel_on_a_date(world: World, member: Member) -> None:
    date = world.now + timedelta(seconds=member.chance.randint(3600, 86400 * 50))
    _cancel(world, member, cancellation_type="scheduled_date", cancel_at=text(date))


def stay(world: World, member: Member) -> None:
    """Think better of a cancellation."""
    world.ask("POST", "/subscriptions/schedules/cancel", {"subscription_id": member.subscription_id, "schedule_type": "cancellation"})


def pay(world: World, member: Member) -> None:
    """An open invoice is tried again, paid by transfer (now and then too much), marked as paid, or partly credited."""
    listed = world.pages("/invoices", subscription_id=member.subscription_id, invoice_status="FINALIZED")
    due = [invoice for invoice in listed if invoice["amount_remaining"] != "0"]
    if not due:
        return
    invoice = member.chance.choice(due)
    member.chance.choice((_try_again, _transfer, _transfer, _mark, _credit))(world, invoice, member.chance)


def void(world: World, member: Member) -> None:
    """An invoice is taken back."""
    invoice = _issued(world, member)
    if invoice:
        world.ask("POST", f"/invoices/{invoice['id']}/void", {})


def recalculate(world: World, member: Member) -> None:
    """An invoice is taken back and made anew: with what came too late for it."""
    invoice = _issued(world, member)
    if invoice and invoice["billing_reason"] == "SUBSCRIPTION_CYCLE":
        world.ask("POST", f"/invoices/{invoice['id']}/recalculate", {})


def decide_payment(world: World, member: Member) -> None:
    world.decide_payment(member.customer_id, member.chance.choice(("succeed", "decline", "late", "require_action", "timeout")))


def top_up(world: World, member: Member) -> None:
    wallets = world.api.get(f"/customers/{member.customer_id}/wallets")
    if wallets:
        added = {"credits_to_add": str(member.chance.randint(1, 60)), "transaction_reason": "FREE_CREDIT_GRANT"}
        world.ask("POST", f"/wallets/{wallets[0]['id']}/top-up", added)


Action = Callable[[World, Member], None]
_WEIGHTS: dict[Action, int] = {
    use: 40,
    use_late: 8,
    change_quantity: 6,
    change_price: 4,
    change_plan: 6,
    plan_change_later: 3,
    replace: 3,
    end_trial: 2,
    attach_coupon: 4,
    attach_addon: 4,
    remove_addon: 3,
    cancel_now: 1,
    cancel_at_end: 2,
    cancel_on_a_date: 2,
    stay: 3,
    pay: 10,
    decide_payment: 3,
    top_up: 4,
    void: 1,
    bill_once: 2,
    add_heir: 1,
    recalculate: 2,
}

# What changes when a period ends, or whether it is billed then.
MOVES_PERIODS = frozenset({activate, change_plan, replace, end_trial, cancel_now, cancel_at_end, cancel_on_a_date, stay, pay})


def chosen(member: Member) -> Action:
    """One of them all; for a draft, the one that matters."""
    if member.is_draft and member.chance.random() < 0.5:
        return activate
    return use if member.does_little else member.chance.choices(list(_WEIGHTS), weights=list(_WEIGHTS.values()))[0]


def _issued(world: World, member: Member) -> dict[str, Any] | None:
    listed = world.pages("/invoices", subscription_id=member.subscription_id, invoice_status="FINALIZED")
    found = [invoice for invoice in listed if invoice["invoice_type"] == "SUBSCRIPTION"]
    return member.chance.choice(found) if found else None


def _cancel(world: World, member: Member, **terms: str) -> None:
    world.ask("POST", f"/subscriptions/{member.subscription_id}/cancel", terms)


def _lines(world: World, member: Member, price_type: str) -> list[dict[str, Any]]:
    lines = world.subscription(member.subscription_id).get("line_items") or []
    return [line for line in lines if line["price_type"] == price_type and line["end_date"] == OPEN_END]


def _try_again(world: World, invoice: dict[str, Any], chance: random.Random) -> None:
    world.ask("POST", f"/invoices/{invoice['id']}/payment/attempt", {})


def _transfer(world: World, invoice: dict[str, Any], chance: random.Random) -> None:
    amount = chance.choice((invoice["amount_remaining"], invoice["amount_remaining"], "3", "500"))
    payment = {"destination_type": "INVOICE", "destination_id": invoice["id"], "payment_method_type": "OFFLINE"}
    world.ask("POST", "/payments", {**payment, "amount": amount, "currency": "usd", "process_payment": True})


def _mark(world: World, invoice: dict[str, Any], chance: random.Random) -> None:
    world.ask("PUT", f"/invoices/{invoice['id']}/payment", {"payment_status": "SUCCEEDED"})


def _credit(world: World, invoice: dict[str, Any], chance: random.Random) -> None:
    lines = invoice.get("line_items") or []
    if lines:
        note = {"invoice_line_item_id": chance.choice(lines)["id"], "amount": "1", "display_name": "Goodwill"}
        body = {"invoice_id": invoice["id"], "reason": "SERVICE_ISSUE", "line_items": [note], "process_credit_note": True}
        world.ask("POST", "/creditnotes", body)
