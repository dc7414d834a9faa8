"""Charging a card and opening a payment link at the provider.

There is no provider here: without a rule of the sandbox every call ends as it does without a connection (invoices.md §9.6). A rule
says instead what the provider would have answered.
"""

from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.payments import sandbox
from flexprice_emulator.payments.outcome import Outcome, failed
from flexprice_emulator.payments.tables import PaymentRow
from flexprice_emulator.wire.errors import HttpClientError, InvalidOperationError, NotFoundError
from flexprice_emulator.workspace.context import Context

# Cards are charged at this one only; links at the one they name.
CARD_GATEWAY = "stripe"
# .invalid never resolves: nobody is led to a page that takes money.
_PAGE = "https://pay.sandbox.invalid/"


def is_connected(ctx: Context, customer_id: str) -> bool:
    """Whether a charge would reach a provider."""
    return sandbox.rule_for(ctx, customer_id) is not None


def charge(ctx: Context, payment: PaymentRow, invoice: InvoiceRow | None) -> Outcome:
    """Charge a card."""
    rule = sandbox.rule_for(ctx, payer(payment, invoice))
    if rule is None:
        return _unconnected(payment, CARD_GATEWAY, "FAILED")
    charged = payment.gateway_payment_id or ctx.new_id("sandbox_charge")
    match rule.outcome:
        case "succeed":
            return Outcome("SUCCEEDED", gateway_payment_id=charged)
        case "decline":
            return declined(payment, rule.decline_code, gateway_payment_id=charged)
        case "require_action":
            action = {"next_action": "authenticate"}
            return Outcome("PENDING", gateway_payment_id=charged, payment_url=_PAGE + payment.id, gateway_metadata=action)
        case "late":
            sandbox.answer_later(ctx, payment, rule)
            return Outcome("PROCESSING", gateway_payment_id=charged)
        case _:
            return _timed_out(payment, "FAILED")


def open_link(ctx: Context, payment: PaymentRow, invoice: InvoiceRow | None) -> Outcome:
    """Make a page for the customer to pay at. What the rule says happens there, after its delay."""
    rule = sandbox.rule_for(ctx, payer(payment, invoice))
    if rule is None:
        return _unconnected(payment, payment.payment_gateway or CARD_GATEWAY, payment.payment_status)
    if rule.outcome == "timeout":
        return _timed_out(payment, payment.payment_status)
    if rule.outcome != "require_action":
        sandbox.answer_later(ctx, payment, rule)
    return Outcome("PENDING", gateway_payment_id=ctx.new_id("sandbox_link"), payment_url=_PAGE + payment.id)


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
