"""Changing and deleting payments by hand (invoices.md §9.3). Neither touches the invoice."""

from flexprice_client.models.payments import UpdatePaymentRequest
from flexprice_emulator.payments.statuses import DELETABLE, check_step
from flexprice_emulator.payments.tables import PaymentRow
from flexprice_emulator.wire.errors import ValidationError
from flexprice_emulator.workspace.context import Context

_TIMES_AND_NAMES = ("payment_method_id", "payment_gateway", "error_message", "succeeded_at", "failed_at", "refunded_at", "voided_at")


def update(ctx: Context, payment: PaymentRow, request: UpdatePaymentRequest) -> None:
    """Set what is given. Raises ValidationError for a status that cannot follow."""
    wanted = request.payment_status
    if wanted is not None:
        check_step(payment.payment_status, wanted)
        payment.payment_status = wanted
    if request.gateway_payment_id is not None:
        payment.gateway_payment_id = request.gateway_payment_id
        if payment.payment_status == "INITIATED":
            payment.payment_status = "PENDING"
    if request.metadata is not None:
        payment.metadata_ = request.metadata
    for name in _TIMES_AND_NAMES:
        value = getattr(request, name)
        if value is not None:
            setattr(payment, name, value)
    ctx.touch(payment)
    ctx.session.flush()
    ctx.emit("payment.updated", payment_id=payment.id)


def archive(ctx: Context, payment: PaymentRow) -> None:
    """Hide a payment from lists. Raises ValidationError for one that may have moved money."""
    status = payment.payment_status
    if status not in DELETABLE:
        raise ValidationError(
            f"A payment in status {status} cannot be deleted. Void or refund it instead.",
            {"payment_id": payment.id, "payment_status": status},
        )
    payment.status = "archived"
    ctx.touch(payment)
