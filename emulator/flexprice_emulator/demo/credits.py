"""Prepaid credits: a plan's monthly grant, a top-up, usage that draws them down, the alert, and the renewal they pay."""

from decimal import Decimal
from typing import Any

from flexprice_client import AlreadyExistsError
from flexprice_client.models.wallets import WalletTransactionResponse
from flexprice_emulator.demo.world import SINGLE, Demo, check

# What the pack says of the plan; every figure of the steps below is made of these and of what was used.
GRANTED, BASE_FEE, CREDIT = Decimal(1500), Decimal(20), Decimal("0.01")
BOUGHT, LOW = Decimal(10), Decimal(300)
# The month is billed two hours after its end; what a period left of its credits expires once its invoices are paid.
BILLED, SETTLED = "2026-02-01T03:00:00Z", "2026-02-02T12:00:00Z"
_ALERTS = {"critical": {"threshold": str(LOW), "condition": "below"}, "alert_enabled": True}
_NONE = {"critical": {"threshold": "0", "condition": "below"}, "alert_enabled": True}
_DROPPED = "wallet.ongoing_balance.dropped"


def fill(demo: Demo) -> str:
    """The plan's first grant is in the wallet; a top-up counts once; a threshold is set and webhooks are collected."""
    (wallet,) = demo.flexprice.wallets.list_by_customer(demo.customers[SINGLE].id)
    (grant,) = _ledger(demo, wallet.id)
    check((grant.transaction_reason, grant.credit_amount) == ("SUBSCRIPTION_CREDIT_GRANT", GRANTED), f"granted {grant.credit_amount}")
    top_up = {"credits_to_add": str(BOUGHT), "transaction_reason": "PURCHASED_CREDIT_DIRECT", "idempotency_key": "demo-top-up"}
    demo.flexprice.wallets.top_up(wallet.id, top_up)
    check(_is_refused(demo, wallet.id, top_up), "the repeated top-up was accepted")
    demo.flexprice.wallets.update(wallet.id, {"alert_settings": _ALERTS})
    demo.flexprice.settings.update("wallet_balance_alert_config", {"value": _NONE})
    demo.control("PUT", "/webhooks/mode", {"mode": "collect"})
    demo.control("POST", "/webhooks/endpoints", {"url": "http://billing.localhost:9/webhooks", "event_types": [_DROPPED]})
    held = demo.flexprice.wallets.balance(wallet.id)
    total = GRANTED + BOUGHT
    check((held.credit_balance, held.balance) == (total, total * CREDIT), f"{held.credit_balance} credits, ${held.balance}")
    return f"grant {GRANTED} + top-up {BOUGHT} = {total} credits, ${total * CREDIT}; the top-up sent again: refused"


def run_low(demo: Demo) -> str:
    """Usage draws the real-time balance below the threshold: the log has it, and the webhook that would have been sent."""
    demo.control("POST", "/settle")
    (wallet,) = demo.flexprice.wallets.list_by_customer(demo.customers[SINGLE].id)
    left = GRANTED + BOUGHT - _used(demo) / CREDIT
    check(left <= LOW, f"{left} credits left are not low")
    held = demo.flexprice.wallets.balance(wallet.id)
    check(held.real_time_credit_balance == left, f"{held.real_time_credit_balance} credits left, not {left}")
    alerts = demo.flexprice.request("POST", "/alerts/search", body={"entity_id": wallet.id})["items"]
    logged = [(row["alert_type"], row["alert_status"], Decimal(row["alert_info"]["value_at_time"])) for row in alerts]
    check(logged == [("low_ongoing_balance", "in_alarm", left)], f"logged {logged}")
    sent = demo.control("GET", "/webhooks/deliveries")["items"]
    told: list[Any] = [(item["event_name"], item["state"], Decimal(item["body"]["alert"]["credit_balance"])) for item in sent]
    check(told == [(_DROPPED, "collected", left)], f"webhooks {told}")
    return f"{GRANTED + BOUGHT} - {_used(demo) / CREDIT:f} = {left:f} credits ≤ {LOW}: in_alarm in the log, {_DROPPED} collected"


def renew(demo: Demo) -> str:
    """The month is billed, credits pay its usage, the next grant comes, and what is left of the first expires."""
    demo.control("POST", "/clock", {"mode": "frozen", "now": BILLED})
    used = _used(demo)
    invoices = demo.flexprice.invoices.list({"subscription_id": demo.subscriptions[SINGLE].id}).items
    for invoice in invoices:
        demo.flexprice.invoices.update_payment(invoice.id, {"payment_status": "SUCCEEDED"})
    demo.control("POST", "/clock", {"mode": "frozen", "now": SETTLED})
    bill = next(invoice for invoice in invoices if invoice.billing_reason == "SUBSCRIPTION_CYCLE")
    check((bill.total_prepaid_credits_applied, bill.total) == (used, BASE_FEE), f"{bill.total_prepaid_credits_applied}, {bill.total}")
    (wallet,) = demo.flexprice.wallets.list_by_customer(demo.customers[SINGLE].id)
    rows = _ledger(demo, wallet.id)
    granted = sum((row.credit_amount for row in rows if row.type == "credit"), Decimal(0))
    spent, expired = (_taken(rows, reason) for reason in ("CREDIT_ADJUSTMENT", "CREDIT_EXPIRED"))
    available = sum((row.credits_available for row in rows), Decimal(0))
    check(granted == 2 * GRANTED + BOUGHT, f"{granted} granted")
    check((spent, expired) == (used / CREDIT, GRANTED), f"{spent} spent, {expired} expired")
    check(granted == available + spent + expired and wallet.credit_balance == available, f"{wallet.credit_balance} left of {granted}")
    ledger = f"{granted:f} granted = {available:f} left + {spent:f} spent + {expired:f} expired"
    return f"usage ${used:.2f} paid by credits, total ${bill.total:.2f}; {ledger}"


def _is_refused(demo: Demo, wallet_id: str, top_up: dict[str, Any]) -> bool:
    try:
        demo.flexprice.wallets.top_up(wallet_id, top_up)
    except AlreadyExistsError:
        return True
    return False


def _used(demo: Demo) -> Decimal:
    """What the usage lines of the month come to."""
    return sum((line.amount for line in demo.bills[SINGLE].line_items or [] if line.price_type == "USAGE"), Decimal(0))


def _ledger(demo: Demo, wallet_id: str) -> list[WalletTransactionResponse]:
    return list(demo.flexprice.wallets.transactions(wallet_id).items)


def _taken(rows: list[WalletTransactionResponse], reason: str) -> Decimal:
    return sum((row.credit_amount for row in rows if row.transaction_reason == reason), Decimal(0))
