"""Razorpay: `X-Razorpay-Signature`, the HMAC of the body in hex; a request without it is ignored (webhooks.md §7)."""

from collections.abc import Mapping
from typing import Any

from flexprice_emulator.payments.gateways.dialect import Arrival, Secrets, Stamp, child, noted, text
from flexprice_emulator.payments.gateways.proof import IGNORED, hmac_hex, refused, same
from flexprice_emulator.payments.gateways.report import Report, from_minor, to_minor
from flexprice_emulator.wire.routing import Reply

_CLOSED = {"payment_link.cancelled": "the payment link was cancelled", "payment_link.expired": "the payment link expired"}


class Razorpay:
    page, payment, customer, invoice = "plink", "pay", "cust", "inv"

    def check(self, secrets: Secrets, arrival: Arrival) -> Reply | None:
        given = arrival.headers.get("x-razorpay-signature", "")
        if not given:
            return IGNORED
        secret = str(secrets.get("webhook_secret") or "")
        if secret and not same(given, hmac_hex(secret, arrival.body)):
            return refused(400, "Invalid X-Razorpay-Signature")
        return None

    def sign(self, secrets: Secrets, url: str, body: bytes, stamp: Stamp) -> dict[str, str]:  # noqa: ARG002
        signed = hmac_hex(str(secrets.get("webhook_secret") or ""), body)
        return {"X-Razorpay-Signature": signed, "X-Razorpay-Event-Id": stamp.event_id}

    def write(self, report: Report, secrets: Secrets, stamp: Stamp) -> tuple[str, dict[str, Any]] | None:  # noqa: ARG002
        minor, notes = to_minor(report.amount, report.currency), noted(report)
        money = {"amount": minor, "currency": report.currency.upper(), "notes": notes}
        link = {"id": report.page_id, **money}
        payment = {"id": report.gateway_payment_id, **money}
        match report.kind:
            case "payment_succeeded" if report.page_id:
                name, parts = (
                    "payment_link.paid",
                    {"payment_link": {**link, "status": "paid"}, "payment": {**payment, "status": "captured"}},
                )
            case "payment_succeeded":
                name, parts = "payment.captured", {"payment": {**payment, "status": "captured"}}
            case "payment_failed":
                error = {"error_code": "BAD_REQUEST_ERROR", "error_reason": report.decline_code}
                name, parts = "payment.failed", {"payment": {**payment, "status": "failed", **error}}
            case "link_closed":
                name, parts = "payment_link.expired", {"payment_link": {**link, "status": "expired"}}
            case "invoice_paid":
                paid = {"id": report.gateway_invoice_id, **money, "amount_paid": minor, "status": "paid"}
                name, parts = "invoice.paid", {"invoice": paid, "payment": {**payment, "status": "captured"}}
            case _:
                return None
        payload = {part: {"entity": entity} for part, entity in parts.items()}
        return name, {
            "entity": "event",
            "event": name,
            "contains": list(parts),
            "payload": payload,
            "created_at": int(stamp.at.timestamp()),
        }

    def read(self, data: Mapping[str, Any]) -> tuple[str, Report | None]:
        name = text(data, "event")
        link, payment, invoice = (child(data, "payload", part, "entity") for part in ("payment_link", "payment", "invoice"))
        notes = child(link, "notes") or child(payment, "notes") or child(invoice, "notes")
        currency = (text(payment, "currency") or text(link, "currency") or text(invoice, "currency")).lower()
        told: dict[str, Any] = {
            "payment_id": text(notes, "flexprice_payment_id"),
            "customer_id": text(notes, "flexprice_customer_id"),
            "page_id": text(link, "id"),
            "gateway_payment_id": text(payment, "id"),
            "currency": currency,
        }
        match name:
            case "payment_link.paid" | "payment.captured":
                return name, Report("payment_succeeded", **told, amount=from_minor(payment.get("amount", link.get("amount")), currency))
            case "payment.failed":
                return name, Report("payment_failed", **told, decline_code=text(payment, "error_reason") or text(payment, "error_code"))
            case "payment_link.cancelled" | "payment_link.expired":
                return name, Report("link_closed", **told, reason=_CLOSED[name])
            case "invoice.paid":
                amount = from_minor(invoice.get("amount_paid"), currency)
                return name, Report("invoice_paid", **told, gateway_invoice_id=text(invoice, "id"), amount=amount)
        return name, None
