"""Stripe: `Stripe-Signature: t=…,v1=…` over `t.body` (webhooks.md §7).

The age of a signature is not checked: a workspace has a time of its own.
"""

from collections.abc import Mapping
from typing import Any

from flexprice_emulator.payments.gateways.dialect import Arrival, Secrets, Stamp, child, noted, text
from flexprice_emulator.payments.gateways.proof import hmac_hex, pairs, refused, same
from flexprice_emulator.payments.gateways.report import Kind, Report, from_minor, to_minor
from flexprice_emulator.wire.routing import Reply


class Stripe:
    page, payment, customer, invoice = "cs_test", "pi", "cus", "in"

    def check(self, secrets: Secrets, arrival: Arrival) -> Reply | None:
        given = arrival.headers.get("stripe-signature", "")
        if not given:
            return refused(400, "Missing Stripe-Signature header")
        secret = str(secrets.get("webhook_secret") or "")
        found = pairs(given, ",")
        signed = f"{(found.get('t') or [''])[0]}.".encode() + arrival.body
        if secret and not any(same(one, hmac_hex(secret, signed)) for one in found.get("v1", [])):
            return refused(400, "Invalid Stripe-Signature")
        return None

    def sign(self, secrets: Secrets, url: str, body: bytes, stamp: Stamp) -> dict[str, str]:  # noqa: ARG002
        moment = int(stamp.at.timestamp())
        return {"Stripe-Signature": f"t={moment},v1={hmac_hex(str(secrets.get('webhook_secret') or ''), f'{moment}.'.encode() + body)}"}

    def write(self, report: Report, secrets: Secrets, stamp: Stamp) -> tuple[str, dict[str, Any]] | None:  # noqa: ARG002
        name, thing = _thing(report)
        body = {"id": stamp.event_id, "object": "event", "created": int(stamp.at.timestamp()), "type": name, "data": {"object": thing}}
        return name, body

    def read(self, data: Mapping[str, Any]) -> tuple[str, Report | None]:
        name, thing = text(data, "type"), child(data, "data", "object")
        notes, currency = child(thing, "metadata"), text(thing, "currency")
        ours: dict[str, Any] = {
            "payment_id": text(notes, "flexprice_payment_id"),
            "customer_id": text(notes, "flexprice_customer_id"),
            "currency": currency,
        }
        match name:
            case "checkout.session.completed" | "checkout.session.async_payment_succeeded" if text(thing, "mode") == "payment":
                if text(thing, "payment_status") == "unpaid":
                    return name, None
                amount = from_minor(thing.get("amount_total"), currency)
                intent = text(thing, "payment_intent")
                return name, Report("payment_succeeded", **ours, page_id=text(thing, "id"), gateway_payment_id=intent, amount=amount)
            case "checkout.session.expired":
                return name, Report("link_closed", **ours, page_id=text(thing, "id"), reason="the payment page expired")
            case "payment_intent.succeeded":
                amount = from_minor(thing.get("amount"), currency)
                method = text(thing, "payment_method")
                return name, Report("payment_succeeded", **ours, gateway_payment_id=text(thing, "id"), amount=amount, method_id=method)
            case "payment_intent.payment_failed":
                error = child(thing, "last_payment_error")
                code = text(error, "decline_code") or text(error, "code")
                return name, Report("payment_failed", **ours, gateway_payment_id=text(thing, "id"), decline_code=code)
            case "setup_intent.succeeded" | "setup_intent.setup_failed":
                kind: Kind = "setup_succeeded" if name.endswith("succeeded") else "setup_failed"
                page, method = text(notes, "checkout_session_id"), text(thing, "payment_method")
                return name, Report(kind, **ours, page_id=page, gateway_payment_id=text(thing, "id"), method_id=method)
            case "invoice_payment.paid":
                amount, intent = from_minor(thing.get("amount_paid"), currency), text(child(thing, "payment"), "payment_intent")
                paid = text(thing, "invoice")
                return name, Report("invoice_paid", **ours, gateway_invoice_id=paid, gateway_payment_id=intent, amount=amount)
        return name, None


def _thing(report: Report) -> tuple[str, dict[str, Any]]:
    """(event name, the object it is about)."""
    minor, notes = to_minor(report.amount, report.currency), noted(report)
    session = {"id": report.page_id, "object": "checkout.session", "mode": "payment", "currency": report.currency, "metadata": notes}
    intent = {"id": report.gateway_payment_id, "object": "payment_intent", "amount": minor, "currency": report.currency, "metadata": notes}
    match report.kind:
        case "payment_succeeded" if report.page_id:
            paid = {"amount_total": minor, "payment_intent": report.gateway_payment_id, "payment_status": "paid", "status": "complete"}
            return "checkout.session.completed", {**session, **paid}
        case "payment_succeeded":
            return "payment_intent.succeeded", {**intent, "status": "succeeded", "payment_method": report.method_id or None}
        case "payment_failed":
            error = {"code": "card_declined", "decline_code": report.decline_code, "type": "card_error"}
            return "payment_intent.payment_failed", {**intent, "status": "requires_payment_method", "last_payment_error": error}
        case "link_closed":
            return "checkout.session.expired", {**session, "amount_total": minor, "payment_status": "unpaid", "status": "expired"}
        case "setup_succeeded" | "setup_failed":
            saved = report.kind == "setup_succeeded"
            thing = {
                "id": report.gateway_payment_id,
                "object": "setup_intent",
                "payment_method": report.method_id or None,
                "status": "succeeded" if saved else "requires_payment_method",
                "metadata": {**notes, "checkout_session_id": report.page_id},
            }
            return f"setup_intent.{'succeeded' if saved else 'setup_failed'}", thing
        case "invoice_paid":
            payment = {"type": "payment_intent", "payment_intent": report.gateway_payment_id}
            entry: dict[str, Any] = {
                "object": "invoice_payment",
                "invoice": report.gateway_invoice_id,
                "amount_paid": minor,
                "currency": report.currency,
                "status": "paid",
                "payment": payment,
            }
            return "invoice_payment.paid", entry
