"""Usage, invoices and what is paid: events, one-off invoices, wallets, credit notes, payments; and time."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from flexprice_client.models.base import time_text
from flexprice_emulator.payments import sandbox
from flexprice_emulator.workspace.context import Context
from tests.fuzz.firm import Firm
from tests.fuzz.moves.catalog import CURRENCIES, NAMES, QUANTITIES, grant_terms
from tests.fuzz.moves.subscriptions import moment

_VALUES: tuple[Any, ...] = (1, 2, 5, 0.1, 0.5, 12, 100, 1000, "3", "0.333", "1e2", -1, None, "abc", True, 0)
_CREDITS = ("1", "5.5", "20", "0.01", "1000")


def use(firm: Firm, chance: Random) -> None:
    """A bulk of events around now; now and then an id twice."""
    if not firm.known.get("external_id"):
        return
    events = []
    for _ in range(chance.randint(1, 12)):
        event_id = firm.next("e") if chance.random() < 0.92 or not firm.events else chance.choice(firm.events)["event_id"]
        event: dict[str, Any] = {"event_id": event_id, "event_name": chance.choice(NAMES)}
        event["external_customer_id"] = chance.choice(firm.known["external_id"]) if chance.random() < 0.97 else "stranger"
        event["timestamp"] = moment(firm, chance, 30, 3)
        event["properties"] = {"n": chance.choice(_VALUES), "k": chance.randint(0, 9), "who": chance.choice(("a", "b", 1))}
        events.append(event)
    if firm.ask("POST", "/events/bulk", {"events": events}).status == 202:
        firm.events.extend(events)


def pass_time(firm: Firm, chance: Random) -> None:
    """An odd while."""
    days = chance.choice((0, 0, 1, 3, 7, 15, 31, 33))
    firm.known.setdefault("edge", []).append(time_text(firm.now))
    firm.advance(timedelta(days=days, seconds=chance.choice((0, 1, 61, 3600, 12345)), milliseconds=chance.choice((0, 7))))


def turn_back(firm: Firm, chance: Random) -> None:
    """The clock goes back; nothing is undone."""
    firm.set_clock(time_text(firm.now - timedelta(days=chance.choice((0, 1, 20)), seconds=chance.randint(1, 4000))))


def decide_payments(firm: Firm, chance: Random) -> None:
    customer = chance.choice([*firm.known.get("customer", ()), ""])
    outcome = chance.choice(("succeed", "succeed", "decline", "late", "require_action", "timeout"))
    firm.asked.append(f"payments of {customer or 'all'}: {outcome}")
    with firm.workspace.transaction() as session:
        sandbox.set_rule(Context(firm.workspace, session, firm.now, server=firm.edge), customer, outcome)


def wallet(firm: Firm, chance: Random) -> None:
    if not firm.known.get("customer"):
        return
    body: dict[str, Any] = {"customer_id": chance.choice(firm.known["customer"]), "currency": chance.choice(CURRENCIES)}
    body |= {
        "wallet_type": chance.choice(("PRE_PAID", "PRE_PAID", "POST_PAID")),
        "conversion_rate": chance.choice(("1", "1", "0.5", "0.333", "7")),
    }
    if chance.random() < 0.3:
        body["topup_conversion_rate"] = chance.choice(("1", "0.25"))
    if chance.random() < 0.5:
        body["initial_credits_to_load"] = chance.choice(_CREDITS)
    if chance.random() < 0.3:
        body["auto_topup"] = {"enabled": True, "threshold": "3", "amount": "10", "invoicing": chance.random() < 0.5}
    firm.make("wallet", "/wallets", body)


def top_up(firm: Firm, chance: Random) -> None:
    if not firm.known.get("wallet"):
        return
    reasons = ("FREE_CREDIT_GRANT", "PURCHASED_CREDIT_DIRECT", "PURCHASED_CREDIT_INVOICED")
    body: dict[str, Any] = {"credits_to_add": chance.choice(_CREDITS), "transaction_reason": chance.choice(reasons)}
    if chance.random() < 0.8:
        body["idempotency_key"] = firm.next("k")
    if chance.random() < 0.4:
        body["expiry_date_utc"] = moment(firm, chance, -1, 40)
    if chance.random() < 0.3:
        body["priority"] = chance.randint(0, 3)
    if chance.random() < 0.2:
        body["bonus_credits_to_add"] = chance.choice(_CREDITS)
    firm.ask("POST", f"/wallets/{chance.choice(firm.known['wallet'])}/top-up", body)


def debit(firm: Firm, chance: Random) -> None:
    if firm.known.get("wallet"):
        body = {"credits": chance.choice(_CREDITS), "transaction_reason": "MANUAL_BALANCE_DEBIT", "idempotency_key": firm.next("k")}
        firm.ask("POST", f"/wallets/{chance.choice(firm.known['wallet'])}/debit", body)


def terminate_wallet(firm: Firm, chance: Random) -> None:
    if firm.known.get("wallet"):
        firm.ask("POST", f"/wallets/{chance.choice(firm.known['wallet'])}/terminate", {})


def change_wallet(firm: Firm, chance: Random) -> None:
    if firm.known.get("wallet"):
        body = chance.choice(
            ({"config": {"allowed_price_types": ["USAGE"]}}, {"config": {"allowed_price_types": ["FIXED"]}}, {"name": "W"})
        )
        firm.ask("PUT", f"/wallets/{chance.choice(firm.known['wallet'])}", body)


def one_off(firm: Firm, chance: Random) -> None:
    if not firm.known.get("customer"):
        return
    amounts = [chance.choice(("10", "3.335", "0", "99.99")) for _ in range(chance.randint(1, 3))]
    total = str(sum(map(Decimal, amounts), Decimal(0)))
    lines = [
        {"display_name": f"Line {index}", "quantity": chance.choice(QUANTITIES), "amount": amount} for index, amount in enumerate(amounts)
    ]
    body: dict[str, Any] = {
        "customer_id": chance.choice(firm.known["customer"]),
        "currency": chance.choice(CURRENCIES),
        "line_items": lines,
    }
    body |= {"invoice_type": "ONE_OFF", "amount_due": total, "subtotal": total, "total": total, "billing_reason": "MANUAL"}
    if firm.known.get("coupon") and chance.random() < 0.3:
        body["coupons"] = [chance.choice(firm.known["coupon"])]
    if firm.known.get("tax_rate") and chance.random() < 0.3:
        body["tax_rates"] = [chance.choice(firm.known["tax_rate"])]
    firm.make("invoice", "/invoices", body)


def _invoice(firm: Firm, chance: Random, *statuses: str) -> dict[str, Any] | None:
    listed = firm.get("/invoices?limit=100") or {"items": []}
    found = [invoice for invoice in listed["items"] if not statuses or invoice["invoice_status"] in statuses]
    if chance.random() < 0.5:
        found = [invoice for invoice in found if invoice["invoice_status"] == "DRAFT" or invoice["amount_remaining"] != "0"] or found
    one: dict[str, Any] | None = firm.get(f"/invoices/{chance.choice(found)['id']}") if found else None
    return one


def act_on_invoice(firm: Firm, chance: Random) -> None:
    """Compute, finalize, void, recalculate, edit: whatever its status is."""
    invoice = _invoice(firm, chance)
    if invoice is None:
        return
    route = f"/invoices/{invoice['id']}"
    action = chance.choice(("compute", "finalize", "void", "recalculate", "recalculate-v2", "edit", "edit", "attempt", "mark"))
    if action == "edit":
        lines = invoice.get("line_items") or []
        body: dict[str, Any] = {"due_date": time_text(firm.now + timedelta(days=5))}
        if lines and chance.random() < 0.7:
            body = {"line_items": [{"id": chance.choice(lines)["id"], "amount": chance.choice(("1", "7.77")), "quantity": "1"}]}
        elif chance.random() < 0.5:
            body = {"add_line_items": [{"display_name": "X", "amount": "4.445", "quantity": "1", "price_type": "FIXED"}]}
        elif lines:
            body = {"remove_line_item_ids": [chance.choice(lines)["id"]]}
        firm.ask("PUT", route, body)
    elif action == "attempt":
        firm.ask("POST", f"{route}/payment/attempt", {})
    elif action == "mark":
        body = {"payment_status": chance.choice(("SUCCEEDED", "PENDING", "FAILED")), **({"amount": "1"} if chance.random() < 0.4 else {})}
        firm.ask("PUT", f"{route}/payment", body)
    else:
        firm.ask("POST", f"{route}/{action}" + ("?sync=true" if action == "compute" else ""), {})


def pay(firm: Firm, chance: Random) -> None:
    invoice = _invoice(firm, chance, "FINALIZED", "DRAFT")
    if invoice is None:
        return
    body: dict[str, Any] = {"destination_type": "INVOICE", "destination_id": invoice["id"], "currency": invoice["currency"]}
    body["payment_method_type"] = chance.choice(("OFFLINE", "OFFLINE", "CREDITS", "CARD"))
    body["amount"] = chance.choice((invoice["amount_remaining"], invoice["amount_remaining"], "1", "500", "0.015"))
    body["process_payment"] = chance.random() < 0.85
    held = firm.get(f"/customers/{invoice['customer_id']}/wallets") or []
    if body["payment_method_type"] == "CREDITS" and held:
        body["payment_method_id"] = chance.choice(held)["id"]
    if body["payment_method_type"] == "CARD":
        body |= {"payment_method_id": "pm_1", "payment_gateway": "stripe"}
    firm.make("payment", "/payments", body)


def act_on_payment(firm: Firm, chance: Random) -> None:
    if firm.known.get("payment"):
        payment = chance.choice(firm.known["payment"])
        chance.choice(
            (
                lambda: firm.ask("POST", f"/payments/{payment}/process", {}),
                lambda: firm.ask("PUT", f"/payments/{payment}", {"payment_status": chance.choice(("SUCCEEDED", "FAILED", "REFUNDED"))}),
                lambda: firm.ask("DELETE", f"/payments/{payment}"),
            )
        )()


def credit_note(firm: Firm, chance: Random) -> None:
    invoice = _invoice(firm, chance, "FINALIZED")
    lines = (invoice or {}).get("line_items") or []
    if invoice is None or not lines:
        return
    wanted = [
        {"invoice_line_item_id": line["id"], "amount": chance.choice((line["amount"], "1", "0.005")), "display_name": "Sorry"}
        for line in chance.sample(lines, chance.randint(1, min(2, len(lines))))
    ]
    body = {"invoice_id": invoice["id"], "reason": "SERVICE_ISSUE", "line_items": wanted, "process_credit_note": chance.random() < 0.6}
    firm.make("credit_note", "/creditnotes", body)


def act_on_credit_note(firm: Firm, chance: Random) -> None:
    if firm.known.get("credit_note"):
        firm.ask("POST", f"/creditnotes/{chance.choice(firm.known['credit_note'])}/{chance.choice(('finalize', 'void'))}", {})


def grant_credits(firm: Firm, chance: Random) -> None:
    if firm.known.get("subscription"):
        of = {
            "scope": "SUBSCRIPTION",
            "subscription_id": chance.choice(firm.known["subscription"]),
            "start_date": moment(firm, chance, 5, 20),
        }
        firm.make("grant", "/creditgrants", {"name": firm.next("G"), **of, **grant_terms(chance)})


def end_grant(firm: Firm, chance: Random) -> None:
    if firm.known.get("grant"):
        firm.ask("DELETE", f"/creditgrants/{chance.choice(firm.known['grant'])}", {})


def delete_something(firm: Firm, chance: Random) -> None:
    kind, route = chance.choice(
        (
            ("customer", "customers"),
            ("plan_id", "plans"),
            ("coupon", "coupons"),
            ("tax_rate", "taxes/rates"),
            ("addon", "addons"),
            ("feature", "features"),
            ("entitlement", "entitlements"),
        )
    )
    if firm.known.get(kind):
        firm.ask("DELETE", f"/{route}/{chance.choice(firm.known[kind])}")


def draft_now(firm: Firm, chance: Random) -> None:
    if firm.known.get("subscription"):
        firm.ask("POST", f"/subscriptions/temporal/{chance.choice(firm.known['subscription'])}/draft-and-compute", {})


def settings(firm: Firm, chance: Random) -> None:
    delay = {"finalization_delay_seconds": chance.choice((0, 0, 60, 86400))}
    held = firm.get("/settings/invoice_config")
    if held:
        firm.ask("PUT", "/settings/invoice_config", {"value": {**held["value"], **delay}})


MOVES: dict[Callable[[Firm, Random], None], int] = {
    use: 16,
    pass_time: 15,
    turn_back: 1,
    decide_payments: 3,
    wallet: 5,
    top_up: 6,
    debit: 1,
    terminate_wallet: 1,
    change_wallet: 1,
    one_off: 3,
    act_on_invoice: 10,
    pay: 8,
    act_on_payment: 2,
    credit_note: 4,
    act_on_credit_note: 2,
    grant_credits: 2,
    end_grant: 1,
    draft_now: 2,
    delete_something: 1,
    settings: 1,
}
