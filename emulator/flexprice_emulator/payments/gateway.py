"""Charging a card and opening a payment link at the provider (invoices.md §9.1, §9.6).

No provider is reached from here. A rule of the sandbox says what it would have answered. Without one a published connection opens a
page that waits for a person, and charges the cards it keeps; without either every call ends as it does without a connection.
"""

from flexprice_emulator.connections.service import of_provider
from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.payments import sandbox
from flexprice_emulator.payments.gateways.table import GATEWAYS
from flexprice_emulator.payments.outcome import Outcome, failed
from flexprice_emulator.payments.provider.methods import default_method, find_method
from flexprice_emulator.payments.provider.pages import open_page, page_url
from flexprice_emulator.payments.tables import PaymentRow
from flexprice_emulator.wire.errors import HttpClientError, InvalidOperationError, NotFoundError
from flexprice_emulator.workspace.context import Context

# Cards are charged at this one only; links at the one they name.
CARD_GATEWAY = "stripe"


def is_connected(ctx: Context, customer_id: str) -> bool:
    """Whether a card charge would reach a provider."""
    return sandbox.rule_for(ctx, customer_id) is not None or of_provider(ctx, CARD_GATEWAY) is not None


def card_to_charge(ctx: Context, customer_id: str) -> str:
    """The card that pays where the subscription names none; empty where there is none."""
    stored = default_method(ctx, CARD_GATEWAY, customer_id)
    if stored is not None:
        return stored.id
    return "sandbox_card" if sandbox.rule_for(ctx, customer_id) is not None else ""


def charge(ctx: Context, payment: PaymentRow, invoice: InvoiceRow | None) -> Outcome:
    """Charge a card."""
    customer_id = payer(payment, invoice)
    rule = sandbox.rule_for(ctx, customer_id)
    if rule is None and of_provider(ctx, CARD_GATEWAY) is None:
        return _unconnected(payment, CARD_GATEWAY, "FAILED")
    charged = payment.gateway_payment_id or ctx.new_id(GATEWAYS[CARD_GATEWAY].payment)
    if rule is None:
        if find_method(ctx, CARD_GATEWAY, customer_id, payment.payment_method_id) is None:
            details = {"payment_id": payment.id, "payment_method_id": payment.payment_method_id}
            return failed(InvalidOperationError("The customer has no such payment method at the provider", details))
        return Outcome("SUCCEEDED", gateway_payment_id=charged)
    match rule.outcome:
        case "succeed":
            return Outcome("SUCCEEDED", gateway_payment_id=charged)
        case "decline":
            return declined(payment, rule.decline_code, gateway_payment_id=charged)
        case "require_action":
            outcome = _at_page(ctx, payment, invoice, CARD_GATEWAY, charged)
            return Outcome(
                "PENDING", gateway_payment_id=charged, payment_url=outcome.payment_url, gateway_metadata={"next_action": "authenticate"}
            )
        case "late":
            sandbox.answer_later(ctx, payment, rule)
            return Outcome("PROCESSING", gateway_payment_id=charged)
        case _:
            return _timed_out(payment, "FAILED")


def open_link(ctx: Context, payment: PaymentRow, invoice: InvoiceRow | None) -> Outcome:
    """Make a page for the customer to pay at. What the rule says happens there, after its delay."""
    rule = sandbox.rule_for(ctx, payer(payment, invoice))
    provider = payment.payment_gateway or CARD_GATEWAY
    if rule is None and of_provider(ctx, provider) is None:
        return _unconnected(payment, provider, payment.payment_status)
    if rule is not None and rule.outcome == "timeout":
        return _timed_out(payment, payment.payment_status)
    if rule is not None and rule.outcome != "require_action":
        sandbox.answer_later(ctx, payment, rule)
    return _at_page(ctx, payment, invoice, provider)


def _at_page(ctx: Context, payment: PaymentRow, invoice: InvoiceRow | None, provider: str, charged: str = "") -> Outcome:
    addresses = payment.gateway_metadata or {}
    page = open_page(
        ctx,
        provider,
        "payment",
        payer(payment, invoice),
        amount=payment.amount,
        currency=payment.currency,
        payment_id=payment.id,
        gateway_payment_id=charged,
        save_card=payment.save_card_and_make_default,
        success_url=addresses.get("success_url", ""),
        cancel_url=addresses.get("cancel_url", ""),
    )
    return Outcome("PENDING", gateway_payment_id=page.id, gateway_tracking_id=page.id, payment_url=page_url(ctx, page))


def declined(payment: PaymentRow, decline_code: str, *, gateway_payment_id: str = "") -> Outcome:
    """The provider refused, and says why."""
    code = decline_code or "generic_decline"
    error = InvalidOperationError("The payment was declined", {"decline_code": code, "payment_id": payment.id})
    return Outcome("FAILED", error, f"declined: {code}", gateway_payment_id, gateway_metadata={"decline_code": code})


def payer(payment: PaymentRow, invoice: InvoiceRow | None) -> str:
    """The customer who pays."""
    return invoice.customer_id if invoice is not None else payment.destination_id


def _unconnected(payment: PaymentRow, gateway: str, status: str) -> Outcome:
    # A link that could not be made stays as it was, without a note.
    error = NotFoundError(f"Connection with provider {gateway} was not found in this environment", {"payment_id": payment.id})
    return failed(error, "connection not found", status=status)


def _timed_out(payment: PaymentRow, status: str) -> Outcome:
    return failed(HttpClientError("The payment provider did not answer in time", {"payment_id": payment.id}), status=status)
