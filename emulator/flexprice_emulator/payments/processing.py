"""Running a payment through its method: PENDING, PROCESSING, then SUCCEEDED or FAILED (invoices.md §9.2).

A failure is an outcome that is kept, not an exception: the payment stays FAILED with its reason although the request is answered an error.
"""

from sqlalchemy import func, select

from flexprice_emulator.invoices.tables import InvoiceRow
from flexprice_emulator.payments import gateway, wallet_payment
from flexprice_emulator.payments.allocation import allocate
from flexprice_emulator.payments.destination import invoice_of
from flexprice_emulator.payments.outcome import SUCCEEDED, Outcome, failed
from flexprice_emulator.payments.statuses import PROCESSABLE
from flexprice_emulator.payments.tables import PaymentAttemptRow, PaymentRow
from flexprice_emulator.wire.errors import ApiError, InvalidOperationError
from flexprice_emulator.workspace.context import Context


def process(ctx: Context, payment: PaymentRow) -> ApiError | None:
    """Try to collect; the error to answer, None where there is none. Raises InvalidOperationError for a payment that is past this."""
    if payment.payment_status not in PROCESSABLE:
        details = {"payment_id": payment.id, "status": payment.payment_status}
        raise InvalidOperationError("Invalid payment status for processing payment", details)
    attempt = _new_attempt(ctx, payment) if payment.track_attempts else None
    ctx.emit("payment.pending", payment_id=payment.id)
    invoice = invoice_of(ctx, payment.destination_type, payment.destination_id)
    outcome = _collect(ctx, payment, invoice)
    if attempt is not None:
        attempt.payment_status = "FAILED" if outcome.error else outcome.status
        attempt.gateway_attempt_id = outcome.gateway_payment_id or None
        attempt.error_message = outcome.reason or None
    note_outcome(ctx, payment, outcome)
    if outcome.status == "SUCCEEDED" and invoice is not None:
        allocate(ctx, invoice)
    return outcome.error


def note_outcome(ctx: Context, payment: PaymentRow, outcome: Outcome) -> None:
    """Write on the payment how it went, and tell; its invoice is not looked at."""
    payment.gateway_payment_id = outcome.gateway_payment_id or payment.gateway_payment_id
    payment.gateway_tracking_id = outcome.gateway_tracking_id or payment.gateway_tracking_id
    payment.payment_url = outcome.payment_url or payment.payment_url
    if outcome.gateway_metadata:
        payment.gateway_metadata = {**(payment.gateway_metadata or {}), **outcome.gateway_metadata}
    if payment.payment_method_type == "CARD":
        ctx.emit("payment.updated", payment_id=payment.id)
    payment.payment_status = outcome.status
    if outcome.status == "SUCCEEDED":
        payment.succeeded_at, payment.error_message = ctx.now, None
        ctx.emit("payment.success", payment_id=payment.id)
    elif outcome.status == "FAILED":
        payment.failed_at, payment.error_message = ctx.now, outcome.reason
        ctx.emit("payment.failed", payment_id=payment.id)
    elif outcome.error is None and payment.payment_method_type == "PAYMENT_LINK":
        ctx.emit("payment.pending", payment_id=payment.id)
    ctx.touch(payment)
    ctx.session.flush()


def _collect(ctx: Context, payment: PaymentRow, invoice: InvoiceRow | None) -> Outcome:
    match payment.payment_method_type:
        case "OFFLINE":
            return SUCCEEDED
        case "CREDITS":
            return wallet_payment.pay(ctx, payment, invoice)
        case "CARD":
            return gateway.charge(ctx, payment, invoice)
        case "PAYMENT_LINK":
            return gateway.open_link(ctx, payment, invoice)
        case method:
            return failed(InvalidOperationError(f"Payment method type {method} is not supported yet", {"payment_id": payment.id}))


def _new_attempt(ctx: Context, payment: PaymentRow) -> PaymentAttemptRow:
    query = select(func.max(PaymentAttemptRow.attempt_number)).where(PaymentAttemptRow.payment_id == payment.id)
    return ctx.add(
        PaymentAttemptRow(
            id=ctx.new_id("attempt"),
            payment_id=payment.id,
            attempt_number=(ctx.session.scalar(query) or 0) + 1,
            payment_status="PROCESSING",
            **ctx.stamp(),
        )
    )
